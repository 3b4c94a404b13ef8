"""The command `kg` as its users meet it: a process, an exit status, two streams.

contract.md, section 2. A mistake ends in 2 and one message (what, where, how to mend it).
"""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import ProxyHandler, build_opener

import pytest

from api.cli import run
from api.stores import load_bundled
from kg.config import Settings
from loaders.corpus import documents

KG = Path(sys.executable).with_name("kg")
BUNDLED = {path.stem: str(path) for path in documents()}
PLAN, GUIDE = BUNDLED["ip-2019"], BUNDLED["ip-guide-2021"]
HEADLINE = "国家知识产权局牵头、涉及海关总署的任务"
COMMANDS = ("text", "extract", "case", "load", "documents", "remove", "tasks", "ask", "export",
            "sparql", "cypher", "check", "verify", "mcp", "serve")  # fmt: skip
SMALL = "关于推进有关工作的通知\n\n（一）加强协作。推进信息共享。（{}负责）\n"


@dataclass(frozen=True)
class Done:
    """What came of a command."""

    returncode: int
    stdout: str
    stderr: str


Run = Callable[..., Done]


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the five documents; nobody writes to it."""
    path = tmp_path_factory.mktemp("cli") / "store"
    load_bundled(str(path), Settings())
    return path


@pytest.fixture()
def store(filled: Path, tmp_path: Path) -> Path:
    """A copy of it that a test may change."""
    return Path(shutil.copytree(filled, tmp_path / "own-store"))


@pytest.fixture()
def surroundings(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> pytest.MonkeyPatch:
    """An empty folder, no setting but the store."""
    monkeypatch.chdir(tmp_path)
    for name in [n for n in os.environ if n.startswith("KG_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("KG_STORE", str(filled))
    monkeypatch.setenv("HOME", str(tmp_path))
    return monkeypatch


@pytest.fixture()
def kg(surroundings: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command within this process: many commands in little time."""

    def call(*arguments: object, **environ: str) -> Done:
        with surroundings.context() as m:
            for name, value in environ.items():
                m.setenv(name, value)
            capfd.readouterr()
            code = run([str(a) for a in arguments])
            sys.stdout.flush()
            return Done(code, *capfd.readouterr())

    return call


