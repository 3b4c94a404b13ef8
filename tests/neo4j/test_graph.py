"""The graph proper: constraints and index by the ontology, contract queries, nothing foreign."""

from __future__ import annotations

from typing import Any

import pytest

from kg.cypher import OWNED, TEXT_INDEX
from kg.errors import ConflictError
from kg.ontology import load
from kg.store.base import TaskQuery
from kg.store.neo4j import Neo4jStore
from tests.contract.compare import everything
from tests.neo4j.server import Neo4jServer
from tests.neo4j.support import bundled, reference, store_at
from tests.sample import all_documents, annual, plan, reprint

IPO, CUSTOMS = "国家知识产权局", "海关总署"
LED = "MATCH (t:Task)-[:LED_BY]->(:Department {name: $a}) "
BOTH = "(t)-[:INVOLVES]->(:Department {name: $b}) "
BY_ID = " RETURN DISTINCT t.id ORDER BY t.id"
PAIRS = [(a, b) for a in (IPO, "中央宣传部", "市场监管总局", "公安部", CUSTOMS)
         for b in (CUSTOMS, "财政部", "商务部", "司法部", IPO)]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_the_headline_in_cypher_finds_what_rest_finds(
    corpus: Neo4jStore, own: Neo4jServer, a: str, b: str
) -> None:
    query = "MATCH (t:Task)-[:LED_BY]->(:Department {name: $a}), " + BOTH + BY_ID
    found = [row[0] for row in own.query(query, a=a, b=b)]
    page = corpus.find_tasks(TaskQuery(led_by=a, involves=(b,)), limit=100)
    assert found == sorted(t.id for t in page.results)


QUESTIONS: dict[str, tuple[str, dict[str, Any]]] = {
    "led": (LED, {"led_by": IPO}),
    "involved": ("MATCH " + BOTH, {"involves": (CUSTOMS,)}),
    "joint": (
        "MATCH " + BOTH + "WHERE NOT EXISTS {(t)-[:LED_BY]->()}",
        {"involves": (CUSTOMS,), "lead": "none"},
    ),
    "role": (
        "MATCH (t:Task)-[:INVOLVES {role: 'participant'}]->(:Department {name: $b})",
        {"involves": (CUSTOMS,), "role": "participant"},
    ),
    "basis": ("MATCH (t:Task)-[:INVOLVES {basis: 'explicit'}]->()", {"basis": "explicit"}),
    "collective": ("MATCH (t:Task)-[:INVOLVES]->(:Collective)", {"collective": True}),
    "document": ("MATCH (t:Task)-[:IN_DOCUMENT]->(:Document {id: $document})", {}),
    "year": (
        "MATCH (t:Task)-[:IN_DOCUMENT]->(:Document {year: 2019})", {"year": 2019},
    ),
    "units": (
        "MATCH (t:Task)-[:LED_BY]->(d:Department) "
        "WHERE d.name = $a OR (d)-[:PART_OF*]->(:Department {name: $a})",
        {"led_by": IPO, "units": True},
    ),
    "text": ("MATCH (t:Task) WHERE t.text CONTAINS '海关' OR t.title CONTAINS '海关'",
             {"q": ("海关",)}),
}  # fmt: skip


@pytest.mark.parametrize("name", QUESTIONS)
def test_other_questions_in_cypher(corpus: Neo4jStore, own: Neo4jServer, name: str) -> None:
    match, asked = QUESTIONS[name]
    document = next(d.id for d in corpus.records("document") if d.tasks)
    if name == "document":
        asked = {"document": document}
    found = [row[0] for row in own.query(match + BY_ID, a=IPO, b=CUSTOMS, document=document)]
    ids, after = [], None
    while True:
        page = corpus.find_tasks(TaskQuery(**asked), limit=100, after=after)
        ids += [t.id for t in page.results]
        after = page.after
        if after is None:
            break
    assert found == sorted(ids)
    assert found


def test_projects_stand_under_tasks(corpus: Neo4jStore, own: Neo4jServer) -> None:
    rows = own.query("MATCH (p:Project)-[:UNDER_TASK]->(t:Task) RETURN p.id, t.id ORDER BY p.id")
    known = [[p.id, p.under.id] for p in corpus.records("project") if p.under]
    assert rows == sorted(known)
    assert rows


def test_each_edge_shows_its_words(own: Neo4jServer) -> None:
    rows = own.query(
        "MATCH (t:Task)-[r:INVOLVES]->(b) RETURN count(*), "
        "count(CASE WHEN r.end - r.start = size(r.quote) AND r.role IS NOT NULL "
        "AND r.basis IS NOT NULL AND r.order >= 0 THEN 1 END)"
    )
    assert rows[0][0] == rows[0][1] > 0
    assert own.query("MATCH (:Task)-[:LED_BY]->(c:Collective) RETURN count(c)") == [[0]]
    bare = f"MATCH (n:{OWNED}) WHERE n.id IS NULL OR n.iri IS NULL RETURN count(n)"
    assert own.query(bare) == [[0]]


def test_counts_are_those_of_the_records(corpus: Neo4jStore, own: Neo4jServer) -> None:
    for kind in ("task", "project", "goal", "indicator", "section", "document"):
        label = kind.capitalize()
        known = sorted(r.id for r in corpus.records(kind))  # type: ignore[arg-type]
        found = sorted(str(r[0]) for r in own.query(f"MATCH (n:{label}) RETURN n.id"))
        assert found == known
    bodies = sorted(d.id for d in corpus.records("department"))
    found = own.query("MATCH (n:Department|Collective) RETURN n.id")
    assert sorted(str(r[0]) for r in found) == bodies


