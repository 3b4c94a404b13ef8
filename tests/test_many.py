"""Thousands of files in one command: one bad among them, a kill in the middle, a second load."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kg.config import Settings
from kg.registry import load_registry
from kg.store import open_store
from loaders.batch import Setup, find_files, read_all
from loaders.readings import Readings
from tests import making

KG = [sys.executable, "-m", "api.cli"]
BODIES = [
    "教育部",
    "科技部",
    "商务部",
    "财政部",
    "民政部",
    "公安部",
    "交通运输部",
    "国家知识产权局",
    "海关总署",
]
WORK = [
    "完善标准体系",
    "推进服务建设",
    "加强人才培养",
    "开展试点示范",
    "健全工作机制",
    "优化办事流程",
    "强化资金保障",
]


def policy(number: int) -> str:
    """A document of its own: other title, other tasks, other bodies."""
    lines = [f"关于推进第{number}号重点工作的实施意见", "", "一、主要任务"]
    for at in range(1, 6):
        first = BODIES[(number * 3 + at) % len(BODIES)]
        second = BODIES[(number + at * 2 + 1) % len(BODIES)]
        who = first if first == second else f"{first}牵头，{second}配合"
        duty = "负责" if first == second else ""
        lines.append(
            f"{at}.{WORK[(number + at) % len(WORK)]}，办好{number * 7 + at}件实事。（{who}{duty}）"
        )
    return "\n".join(lines) + "\n"


def folder_of(path: Path, count: int) -> Path:
    """That many distinct files in several formats and folders, one of them bad."""
    for n in range(count):
        where = path / f"批次{n % 7}"
        where.mkdir(parents=True, exist_ok=True)
        text = policy(n)
        if n % 100 == 50:
            (where / f"doc{n:05}.docx").write_bytes(making.docx_of(text))
        elif n % 10 == 5:
            (where / f"doc{n:05}.html").write_text(making.paragraphs(text), encoding="gb18030")
        else:
            (where / f"doc{n:05}.txt").write_text(text, encoding="utf-8")
    (path / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    return path


def load(folder: Path, store: Path, seconds: float = 300) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*KG, "load", str(folder), "--store", str(store)],
        capture_output=True, text=True, timeout=seconds, check=False,
    )  # fmt: skip


def totals(store: Path) -> tuple[str, int]:
    with_store = open_store(str(store))
    try:
        return with_store.dataset().sha256, sum(1 for _ in with_store.records("document"))
    finally:
        with_store.close()


def test_a_thousand_files_with_one_bad_among_them(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "files", 999)
    store = tmp_path / "store"
    begun = time.monotonic()
    done = load(folder, store)
    took = time.monotonic() - begun
    assert done.returncode == 1, done.stderr
    assert "坏.pdf" in done.stderr and "PDF" in done.stderr and "Traceback" not in done.stderr
    assert "文件 999，任务 4995" in done.stdout
    assert "gb18030" in done.stdout
    assert len(done.stdout.splitlines()) < 60, "the report stays short"
    assert took < 240, f"{took:.0f} s"
    assert totals(store)[1] == 999

    again = load(folder, store)
    assert again.returncode == 1
    assert "内容没有变化" in again.stdout and "999 份上次已经读过" in again.stdout

    (folder / "坏.pdf").unlink()
    assert load(folder, store).returncode == 0
    assert not list(tmp_path.glob(".*readings")), "nothing is left beside the store"


def in_session(leader: int) -> list[int]:
    """The processes of a session that are alive."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue  # it has just ended
        if int(session) == leader and state != "Z":
            found.append(int(stat.parent.name))
    return found


def test_a_killed_load_leaves_the_old_graph_and_is_gone_on_with(tmp_path: Path) -> None:
    folder = folder_of(tmp_path / "files", 150)
    store = tmp_path / "store"
    one = tmp_path / "eins.txt"
    one.write_text(policy(9999), encoding="utf-8")
    assert load(one, store).returncode == 0
    before = totals(store)
    readings = tmp_path / ".store.readings"
    process = subprocess.Popen(
        [*KG, "load", str(folder), "--store", str(store)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and sum(1 for _ in readings.glob("*/*")) < 20:
        time.sleep(0.02)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    while time.monotonic() < deadline and in_session(process.pid):
        time.sleep(0.1)
    assert not in_session(process.pid)  # those that read for it end with it
    kept = sum(1 for _ in readings.glob("*/*"))
    assert kept >= 20
    assert totals(store) == before

    damaged = next(p for p in readings.glob("*/*") if not p.suffix)
    damaged.write_bytes(damaged.read_bytes()[:-9] + b"\0" * 9)
    done = load(folder, store)
    assert "份上次已经读过" in done.stdout, done.stdout + done.stderr
    assert totals(store)[1] == 151


def test_readings_follow_what_they_are_made_from(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(policy(1), encoding="utf-8")
    registry = load_registry()

    def read() -> bool:
        setup = Setup(tmp_path / "readings")
        return next(iter(read_all([path], registry, setup))).again

    assert [read(), read()] == [False, True]
    path.write_text(policy(2), encoding="utf-8")
    assert [read(), read()] == [False, True]
    (tmp_path / "catalogue.toml").write_text(
        '[[document]]\nfile="a.txt"\ntitle="x"\nknown_from="y"\n'
    )
    assert [read(), read()] == [False, True]
    (tmp_path / "cases").mkdir()
    case = {"passage": "没有这句话", "expect": {"tasks": []}}
    (tmp_path / "cases" / "1.json").write_text(json.dumps(case), encoding="utf-8")
    assert [read(), read()] == [False, True]
    other = Readings(tmp_path / "readings", "another registry")
    assert other.key(b"", "a", None, []) != Readings(tmp_path, registry.digest).key(
        b"", "a", None, []
    )


def test_staged_documents_are_those_that_were_read(tmp_path: Path) -> None:
    paths = find_files([folder_of(tmp_path / "files", 20)])
    registry = load_registry()
    setup = Setup(tmp_path / "readings")
    reads = list(read_all(paths, registry, setup))
    keys = [r.key for r in reads if r.key]
    staged = Readings(tmp_path / "readings", registry.digest).documents(keys)
    assert len(staged) == 20 and len(staged[3:5]) == 2
    assert [d.extraction.document.id for d in staged] == [r.id for r in reads if r.id]
    assert [r.path.name for r in reads if r.error] == ["坏.pdf"]


@pytest.mark.parametrize("name", ["a.doc", "b.xlsx"])
def test_formats_that_are_not_read_are_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.txt").write_text(policy(3), encoding="utf-8")
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "photo.png").write_bytes(b"x")
    assert [p.name for p in find_files([tmp_path])] == sorted(["x.txt", name])
    assert Settings().cases == ""
