"""What each question means; one suite for all stores."""

from __future__ import annotations

from itertools import product
from typing import Any

import msgspec
import pytest

from kg.errors import KgError, QueryError
from kg.ids import squeeze
from kg.records import TaskRecord
from kg.store.base import FACETS, Facet, Key, Store, TaskQuery
from tests.sample import CUSTOMS, IPO, POLICE

UNIT, UNIT2 = "国家知识产权局-条法司", "国家知识产权局-保护司"
QUERIES: dict[str, tuple[TaskQuery, set[str]]] = {
    "all": (TaskQuery(), {"plan-4.1", "plan-4.2", "plan-4.3", "plan-4.4", "annual-1", "annual-2",
                          "annual-3", "annual-4", "guide-1", "guide-t1"}),
    "led by: lead or sole": (TaskQuery(led_by=IPO), {"plan-4.2", "plan-4.3", "annual-4"}),
    "led by: no collective": (TaskQuery(led_by="有关部门"), set()),
    "led by nobody known": (TaskQuery(led_by="没有的部门"), set()),
    "involves": (TaskQuery(involves=(CUSTOMS,)), {"plan-4.1", "annual-2", "annual-3"}),
    "involves all": (TaskQuery(involves=(CUSTOMS, IPO)), {"plan-4.1", "annual-2"}),
    "led by and involves": (TaskQuery(led_by=POLICE, involves=(CUSTOMS,)), {"annual-2"}),
    "headline": (TaskQuery(led_by=IPO, involves=(CUSTOMS,)), set()),
    "joint without lead": (
        TaskQuery(involves=(IPO, CUSTOMS), lead="none"), {"plan-4.1"}),
    "role narrows involves": (
        TaskQuery(involves=(IPO,), role="participant"), {"annual-2"}),
    "role narrows all": (TaskQuery(involves=(IPO, CUSTOMS), role="joint"), {"plan-4.1"}),
    "role alone": (TaskQuery(role="sole"), {"plan-4.3", "annual-1", "annual-3", "guide-1"}),
    "role beside led by": (TaskQuery(led_by=IPO, role="participant"), {"plan-4.2", "annual-4"}),
    "excludes": (TaskQuery(led_by=IPO, excludes=("有关部门",)), {"plan-4.3", "annual-4"}),
    "basis": (TaskQuery(basis="first-listed-contested"), {"annual-2"}),
    "basis table": (TaskQuery(basis="table"), {"guide-t1"}),
    "lead none": (TaskQuery(lead="none"), {"plan-4.1", "plan-4.4", "guide-t1"}),
    "lead stated": (TaskQuery(lead="stated", document="plan"), {"plan-4.2", "plan-4.3"}),
    "collective": (TaskQuery(collective=True), {"plan-4.2", "plan-4.4"}),
    "no collective": (TaskQuery(collective=False, document="plan"), {"plan-4.1", "plan-4.3"}),
    "document": (TaskQuery(document="guide"), {"guide-1", "guide-t1"}),
    "reprint has none of its own": (TaskQuery(document="reprint"), set()),
    "document not there": (TaskQuery(document="没有"), set()),
    "due on the day": (TaskQuery(due_by="2021-12-31"), {"guide-t1"}),
    "due a day too late": (TaskQuery(due_by="2021-12-30"), set()),
    "year": (TaskQuery(year=2019), {"annual-1", "annual-2", "annual-3", "annual-4"}),
    "project": (TaskQuery(project=("picture-project-1",)), {"plan-4.1"}),
    "units not counted": (TaskQuery(led_by=IPO, document="guide"), set()),
    "units led": (TaskQuery(led_by=IPO, document="guide", units=True), {"guide-1"}),
    "units involved": (
        TaskQuery(involves=(IPO,), document="guide", units=True), {"guide-1", "guide-t1"}),
    "units involved in role": (
        TaskQuery(involves=(IPO,), role="sole", document="guide", units=True), {"guide-1"}),
    "units excluded": (TaskQuery(excludes=(IPO,), year=2021, units=True), {"plan-4.4"}),
    "two units": (TaskQuery(involves=(UNIT, UNIT2)), {"guide-t1"}),
    "two words": (TaskQuery(q=("海关", "龙腾")), {"annual-3"}),
    "word across title and text": (TaskQuery(q=("规。加强",)), {"plan-4.1"}),
    "white space ignored": (TaskQuery(q=("海 关\n保 护",)), {"annual-3"}),
    "folded": (TaskQuery(q=("１００％",)), {"plan-4.2"}),
    "one character": (TaskQuery(q=("关",)), {"annual-3"}),
    "last character": (TaskQuery(q=("作",)), {"annual-2", "guide-t1"}),
    "a word of blanks asks nothing": (TaskQuery(q=(" \u3000",), year=2019),
                                      {"annual-1", "annual-2", "annual-3", "annual-4"}),
}  # fmt: skip


def ids(store: Store, query: TaskQuery, **more: Any) -> list[str]:
    return [t.id for t in store.find_tasks(query, limit=100, **more).results]


@pytest.mark.parametrize("name", QUERIES)
def test_filters(full: Store, name: str) -> None:
    query, expected = QUERIES[name]
    page = full.find_tasks(query, limit=100)
    assert {t.id for t in page.results} == expected
    assert page.total == len(page.results) == len(expected)
    assert page.after is None


