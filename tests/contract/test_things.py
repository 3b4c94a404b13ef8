"""Single things, lists, departments, search and sources; one suite for all stores."""

from __future__ import annotations

from typing import Any

import pytest

from kg.errors import QueryError
from kg.records import Evidence
from kg.store.base import Store, TaskQuery
from kg.store.proof import evidence
from tests.sample import CUSTOMS, IPO, POLICE, all_documents

UNIT, UNIT2 = "国家知识产权局-条法司", "国家知识产权局-保护司"
PLACED = ("project", "goal", "indicator", "section")


@pytest.mark.parametrize(
    "kind",
    ["task", "project", "goal", "indicator", "target", "section", "document", "department"],
)
def test_get_and_records_agree(full: Store, kind: Any) -> None:
    records = list(full.records(kind))
    assert records or kind == "target"
    for record in records:
        assert full.get(kind, record.id) == record
        assert record.iri.startswith("http://kg.test/")
    assert full.get(kind, "没有") is None
    assert full.get(kind, "") is None


@pytest.mark.parametrize("kind", [*PLACED, "target", "document", "department"])
@pytest.mark.parametrize("document", [None, "plan", "picture", "reprint", "没有"])
def test_lists_page_as_they_are_ordered(full: Store, kind: Any, document: str | None) -> None:
    whole = full.list(kind, limit=100, document=document)
    assert whole.after is None
    assert whole.total == len(whole.results)
    if document is None:
        assert list(whole.results) == list(full.records(kind))
    paged, after = [], None
    while True:
        page = full.list(kind, limit=1, after=after, document=document)
        assert page.total == whole.total
        paged += page.results
        after = page.after
        if after is None:
            break
    assert tuple(paged) == whole.results


def test_a_document_lists_what_it_states(full: Store) -> None:
    def listed(kind: Any, document: str) -> set[str]:
        return {r.id for r in full.list(kind, limit=100, document=document).results}

    goal = next(full.records("goal"))
    assert goal.document.id == "plan"
    assert listed("goal", "plan") == listed("goal", "picture") == {goal.id}
    assert listed("section", "plan") == {"plan-s1", "plan-s4"}
    assert listed("department", "reprint") == {
        IPO,
        CUSTOMS,
        "财政部",
        "地方各级人民政府",
        "有关部门",
    }
    assert listed("document", "plan") == {"plan"}


def test_departments_stand_by_total_then_id(full: Store) -> None:
    found = full.list("department", limit=100).results
    assert list(found) == sorted(found, key=lambda d: (-d.total, d.id))
    first = found[0]
    assert (first.id, first.total) == (IPO, 5)
    assert first.tasks == {"lead": 2, "participant": 1, "sole": 1, "joint": 1}
    assert {u.id for u in first.units} == {UNIT, UNIT2}
    assert full.get("department", UNIT).parent.id == IPO
    assert full.get("department", "有关部门").collective


def test_department_totals_are_what_the_query_finds(full: Store) -> None:
    for d in full.records("department"):
        assert d.total == full.find_tasks(TaskQuery(involves=(d.id,)), limit=0).total
        for role, n in d.tasks.items():
            query = TaskQuery(involves=(d.id,), role=role)
            assert n == full.find_tasks(query, limit=0).total


def test_profile(full: Store) -> None:
    profile = full.profile(IPO)
    assert profile is not None
    assert profile.department == full.get("department", IPO)
    assert [(c.document.id, sum(c.tasks.values())) for c in profile.by_document] == [
        ("plan", 3), ("annual", 2)]  # fmt: skip
    assert [(p.department.id, p.tasks) for p in profile.partners] == [
        (CUSTOMS, 2), ("财政部", 2), ("中央宣传部", 1), (POLICE, 1)]  # fmt: skip
    assert full.profile("没有") is None


def test_profile_of_a_collective_has_bodies_as_partners(full: Store) -> None:
    profile = full.profile("有关部门")
    assert profile is not None
    assert {p.department.id for p in profile.partners} == {IPO, "中央宣传部"}


def test_names_lead_to_every_department(full: Store) -> None:
    names = full.names()
    assert names["条法司"] == names[UNIT] == (UNIT,)
    assert {i for ids in names.values() for i in ids} == {d.id for d in full.records("department")}


