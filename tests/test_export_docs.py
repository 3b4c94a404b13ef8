"""docs/exports.md runs as it stands; CITATION.cff keeps the rules of its format."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from api.stores import load_bundled
from kg.config import Settings
from kg.export import FORMATS, export
from kg.export.about import LICENCE
from kg.registry import load_registry
from kg.store import open_store

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "docs" / "exports.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.S)


def commands() -> list[dict[str, str]]:
    """The options of each `kg export` of the page."""
    lines = [line for block in blocks("bash") for line in block.splitlines()]
    words = [shlex.split(line, comments=True) for line in lines if line.startswith("kg export")]
    pairs = [w[2:] for w in words if "FORMAT" not in w]
    return [dict(zip(p[::2], p[1::2], strict=True)) for p in pairs]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which all commands of the page were run on the bundled documents."""
    made = tmp_path_factory.mktemp("exports")
    load_bundled(str(made / "store"), Settings())
    store = open_store(str(made / "store"))
    for given in commands():
        export(store, load_registry(), given["--format"], made / given["--out"],
               given.get("--where"))  # fmt: skip
    store.close()
    return made


def test_every_format_has_its_example() -> None:
    assert {given["--format"] for given in commands()} == set(FORMATS)
    assert all(f"| `{format}` |" in PAGE for format in FORMATS)


@pytest.mark.parametrize("code", blocks("python"), ids=["rdflib", "networkx", "pandas"])
def test_the_examples_run(
    code: str, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(folder)
    exec(compile(code, "docs/exports.md", "exec"), {})
    assert capsys.readouterr().out.strip()


def test_the_object_shown_is_there(folder: Path) -> None:
    shown = [part for part in re.findall(r'"[^"]+": (?:"[^"]*"|\d)', blocks("json")[0])]
    line = next(
        line for line in (folder / "graph.jsonld").read_text("utf-8").splitlines()
        if shown[0] in line
    )  # fmt: skip
    assert all(part in line for part in shown)


def test_the_citation_is_of_this_program() -> None:
    """The keys that CFF 1.2.0 requires, and the version and licence of the project."""
    text = (ROOT / "CITATION.cff").read_text("utf-8")
    top = dict(re.findall(r"^([a-z-]+): *(.*)$", text, re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"cff-version", "message", "title", "authors"} <= set(top)
    assert top["cff-version"] == "1.2.0" and top["type"] == "software"
    assert (top["version"], top["license"]) == (project["version"], project["license"])
    assert LICENCE in PAGE
