"""Why an answer is empty: the smallest set of filters that already finds nothing."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct, structs

from kg.params import Question, url
from kg.query_count import Counts
from kg.query_near import Tier
from kg.records import DocumentRecord
from kg.store.base import Store, TaskQuery
from kg.wording import book, interpretation, made_from

_RELAXATIONS = 3
_SILENT = "文件没有这样写，不等于两部门之间没有这种关系。"


class Atom(Struct, frozen=True):
    """One filter of a question: its field and, where several may stand, its value."""

    field: str
    value: str | None = None


def why_empty(store: Store, counts: Counts, question: Question, tiers: tuple[Tier, ...]) -> str:
    """In plain Chinese, from what was really found, why nothing satisfies the question."""
    atoms = atoms_of(question.query)
    core = smallest_cause(counts, question.query, atoms)
    if not core:
        return "图谱里还没有任务；先用 kg load 载入文件。"
    if len(core) == 1:
        text = _alone(store, counts, question, core[0])
    elif {a.field for a in core} == {"led_by", "involves"} and len(core) == 2:
        return _pair(
            counts, question, core, tiers, any(a.field != "role" for a in atoms if a not in core)
        )
    else:
        text = _together(counts, question, core)
    return text + _relaxed(counts, question, core, len(atoms))


def atoms_of(query: TaskQuery) -> tuple[Atom, ...]:
    """The filters of a query one by one."""
    found: list[Atom] = []
    for field in ("led_by", "involves", "role", "excludes", "basis", "lead", "collective",
                  "document", "year", "due_by", "project", "q"):  # fmt: skip
        value = getattr(query, field)
        if isinstance(value, tuple):
            found.extend(Atom(field, one) for one in value)
        elif value is not None:
            found.append(Atom(field))
    return tuple(found)


def only(query: TaskQuery, atoms: Iterable[Atom]) -> TaskQuery:
    """The query with these of its filters."""
    kept: dict[str, object] = {"units": query.units}
    for atom in atoms:
        if atom.value is None:
            kept[atom.field] = getattr(query, atom.field)
        else:
            kept[atom.field] = (*kept.get(atom.field, ()), atom.value)  # type: ignore[misc]
    return TaskQuery(**kept)  # type: ignore[arg-type]


def smallest_cause(counts: Counts, query: TaskQuery, atoms: tuple[Atom, ...]) -> tuple[Atom, ...]:
    """Filters that together find nothing, and no longer so if any one is dropped."""
    for atom in atoms:
        if not counts.total(only(query, [atom])):
            return (atom,)
    kept = list(atoms)
    for atom in reversed(atoms):
        fewer = [a for a in kept if a != atom]
        if fewer and not counts.total(only(query, fewer)):
            kept = fewer
    return tuple(kept) if not counts.total(only(query, kept)) else ()


def _said(question: Question, atoms: Iterable[Atom]) -> str:
    """Some of the question's filters as a phrase: «涉及海关总署的任务»."""
    return interpretation(structs.replace(question, query=only(question.query, atoms)))


def _alone(store: Store, counts: Counts, question: Question, atom: Atom) -> str:
    q = question.query
    if atom.field == "led_by" and q.led_by:
        return _leads_nothing(store, counts, question, q.led_by)
    if atom.field == "involves" and atom.value:
        return f"数据里没有任何任务的责任名单上有{question.name(atom.value)}。"
    if atom.field == "document" and q.document:
        return _no_tasks_of(store.get("document", q.document))
    if atom.field == "year":
        return f"数据里没有哪份{q.year}年的文件带有任务。"
    if atom.field == "project" and atom.value:
        return f"{question.name(atom.value)}不设在任何任务之下。"
    if atom.field == "q":
        return f"没有任务的标题或正文含有“{atom.value}”。"
    return f"数据里没有{_said(question, [atom])}。"


def _leads_nothing(store: Store, counts: Counts, question: Question, id: str) -> str:
    name = question.name(id)
    record = store.get("department", id)
    if record is None:
        return f"登记表认识{name}，但载入的文件没有任何任务提到它。"
    if record.collective:
        return f"“{name}”是泛称，不是具体部门：名单上有它的任务都不算由它牵头。"
    named = TaskQuery(involves=(id,), units=question.query.units)
    total = counts.total(named)
    more = f"；责任名单上有它的任务共{total}项：{url(Question(query=named))}" if total else ""
    return f"数据里没有任何任务写明由{name}牵头或单独负责{more}。"


def _no_tasks_of(record: DocumentRecord | None) -> str:
    if record is None:
        return "没有这份文件。"
    origin = made_from(record)
    if origin is None:
        return f"{book(record.title)}里没有读出任务。"
    source, kind = origin
    shared = f"其中{record.shared_tasks}项任务在原文件名下作为佐证，" if record.shared_tasks else ""
    return (
        f"{book(record.title)}是{book(source.title)}的{kind}，{shared}"
        f"自己没有任务；请查 document={source.id}。"
    )


def _pair(
    counts: Counts,
    question: Question,
    core: tuple[Atom, ...],
    tiers: tuple[Tier, ...],
    narrowed: bool,
) -> str:
    """A leads, B is involved: what either has; `narrowed`: the tiers know further filters."""
    q = question.query
    led, involved = core if core[0].field == "led_by" else core[::-1]
    a, b = question.name(q.led_by or ""), question.name(involved.value or "")
    leads, named = counts.total(only(q, [led])), counts.total(only(q, [involved]))
    parts = [
        f"{a}牵头的任务有{leads}项，没有一项的责任名单上有{b}",
        f"责任名单上有{b}的任务有{named}项，没有一项由{a}牵头",
    ]
    totals = {t.tier: t for t in tiers}
    both = [
        text.format(totals[name].total)
        for name, text in (("joint_no_lead", "{}项没有写明由谁牵头"), ("other_lead", _who(tiers)))
        if name in totals
    ]
    if both:
        scope = "在其余条件之内，" if narrowed else ""
        parts.append(f"{scope}两者同在名单上的，" + "，".join(both))
    return "；".join(parts) + "。" + _SILENT


def _who(tiers: tuple[Tier, ...]) -> str:
    names = [v.name for t in tiers for v in t.leaders]
    return "{}项由其他部门（" + "、".join(names) + "）牵头" if names else "{}项由其他部门牵头"


def _together(counts: Counts, question: Question, core: tuple[Atom, ...]) -> str:
    each = [
        f"{_said(question, [atom])}有{counts.total(only(question.query, [atom]))}项"
        for atom in core
    ]
    return "各个条件分开都有任务（" + "；".join(each) + "），但没有一项同时满足。"


def _relaxed(counts: Counts, question: Question, core: tuple[Atom, ...], atoms: int) -> str:
    """What dropping one of the guilty filters would find, if the question had others."""
    if atoms < 2:
        return ""
    found = []
    for atom in core:
        query = only(question.query, [a for a in atoms_of(question.query) if a != atom])
        total = counts.total(query)
        if total:
            asked = structs.replace(question, query=query, after=None, facets=())
            found.append(f"{interpretation(asked)}有{total}项：{url(asked)}")
    return "放宽一个条件：" + "；".join(found[:_RELAXATIONS]) + "。" if found else ""


__all__ = ["Atom", "atoms_of", "only", "smallest_cause", "why_empty"]
