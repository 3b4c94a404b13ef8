"""The Cypher script and the CSV folder in a real Neo4j, by its own shell and its own importer."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.export import export, script
from kg.export.flat import clean
from kg.graph import Graph
from kg.graph_rules import united
from kg.store.neo4j import Neo4jStore, Server
from kg.store.world import World
from tests.neo4j.server import PASSWORD, USER, Neo4jServer, jars, lease, needed, server
from tests.sample import all_documents
from tests.test_export_support import (
    AWKWARD,
    BASE,
    IPO,
    WHERE,
    Given,
    edges_of,
    exported,
    graphs,
    nodes_of,
    odd,
    part,
    registry,
    roles,
    store,
    words,
)

HEADLINE = (
    "MATCH (t:Task)-[:LED_BY]->(:Department {name: $lead}), "
    "(t)-[:INVOLVES]->(:Department {name: $other}) RETURN t.id ORDER BY t.id"
)


def java(main: str, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [
        needed("java"),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-cp",
        f"{jars()}/*",
        main,
        *arguments,
    ]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300,
        cwd=more.get("NEO4J_HOME"), env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", **more},
    )  # fmt: skip


OWN = "[l IN labels({}) WHERE l <> 'PolicyKg'][0]"  # the one label of the ontology


def shell(at: Neo4jServer, path: Path) -> str:
    """Run a script as a user does, by cypher-shell."""
    done = java("org.neo4j.shell.Main", "-a", at.address, "-u", USER, "-p", PASSWORD,
                "--format", "verbose", "--fail-fast", "-f", str(path))  # fmt: skip
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def contents(at: Neo4jServer) -> tuple[dict[str, Any], dict[tuple[Any, ...], Any]]:
    """All that is there, by label and id."""
    nodes = {
        f"{label}:{props['id']}": props
        for label, props in at.query(f"MATCH (n) RETURN {OWN.format('n')}, properties(n)")  # type: ignore[misc]
    }
    edges = {}
    rows: Any = at.query(
        f"MATCH (a)-[r]->(b) RETURN type(r), {OWN.format('a')} + ':' + a.id, "
        f"{OWN.format('b')} + ':' + b.id, properties(r)"
    )
    for type, source, target, props in rows:
        key = (type, source, target, *([props["order"]] if "order" in props else []))
        assert key not in edges
        edges[key] = props
    return nodes, edges


def same(found: tuple[dict[str, Any], dict[tuple[Any, ...], Any]], wanted: Graph) -> None:
    """Nodes whole; edges without the words that their node shows already."""
    nodes, edges = found
    assert nodes == nodes_of(wanted)
    whole = edges_of(wanted)
    assert edges.keys() == whole.keys()
    for key, own in edges.items():
        told = whole[key]
        if "quote" not in own and "quote" in told:
            assert told["quote"] == nodes[key[1]]["quote"]
            told = {k: v for k, v in told.items() if k in own}
        assert own == told


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Neo4jServer, Path]]:
    """A server of our own in which the script of everything was run once."""
    made, path = server(), exported("cypher", tmp_path_factory.mktemp("cypher"))
    shell(made, path)
    yield made, path
    made.stop()


def test_the_script_makes_the_graph(full: tuple[Neo4jServer, Path]) -> None:
    same(contents(full[0]), part(None))


def test_a_second_run_changes_nothing(full: tuple[Neo4jServer, Path]) -> None:
    at, path = full
    before = contents(at)
    schema = at.query("SHOW CONSTRAINTS"), at.query("SHOW INDEXES YIELD name, type, labelsOrTypes")
    told = shell(at, path)
    assert "Added" not in told and "Deleted" not in told
    assert contents(at) == before
    assert schema == (at.query("SHOW CONSTRAINTS"),
                      at.query("SHOW INDEXES YIELD name, type, labelsOrTypes"))  # fmt: skip


def test_roles_and_quotes_are_those_of_the_records(full: tuple[Neo4jServer, Path]) -> None:
    found = full[0].query(
        "MATCH (t:Task)-[r:INVOLVES]->(d) RETURN t.id, d.id, r.role, r.basis, r.order, r.quote"
    )
    assert {tuple(row) for row in found} == roles(store().records("task"))


def test_the_headline_question_and_the_words(full: tuple[Neo4jServer, Path]) -> None:
    at = full[0]
    assert at.query(HEADLINE, lead="公安部", other="海关总署") == [["annual-2"]]
    assert at.query(HEADLINE, lead=IPO, other="海关总署") == []
    assert at.query("MATCH (t:Task {text: $text}) RETURN count(*)", text=AWKWARD) == [[1]]
    found = at.query(
        "CALL db.index.fulltext.queryNodes('taskText', '商标') YIELD node RETURN node.id"
    )
    assert ["plan-4.2"] in found


@pytest.mark.parametrize("where", [WHERE, "q=没有这样的话"])
def test_the_script_of_a_selection(tmp_path: Path, where: str) -> None:
    at = lease()
    shell(at, exported("cypher", tmp_path, where))
    same(contents(at), part(where))


@given(made=graphs())
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_script_of_any_small_graph(tmp_path: Path, made: list[Graph]) -> None:
    """By the driver, one statement after the other: the shell takes seconds to start."""
    path = tmp_path / "g.cypher"
    script.cypher(Given(made), path)
    statements = path.read_text("utf-8").split(";\n")
    at = lease()
    for statement in statements:
        if statement.strip():
            at.query(statement)
    same(contents(at), united(made))


def test_a_store_at_a_server_is_exported_alike(tmp_path: Path) -> None:
    made = Neo4jStore(Server(lease().address, USER, PASSWORD), World.of(registry(), BASE))
    made.publish([*all_documents(), odd()])
    for where in (None, WHERE):
        export(made, registry(), "gexf", tmp_path / "g", where)
        assert (tmp_path / "g").read_bytes() == exported("gexf", tmp_path, where).read_bytes()
    made.close()


@given(st.lists(words, min_size=20, max_size=60))
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_words_as_a_literal(full: tuple[Neo4jServer, Path], given: list[str]) -> None:
    wanted = [clean(w) for w in [*given, "\\u0041", "\\\\u0041", "\\", "'", "\\'", "$x", "`"]]
    assert full[0].query(f"RETURN {script.literal(wanted)}") == [[wanted]]


def test_a_load_goes_on_where_the_script_left_off(tmp_path: Path) -> None:
    at = lease()
    shell(at, exported("cypher", tmp_path))
    server_ = Server(at.address, USER, PASSWORD)
    store_ = Neo4jStore(server_, World.of(registry(), BASE), read_only=False)
    try:
        store_.publish([*all_documents(), odd()])
        assert len(store_.list("document", limit=100).results) == len(all_documents()) + 1
        kept = "[l IN labels(n) WHERE l STARTS WITH 'Pkg']"
        (nodes,) = at.query(f"MATCH (n:PolicyKg) WHERE size({kept}) = 0 RETURN count(n)")
        assert nodes == [len(nodes_of(part(None)))]
    finally:
        store_.close()


def test_numbers_as_literals() -> None:
    assert script.literal([1, -2, 6.3, 1e-07, 1e22, True, {"a": []}]) == (
        "[1, -2, 6.3, 0.0000001, 10000000000000000000000, true, {a: []}]"
    )


# --- the importer ----------------------------------------------------------------------------


def imported(folder: Path, readme: str) -> Neo4jServer:
    """A server whose database was made by the command that the README prints."""
    at = Neo4jServer()  # for its folder and settings; it may not run while this goes on
    at.kill()
    line = readme[readme.index("neo4j-admin") :].split("\n\n")[0].replace("\\\n", " ")
    arguments = [
        f"{a.split('=')[0]}={folder / a.split('=')[1]}" if a.endswith(".csv") else a
        for a in line.split()[1:]
    ]
    done = java("org.neo4j.cli.AdminTool", *arguments, NEO4J_HOME=str(at.home),
                NEO4J_CONF=str(at.home / "conf"))  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    at.restart()
    return at


def test_neo4j_admin_imports_the_folder(tmp_path: Path) -> None:
    folder = exported("csv", tmp_path)
    at = imported(folder, (folder / "README.txt").read_text("utf-8"))
    try:
        same(contents(at), part(None))
    finally:
        at.stop()
