"""`kg.open`: frames, the whole graph and query answers, compared with the store itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import get_args

import networkx as nx
import pytest

import kg
from kg.errors import NotFoundError, QueryError, UnavailableError
from kg.frame_columns import COLUMNS, PRINTED, WHOLE
from kg.frames import Opened, dictionary
from kg.ids import iri
from kg.registry import load_registry
from kg.store.base import Kind
from kg.store.embedded import EmbeddedStore
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import CUSTOMS, IPO, POLICE, all_documents

BASE = "http://127.0.0.1:8000/"
PKG = "PREFIX pkg: <https://policy-kg.github.io/ns#> "


@pytest.fixture(scope="module")
def g(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    path = tmp_path_factory.mktemp("frames") / "store"
    store = EmbeddedStore(path, World.of(load_registry(), BASE))
    store.publish(all_documents())
    store.close()
    with kg.open(str(path)) as opened:
        yield opened


FRAMES = sorted(COLUMNS)


@pytest.mark.parametrize("name", FRAMES)
def test_columns_are_those_of_the_dictionary(name: str, g: Opened) -> None:
    frame = getattr(g, name)()
    assert list(frame.columns) == list(COLUMNS[name])
    assert len(frame) > 0 or name in ("targets", "continuity", "instruments")


@pytest.mark.parametrize("name", FRAMES)
def test_whole_numbers_stay_whole(name: str, g: Opened) -> None:
    frame = getattr(g, name)()
    for column in (WHOLE & set(frame.columns)) - PRINTED.get(name, set()):
        assert str(frame[column].dtype) == "Int64", column
    assert g.documents().set_index("id").year["annual"] == 2019


def test_dictionary_explains_every_column_in_both_languages() -> None:
    table = dictionary()
    assert set(table.frame) == set(COLUMNS)
    assert table.zh.str.len().min() > 0 and table.en.str.isascii().all()


def test_tasks_are_those_of_the_store(g: Opened) -> None:
    records = list(g.store.records("task"))
    frame = g.tasks()
    assert list(frame.id) == [t.id for t in records]
    row = frame.set_index("id").loc["annual-2"]
    assert row.leads == [POLICE] and row.bodies == [POLICE, CUSTOMS, IPO]
    assert row.basis == "first-listed-contested" and row.number == "2"
    assert g.text(row.document)[row.start : row.end] == row.clause
    assert len(g.responsibilities()) == sum(len(t.responsibilities) for t in records)


def test_questions_are_those_of_the_api(g: Opened) -> None:
    assert list(g.tasks(led_by=IPO, document="annual").id) == ["annual-4"]
    assert list(g.tasks(involves=["海关总署", "公安部"]).id) == ["annual-2"]
    assert list(g.tasks(led_by="中华人民共和国海关总署").id) == list(g.tasks(led_by=CUSTOMS).id)
    with_units = g.tasks(led_by=IPO, units=True, document="guide")
    assert list(with_units.id) == ["guide-1"]
    assert g.find(led_by=IPO, involves=CUSTOMS).why_empty
    with pytest.raises(QueryError):
        g.tasks(leed=IPO)


def test_mentions_are_words_of_the_text(g: Opened) -> None:
    for r in g.responsibilities().itertuples():
        assert g.text(r.document)[r.start : r.end] == r.mention


def test_the_other_frames(g: Opened) -> None:
    bodies = g.departments().set_index("id")
    assert bodies.loc[CUSTOMS, ["sole", "participant", "joint", "total"]].tolist() == [1, 1, 1, 3]
    assert bodies.loc[IPO + "-条法司", "parent"] == IPO and bodies.loc["有关部门", "collective"]
    assert g.projects().set_index("id").task.tolist() == ["plan-4.1"]
    values = g.indicators().set_index(["number", "kind"]).value
    assert values[1, "baseline"] == 6.3 and values.isna()[2, "baseline"]
    documents = g.documents().set_index("id")
    assert documents.reprint_of["reprint"] == documents.derived_from["picture"] == "plan"


def test_unknown_document(g: Opened) -> None:
    with pytest.raises(NotFoundError):
        g.text("nowhere")


# --- networks ---------------------------------------------------------------------------------


def test_projection_is_the_network_of_the_store(g: Opened) -> None:
    for document in (None, "annual"):
        known = g.store.network(document)
        found = g.projection(document=document)
        assert dict(found.nodes(data="tasks")) == {p.department.id: p.tasks for p in known.nodes}
        assert {frozenset(e[:2]): e[2] for e in found.edges(data="tasks")} == {
            frozenset((link.source, link.target)): link.tasks for link in known.edges
        }


def test_projection_without_and_newman(g: Opened) -> None:
    assert IPO not in g.projection(without=[IPO])
    long = g.projection(newman=True, document="annual")
    assert long[POLICE][CUSTOMS]["weight"] == 0.5


def test_bipartite(g: Opened) -> None:
    double = g.bipartite(document="annual")
    assert nx.is_bipartite(double) and double.number_of_edges() == 7


# --- the whole graph --------------------------------------------------------------------------


def test_graph_holds_every_record(g: Opened) -> None:
    graph = g.graph()
    assert isinstance(graph, nx.MultiDiGraph)
    kinds = Counter(kind for _, kind in graph.nodes(data="kind"))
    for kind in get_args(Kind):
        records = list(g.store.records(kind))
        assert all(r.iri in graph for r in records), kind
        if kind != "department":
            assert kinds[kind.capitalize()] == len(records)
    assert kinds["Collective"] == sum(d.collective for d in g.store.records("department"))
    assert all(facts["name"] and facts["id"] for _, facts in graph.nodes(data=True))


def test_graph_holds_every_responsibility_with_its_words(g: Opened) -> None:
    edges = [e for *_, e in g.graph().edges(data=True) if e["type"] == "INVOLVES"]
    assert len(edges) == len(g.responsibilities())
    for e in edges:
        assert {"role", "basis", "order", "quote", "start", "end", "document"} <= set(e)
        assert g.text(e["document"])[e["start"] : e["end"]] == e["quote"]


def test_graph_holds_nothing_empty(g: Opened) -> None:
    graph = g.graph()
    for facts in [f for _, f in graph.nodes(data=True)] + [f for *_, f in graph.edges(data=True)]:
        assert None not in facts.values() and () not in facts.values()


def test_graph_knows_leads_and_rules(g: Opened) -> None:
    graph = g.graph()
    task, police = iri(BASE, "task", "annual-2"), iri(BASE, "department", POLICE)
    led = graph[task][police]
    assert {e["type"] for e in led.values()} == {"LED_BY", "INVOLVES"}
    assert next(e for e in led.values() if e["type"] == "LED_BY")["derived"] is True


# --- query languages --------------------------------------------------------------------------


def test_sparql_as_a_frame(g: Opened) -> None:
    table = g.sparql(
        PKG + "SELECT ?id ?open (COUNT(?d) AS ?n) ?none WHERE { ?t a pkg:Task ; pkg:id ?id ; "
        "pkg:open ?open ; pkg:involves ?d } GROUP BY ?id ?open ?none ORDER BY ?id"
    )
    assert list(table.columns) == ["id", "open", "n", "none"]
    row = table.set_index("id").loc["plan-4.1"]
    assert row.n == 3 and bool(row.open) is True and row.none is None
    assert len(table) == len(g.tasks())


def test_sparql_ask_and_refusals(g: Opened) -> None:
    assert bool(g.sparql(PKG + "ASK { ?t a pkg:Task }").ask[0]) is True
    for query in ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT", "DELETE WHERE {?s ?p ?o}"):
        with pytest.raises(QueryError):
            g.sparql(query)


def test_sparql_where_there_is_none() -> None:
    store = MemoryStore(World.of(load_registry(), BASE))
    store.publish(all_documents())
    with Opened(store, load_registry()) as g, pytest.raises(UnavailableError):
        g.sparql("ASK {}")


def test_cypher_as_a_frame(g: Opened) -> None:
    table = g.cypher(
        "MATCH (t:Task)-[:LED_BY]->(d:Department {id: $who}) RETURN t.id AS id ORDER BY id", who=IPO
    )
    assert list(table.id) == sorted(g.tasks(led_by=IPO).id)
    with pytest.raises(QueryError):
        g.cypher("MATCH (n) DETACH DELETE n")


def test_opening_what_is_not_there(tmp_path: pytest.TempPathFactory) -> None:
    with pytest.raises(NotFoundError):
        kg.open(str(tmp_path) + "/none")


def test_the_gate_of_the_package_is_light() -> None:
    assert kg.__all__ == ["open"]
