"""Composed answers: the envelope, near (checked by brute force), the other lists."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations, product
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
import pytest

from kg.errors import NotFoundError, QueryError
from kg.query import department_page, list_things, network, steady
from kg.records import Evidence, TaskRecord
from tests.query_support import ALL, CUSTOMS, IPO, POLICE, REGISTRY, STORE, ask, follow, store_of
from tests.sample import all_documents, annual

# --- the envelope ---------------------------------------------------------------------------


def test_the_headline_question() -> None:
    answer = ask(("led_by", "知识产权局"), ("involves", CUSTOMS))
    assert answer.interpretation == "国家知识产权局牵头、涉及海关总署的任务"
    assert (answer.total, answer.results, answer.next) == (0, (), None)
    assert [(t.tier, t.total) for t in answer.near] == [
        ("joint_no_lead", 1), ("other_lead", 1), ("generic_participants", 1), ("only_other", 1),
    ]  # fmt: skip
    assert [t.results[0].id for t in answer.near] == [
        "plan-4.1", "annual-2", "plan-4.2", "annual-3"
    ]  # fmt: skip
    assert "公安部" in answer.near[1].label
    assert answer.why_empty is not None
    assert "国家知识产权局牵头的任务有3项" in answer.why_empty
    assert "责任名单上有海关总署的任务有3项" in answer.why_empty
    assert "1项没有写明由谁牵头" in answer.why_empty
    assert answer.dataset == STORE.dataset()


def test_what_is_near_speaks_of_one_body_once() -> None:
    answer = ask(("led_by", "财政部"), ("involves", "财政部"))
    assert [t.tier for t in answer.near] == ["joint_no_lead", "other_lead"]
    assert all(t.label.startswith("财政部在责任名单上，") for t in answer.near)


def test_the_envelope_has_the_names_of_the_contract() -> None:
    data = msgspec.json.decode(msgspec.json.encode(ask(("led_by", IPO))))
    assert {"interpretation", "total", "results", "why_empty", "near", "caveats", "dataset",
            "next"} <= set(data)  # fmt: skip
    assert set(data["dataset"]) == {"version", "sha256"}
    assert data["why_empty"] is None and data["near"] == []
    tier = msgspec.json.decode(
        msgspec.json.encode(ask(("led_by", IPO), ("involves", CUSTOMS)).near[0])
    )
    assert {"tier", "label", "total", "url", "results"} <= set(tier)


def names(task: TaskRecord) -> set[str]:
    return {r.department.id for r in task.responsibilities}


def leaders(task: TaskRecord) -> set[str]:
    return {
        r.department.id
        for r in task.responsibilities
        if r.role in ("lead", "sole") and not r.collective
    }


def collective(task: TaskRecord, but: str) -> bool:
    return any(r.collective and r.department.id != but for r in task.responsibilities)


TIERS: dict[str, Callable[[TaskRecord, str, str], bool]] = {
    "joint_no_lead": lambda t, a, b: {a, b} <= names(t) and not leaders(t),
    "other_lead": lambda t, a, b: {a, b} <= names(t) and bool(leaders(t)) and a not in leaders(t),
    "generic_participants": lambda t, a, b: (
        a in leaders(t) and b not in names(t) and collective(t, b)
    ),
    "only_other": lambda t, a, b: b in names(t) and a not in names(t),
}
BODIES = sorted({id for t in ALL for id in names(t)})


@pytest.mark.parametrize(("a", "b"), list(permutations(BODIES, 2)))
def test_near_of_every_pair_is_what_looking_at_every_task_finds(a: str, b: str) -> None:
    answer = ask(("led_by", a), ("involves", b))
    exact = [t.id for t in ALL if a in leaders(t) and b in names(t)]
    assert [t.id for t in answer.results] == exact
    wanted = {
        tier: [t.id for t in ALL if holds(t, a, b)] for tier, holds in TIERS.items() if not exact
    }
    assert {t.tier: [r.id for r in t.results] for t in answer.near} == {
        tier: ids for tier, ids in wanted.items() if ids
    }
    assert [t.tier for t in answer.near] == [t for t in TIERS if wanted.get(t)]
    for tier in answer.near:
        assert [t.id for t in follow(tier.url).results] == wanted[tier.tier]
    assert bool(answer.why_empty) == (not exact)


FURTHER: list[list[tuple[str, str]]] = [
    [("document", "annual")], [("year", "2021")], [("q", "专利")], [("units", "true")],
    [("role", "participant")], [("role", "lead")], [("lead", "none")], [("lead", "stated")],
    [("basis", "explicit")], [("excludes", "财政部")], [("project", "1")], [("collective", "true")],
]  # fmt: skip


@pytest.mark.parametrize("further", FURTHER)
def test_the_tiers_keep_the_other_filters_and_never_hold_a_task_led_by_a(
    further: list[tuple[str, str]],
) -> None:
    for a, b in product([IPO, POLICE, "有关部门"], [CUSTOMS, "财政部", "国家知识产权局-条法司"]):
        answer = ask(("led_by", a), ("involves", b), *further)
        for tier in answer.near:
            found = follow(tier.url)
            assert found.total == tier.total > 0
            if further[0][0] != "units":
                assert all(TIERS[tier.tier](t, a, b) for t in found.results)
            for name, value in further:
                if name not in ("role", "lead"):
                    assert f"{name}=" in unquote(tier.url), value


def test_no_tiers_but_for_one_pair() -> None:
    assert ask(("led_by", IPO)).near == ()
    assert ask(("led_by", IPO), ("involves", CUSTOMS), ("involves", POLICE)).near == ()


# --- the other lists -------------------------------------------------------------------------


def test_lists_go_on_from_page_to_page() -> None:
    seen: list[str] = []
    pairs = [("limit", "4")]
    while True:
        page = list_things(STORE, "department", pairs)
        seen += [d.id for d in page.results]
        assert page.total == len(BODIES)
        if page.next is None:
            break
        pairs = parse_qsl(urlsplit(page.next).query)
    assert sorted(seen) == BODIES
    with pytest.raises(QueryError):
        list_things(STORE, "project", pairs)  # a cursor of another list
    with pytest.raises(QueryError):
        list_things(STORE, "document", [("document", "plan")])
    assert list_things(STORE, "goal", [("document", "plan")]).total == 1


def test_department_and_network() -> None:
    page = department_page(STORE, REGISTRY, "知识产权局")
    assert page.department.id == IPO
    assert follow(page.links["led_by"]).total == 3
    for nobody in ("水利部", "没有的部", "\x1b", "", "部" * 10_000):
        with pytest.raises(NotFoundError):
            department_page(STORE, REGISTRY, nobody)
    assert "2019年推进计划" in network(STORE, [("document", "annual")]).interpretation


def test_an_answer_is_of_one_publication() -> None:
    store = store_of(annual())
    asked: list[str] = []

    def restless(dataset: object) -> int:
        asked.append("x")
        if len(asked) == 1:
            store.publish(all_documents())
        return len(asked)

    assert steady(store, restless) == 2


def test_evidence_reaches_the_answer() -> None:
    answer = ask(("document", "plan"), ("role", "joint"))
    evidence: tuple[Evidence, ...] = answer.results[0].evidence
    assert [e.document for e in evidence] == ["plan", "reprint"]
