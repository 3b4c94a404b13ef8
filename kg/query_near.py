"""What comes nearest where nothing satisfies «A leads, B is involved»."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from msgspec import Struct, structs

from kg.params import Question, url
from kg.query_count import Counts
from kg.records import TaskRecord
from kg.store.base import FacetValue, Store, TaskQuery

TierName = Literal["joint_no_lead", "other_lead", "generic_participants", "only_other"]
SHOWN = 5
_LEADERS = 3


class Tier(Struct, frozen=True, kw_only=True):
    """Tasks that miss the question in one stated way; `url` selects exactly them."""

    tier: TierName
    label: str
    total: int
    url: str
    results: tuple[TaskRecord, ...]
    leaders: tuple[FacetValue, ...] = ()


def near(store: Store, counts: Counts, question: Question) -> tuple[Tier, ...]:
    """The tiers that hold a task, in order; none if the question has an answer or no pair.

    The question's other filters hold in every tier. `role` speaks of B's part in a task led
    by A: it is left out of the tiers, unless tasks with another role exist, which then are
    no near misses but an answer to a wider question.
    """
    q = question.query
    if counts.total(q) or q.led_by is None or len(q.involves) != 1:
        return ()
    found = []
    for name, make in _TIERS:
        query = make(q, _kept_role(counts, q))
        tier = _tier(store, question, name, query) if query is not None else None
        if tier is not None:
            found.append(tier)
    return tuple(found)


def _kept_role(counts: Counts, q: TaskQuery) -> TaskQuery:
    """What of the question every tier of both bodies keeps."""
    if q.role is None or counts.total(structs.replace(q, role=None)):
        return q
    return structs.replace(q, role=None)


def _both(q: TaskQuery, lead: Literal["none", "stated"]) -> TaskQuery | None:
    if q.lead not in (None, lead):
        return None
    both = tuple(dict.fromkeys([*([q.led_by] if q.led_by else []), *q.involves]))
    return structs.replace(q, led_by=None, involves=both, lead=lead)


def _joint(q: TaskQuery, kept: TaskQuery) -> TaskQuery | None:
    return _both(kept, "none")


def _other(q: TaskQuery, kept: TaskQuery) -> TaskQuery | None:
    return _both(kept, "stated")


def _generic(q: TaskQuery, kept: TaskQuery) -> TaskQuery | None:
    excludes = tuple(dict.fromkeys([*q.excludes, *q.involves]))
    return structs.replace(q, involves=(), role=None, excludes=excludes, collective=True)


def _only_other(q: TaskQuery, kept: TaskQuery) -> TaskQuery | None:
    excludes = tuple(dict.fromkeys([*q.excludes, *([q.led_by] if q.led_by else [])]))
    return structs.replace(kept, led_by=None, excludes=excludes)


_TIERS: tuple[tuple[TierName, Callable[[TaskQuery, TaskQuery], TaskQuery | None]], ...] = (
    ("joint_no_lead", _joint),
    ("other_lead", _other),
    ("generic_participants", _generic),
    ("only_other", _only_other),
)


def _tier(store: Store, question: Question, name: TierName, query: TaskQuery) -> Tier | None:
    page = store.find_tasks(query, limit=SHOWN, facets=("led_by",) if name == "other_lead" else ())
    if not page.total:
        return None
    leaders = page.facets.get("led_by", ())
    return Tier(
        tier=name,
        label=_label(name, question, leaders),
        total=page.total,
        url=url(Question(query=query)),
        results=page.results,
        leaders=leaders[:_LEADERS],
    )


def _label(name: TierName, question: Question, leaders: tuple[FacetValue, ...]) -> str:
    q = question.query
    a, b = question.name(q.led_by or ""), question.name(q.involves[0])
    listed = f"{a}和{b}都在责任名单上" if a != b else f"{a}在责任名单上"
    if name == "joint_no_lead":
        return f"{listed}，没有写明由谁牵头"
    if name == "other_lead":
        who = "、".join(v.name for v in leaders[:_LEADERS])
        more = "等" if len(leaders) > _LEADERS else ""
        return f"{listed}，由其他部门（{who}{more}）牵头"
    if name == "generic_participants":
        return f"{a}牵头，没有点名{b}，但列有“有关部门”一类泛称"
    return f"责任名单上有{b}、没有{a}"


__all__ = ["SHOWN", "Tier", "TierName", "near"]