@pytest.mark.parametrize(
    "word",
    ["100%", "%", "_", "%_", "\\", "100%_\\", "“商标”", "”", "“商标”审查", "、", "商标", "标”审"],
)
def test_words_are_literal(full: Store, word: str) -> None:
    everything = full.find_tasks(TaskQuery(), limit=100).results
    expected = [t.id for t in everything if squeeze(word) in squeeze(t.text)]
    assert expected
    assert ids(full, TaskQuery(q=(word,))) == expected


@pytest.mark.parametrize(
    "word", ["1%", "_%", "标商", '"商标"', "*", "商*", "a OR b", "()", "海关总署", "'", "\x00", "🄯"]
)
def test_words_that_stand_nowhere_find_nothing(full: Store, word: str) -> None:
    assert full.find_tasks(TaskQuery(q=(word,))).total == 0
    assert full.search([word + "□"]).total == 0


def all_pages(store: Store, query: TaskQuery, limit: int) -> list[TaskRecord]:
    found: list[TaskRecord] = []
    after: Key | None = None
    while True:
        page = store.find_tasks(query, limit, after)
        assert len(page.results) <= limit
        found += page.results
        after = page.after
        if after is None:
            return found


@pytest.mark.parametrize(("name", "limit"), list(product(QUERIES, [1, 2, 3])))
def test_paging_has_no_gap_and_no_repeat(full: Store, name: str, limit: int) -> None:
    query = QUERIES[name][0]
    found = all_pages(full, query, limit)
    assert [t.id for t in found] == ids(full, query)
    places = [(t.document.id, t.position) for t in found]
    assert places == sorted(set(places))


def test_limit_0_asks_for_the_total_only(full: Store) -> None:
    page = full.find_tasks(TaskQuery(), limit=0)
    assert (page.results, page.total, page.after) == ((), 10, None)
    listed = full.list("section", limit=0)
    assert (listed.results, listed.total, listed.after) == ((), 3, None)


def test_a_cursor_of_a_document_that_went_goes_on_behind_it(full: Store) -> None:
    page = full.find_tasks(TaskQuery(), limit=1, after=("annualx", 7))
    assert page.results[0].id == "guide-1"
    assert full.find_tasks(TaskQuery(), after=("zzz", 0)).results == ()


@pytest.mark.parametrize("after", [("plan",), ("plan", "1"), (1, "plan"), ("plan", 1, "x"), ()])
def test_foreign_cursors_are_refused(full: Store, after: Any) -> None:
    with pytest.raises(QueryError):
        full.find_tasks(TaskQuery(), after=after)


def test_absurd_limits_kinds_and_facets_are_refused(full: Store) -> None:
    calls: list[Any] = [
        lambda: full.find_tasks(TaskQuery(), limit=-1),
        lambda: full.find_tasks(TaskQuery(), facets=("nothing",)),  # type: ignore[arg-type]
        lambda: full.list("nothing"),  # type: ignore[arg-type]
        lambda: full.list("task"),
        lambda: full.get("nothing", "x"),  # type: ignore[arg-type]
        lambda: list(full.records("nothing")),  # type: ignore[arg-type]
        lambda: full.list("goal", limit=-1),
        lambda: full.list("goal", after=("x",)),
        lambda: full.search([]),
        lambda: full.search([" "]),
        lambda: full.search(["知"], limit=-1),
        lambda: full.search(["知"], after=("plan", 1)),
    ]
    for call in calls:
        with pytest.raises(KgError):
            call()


def added(query: TaskQuery, facet: Facet, value: str) -> TaskQuery | None:
    """The query with a facet's value as one more filter, if it can be put so."""
    if facet == "involves":
        return msgspec.structs.replace(query, involves=(*query.involves, value))
    if facet == "project":
        return msgspec.structs.replace(query, project=(*query.project, value))
    if getattr(query, facet) not in (None, value):
        return None
    given = int(value) if facet == "year" else value
    return msgspec.structs.replace(query, **{facet: given})


@pytest.mark.parametrize("name", QUERIES)
def test_a_facet_says_what_choosing_its_value_would_find(full: Store, name: str) -> None:
    query = QUERIES[name][0]
    page = full.find_tasks(query, limit=0, facets=FACETS)
    assert set(page.facets) == set(FACETS)
    for facet, values in page.facets.items():
        assert list(values) == sorted(values, key=lambda v: (-v.total, v.value))
        for value in values:
            narrowed = added(query, facet, value.value)  # type: ignore[arg-type]
            if narrowed is not None:
                assert full.find_tasks(narrowed, limit=0).total == value.total > 0
    for facet in ("document", "lead"):
        assert sum(v.total for v in page.facets[facet]) == page.total


def test_facets_only_where_asked_and_named(full: Store) -> None:
    assert full.find_tasks(TaskQuery()).facets == {}
    facets = full.find_tasks(TaskQuery(), facets=("document", "led_by", "project")).facets
    assert facets["document"][0].name == "2019年推进计划"
    assert facets["led_by"][0].name == IPO
    assert [v.name for v in facets["project"]] == ["商业秘密保护工程"]
