"""The CSV folder, read again by the csv module and compared with the store."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from kg.export import tables
from kg.export.tables import LIST
from kg.graph import Graph
from kg.graph_rules import united
from tests.test_export_support import (
    WHERE,
    Given,
    edges_of,
    exported,
    graphs,
    nodes_of,
    part,
    roles,
    store,
)

CASTS = {"string": str, "long": int, "double": float, "boolean": {"true": True, "false": False}.get}


def rows(path: Path) -> list[dict[str, str]]:
    """Rows by column; the reader is told nothing but the encoding."""
    with path.open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file, strict=True))
    assert all(len(row) == len(found[0]) for row in found)
    return [dict(zip(found[0], row, strict=True)) for row in found[1:]]


def typed(row: dict[str, str]) -> dict[str, Any]:
    """The properties of a row by the types of its header; an empty field is no value."""
    found: dict[str, Any] = {}
    for header, value in row.items():
        name, _, type = header.partition(":")
        if name and value:
            cast: Any = CASTS[type.removesuffix("[]")]
            many = type.endswith("[]")
            found[name] = [cast(v) for v in value.split(LIST)] if many else cast(value)
    return found


def read(folder: Path) -> tuple[dict[str, Any], dict[tuple[Any, ...], Any]]:
    nodes: dict[str, Any] = {}
    edges: dict[tuple[Any, ...], Any] = {}
    for path in sorted(folder.glob("nodes-*.csv")):
        for row in rows(path):
            assert row[":LABEL"] == path.stem.removeprefix("nodes-") and row[":ID"] not in nodes
            nodes[row[":ID"]] = typed(row)
    for path in sorted(folder.glob("relationships-*.csv")):
        for row in rows(path):
            own = typed(row)
            assert row[":TYPE"] == path.stem.removeprefix("relationships-")
            order = [own["order"]] if "order" in own else []
            key = (row[":TYPE"], row[":START_ID"], row[":END_ID"], *order)
            assert key not in edges and {row[":START_ID"], row[":END_ID"]} <= set(nodes)
            edges[key] = own
    return nodes, edges


def same(folder: Path, wanted: Graph) -> None:
    """Nodes whole; edges without the words that their node shows already."""
    nodes, edges = read(folder)
    assert nodes == nodes_of(wanted)
    whole = edges_of(wanted)
    assert edges.keys() == whole.keys()
    for key, own in edges.items():
        told = whole[key]
        if "quote" not in own and "quote" in told:
            assert told["quote"] == nodes[key[1]]["quote"]
            told = {k: v for k, v in told.items() if k in own}
        assert own == told


@pytest.mark.parametrize("where", [None, WHERE, "lead=none", "q=没有这样的话"])
def test_the_same_graph(tmp_path: Path, where: str | None) -> None:
    same(exported("csv", tmp_path, where), part(where))


def test_roles_and_quotes_are_those_of_the_records(tmp_path: Path) -> None:
    folder = exported("csv", tmp_path)
    nodes, edges = read(folder)
    assert {
        (nodes[s]["id"], nodes[t]["id"], e["role"], e["basis"], order, e["quote"])
        for (type, s, t, *rest), e in edges.items()
        if type == "INVOLVES"
        for order in rest
    } == roles(store().records("task"))


@given(made=graphs())
@settings(max_examples=40, deadline=None)
def test_any_small_graph(tmp_path_factory: pytest.TempPathFactory, made: list[Graph]) -> None:
    folder = tmp_path_factory.mktemp("csv")
    tables.csv(Given(made), folder)
    same(folder, united(made))


def test_the_pair_for_gephi(tmp_path: Path) -> None:
    folder = exported("csv", tmp_path)
    nodes, edges = rows(folder / "gephi-nodes.csv"), rows(folder / "gephi-edges.csv")
    graph = part(None)
    assert {n["Id"] for n in nodes} == set(nodes_of(graph)) and len(nodes) == len(graph.nodes)
    assert len(edges) == len(graph.edges) == len({e["Id"] for e in edges})
    assert {(e["Relation"], e["Source"], e["Target"], *([int(e["Order"])] if e["Order"] else []))
            for e in edges} == set(edges_of(graph))  # fmt: skip
    assert all(n["Label"] and n["Kind"] == n["Id"].split(":")[0] for n in nodes)
    assert all(e["Kind"] == (e["Role"] or e["Relation"]) for e in edges)
    assert {(e["Type"], float(e["Weight"])) for e in edges} == {("Directed", 1.0)}
    for reserved in ("timeset", "interval", "start", "end"):
        assert reserved not in {c.lower() for c in [*nodes[0], *edges[0]]}


def test_rfc_4180(tmp_path: Path) -> None:
    for path in exported("csv", tmp_path).glob("*.csv"):
        raw = path.read_bytes()
        assert raw.endswith(b"\r\n") and not raw.startswith(b"\xef\xbb\xbf")
    assert tables.line(["a", None, "", 'b "c"', "d,e", "f\ng", " h", 1.5, True, ["x", "y"]]) == (
        'a,,"","b ""c""","d,e","f\ng"," h",1.5,true,x、y\r\n'
    )