def test_constraints_and_index_are_created_on_first_use(own: Neo4jServer) -> None:
    rows = own.query("SHOW CONSTRAINTS YIELD labelsOrTypes, properties, type")
    unique = {tuple(labels): props for labels, props, type in rows if type == "UNIQUENESS"}  # type: ignore[arg-type]
    for label in load().nodes:
        assert unique[(label,)] == ["id"]
    rows = own.query(
        "SHOW INDEXES YIELD name, type, options, state WHERE name = $name RETURN type, options, state",
        name=TEXT_INDEX,
    )
    kind, options, state = rows[0]
    assert (kind, state) == ("FULLTEXT", "ONLINE")
    assert options["indexConfig"]["fulltext.analyzer"] == "cjk"  # type: ignore[index]
    hits = own.query(
        f"CALL db.index.fulltext.queryNodes('{TEXT_INDEX}', $word) YIELD node "
        "RETURN labels(node)", word="海关",
    )  # fmt: skip
    assert hits


def test_a_second_load_changes_nothing_by_the_servers_own_count(empty: Neo4jStore) -> None:
    empty.publish(bundled())
    first = empty.counters
    assert (first.nodes_created > 100, first.relationships_created > 100) == (True, True)
    receipt = empty.publish(bundled())
    second = empty.counters
    assert not receipt.changed
    assert (second.nodes_created, second.nodes_deleted) == (0, 0)
    assert (second.relationships_created, second.relationships_deleted) == (0, 0)


def snapshot(at: Neo4jServer) -> list[list[object]]:
    nodes = at.query(
        f"MATCH (n:{OWNED}) RETURN labels(n), properties(n) AS p ORDER BY labels(n)[0], n.id"
    )
    edges = at.query(
        f"MATCH (a:{OWNED})-[r]->(b:{OWNED}) RETURN a.id, type(r), b.id, properties(r) "
        "ORDER BY a.id, type(r), b.id, r.order"
    )
    return nodes + edges


def test_the_graph_is_the_same_whatever_was_there_before(
    empty: Neo4jStore, leased: Neo4jServer
) -> None:
    empty.publish(all_documents())
    expected = snapshot(leased)
    empty.publish(remove=[d.id for d in empty.records("document")])
    assert snapshot(leased) == []
    for doc in (reprint(), annual(), plan()):
        empty.publish([doc])
    empty.publish(all_documents(), remove=[])
    assert snapshot(leased) == expected


FOREIGN = """
CREATE (a:Person {name: '张三', id: 'p1'})-[:KNOWS {since: 2020}]->(b:Person {name: '李四', id: 'p2'})
CREATE (:Task {id: 'their-task', name: '别人的任务'})-[:LED_BY]->(:Department {id: 'theirs'})
CREATE (:Document {id: 'their-document', title: '别人的文件'})
"""


def foreign(at: Neo4jServer) -> list[list[object]]:
    return at.query(
        f"MATCH (n) WHERE NOT n:{OWNED} AND NOT any(l IN labels(n) WHERE l STARTS WITH 'Pkg') "
        "OPTIONAL MATCH (n)-[r]->(m) RETURN labels(n), properties(n), type(r), m.id ORDER BY n.id"
    )


def test_what_belongs_to_others_is_never_touched(empty: Neo4jStore, leased: Neo4jServer) -> None:
    leased.query(FOREIGN)
    before = foreign(leased)
    empty.publish(all_documents())
    assert foreign(leased) == before
    assert everything(empty) == everything(reference(*all_documents()))
    empty.publish([annual()], remove=["plan", "guide"])
    empty.publish(remove=["annual", "picture", "reprint"])
    assert foreign(leased) == before
    assert leased.query(f"MATCH (n:{OWNED}) RETURN count(n)") == [[0]]


def test_what_others_attached_to_a_task_survives_its_replacement(
    empty: Neo4jStore, leased: Neo4jServer
) -> None:
    empty.publish(all_documents())
    leased.query("MATCH (t:Task {id: 'annual-2'}) CREATE (:Note {text: '记'})-[:ABOUT]->(t)")
    empty.publish([annual_with_other_bytes()])
    assert leased.query("MATCH (:Note)-[:ABOUT]->(t:Task) RETURN t.id") == [["annual-2"]]


def annual_with_other_bytes() -> Any:
    from msgspec.structs import replace

    return replace(annual(), raw=b"other bytes")


def test_a_foreign_node_of_our_label_and_id_is_told_and_nothing_done(
    empty: Neo4jStore, leased: Neo4jServer
) -> None:
    empty.publish([plan()])
    before = everything(empty), snapshot(leased)
    leased.query("CREATE (:Task {id: 'annual-1'})")
    with pytest.raises(ConflictError, match="annual-1"):
        empty.publish([annual()])
    assert (everything(empty), snapshot(leased)) == before
    leased.query(f"MATCH (t:Task {{id: 'annual-1'}}) WHERE NOT t:{OWNED} DELETE t")
    empty.publish([annual()])
    assert everything(empty) == everything(reference(plan(), annual()))


def test_another_handle_sees_what_was_published(empty: Neo4jStore, leased: Neo4jServer) -> None:
    empty.publish(all_documents())
    other = store_at(leased, read_only=True)
    assert other.dataset() == empty.dataset()
    empty.publish(remove=["plan"])
    assert other.get("document", "plan") is None
    with pytest.raises(ConflictError):
        other.publish([plan()])
    other.close()
