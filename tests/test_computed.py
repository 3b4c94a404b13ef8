"""What is computed is a graph of its own: whole, grounded, marked, apart from what is stated."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import networkx as nx
import pytest
import rdflib

from api.stores import load_bundled
from kg import computed, rdf
from kg import export as exports
from kg.check import check
from kg.config import Settings
from kg.continuity import candidates
from kg.errors import QueryError
from kg.export.select import KINDS, Source, base_of
from kg.frames import Opened
from kg.graph import COMPUTED, Graph
from kg.graph_rules import united
from kg.instruments import of_store
from kg.registry import load_registry
from kg.store import open_store
from kg.store.base import Store
from tests.neo4j.server import lease
from tests.test_export_neo4j import shell

WHERE = "document=ip-2019&q=专利法"
LAW = "version#instruments/专利法"


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = str(tmp_path_factory.mktemp("computed") / "store")
    load_bundled(path, Settings())
    made = open_store(path)
    yield made
    made.close()


@cache
def parts(store: Store, where: str | None = None) -> tuple[Graph, ...]:
    return tuple(Source(store, load_registry(), where, computed=True).graphs())


def of(graph: Graph) -> Graph:
    nodes = tuple(n for n in graph.nodes if n.graph == COMPUTED)
    return Graph(nodes, tuple(e for e in graph.edges if e.graph == COMPUTED))


@pytest.mark.parametrize("where", [None, WHERE, "q=没有这样的话"])
def test_it_joins_what_is_stated_without_loose_ends(store: Store, where: str | None) -> None:
    whole = united(parts(store, where))
    found = of(whole)
    assert {n.label for n in found.nodes} <= {"Instrument", "Topic"}
    assert {e.type for e in found.edges} <= {"MENTIONS", "HAS_TOPIC", "MAY_CONTINUE_IN"}
    assert all(e.derived and e.evidence for e in found.edges)
    assert all(n.evidence for n in found.nodes)
    assert bool(found.nodes) == (where != "q=没有这样的话")


def test_quotes_are_words_of_the_texts(store: Store) -> None:
    texts = {d.id: loaded.text for d in store.records("document") if (loaded := store.loaded(d.id))}
    for part in computed.graphs(store, base_of(store)):
        for thing in (*part.nodes, *part.edges):
            for e in thing.evidence:
                assert texts[e.document][slice(*e.span)] == e.quote


def test_candidates_are_all_there_in_order(store: Store) -> None:
    edges = [e for e in united(parts(store)).edges if e.type == "MAY_CONTINUE_IN"]
    found = {(e.source.id, e.target.id): e for e in edges}
    wanted = candidates(store)
    assert len(wanted) > 100 and len(found) == len(edges) == len(wanted)
    for c in wanted:
        edge = found[c.source.id, c.target.id]
        assert (edge.props["score"], edge.props["pattern"]) == (c.score, c.kind)
        assert edge.evidence == (c.source_words, c.target_words)
    by_rank = sorted((e.source.id, e.props["rank"], -float(e.props["score"])) for e in edges)  # type: ignore[arg-type]
    assert by_rank == sorted(by_rank, key=lambda r: (r[0], r[2]))


def test_in_rdf_it_has_a_named_graph_of_its_own(store: Store, tmp_path: Path) -> None:
    path, base = tmp_path / "g.nq", base_of(store)
    exports.export(store, load_registry(), "nquads", path, computed=True)
    read = rdflib.Dataset()
    read.parse(path, format="nquads")
    here = read.graph(rdflib.URIRef(rdf.computed_graph(base)))
    ns = rdflib.Namespace(rdf.NAMESPACE)
    for predicate in (ns.mayContinueIn, ns.mentions, ns.hasTopic, ns.earlier, ns.later, ns.score):
        assert set(here.triples((None, predicate, None)))
        assert {g for *_, g in read.quads((None, predicate, None, None))} == {here.identifier}
    stated = read.graph(rdflib.URIRef(rdf.statements_graph(base, "ip-2019")))
    law = rdflib.URIRef(base + LAW)
    assert (law, rdflib.RDF.type, ns.Instrument) in here
    assert not set(stated.triples((law, None, None)))
    assert not set(stated.triples((None, None, law)))


def test_it_is_valid(store: Store) -> None:
    assert check(rdf.nquads(parts(store), base_of(store))) == check(exports.quads(store))


def test_without_asking_there_is_none_of_it(store: Store) -> None:
    told = "".join(exports.quads(store))
    assert "#computed" not in told and "Instrument" not in told and "Topic" not in told


def test_networks_hold_it_when_asked(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "g.gexf"
    exports.export(store, load_registry(), "gexf", path, computed=True)
    edges = nx.read_gexf(path).edges(data=True)
    assert sum(d["relation"] == "MAY_CONTINUE_IN" for *_, d in edges) == len(candidates(store))
    g = Opened(store, load_registry())
    plain, full = g.graph(), g.graph(computed=True)
    assert set(plain) < set(full)
    assert {full.nodes[n]["kind"] for n in set(full) - set(plain)} == {"Instrument", "Topic"}
    assert {d["document"] for *_, d in full.edges(data=True)} - {
        d["document"] for *_, d in plain.edges(data=True)
    } == {COMPUTED}


def test_neo4j_takes_it_and_a_second_run_changes_nothing(store: Store, tmp_path: Path) -> None:
    at, path = lease(), tmp_path / "g.cypher"
    exports.export(store, load_registry(), "cypher", path, computed=True)
    shell(at, path)
    count = "MATCH (:Task)-[r:MAY_CONTINUE_IN]->(:Task) RETURN count(r), count(r.score)"
    wanted = [[len(candidates(store))] * 2]
    assert at.query(count) == wanted
    named = {m.task for m in of_store(store) if m.name == "专利法" and m.task}
    found = at.query("MATCH (t:Task)-[:MENTIONS]->(:Instrument {id: '专利法'}) RETURN t.id")
    assert {id for (id,) in found} == named != set()
    told = shell(at, path)
    assert "Added" not in told and "Deleted" not in told and at.query(count) == wanted


def test_parquet_says_where_to_find_it(store: Store, tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="continuity"):
        exports.export(store, load_registry(), "parquet", tmp_path / "g", computed=True)


def test_every_kind_of_record_is_left_as_it_was(store: Store) -> None:
    stated = [p for p in parts(store) if not of(p).nodes and not of(p).edges]
    assert len(stated) == sum(1 for kind in KINDS for _ in store.records(kind))
