"""The wheel works as the clone does: built, installed into an empty environment, used elsewhere.

Slow (a minute or more) and needs the package index; nothing else shows that ontology, registry
and the five documents travel in it.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import venv
import zipfile
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

import pytest

ROOT = Path(__file__).resolve().parents[1]
LEFT_OUT = (".*", "__pycache__", "build", "dist", "node_modules", "*.egg-info")
TASK = "https://policy-kg.github.io/ns#Task"
HEADLINE = "国家知识产权局牵头、涉及海关总署的任务"
OPENER = build_opener(ProxyHandler({}))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from a copy of the sources, so that nothing is left in the clone."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    shutil.copytree(ROOT, source, ignore=shutil.ignore_patterns(*LEFT_OUT))
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder)]
    subprocess.run([*command, str(source)], check=True, cwd=folder)
    return next(folder.glob("policy_kg-*.whl"))


def test_what_travels_in_it(wheel: Path) -> None:
    inside = set(zipfile.ZipFile(wheel).namelist())
    for path in (ROOT / "loaders" / "corpus").glob("*.t*"):
        assert f"loaders/corpus/{path.name}" in inside
    data = {p.relative_to(ROOT).as_posix() for p in (ROOT / "kg" / "data").glob("*.toml")}
    pages = {p.relative_to(ROOT).as_posix() for p in (ROOT / "api").glob("*/*.*")
             if p.suffix in (".html", ".css", ".svg", ".js")}  # fmt: skip
    assert data | pages | {"kg/data/ontology.ttl"} <= inside
    assert not [n for n in inside if n.startswith(("tests/", "bench/", "docs/"))]
    assert any(n.endswith("licenses/LICENSE") for n in inside)


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment that holds the wheel and what it asks for, nothing else."""
    folder = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(folder, with_pip=True)
    pip = [f"{folder}/bin/python", "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(pip, check=True, cwd=folder)
    return folder


def environment(installed: Path, home: Path) -> dict[str, str]:
    return {"PATH": f"{installed}/bin:{os.defpath}", "HOME": str(home)}


def test_it_works_elsewhere(installed: Path, tmp_path: Path) -> None:
    home, work = tmp_path / "home", tmp_path / "work"
    home.mkdir()
    work.mkdir()
    env = environment(installed, home)

    def kg(*arguments: str) -> str:
        command = [f"{installed}/bin/kg", *arguments]
        done = subprocess.run(command, cwd=work, env=env, text=True, capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    where = "import kg, loaders, api; print(kg.__file__, loaders.__file__, api.__file__)"
    python = [f"{installed}/bin/python", "-c", where]
    found = subprocess.run(python, cwd=work, env=env, text=True, capture_output=True, check=True)
    assert found.stdout.count(str(installed)) == 3

    assert "任务 181，责任 468" in kg("load")
    assert (home / ".local" / "share" / "policy-kg" / "store" / "CURRENT").is_file()
    answer = json.loads(kg("ask", HEADLINE, "--json"))["answer"]
    assert [t["tier"] for t in answer["near"]][:2] == ["joint_no_lead", "other_lead"]
    assert "不符 0" in kg("verify")
    assert "违反 0" in kg("check")
    led = "MATCH (t:Task)-[:LED_BY]->(:Department {name:'海关总署'}) RETURN t.id"
    assert "ip-2019-46" in kg("cypher", led)
    assert "181" in kg("sparql", f"SELECT (COUNT(?t) AS ?n) WHERE {{ ?t a <{TASK}> }}")
    assert not list(work.iterdir())
    _serves(installed, work, env)


def _serves(installed: Path, work: Path, env: dict[str, str]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [f"{installed}/bin/kg", "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=work, env=env, stderr=subprocess.DEVNULL)
    try:
        base = f"http://127.0.0.1:{port}"
        query = f"/tasks?led_by={quote('国家知识产权局')}&involves={quote('海关总署')}"
        answer = json.loads(_get(base + query, process))
        assert answer["total"] == 0 and answer["near"][0]["total"] == 2
        assert "海关总署" in _get(base + "/?format=html", process).decode()
        assert _get(base + "/static/style.css", process)
    finally:
        process.kill()
        process.wait()


def _get(url: str, process: subprocess.Popen[bytes]) -> bytes:
    for _ in range(600):
        assert process.poll() is None, "the server ended"
        try:
            return bytes(OPENER.open(url, timeout=10).read())
        except URLError:
            time.sleep(0.1)
    raise AssertionError("no answer in a minute")
