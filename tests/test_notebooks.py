"""The notebooks: run from top to bottom on a store of their own, and kept without outputs."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from pathlib import Path
from types import ModuleType

import nbformat
import pytest
from nbclient import NotebookClient

from api.stores import load_bundled
from kg.config import Settings
from tests.neo4j.server import PASSWORD, USER, lease

FOLDER = Path(__file__).resolve().parents[1] / "notebooks"
BOOKS = sorted(FOLDER.glob("*.ipynb"))
OFFLINE = [b for b in BOOKS if not b.name.startswith("05")]
CELL, START = 180, 120  # seconds a cell may take, and a kernel to start; about 1 each when idle


def run(book: Path, **environ: str) -> nbformat.NotebookNode:
    """Execute a notebook in a fresh kernel; any error of a cell is an error here."""
    notebook = nbformat.read(book, 4)
    client = NotebookClient(
        notebook,
        kernel_name="python3",
        timeout=CELL,
        startup_timeout=START,
        resources={"metadata": {"path": str(FOLDER)}},
    )
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("KG_")}
    client.execute(env=inherited | environ, cwd=str(FOLDER))
    return notebook


def told(notebook: nbformat.NotebookNode) -> str:
    """What all cells printed, warnings included."""
    outputs = [o for c in notebook.cells for o in c.get("outputs", ())]
    return "".join(o.text for o in outputs if o.output_type == "stream")


def pictures(notebook: nbformat.NotebookNode) -> int:
    outputs = [o for c in notebook.cells for o in c.get("outputs", ())]
    return sum("image/png" in o.get("data", {}) for o in outputs)


def test_the_five_are_there() -> None:
    assert [b.name[:2] for b in BOOKS] == ["01", "02", "03", "04", "05"]


@pytest.mark.parametrize("book", OFFLINE, ids=lambda b: b.stem)
def test_runs_on_a_store_of_its_own(book: Path, tmp_path: Path) -> None:
    done = run(book, KG_STORE=str(tmp_path / "store"))
    said = told(done)
    assert said.count("✓") >= 4 and "✗" not in said
    assert "Warning" not in said and "Glyph" not in said, said
    assert pictures(done) >= 1


@pytest.mark.parametrize("book", OFFLINE, ids=lambda b: b.stem)
def test_runs_without_a_chinese_font(book: Path, tmp_path: Path) -> None:
    """No picture depends on a font that a bare machine lacks."""
    load_bundled(str(tmp_path / "store"), Settings())
    said = told(run(book, KG_STORE=str(tmp_path / "store"), KG_NOTEBOOK_FONT="none"))
    assert "Warning" not in said and "Glyph" not in said, said


def test_cypher_on_the_embedded_store(tmp_path: Path) -> None:
    said = told(run(BOOKS[-1], KG_STORE=str(tmp_path / "store")))
    assert "embedded" in said and "✗" not in said


def test_cypher_on_a_running_neo4j() -> None:
    server = lease()
    settings = Settings(neo4j_user=USER, neo4j_password=PASSWORD)
    environ = {"KG_NEO4J_USER": USER, "KG_NEO4J_PASSWORD": PASSWORD, "KG_STORE": server.address}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environ.items():
            patch.setenv(name, value)
        load_bundled(server.address, settings)
    said = told(run(BOOKS[-1], **environ))
    assert server.address in said and "✗" not in said


# --- as they lie in the repository ------------------------------------------------------------


@pytest.mark.parametrize("book", BOOKS, ids=lambda b: b.stem)
def test_kept_without_outputs(book: Path) -> None:
    for cell in nbformat.read(book, 4).cells:
        assert cell.get("outputs", []) == [] and cell.get("execution_count") is None
        assert set(cell.metadata) == set(), cell.metadata


@pytest.mark.parametrize("book", BOOKS, ids=lambda b: b.stem)
def test_says_its_question_in_both_languages(book: Path) -> None:
    first = nbformat.read(book, 4).cells[0].source
    assert first.startswith(f"# {book.name[:2]} ") and "**一个问题：" in first
    assert len(re.findall(r"[A-Za-z]+", first.split("*English.*")[1])) > 20


@pytest.mark.parametrize("book", BOOKS, ids=lambda b: b.stem)
def test_sends_nothing_out(book: Path) -> None:
    """Nothing is downloaded or installed by a cell."""
    code = "\n".join(c.source for c in nbformat.read(book, 4).cells if c.cell_type == "code")
    assert not re.search(r"^\s*[!%]|urllib|requests|httpx|https?://(?!policy-kg)", code, re.M)


# --- what they share --------------------------------------------------------------------------


@pytest.fixture
def common(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("notebooks_common", FOLDER / "common.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    return module


def test_font_is_found_or_not(common: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    assert common.find_font({"SimHei", "DejaVu Sans"}) == "SimHei"
    assert common.find_font({"DejaVu Sans"}) is None
    monkeypatch.setenv("KG_NOTEBOOK_FONT", "none")
    assert common.find_font({"SimHei"}) is None


def test_labels_without_a_font_are_ascii(common: ModuleType, tmp_path: Path) -> None:
    import kg

    load_bundled(str(tmp_path / "store"), Settings())
    with kg.open(str(tmp_path / "store")) as g:
        common.FONT = None
        name = common.Names(g)
        labels = [name(id) for id in g.departments().id]
    assert all(label.isascii() for label in labels) and len(set(labels)) == len(labels)
    assert common.say("中文", "English") == "English"