@pytest.fixture()
def process(surroundings: pytest.MonkeyPatch) -> Run:
    """The command as a process of its own."""

    def call(*arguments: object, **environ: str) -> Done:
        command = [str(KG), *map(str, arguments)]
        done = subprocess.run(
            command, env=os.environ | environ, text=True, capture_output=True, timeout=120
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return call


def mistaken(done: Done, *words: str) -> None:
    """Exit 2, nothing but one message: 错误：where：what, then how to mend it."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 2, done
    lines = done.stderr.strip().splitlines()
    assert lines[0].startswith("错误："), done.stderr
    assert len(lines) == 2 and lines[1].startswith("  → "), done.stderr
    for word in words:
        assert word in done.stderr, done.stderr


def put(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- help -------------------------------------------------------------------------------------


def test_help_names_commands_and_settings(kg: Run) -> None:
    done = kg("--help")
    assert done.returncode == 0
    assert set(COMMANDS) <= set(re.findall(r"^  ([a-z]+)  ", done.stdout, re.M))
    for setting in ("KG_STORE", "KG_REGISTRY", "KG_PORT", "KG_HOST", "KG_NEO4J_PASSWORD"):
        assert setting in done.stdout
    assert "默认" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command(kg: Run, command: str) -> None:
    done = kg(command, "--help")
    assert done.returncode == 0 and done.stdout.startswith("Usage: kg " + command)
    assert re.search("[\u4e00-\u9fff]{4}", done.stdout)


def test_alone_it_shows_the_help(kg: Run) -> None:
    assert "Usage: kg" in kg().stdout


def test_the_process_itself(process: Run) -> None:
    """Exit status and streams of the console script are those of the function."""
    assert process("documents").stdout.count("\n") == 5
    mistaken(process("text", "nothing.txt"), "nothing.txt")
    mistaken(process("tasks", "--led-by", "国家知识局"), "国家知识产权局")
    mistaken(process("tasks", "--document", "无此文件"), "全部文件见 kg documents")
    mistaken(process("serve", "--store", "nowhere"), "nowhere", "kg load")


# --- reading files ----------------------------------------------------------------------------


def test_spans_count_in_the_printed_text(kg: Run) -> None:
    text = kg("text", PLAN).stdout
    read = json.loads(kg("extract", PLAN).stdout)
    assert len(read["tasks"]) == 106
    for task in read["tasks"]:
        assert text[slice(*task["span"])] == task["text"]
        assert text[slice(*task["clause"]["span"])] == task["clause"]["text"]
        for r in task["responsibilities"]:
            assert text[slice(*r["span"])] == r["mention"]


def test_several_files_are_an_array(kg: Run) -> None:
    read = json.loads(kg("extract", PLAN, GUIDE).stdout)
    assert [len(d["tasks"]) for d in read] == [106, 36]


def test_extract_prints_only_what_the_document_prints(kg: Run) -> None:
    head = json.loads(kg("extract", PLAN).stdout)["document"]
    assert head["title"] is None and head["date"] is None


BAD = {
    "missing.txt": None,
    "empty.txt": b"",
    "blank.txt": b" \n\n",
    "binary.txt": bytes(range(256)) * 8,
    "sheet.xlsx": b"PK\x03\x04",
    "broken.docx": b"PK\x03\x04 no zip",
    "broken.pdf": b"%PDF-1.4 no pdf",
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize("command", ["text", "extract"])
def test_a_file_that_cannot_be_read(kg: Run, tmp_path: Path, command: str, name: str) -> None:
    content = BAD[name]
    if content is not None:
        put(tmp_path, name, content)
    mistaken(kg(command, name), name)


def test_a_folder_is_no_file(kg: Run, tmp_path: Path) -> None:
    mistaken(kg("text", tmp_path), str(tmp_path))


# --- loading ----------------------------------------------------------------------------------


def test_load_reports_and_again_changes_nothing(kg: Run, tmp_path: Path) -> None:
    first = kg("load", "--store", "s")
    assert first.returncode == 0
    for words in ("新增 5 份", "任务 181", "责任 468", "提示"):
        assert words in first.stdout
    before = (tmp_path / "s" / "CURRENT").read_text()
    again = kg("load", "--store", "s")
    assert again.returncode == 0 and "没有变化" in again.stdout
    assert (tmp_path / "s" / "CURRENT").read_text() == before


def test_a_document_is_replaced(kg: Run, tmp_path: Path) -> None:
    put(tmp_path, "a.txt", SMALL.format("公安部"))
    assert kg("load", "a.txt", "--store", "s").returncode == 0
    put(tmp_path, "a.txt", SMALL.format("海关总署"))
    assert "替换 1 份" in kg("load", "a.txt", "--store", "s").stdout
    assert "海关总署" in kg("tasks", "--store", "s").stdout
    assert "公安部" not in kg("tasks", "--store", "s").stdout


def test_one_bad_file_of_three(kg: Run, tmp_path: Path) -> None:
    put(tmp_path, "a.txt", SMALL.format("公安部"))
    put(tmp_path, "b.txt", b"\x00\x01\x02")
    put(tmp_path, "c.txt", SMALL.format("海关总署"))
    done = kg("load", "a.txt", "b.txt", "c.txt", "--store", "s")
    assert done.returncode == 1 and "b.txt" in done.stderr and "→" in done.stderr
    listed = kg("documents", "--store", "s").stdout
    assert [line.split("\t")[0] for line in listed.splitlines()] == ["a", "c"]


def test_two_files_with_one_id(kg: Run, tmp_path: Path) -> None:
    for folder, body in (("x", "公安部"), ("y", "海关总署")):
        (tmp_path / folder).mkdir()
        put(tmp_path / folder, "same.txt", SMALL.format(body))
    done = kg("load", "x", "y", "--store", "s")
    assert done.returncode == 1 and "same" in done.stderr and "→" in done.stderr
    assert kg("documents", "--store", "s").stdout.count("\n") == 1


def test_no_file_can_be_loaded(kg: Run, tmp_path: Path) -> None:
    """«Exit 0 if all were loaded, else 1», or a user's mistake: 2. In no case a store."""
    put(tmp_path, "e.txt", b"")
    done = kg("load", "e.txt", "--store", "s")
    assert done.returncode in (1, 2) and "e.txt" in done.stderr
    assert not (tmp_path / "s" / "CURRENT").exists()


def test_a_path_that_is_not_there(kg: Run) -> None:
    mistaken(kg("load", "nowhere", "--store", "s"), "nowhere")


def test_a_folder_without_documents(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "bare").mkdir()
    put(tmp_path / "bare", "picture.jpg", b"x")
    mistaken(kg("load", "bare", "--store", "s"), "bare", ".txt")


def test_a_broken_catalogue(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", "a.txt", SMALL.format("公安部"))
    put(tmp_path / "in", "catalogue.toml", '[[document]]\nfile = "a.txt"\ndate = "昨天"\n')
    done = kg("load", "in", "--store", "s")
    assert done.returncode in (1, 2) and "catalogue.toml" in done.stderr and "→" in done.stderr
    mistaken(kg("extract", "in/a.txt"), "catalogue.toml")


def test_a_catalogue_is_shown_as_editorial(kg: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in", "a.txt", SMALL.format("公安部"))
    entry = '[[document]]\nfile = "a.txt"\nid = "mine"\nyear = 2020\nknown_from = "我"\n'
    put(tmp_path / "in", "catalogue.toml", entry)
    assert kg("load", "in", "--store", "s").returncode == 0
    assert kg("documents", "--store", "s").stdout.startswith("mine\t2020\t")


# --- stores -----------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["documents", "tasks", "check", "verify"])
def test_a_store_that_is_not_there(kg: Run, command: str) -> None:
    mistaken(kg(command, "--store", "none"), "none", "kg load")


@pytest.mark.parametrize("command", ["documents", "load"])
def test_a_folder_that_holds_something_else(kg: Run, tmp_path: Path, command: str) -> None:
    (tmp_path / "mine").mkdir()
    letter = put(tmp_path / "mine", "letter.txt", "x")
    mistaken(kg(command, "--store", "mine"), "mine")
    assert letter.read_text() == "x" and len(list(letter.parent.iterdir())) == 1


@pytest.mark.parametrize(
    "address", ["http://example.org", "ftp://x", "neo4j:/127.0.0.1:7687", "bolt:x"]
)
def test_an_address_of_no_store(kg: Run, address: str) -> None:
    mistaken(kg("documents", "--store", address), address)


def unwritable(tmp_path: Path) -> Path:
    """A folder nobody may write to; root may write to any folder but those of the kernel."""
    if os.geteuid() == 0:
        return Path("/proc/1/policy-kg")
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    return folder / "store"


def test_a_folder_that_cannot_be_written(kg: Run, tmp_path: Path) -> None:
    path = unwritable(tmp_path)
    mistaken(kg("load", PLAN, "--store", path), str(path.parent))


def test_a_store_can_be_read_where_it_cannot_be_written(kg: Run, store: Path) -> None:
    for path in [store, *store.rglob("*")]:
        path.chmod(0o500 if path.is_dir() else 0o400)
    try:
        assert kg("documents", "--store", store).returncode == 0
        assert kg("ask", HEADLINE, "--store", store).returncode == 0
    finally:
        for path in [store, *store.rglob("*")]:
            path.chmod(0o700 if path.is_dir() else 0o600)


def test_the_folder_works_elsewhere(kg: Run, store: Path, tmp_path: Path) -> None:
    there = tmp_path / "other" / "place"
    shutil.copytree(store, there)
    shutil.rmtree(store)
    assert kg("documents", "--store", there).stdout.count("\n") == 5
    assert kg("verify", "--store", there).returncode == 0
    assert kg("load", "--store", there).returncode == 0


def test_a_folder_named_from_here_answers_queries_too(kg: Run, store: Path) -> None:
    here = store.name  # the processes that evaluate queries stand in another folder
    assert "181" in kg("cypher", "MATCH (t:Task) RETURN count(t)", "--store", here).stdout
    count = "PREFIX pkg: <https://policy-kg.github.io/ns#> SELECT ?t { ?t a pkg:Task }"
    assert "181 行" in kg("sparql", count, KG_STORE=here).stdout


def test_the_default_store_fills_itself(kg: Run, tmp_path: Path) -> None:
    done = kg("documents", KG_STORE=str(tmp_path / "fresh"))
    assert done.returncode == 0 and done.stdout.count("\n") == 5


# --- taking away ------------------------------------------------------------------------------


def test_remove_is_all_or_nothing(kg: Run, store: Path) -> None:
    mistaken(kg("remove", "ip-2019", "nothing", "--store", store), "nothing", "ip-2019")
    assert kg("documents", "--store", store).stdout.count("\n") == 5
    assert kg("remove", "ip-2019", "ip-guide-2021", "--store", store).returncode == 0
    assert kg("documents", "--store", store).stdout.count("\n") == 3
    assert "0 项" in kg("tasks", "--year", "2019", "--store", store).stdout


# --- asking -----------------------------------------------------------------------------------


def test_tasks_as_json_is_the_answer_of_the_api(kg: Run) -> None:
    done = kg("tasks", "--led-by", "国知局", "--involves", "海关总署", "--json")
    answer = json.loads(done.stdout)
    assert answer["total"] == 0 and answer["why_empty"] and answer["caveats"]
    near = [(t["tier"], t["total"]) for t in answer["near"]]
    assert near == [
        ("joint_no_lead", 2), ("other_lead", 1), ("generic_participants", 2), ("only_other", 1)
    ]  # fmt: skip
    assert set(answer) >= {"interpretation", "total", "results", "dataset", "next"}


def test_tasks_as_csv_is_the_whole_list(kg: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(kg("tasks", "--csv").stdout.removeprefix("\ufeff"))))
    assert len(rows) == len({r["id"] for r in rows}) == 181
    assert all(r["quote"] for r in rows)


def test_tasks_to_read(kg: Run) -> None:
    out = kg("tasks", "--led-by", "公安部", "--year", "2019").stdout
    assert "2 项" in out and "（公安部负责）" in out and "[3364, 3371)" in out


def test_repeated_bodies_must_all_hold(kg: Run) -> None:
    given = ("--involves", "公安部", "--involves", "海关总署", "--role", "joint", "--json")
    assert json.loads(kg("tasks", *given).stdout)["total"] == 1


def test_what_is_told_apart_is_counted_in_print(kg: Run) -> None:
    for call in (("ask", "哪个部门牵头任务最多"), ("tasks", "--facets", "led_by")):
        assert "按牵头部门：国家知识产权局（52项）、" in kg(*call).stdout
    assert "按牵头部门：没有写明牵头部门。" in kg("ask", "专栏1下的任务由谁负责？").stdout
    assert "按依据：条款只列一个部门（81项）" in kg("tasks", "--facets", "basis").stdout


def test_one_form_of_the_answer(kg: Run) -> None:
    mistaken(kg("tasks", "--json", "--csv"), "--json", "--csv")


def test_ask_shows_how_it_was_read(kg: Run) -> None:
    out = kg("ask", HEADLINE).stdout
    for words in (
        f"理解为：{HEADLINE}",
        "kg tasks --led-by",
        "0 项",
        "◆",
        "※",
        "公安部",
        "规则原文",
    ):
        assert words in out
    said = json.loads(kg("ask", HEADLINE, "--json").stdout)
    assert set(said) >= {"question", "interpretation", "url", "answer"}


@pytest.mark.parametrize(
    "arguments, words",
    [
        (("tasks", "--led-by", "国家知识局"), ("国家知识局", "国家知识产权局")),
        (("tasks", "--involves", "海关总局"), ("海关总局", "海关总署")),
        (("tasks", "--limit", "0"), ("limit", "1 到 100")),
        (("tasks", "--limit", "101"), ("limit", "101")),
        (("tasks", "--limit", "x"), ("limit",)),
        (("tasks", "--cursor", "zz"), ("cursor",)),
        (("tasks", "--year", "19"), ("year", "19")),
        (("tasks", "--role", "leader"), ("role", "lead")),
        (("tasks", "--basis", "x"), ("basis", "explicit")),
        (("tasks", "--document", "nothing"), ("nothing",)),
        (("tasks", "--project", "nothing"), ("nothing",)),
        (("tasks", "--q", ""), ("q",)),
        (("tasks", "--q", "字" * 201), ("q", "200")),
        (("tasks", "--nothing"), ("--nothing",)),
        (("nothing",), ("nothing",)),
        (("ask",), ("kg ask",)),
        (("ask", "今天天气怎么样"), ("天气", "可以这样问")),
        (("ask", ""), ("可以这样问",)),
        (("remove",), ("kg remove",)),
        (("export", "--format", "docx", "--out", "x"), ("docx", "turtle", "nquads")),
        (("export", "--format", "turtle"), ("--out",)),
        (("export", "--format", "turtle", "--out", "/nowhere/x"), ("/nowhere/x",)),
        (("export", "--format", "turtle", "--out", "x", "--where", "led=1"), ("led", "led_by")),
        (("export", "--format", "turtle", "--out", "x", "--where", "led_by=无此部"), ("无此部",)),
    ],
)  # fmt: skip
def test_mistakes(kg: Run, arguments: tuple[str, ...], words: tuple[str, ...]) -> None:
    mistaken(kg(*arguments), *words)


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["abc", "99999", "-1", "80.5"])
def test_a_port_that_is_none(kg: Run, value: str) -> None:
    mistaken(kg("serve", KG_PORT=value), "KG_PORT", value)


@pytest.mark.parametrize("value", ["99999", "-1"])
def test_a_port_that_is_none_as_an_option(process: Run, value: str) -> None:
    mistaken(process("serve", "--port", value), "--port")


@pytest.mark.parametrize("content", [None, "x =", '[[body]]\nname = "公安部"\nid = "另一个"\n'])
def test_a_broken_registry(kg: Run, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "registry.toml"
    if content:
        put(tmp_path, path.name, content)
    mistaken(kg("tasks", KG_REGISTRY=str(path)), "registry.toml")
    mistaken(kg("extract", PLAN, KG_REGISTRY=str(path)), "registry.toml")


def test_an_own_registry(kg: Run, tmp_path: Path) -> None:
    put(tmp_path, "a.txt", SMALL.format("示范专班"))
    own = put(tmp_path, "own.toml", '[[body]]\nname = "示范专班"\nkind = "coordination"\n')
    assert "unknown_body" not in kg("extract", "a.txt", KG_REGISTRY=str(own)).stdout
    read = json.loads(kg("extract", "a.txt", KG_REGISTRY=str(own)).stdout)
    assert read["tasks"][0]["responsibilities"][0]["department"] == "示范专班"


# --- the whole graph --------------------------------------------------------------------------


def test_check_and_verify_find_nothing(kg: Run) -> None:
    checked, verified = kg("check"), kg("verify")
    assert checked.returncode == verified.returncode == 0
    assert "违反 0" in checked.stdout and "不符 0" in verified.stdout


@pytest.fixture()
def answer(kg: Run, tmp_path: Path) -> Path:
    return put(tmp_path, "answer.json", kg("ask", HEADLINE, "--json").stdout)


def test_a_saved_answer_is_verified(kg: Run, answer: Path) -> None:
    done = kg("verify", answer)
    assert done.returncode == 0 and "不符 0" in done.stdout


def _tamper(value: Any, old: str, new: str) -> Any:
    if isinstance(value, dict):
        return {k: _tamper(v, old, new) for k, v in value.items()}
    if isinstance(value, list):
        return [_tamper(v, old, new) for v in value]
    return new if value == old else value


def test_a_tampered_answer_is_found_out(kg: Run, answer: Path) -> None:
    said = json.loads(answer.read_text())
    clause = "（公安部、海关总署、知识产权局按职责分别负责）"
    assert clause in answer.read_text()
    wrong = _tamper(said, clause, clause.replace("公安部", "外交部"))
    answer.write_text(json.dumps(wrong, ensure_ascii=False))
    done = kg("verify", answer)
    assert done.returncode == 1 and "ip-2019 [6919, 6942)" in done.stdout


def test_a_shifted_span_is_found_out(kg: Run, answer: Path) -> None:
    said = answer.read_text()
    answer.write_text(re.sub(r"\b6920(,\s*)6923\b", r"6921\g<1>6924", said))
    assert kg("verify", answer).returncode == 1


@pytest.mark.parametrize("content", ["not json", "", "[1, 2"])
def test_an_answer_that_is_no_json(kg: Run, tmp_path: Path, content: str) -> None:
    mistaken(kg("verify", put(tmp_path, "a.json", content)))


def test_an_answer_that_is_not_there(kg: Run) -> None:
    mistaken(kg("verify", "nothing.json"), "nothing.json")


def test_an_answer_without_a_quote_proves_nothing(kg: Run, tmp_path: Path) -> None:
    assert kg("verify", put(tmp_path, "a.json", "{}")).returncode == 1


@pytest.mark.parametrize("format", ["turtle", "nquads"])
def test_export(kg: Run, tmp_path: Path, format: str) -> None:
    import pyoxigraph as ox

    done = kg("export", "--format", format, "--out", "g", "--where", "led_by=海关总署")
    assert done.returncode == 0 and "1 项任务" in done.stdout
    kind = {"turtle": ox.RdfFormat.TURTLE, "nquads": ox.RdfFormat.N_QUADS}[format]
    quads = list(ox.parse(path=str(tmp_path / "g"), format=kind))
    assert any("ip-2019-46" in str(q.subject) for q in quads)


# --- serving ----------------------------------------------------------------------------------

OPENER = build_opener(ProxyHandler({}))


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@pytest.fixture()
def served(filled: Path, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "KG_STORE": str(filled),
           "KG_PORT": str(port)}  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([KG, "serve"], cwd=tmp_path, env=env, stdout=log, stderr=log)
        try:
            yield f"http://127.0.0.1:{port}", process
        finally:
            process.kill()
            process.wait()


def wait_for(url: str, process: subprocess.Popen[bytes]) -> bytes:
    for _ in range(300):
        assert process.poll() is None, "the server ended"
        try:
            return bytes(OPENER.open(url, timeout=5).read())
        except URLError:
            time.sleep(0.1)
    raise AssertionError("no answer in 30 s")


def test_serve(served: tuple[str, subprocess.Popen[bytes]], tmp_path: Path) -> None:
    address, process = served
    wait_for(address + "/readyz", process)
    query = f"/tasks?led_by={quote('国家知识产权局')}&involves={quote('海关总署')}"
    answer = json.loads(OPENER.open(address + query).read())
    assert answer["total"] == 0 and answer["near"]
    process.send_signal(signal.SIGINT)
    process.wait(20)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_serve_on_a_port_that_is_taken(process: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        mistaken(process("serve", "--port", port), port)


# --- corrections ------------------------------------------------------------------------------


def test_a_case_corrects_and_says_so(kg: Run, tmp_path: Path) -> None:
    put(tmp_path, "a.txt", SMALL.format("公安部、海关总署"))
    made = kg("case", "a.txt", "a-1", "--lead", "公安部", "--participant", "海关总署",
              "--by", "张三", "--why", "另有通知")  # fmt: skip
    assert made.returncode == 0 and list((tmp_path / "cases").glob("*.json"))
    task = json.loads(kg("extract", "a.txt").stdout)["tasks"][0]
    assert [r["role"] for r in task["responsibilities"]] == ["lead", "participant"]
    assert task["correction"]["by"] == "张三"


def test_a_case_without_an_answer(kg: Run, tmp_path: Path) -> None:
    put(tmp_path, "a.txt", SMALL.format("公安部"))
    mistaken(kg("case", "a.txt", "a-1", "--by", "我", "--why", "错"), "--lead")
    mistaken(kg("case", "a.txt", "b-9", "--lead", "公安部", "--by", "我", "--why", "错"), "b-9")
