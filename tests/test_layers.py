"""Who may import whom, which library is used where, how long a file and a function may be.

Raise a limit or add an exception here only, with its reason beside it.
"""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("kg", "loaders", "api", "bench")
FILES = sorted(p for name in OURS for p in (ROOT / name).rglob("*.py"))

# --- layers -----------------------------------------------------------------------------------

MAY_IMPORT = {
    "kg": {"kg"},
    "loaders": {"loaders", "kg"},
    "api": {"api", "kg"},
    "bench": {"bench", "kg", "loaders", "api"},
}
JOINS = (
    "api/cli",
    "api/stores.py",
    "api/load_report.py",
)  # the faces that bring loaders and store together

# --- libraries --------------------------------------------------------------------------------

# Library: the beginnings of the paths that may import it.
ALLOWED: dict[str, tuple[str, ...]] = {
    "tests": ("bench/__main__.py",),  # starts the tests' server to measure against
    "msgspec": ("kg/", "loaders/", "api/"),  # our records; no engine
    "sqlite3": ("kg/store/embedded/", "bench/"),
    "pyroaring": ("kg/store/embedded/",),
    "pyoxigraph": ("kg/store/embedded/dataset.py", "kg/ontology.py", "kg/rdf", "kg/check.py",
                   "kg/console/", "api/graphs.py", "bench/"),
    "rdflib": ("kg/check.py", "kg/export"),
    "pyshacl": ("kg/check.py",),
    "neo4j": ("kg/store/neo4j", "bench/"),
    "networkx": ("kg/network", "kg/frames.py", "kg/export"),
    "pandas": ("kg/frame", "kg/export/"),
    "mcp": ("api/mcp", "api/cli_mcp.py"),
    "pydantic": ("api/mcp",),
    "ladybug": ("kg/console/",),
    "pyarrow": ("kg/export/",),
    "fastapi": ("api/",),
    "starlette": ("api/",),
    "uvicorn": ("api/server.py",),
    "jinja2": ("api/pages.py",),
    "typer": ("api/cli",),
    "rich": ("api/cli",),
    "lxml": ("loaders/html", "loaders/docx.py"),
    "docx": ("loaders/docx.py", "loaders/word"),
    "pdfplumber": ("loaders/pdf",),
    "pdfminer": ("loaders/pdf",),
    "opencc": ("loaders/script.py",),
}  # fmt: skip
# A library that comes with a declared one, or is imported under another name.
DECLARED_AS = {"starlette": "fastapi", "pdfminer": "pdfplumber", "docx": "python-docx"}

# --- budgets ----------------------------------------------------------------------------------

FILE_LINES = 300
FUNCTION_LINES = 40
LONG_FILES: dict[str, tuple[int, str]] = {}  # file → (lines, why); none today
LONG_FUNCTIONS = {
    "api/cli_ask.py:tasks": (50, "one line for each option of the command"),
    "api/mcp_tools.py:_questions": (55, "one line for each parameter of the tools"),
    "api/cli_case.py:case": (80, "one line for each option of the command"),
}

ENVIRONMENT = {
    "kg/config.py": "the settings",
    "bench/__main__.py": "names the server that it started",
    "kg/console/worker.py": "hands a part of it on to a child process, reads no setting",
    "kg/store/neo4j/console.py": "hands it on to a child process",
    "kg/console/forms.py": "hands it on to a child process, reads no setting",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imports(path: Path) -> Iterator[str]:
    """The modules a file imports, wherever in it; `from a import b` is a.b where that is one."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module, f"{path}: relative import"
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if file_of(whole) else node.module


def file_of(module: str) -> str | None:
    """The file of one of our modules."""
    stem = ROOT.joinpath(*module.split("."))
    for path in (stem.with_suffix(".py"), stem / "__init__.py"):
        if path.is_file() and module.split(".")[0] in OURS:
            return name_of(path)
    return None


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_layers(path: Path) -> None:
    name = name_of(path)
    allowed = set(MAY_IMPORT[path.relative_to(ROOT).parts[0]])
    if name.startswith(JOINS):
        allowed.add("loaders")
    ours = {module.split(".")[0] for module in imports(path)} & set(OURS)
    assert ours <= allowed, f"{name} imports {sorted(ours - allowed)}"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_libraries(path: Path) -> None:
    name = name_of(path)
    for library in {module.split(".")[0] for module in imports(path)} - set(OURS):
        if library in ALLOWED:
            assert name.startswith(ALLOWED[library]), f"{name} imports {library}"
        else:
            assert library in sys.stdlib_module_names, f"{name} imports {library}: state its place"


def test_libraries_are_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"].values()
    wanted = [*project["dependencies"], *(w for extra in extras for w in extra)]
    declared = {w.split(">")[0].split("[")[0].strip().replace("-", "_") for w in wanted}
    used = {m.split(".")[0] for p in FILES for m in imports(p)} & set(ALLOWED) - {
        "sqlite3",
        "tests",
    }
    assert {DECLARED_AS.get(u, u).replace("-", "_") for u in used} <= declared


def test_no_import_cycles() -> None:
    graph = {
        name_of(p): {f for m in imports(p) if (f := file_of(m)) and f != name_of(p)} for p in FILES
    }
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " → ".join((*way[way.index(name) :], name))
        if name not in done:
            for following in sorted(graph[name]):
                visit(following, (*way, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_the_environment_is_read_in_one_place() -> None:
    for path in FILES:
        found = [
            node
            for node in ast.walk(tree(path))
            if (isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"))
            or (isinstance(node, ast.alias) and node.name in ("environ", "getenv"))
        ]
        assert not found or name_of(path) in ENVIRONMENT, path


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_are_short(path: Path) -> None:
    most = LONG_FILES.get(name_of(path), (FILE_LINES, ""))[0]
    assert len(path.read_text("utf-8").splitlines()) <= most


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_functions_are_short(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            most = LONG_FUNCTIONS.get(f"{name_of(path)}:{node.name}", (FUNCTION_LINES, ""))[0]
            assert (node.end_lineno or 0) - node.lineno + 1 <= most, node.name


def test_exceptions_are_needed() -> None:
    """An exception that is no longer needed goes."""
    for name in LONG_FILES:
        assert len((ROOT / name).read_text("utf-8").splitlines()) > FILE_LINES, name
    for name in LONG_FUNCTIONS:
        file, _, function = name.partition(":")
        sizes = [
            (n.end_lineno or 0) - n.lineno + 1
            for n in ast.walk(tree(ROOT / file))
            if isinstance(n, ast.FunctionDef) and n.name == function
        ]
        assert max(sizes, default=0) > FUNCTION_LINES, name


@pytest.mark.parametrize("package", ["kg", "kg.store", "kg.query", "loaders.pipeline"])
def test_nothing_heavy_at_import(package: str) -> None:
    """Importing the library must not drag in the faces."""
    faces = "('fastapi', 'typer', 'api')"
    code = f"import sys, {package}; print([m for m in {faces} if m in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert out.stdout.strip() == "[]", out.stderr