def test_network(full: Store) -> None:
    network = full.network()
    nodes = {n.department.id: n.tasks for n in network.nodes}
    assert "有关部门" not in nodes
    assert nodes[IPO] == 5
    edges = {(e.source, e.target): e.tasks for e in network.edges}
    assert all(a < b for a, b in edges)
    assert edges[IPO, CUSTOMS] == 2
    for (a, b), n in edges.items():
        assert full.find_tasks(TaskQuery(involves=(a, b)), limit=0).total == n
    part = full.network("annual")
    assert {e.tasks for e in part.edges} == {1}
    assert {n.department.id for n in part.nodes} == {POLICE, CUSTOMS, IPO, "财政部"}
    assert full.network("没有").nodes == ()


def test_search_finds_every_kind_in_order(full: Store) -> None:
    kinds = [h.kind for h in full.search(["知识产权"], limit=100).results]
    assert kinds == ["task", "section", "goal"]
    hits = full.search(["合作"], limit=100).results
    assert [(h.kind, h.id) for h in hits] == [
        ("task", "annual-2"), ("task", "guide-t1"), ("measure", "guide-t1")]  # fmt: skip
    hits = full.search(["商业秘密"], limit=100).results
    assert [h.kind for h in hits] == ["project", "measure"]
    assert hits[1].evidence == (Evidence("picture", (95, 105), "健全商业秘密保护政策"),)
    assert [h.kind for h in full.search(["发明专利"]).results] == ["indicator"]
    for hit in hits:
        assert "商业秘密" in hit.snippet
        assert hit.document.title


@pytest.mark.parametrize("word", ["知识产权", "保护", "。", "作", "0"])
@pytest.mark.parametrize("limit", [1, 2])
def test_search_pages_without_gap(full: Store, word: str, limit: int) -> None:
    whole = full.search([word], limit=100)
    assert whole.total == len(whole.results) > 0
    paged, after = [], None
    while True:
        page = full.search([word], limit, after)
        assert page.total == whole.total
        paged += page.results
        after = page.after
        if after is None:
            break
    assert tuple(paged) == whole.results


def test_sources_come_back_whole(full: Store) -> None:
    for doc in all_documents():
        assert full.loaded(doc.extraction.document.id) == doc
    assert full.loaded("没有") is None


@pytest.mark.parametrize("kind", ["task", *PLACED])
def test_every_quote_equals_its_text(full: Store, kind: Any) -> None:
    for record in full.records(kind):
        found = list(evidence(record))
        assert found
        for e in found:
            doc = full.loaded(e.document)
            assert doc is not None
            assert doc.text[slice(*e.span)] == e.quote


def test_values_keep_their_type(full: Store) -> None:
    first, second = full.list("indicator").results
    assert first.baseline.value == 6.3
    assert (second.baseline.year, second.baseline.value) == (2020, None)
    task = full.get("task", "plan-4.1")
    assert (task.year, task.open, task.scope, task.deadline) == (2021, True, None, None)
    assert full.get("task", "guide-t1").text.endswith("要积极参与合作。")


@pytest.mark.parametrize("odd", ["", "\ud800", "\x00", "a" * 100_000, "'; DROP TABLE task; --"])
def test_odd_values_find_nothing_and_break_nothing(full: Store, odd: str) -> None:
    for query in (
        TaskQuery(led_by=odd),
        TaskQuery(involves=(odd,)),
        TaskQuery(document=odd),
        TaskQuery(project=(odd,)),
        TaskQuery(year=10**30),
        TaskQuery(q=(odd + "□",)),
    ):
        assert full.find_tasks(query).total == 0
    for kind in ("task", "document", "department", "goal"):
        assert full.get(kind, odd) is None  # type: ignore[arg-type]
    assert full.profile(odd) is full.loaded(odd) is None
    assert full.network(odd).nodes == full.list("goal", document=odd).results == ()
    assert full.find_tasks(TaskQuery(excludes=(odd,))).total == 10
    with pytest.raises(QueryError):
        full.find_tasks(TaskQuery(), after=("plan", 2**70))


def test_close_twice(new_store: Any) -> None:
    store = new_store()
    store.publish(all_documents())
    store.close()
    store.close()
