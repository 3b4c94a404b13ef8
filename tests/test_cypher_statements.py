"""The statements that write a batch: every node and edge once, whatever the way."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from kg import cypher, facts
from kg.cypher import Batch, EdgeKind, Edges
from kg.registry import load_registry
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import all_documents

BASE = "http://127.0.0.1:8000/"


@pytest.fixture(scope="module")
def batch() -> Batch:
    store = MemoryStore(World.of(load_registry(), BASE))
    store.publish(all_documents())
    kinds = ("document", "section", "task", "project", "goal", "indicator", "target")
    records = [r for kind in kinds for r in store.records(kind)]
    return cypher.batch(facts.graphs(records, BASE, store.records("section")))


def written(found: Batch, *, fresh: bool) -> tuple[int, Counter[str]]:
    """How many nodes, and how many edges of each type, the statements write."""
    nodes, edges = 0, Counter[str]()
    for statement, values in cypher.write(found, fresh=fresh):
        if statement.rpartition("UNWIND $rows")[2].startswith(" AS row MATCH"):
            edges[statement.rpartition("[:")[2].split()[0].rstrip("]->(m)")] += sum(
                len(own) for _, own in values["rows"]
            )
            continue
        nodes += len(values["rows"])
        types = [part.split()[0].split("]")[0] for part in statement.split("-[:")[1:]]
        for n, type in enumerate(reversed(types), 1):
            edges[type] += sum(len(row[-n]) for row in values["rows"])
    return nodes, edges


@pytest.mark.parametrize("fresh", [True, False])
def test_every_node_and_edge_is_written_once(batch: Batch, fresh: bool) -> None:
    expected = Counter[str]()
    for kind, own in batch.edges.items():
        expected[kind.type] += sum(map(len, own.rows.values()))
    assert written(batch, fresh=fresh) == (len(batch.ids()), expected)
    assert expected["INVOLVES"] > 10


def test_new_nodes_come_with_their_edges(batch: Batch) -> None:
    """None but those between nodes of one label need their nodes looked up again."""
    apart = [s for s, _ in cypher.write(batch, fresh=True) if "UNWIND $rows AS row MATCH" in s]
    ends = [re.findall(r"MATCH \(\w:(\w+):", s) for s in apart]
    assert ends and all(target == source for target, source in ends)


def test_an_edge_from_a_node_elsewhere_is_written_by_itself() -> None:
    kind = EdgeKind("Task", "LED_BY", "Department", ("start",))
    found = Batch(nodes={"Task": [{"id": "new"}]}, edges={kind: Edges()})
    for task in ("new", "old"):
        found.edges[kind].add(task, "d", {"start": 1})
    statements = list(cypher.write(found, fresh=True))
    assert "FOREACH" not in statements[0][0]
    assert statements[1][1] == {"rows": [("new", [[0, 1]]), ("old", [[0, 1]])], "ends": ["d"]}


def test_labels_that_need_each_other_have_an_order_too() -> None:
    found = Batch(nodes={"Goal": [{"id": "g"}], "Task": [{"id": "t"}]})
    for source, target, ids in (("Goal", "Task", "gt"), ("Task", "Goal", "tg")):
        edges = found.edges[EdgeKind(source, "X", target, ())] = Edges()
        edges.add(ids[0], ids[1], {})
    statements = [s for s, _ in cypher.write(found, fresh=True)]
    assert "FOREACH" not in statements[0] and "FOREACH" in statements[1]
    assert len(statements) == 3
