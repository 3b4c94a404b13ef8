"""What the documents say is true: commands are run, tables generated, numbers recomputed.

``python -m tests.test_docs`` writes the generated tables anew.
"""

from __future__ import annotations

import ast
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any, get_args
from urllib.parse import unquote, urlsplit

import pytest
from starlette.testclient import TestClient

from api.app import OPERATIONS, create_app
from api.problems import KINDS
from api.stores import load_bundled
from kg.config import PREFIX, Settings
from kg.model import Basis, Role
from kg.ontology import load as load_ontology
from kg.params import PARAMS
from kg.query_near import TierName
from loaders.roles import RULES
from tests import accuracy

ROOT = Path(__file__).resolve().parents[1]
KG = Path(sys.executable).with_name("kg")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DEFAULTS = {"store": "克隆内 in a clone `.kg/store`；安装后 installed "
                     "`~/.local/share/policy-kg/store`"}  # fmt: skip
MARK = re.compile(r"(<!-- generated: (\S+) -->\n).*?(<!-- end -->)", re.S)
ELIDED = "…"


# --- tables that are generated ---------------------------------------------------------------


def _table(head: str, rows: Iterator[tuple[str, ...]]) -> str:
    columns = head.split(" | ")
    lines = [columns, ["---"] * len(columns), *([c.replace("|", r"\|") for c in r] for r in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _rules() -> str:
    return _table(
        "规则 rule | 什么 what | 据以成立的原句 sentence | 出处 source",
        ((f"`{r.name}`", r.zh, r.quote, r.source) for r in RULES),
    )


def _settings() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for f in fields(Settings):
            plain = f"`{f.default}`" if f.default != "" else "无 none"
            name = f"`{PREFIX}{f.name.upper()}`"
            yield name, str(f.metadata["help"]), DEFAULTS.get(f.name, plain)

    return _table("变量 variable | 说明 meaning | 默认 default", rows())


def _parameters() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for p in PARAMS:
            values = "、".join(f"`{v}`" for v in p.values) or p.type
            yield f"`{p.name}`", p.zh, p.en, values, "可 yes" if p.repeatable else ""

    return _table("参数 parameter | 含义 | meaning | 取值 values | 可重复 repeatable", rows())


def _routes() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for o in OPERATIONS:
            parameters = "、".join(f"`{p.name}`" for p in o.parameters)
            if o.path == "/tasks":
                parameters = "见上 see above"
            formats = "、".join(f.name for f in o.formats)
            yield f"`{o.method} {o.path}`", o.summary, parameters, formats

    return _table("路由 route | 回答什么 | 参数 parameters | 格式 formats", rows())


def _problems() -> str:
    rows = ((str(k.status), f"`{name}`", k.meaning, k.english) for name, k in KINDS.items())
    return _table("状态 status | 类型 type | 含义 | title", rows)


def _classes() -> str:
    rows = (
        (f"`{c.name}`", c.zh, c.en, c.form, "、".join(f"`{_short(i)}`" for i in c.aligned))
        for c in load_ontology().classes.values()
    )
    return _table("类 class | 中文 | English | 形式 form | 所属标准 standards", rows)


def _relations() -> str:
    rows = (
        (f"`{r.name}`", f"`{r.type}`", r.zh, r.en, r.edge or "")
        for r in load_ontology().relations.values()
    )
    return _table("RDF | Neo4j | 中文 | English | 边的类 edge class", rows)


def _attributes() -> str:
    ontology = load_ontology()
    rows = (
        (f"`{label}`", f"`{a.name}`", a.datatype, "" if a.functional else "多个 many",
         "必有 yes" if label in a.required else "", a.zh, a.en)
        for label in (*ontology.nodes, *sorted(r.edge for r in ontology.relations.values() if r.edge))
        for a in ontology.attributes_of(label).values()
    )  # fmt: skip
    return _table(
        "类 class | 属性 property | 类型 type | 多值 many | 必有 required | 中文 | English",
        dict.fromkeys(rows),
    )


def _codes() -> str:
    rows = (
        (name, f"`{c.notation}`", c.zh, c.en)
        for name in ("roles", "bases")
        for c in load_ontology().schemes[name].values()
    )
    return _table("取值表 scheme | 值 value | 中文 | English", rows)


STANDARDS = {
    "http://www.w3.org/ns/prov#": "prov",
    "http://www.w3.org/ns/org#": "org",
    "http://www.w3.org/ns/oa#": "oa",
    "http://www.w3.org/ns/dcat#": "dcat",
    "http://data.europa.eu/eli/ontology#": "eli",
    "http://www.w3.org/2004/02/skos/core#": "skos",
    "http://purl.org/linked-data/cube#": "qb",
}


def _short(iri: str) -> str:
    base, name = re.split(r"(?<=[#/])(?=[^#/]+$)", iri)
    return f"{STANDARDS.get(base, base)}:{name}"


def _modules() -> str:
    def rows() -> Iterator[tuple[str, ...]]:
        for package in ("loaders", "kg", "api"):
            for path in sorted((ROOT / package).rglob("*.py")):
                if path.name == "__init__.py":
                    continue
                doc = ast.get_docstring(ast.parse(path.read_text("utf-8"))) or ""
                first = " ".join(doc.split("\n\n")[0].split())
                yield f"`{path.relative_to(ROOT).as_posix()}`", first

    return _table("模块 module | what it is", rows())


def _accuracy() -> str:
    return "\n".join(accuracy.table()[0]) + "\n"


TABLES: dict[str, Callable[[], str]] = {
    "rules": _rules,
    "settings": _settings,
    "parameters": _parameters,
    "routes": _routes,
    "problems": _problems,
    "classes": _classes,
    "relations": _relations,
    "codes": _codes,
    "attributes": _attributes,
    "modules": _modules,
    "accuracy": _accuracy,
}


def _renewed(text: str) -> str:
    return MARK.sub(lambda m: m[1] + TABLES[m[2]]() + m[3], text)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_generated_tables_are_fresh(page: Path) -> None:
    text = page.read_text("utf-8")
    assert text == _renewed(text), "run: .venv/bin/python -m tests.test_docs"


def test_each_table_stands_somewhere() -> None:
    found = {m[2] for page in PAGES for m in MARK.finditer(page.read_text("utf-8"))}
    assert found == set(TABLES)


# --- links ------------------------------------------------------------------------------------


def _prose(page: Path) -> str:
    """A page without its code blocks."""
    return re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.S)


def _anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ +(.+)$", _prose(page), re.M)
    return {re.sub(r"[^\w\- ]", "", h.strip().lower()).replace(" ", "-") for h in heads}


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_resolve(page: Path) -> None:
    for link in re.findall(r"\]\(([^)\s]+)\)", _prose(page)):
        parts = urlsplit(link)
        if parts.scheme:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        assert target.exists(), link
        if parts.fragment:
            assert unquote(parts.fragment) in _anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_paths_named_in_a_page_exist(page: Path) -> None:
    for path in re.findall(r"`((?:kg|loaders|api|tests|bench|docs)/[\w./-]*)`", _prose(page)):
        assert (ROOT / path).exists(), path


# --- the answer that is shown ----------------------------------------------------------------


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("docs") / "store"
    load_bundled(str(path), Settings())
    return path


@pytest.fixture(scope="module")
def client(store: Path) -> Iterator[TestClient]:
    with TestClient(create_app(store, Settings())) as c:
        yield c


def agrees(shown: Any, real: Any, at: str = "") -> None:
    """`shown` is `real`, but for what … leaves out."""
    if isinstance(shown, dict):
        more = shown.pop(ELIDED, None)
        assert set(shown) <= set(real) and (more or set(shown) == set(real)), at
        for key, value in shown.items():
            agrees(value, real[key], f"{at}/{key}")
    elif isinstance(shown, list):
        more = bool(shown) and shown[-1] == ELIDED
        shown = shown[:-1] if more else shown
        assert (len(real) > len(shown)) if more else (len(real) == len(shown)), at
        for n, (a, b) in enumerate(zip(shown, real, strict=False)):
            agrees(a, b, f"{at}/{n}")
    elif isinstance(shown, str) and shown.endswith(ELIDED):
        assert real.startswith(shown.removesuffix(ELIDED)), at
    else:
        assert shown == real, at


def _curl(page: str) -> tuple[str, list[tuple[str, str]]]:
    """The address and the parameters of the curl command of a page."""
    command = re.search(r"^curl .*$", page, re.M)
    assert command
    words = shlex.split(command[0])
    given = [words[i + 1] for i, word in enumerate(words) if word == "--data-urlencode"]
    address = next(w for w in words if w.startswith("http"))
    return urlsplit(address).path, [(k, v) for k, _, v in (g.partition("=") for g in given)]


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_answer_shown_is_the_real_one(name: str, client: TestClient) -> None:
    page = (ROOT / name).read_text("utf-8")
    shown = re.search(r"<!-- answer: headline -->\n```json\n(.*?)```", page, re.S)
    assert shown
    path, parameters = _curl(page)
    agrees(json.loads(shown[1]), client.get(path, params=tuple(parameters)).json())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_addresses_in_code_answer(page: Path, client: TestClient) -> None:
    """Each `GET /…` with values that stands in a code block of a page is asked."""
    for line in re.findall(r"^GET (\S+)$", page.read_text("utf-8"), re.M):
        if "{" not in line and "=&" not in line and not line.endswith("="):
            assert client.get(line).status_code == 200, line


def _routes_of(client: TestClient) -> set[str]:
    """The addresses the application really has."""
    return {getattr(route, "path", "/") for route in client.app.routes}  # type: ignore[attr-defined]


def test_routes_of_the_readme_are_routes(client: TestClient) -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    block = re.search(r"## 接口十行\n\n```text\n(.*?)```", text, re.S)
    assert block
    named = set(re.findall(r"/[a-z][\w{}./]*", block[1]))
    assert named <= _routes_of(client)
    assert len(block[1].strip().splitlines()) == 10


def test_every_route_is_told(client: TestClient) -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    for path in _routes_of(client) - {"/static/{name}"}:
        assert re.search(rf"`(?:GET|POST) {re.escape(path)}`", text), path


# --- commands ---------------------------------------------------------------------------------


def _commands() -> list[tuple[str, str]]:
    text = (ROOT / "README.md").read_text("utf-8").split("<!-- commands -->")[1]
    rows = re.findall(r"^\| `kg (\w+)` \|.*\| `(.+)` \|$", text.split("\n\n")[0], re.M)
    return [(name, example) for name, example in rows]


def _kg(*arguments: str, store: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    environ = {"KG_STORE": str(store), "HOME": str(cwd), "PATH": "/usr/bin:/bin"}
    return subprocess.run([KG, *arguments], cwd=cwd, env=environ, text=True, capture_output=True)


def test_the_readme_lists_every_command(tmp_path: Path) -> None:
    out = _kg("--help", store=tmp_path / "none", cwd=tmp_path).stdout
    offered = re.findall(r"^  ([a-z]+) ", out.split("Commands:")[1].split("设置")[0], re.M)
    assert {name for name, _ in _commands()} == set(offered)
    english = (ROOT / "README.en.md").read_text("utf-8")
    assert all(f"`kg {name}" in english for name in offered)


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like the clone to a command, and may be written to."""
    folder = tmp_path_factory.mktemp("clone")
    for name in ("loaders", "tests"):
        (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.mark.parametrize("name, example", _commands(), ids=[n for n, _ in _commands()])
def test_the_examples_run(name: str, example: str, clone: Path) -> None:
    words = shlex.split(example)
    assert words[:2] == ["kg", name]
    if name in ("serve", "mcp"):
        words = ["kg", name, "--help"]  # they wait for requests; tests of their own
    done = _kg(*words[1:], store=clone / "store", cwd=clone)
    assert done.returncode == 0 and done.stdout, done.stderr


# --- numbers ----------------------------------------------------------------------------------


def _number_row(text: str, command: str) -> list[list[int]]:
    """The numbers of each row of the table «measured» that names a command."""
    rows = re.findall(rf"^\|[^|]*\| ([\d、，, ]+) \| `{command}` \|$", text, re.M)
    return [[int(n) for n in re.split("[、，, ]+", row)] for row in rows]


@cache
def _measured(store: Path, command: str) -> str:
    return _kg(*command.split()[1:], store=store, cwd=store.parent).stdout


@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_numbers_are_measured(name: str, store: Path) -> None:
    text = (ROOT / name).read_text("utf-8")
    out = _measured(store, "kg load")
    totals = dict(re.findall(r"(\w+) (\d+)", out.split("库中共有：")[1].splitlines()[0]))
    want = [
        [int(totals[k]) for k in ("任务", "责任", "部门和泛称")],
        [int(totals[k]) for k in ("专栏", "目标", "指标")],
        [int(n) for n in re.findall(r"^提示 (\d+) 条", out, re.M)],
    ]
    assert _number_row(text, "kg load") == want
    verified = [int(n) for n in re.findall(r"\d+", _measured(store, "kg verify").splitlines()[-1])]
    assert _number_row(text, "kg verify") == [verified]
    violated = re.findall(r"违反 (\d+) 处", _measured(store, "kg check"))
    assert _number_row(text, "kg check") == [[int(n) for n in violated]]


def test_every_word_of_an_answer_is_explained() -> None:
    text = (ROOT / "docs" / "api.md").read_text("utf-8")
    for word in (*get_args(Role), *get_args(Basis), *get_args(TierName)):
        assert f"`{word}`" in text, word


def test_the_picture_is_there_and_small() -> None:
    picture = ROOT / "docs" / "images" / "home.png"
    assert 10_000 < picture.stat().st_size < 300_000


def test_the_changelog_knows_this_version() -> None:
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    version = re.search(r'^version = "(.+)"', project, re.M)
    assert version and f"## [{version[1]}]" in (ROOT / "CHANGELOG.md").read_text("utf-8")


if __name__ == "__main__":
    for _page in PAGES:
        _text = _page.read_text("utf-8")
        if _renewed(_text) != _text:
            _page.write_text(_renewed(_text), "utf-8")
            print("rewritten:", _page.relative_to(ROOT))
