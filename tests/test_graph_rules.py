"""What the ontology does not allow is refused, each thing by itself and all of it together."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from kg import facts
from kg.errors import DataError
from kg.graph import REGISTRY, Edge, End, Graph, Node, merged
from kg.graph_rules import checked, united
from kg.records import Evidence
from tests.test_graph import BASE, part, records, sample_graphs, task

WORDS = (Evidence("d", (0, 2), "文字"),)
T, D = End("Task", "t", BASE + "tasks/t"), End("Department", "甲", BASE + "departments/甲")
C = End("Collective", "各地区", BASE + "departments/各地区")
ROLE: dict[str, Any] = {"role": "lead", "basis": "explicit", "order": 0}


def a_node(label: str = "Task", id: str = "t", iri: str = BASE + "tasks/t", **props: Any) -> Node:
    return Node(label, id, iri, props, WORDS, "d")


@pytest.mark.parametrize(
    ("bad", "complaint"),
    [
        (a_node("Tusk"), "这类节点"),
        (a_node("Evidence"), "这类节点"),
        (a_node(leader="甲"), "这个属性"),
        (a_node(text=7), "应为一个 text"),
        (a_node(open="true"), "应为一个 boolean"),
        (a_node(position=True), "应为一个 integer"),
        (a_node(title=("a", "b")), "应为一个 text"),
        (a_node(note="a"), "一列值"),
        (a_node(basis="guess"), "取值表"),
        (a_node("Document", date="2021年"), "年-月-日"),
        (a_node(iri=BASE + "tasks/a b"), "不合法"),
        (a_node(iri="tasks/t"), "不合法"),
        (a_node(id=""), "不合法"),
        (replace(a_node(), evidence=()), "没有原文依据"),
        (replace(a_node(), evidence=(Evidence("d", (2, 2), ""),)), "长度不符"),
        (replace(a_node(), evidence=(Evidence("d", (0, 9), "短"),)), "长度不符"),
        (replace(a_node(), backing=(("open", WORDS[0]),)), "不能带依据"),
        (Edge("LEADS", T, D, {}, WORDS, "d"), "这种关系"),
        (Edge("LED_BY", T, C, {}, WORDS, "d"), "不能从 Task 到 Collective"),
        (Edge("LED_BY", D, T, {}, WORDS, "d"), "不能从 Department"),
        (Edge("LED_BY", T, D, {"role": "lead"}, WORDS, "d"), "这个属性"),
        (Edge("LED_BY", T, D, {}, (), "d"), "没有原文依据"),
        (Edge("INVOLVES", T, C, {"role": "lead", "order": 0}, WORDS, "d"), "缺少属性：basis"),
        (Edge("INVOLVES", T, D, ROLE | {"role": "chief"}, WORDS, "d"), "取值表"),
        (Edge("PART_OF", C, D, {}, (), REGISTRY), "不能从 Collective"),
    ],
)
def test_what_the_ontology_does_not_allow_is_refused(bad: Node | Edge, complaint: str) -> None:
    graph = Graph((bad,)) if isinstance(bad, Node) else Graph((), (bad,))
    with pytest.raises(DataError, match=complaint):
        checked(graph)


def test_an_unknown_record_is_refused() -> None:
    with pytest.raises(DataError, match="Assignment"):
        list(facts.graphs([part().tasks[0].responsibilities[0]], BASE))  # type: ignore[list-item]


def test_a_whole_with_gaps_is_refused() -> None:
    everything = records()
    orphan = [r for r in everything if r.id != "plan"]
    with pytest.raises(DataError, match="不在图中"):
        united(sample_graphs(orphan))
    twice = [*everything, task("plan-4.1")]
    with pytest.raises(DataError, match="两次"):
        united(sample_graphs(twice))
    with pytest.raises(DataError, match="缺少属性：clause"):
        united([Graph((a_node(text="x", open=False),))])
    with pytest.raises(DataError, match="缺少关系：IN_DOCUMENT"):
        united([Graph((a_node(text="x", open=False, clause="y"),))])


def test_pieces_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(DataError, match="两个值"):
        merged([a_node(title="甲"), a_node(title="乙")])
    with pytest.raises(DataError, match="两个 IRI"):
        merged([a_node(), a_node(iri=BASE + "tasks/u")])
    both = merged([a_node(note=("乙",)), a_node(note=("甲", "乙"))])
    assert [n.props["note"] for n in both] == [("乙", "甲")]
