"""GraphML and GEXF, read again by NetworkX and lxml and compared with the store."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from lxml import etree

from kg.export import markup
from kg.export.flat import plain
from kg.graph import Graph
from kg.graph_rules import united
from tests.test_export_support import (
    AWKWARD,
    IPO,
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

GEXF = "{http://gexf.net/1.3}"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"
READERS = {"graphml": nx.read_graphml, "gexf": nx.read_gexf}
WRITERS = {"graphml": markup.graphml, "gexf": markup.gexf}
OURS = ("label", "kind", "relation", "weight")
# Types of GEXF 1.3 (gexf.xsd) and of GraphML (graphml+xsd) that our columns may have.
TYPES = {"string", "long", "double", "boolean"}


def flat(given: dict[str, Any]) -> dict[str, Any]:
    """Values as these formats hold them: lists joined."""
    return {k: plain(v) if isinstance(v, list) else v for k, v in given.items()}


def same(found: nx.DiGraph, wanted: Graph) -> None:
    """NetworkX holds the nodes and edges of the graph, properties and types included."""
    nodes = {n: {k: v for k, v in d.items() if k not in OURS} for n, d in found.nodes(data=True)}
    assert nodes == {k: flat(told) for k, told in nodes_of(wanted).items()}
    assert all(d["kind"] == n.split(":")[0] and d["label"] for n, d in found.nodes(data=True))
    edges = {}
    many = found.is_multigraph()  # else NetworkX makes the id a property
    for source, target, *key, d in found.edges(data=True, **({"keys": True} if many else {})):
        own = {k: v for k, v in d.items() if k not in (*OURS, "id")}
        edges[d["relation"], source, target, *([own["order"]] if "order" in own else [])] = own
        assert d["kind"] == own.get("role", d["relation"]) and d["weight"] == 1.0 and d["label"]
        assert isinstance(d["weight"], float)
        assert (key[0] if many else d["id"]).startswith(f"{source} {d['relation']} {target}")
    assert edges == {k: flat(told) for k, told in edges_of(wanted).items()}


@pytest.mark.parametrize("where", [None, WHERE, "lead=none", "q=没有这样的话"])
@pytest.mark.parametrize("format", READERS)
def test_networkx_reads_the_same_graph(tmp_path: Path, format: str, where: str | None) -> None:
    found = READERS[format](exported(format, tmp_path, where))
    same(found, part(where))


@pytest.mark.parametrize("format", READERS)
def test_roles_and_quotes_are_those_of_the_records(tmp_path: Path, format: str) -> None:
    found = READERS[format](exported(format, tmp_path))
    assert {
        (found.nodes[s]["id"], found.nodes[t]["id"], d["role"], d["basis"], d["order"], d["quote"])
        for s, t, d in found.edges(data=True)
        if "role" in d
    } == roles(store().records("task"))
    assert found.nodes["Task:plan-4.2"]["text"] == "提升“商标”审查质量100%_\\。"
    assert found.nodes[f"Department:{IPO}"]["label"] == IPO


@pytest.mark.parametrize("format", READERS)
def test_odd_words_survive(tmp_path: Path, format: str) -> None:
    found = READERS[format](exported(format, tmp_path))
    texts = {d.get("text") for _, d in found.nodes(data=True)}
    assert AWKWARD in texts and "题。控制。" in texts
    assert "Task:odd \"id\" \\ 'b' <&>-1" in found


@pytest.mark.parametrize("format", READERS)
@given(made=graphs())
@settings(max_examples=40, deadline=None)
def test_any_small_graph(
    tmp_path_factory: pytest.TempPathFactory, format: str, made: list[Graph]
) -> None:
    path = tmp_path_factory.mktemp("markup") / "g"
    WRITERS[format](Given(made), path)
    same(READERS[format](path), united(made))


# --- what the schemas ask for ----------------------------------------------------------------


def test_gexf_keeps_the_rules_of_its_schema(tmp_path: Path) -> None:
    root = etree.parse(str(exported("gexf", tmp_path))).getroot()
    assert root.tag == f"{GEXF}gexf" and root.get("version") == "1.3"
    assert [c.tag for c in root] == [f"{GEXF}meta", f"{GEXF}graph"]
    assert {c.tag for c in root[0]} == {f"{GEXF}{t}" for t in ("creator", "keywords",
                                                               "description")}  # fmt: skip
    graph = root[1]
    assert graph.get("defaultedgetype") == "directed" and graph.get("mode") == "static"
    assert [c.tag.removeprefix(GEXF) for c in graph] == ["attributes", "attributes", "nodes",
                                                        "edges"]  # fmt: skip
    declared = {}
    for columns in graph[:2]:
        assert set(columns.attrib) == {"class"}
        for a in columns:
            assert set(a.attrib) == {"id", "title", "type"} and a.get("type") in TYPES
            assert a.get("id") not in declared
            declared[a.get("id")] = columns.get("class")
    ids = [n.get("id") for n in graph[2]]
    assert len(ids) == len(set(ids))
    edges = [e.get("id") for e in graph[3]]
    assert len(edges) == len(set(edges))
    for element, allowed in ((graph[2], {"id", "label"}),
                             (graph[3], {"id", "source", "target", "kind", "label",
                                         "weight"})):  # fmt: skip
        for thing in element:
            assert set(thing.attrib) == allowed and [c.tag for c in thing] == [f"{GEXF}attvalues"]
            used = [v.get("for") for v in thing[0]]
            what = "node" if element is graph[2] else "edge"
            assert len(used) == len(set(used)) and {declared[u] for u in used} == {what}
            assert all(set(v.attrib) == {"for", "value"} for v in thing[0])
    assert {e.get("source") for e in graph[3]} | {e.get("target") for e in graph[3]} <= set(ids)


def test_parallel_edges_differ_in_kind(tmp_path: Path) -> None:
    """Gephi keeps two edges between the same ends apart by their kind alone."""
    root = etree.parse(str(exported("gexf", tmp_path))).getroot()
    edges = [(e.get("source"), e.get("target"), e.get("kind")) for e in root.iter(f"{GEXF}edge")]
    pairs = {(s, t) for s, t, _ in edges}
    assert len(set(edges)) == len(edges) > len(pairs)


def test_graphml_declares_what_it_uses(tmp_path: Path) -> None:
    root = etree.parse(str(exported("graphml", tmp_path))).getroot()
    keys = {k.get("id"): k for k in root.iter(f"{GRAPHML}key")}
    assert {k.get("attr.type") for k in keys.values()} <= TYPES
    for what in ("node", "edge"):
        for thing in root.iter(f"{GRAPHML}{what}"):
            used = [d.get("key") for d in thing]
            assert len(used) == len(set(used)) and {keys[u].get("for") for u in used} == {what}
            assert all(d.text for d in thing)
    assert root[0].tag == f"{GRAPHML}desc"


@pytest.mark.parametrize("format", READERS)
def test_gephi_keeps_its_own_columns(tmp_path: Path, format: str) -> None:
    """Gephi refuses values for its columns id, label, timeset: ours have other ids."""
    root = etree.parse(str(exported(format, tmp_path))).getroot()
    tag = f"{GRAPHML}key" if format == "graphml" else f"{GEXF}attribute"
    assert all(k.get("id")[:2] in ("n_", "e_") for k in root.iter(tag))
