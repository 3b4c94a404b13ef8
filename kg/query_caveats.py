"""What to beware of in an answer, said only where it applies to what is shown."""

from __future__ import annotations

import re
from collections.abc import Iterable

from msgspec import structs

from kg.params import Question, url
from kg.query_brackets import in_brackets
from kg.query_count import Counts
from kg.query_names import Names
from kg.query_near import Tier
from kg.records import DepartmentRecord, DocumentRecord, TaskRecord
from kg.store.base import Store, TaskPage, TaskQuery
from kg.wording import book, corrected, head, listing

_HEADS = 3
_LED_LOOKED_AT = 100
_DOCUMENTS_LOOKED_AT = 5
_SEPARATE = re.compile(r"(?:按职责)?分别负责")


def caveats(
    store: Store,
    registry: Names,
    counts: Counts,
    question: Question,
    page: TaskPage,
    tiers: tuple[Tier, ...],
) -> tuple[str, ...]:
    """Plain Chinese sentences about this answer, those that change its meaning first."""
    near = {t.id: t for tier in tiers for t in tier.results}
    shown = [
        *page.results,
        *(t for id, t in near.items() if id not in {r.id for r in page.results}),
    ]
    made = [
        *_corrected(shown),
        *_units(store, counts, question),
        *in_brackets(store, registry, counts, _asked_bodies(question)),
        *_hidden(store, question, page, tiers),
        *_open_lists(page.results),
        *_contested(shown),
        *_by_rule(shown),
        *_sole(question, page.results),
        *_tables(shown),
        *_reprints(shown),
        *_words(question),
        *_excluded(question),
        *_years(store, question, shown),
    ]
    return tuple(made)


def _corrected(shown: list[TaskRecord]) -> Iterable[str]:
    """A user's case stands where the reading of the document stood."""
    for task in shown:
        if task.correction:
            yield f"“{head(task)}”的责任不是从条款读出的，是{corrected(task.correction)}。"


def _asked_bodies(question: Question) -> tuple[str, ...]:
    q = question.query
    return tuple(dict.fromkeys([*([q.led_by] if q.led_by else []), *q.involves, *q.excludes]))


def _units(store: Store, counts: Counts, question: Question) -> Iterable[str]:
    """How many tasks of offices inside the bodies asked for were not counted."""
    q = question.query
    if q.units:
        return
    records = [store.get("department", id) for id in _asked_bodies(question)]
    whole: list[DepartmentRecord] = [r for r in records if r is not None and r.units]
    if not whole:
        return
    with_units = structs.replace(q, units=True)
    total, more = counts.total(q), counts.total(with_units)
    asked = structs.replace(question, query=with_units, after=None)
    names = listing([r.name for r in whole])
    if more != total:
        change = f"多{more - total}项" if more > total else f"少{total - more}项"
        yield f"{names}的内设机构单独承担的任务没有计入；计入后共{more}项（{change}）：{url(asked)}"
        return
    for record in whole:
        own = TaskQuery(involves=(record.id,))
        missed = counts.total(structs.replace(own, units=True)) - counts.total(own)
        if missed:
            yield (
                f"{record.name}的内设机构另有{missed}项任务没有计入；"
                f"计入（units=true）后本问题的结果仍是{total}项：{url(asked)}"
            )


def _hidden(
    store: Store, question: Question, page: TaskPage, tiers: tuple[Tier, ...]
) -> Iterable[str]:
    """An empty pair: how many of A's lists end in 等, behind which B may stand."""
    q = question.query
    if page.total or not q.led_by or len(q.involves) != 1:
        return
    led = structs.replace(q, involves=(), role=None)
    of_a = store.find_tasks(led, limit=_LED_LOOKED_AT)
    opened = sum(task.open for task in of_a.results)
    if opened:
        a, b = question.name(q.led_by), question.name(q.involves[0])
        first = f"的前{len(of_a.results)}项" if of_a.total > len(of_a.results) else ""
        yield (
            f"{a}牵头的{of_a.total}项任务{first}中，有{opened}项的责任名单以“等”结尾，没有列全："
            f"{b}可能在其中，但文件没有点名。"
        )


def _open_lists(results: tuple[TaskRecord, ...]) -> Iterable[str]:
    opened = sum(task.open for task in results)
    if opened:
        yield f"本页有{opened}项任务的责任名单以“等”结尾，没有列全，其他部门也可能参加。"


def _with_basis(shown: Iterable[TaskRecord], basis: str) -> list[TaskRecord]:
    return [t for t in shown if any(r.basis == basis for r in t.responsibilities)]


def _rule_of(task: TaskRecord) -> str:
    """The rule as a phrase: where it stands."""
    place = "的"
    if task.lead_rule is not None:
        place = "文末" if task.lead_rule.span[0] > task.span[0] else "文中"
    return f"{book(task.document.title)}{place}规则"


def _quote(tasks: list[TaskRecord]) -> str:
    quotes = dict.fromkeys(t.lead_rule.quote for t in tasks if t.lead_rule is not None)
    return f"规则原文：{'；'.join(f'“{q}”' for q in quotes)}" if quotes else ""


def _contested(shown: list[TaskRecord]) -> Iterable[str]:
    """Tasks whose clause says that each body is responsible for its own part."""
    by_words: dict[tuple[str, str], list[TaskRecord]] = {}
    for task in _with_basis(shown, "first-listed-contested"):
        said = _SEPARATE.search(re.sub(r"\s", "", task.clause.text))
        by_words.setdefault((_rule_of(task), said[0] if said else "分别负责"), []).append(task)
    for (rule, words), tasks in by_words.items():
        heads = "、".join(f"“{head(t)}”" for t in tasks[:_HEADS])
        more = f"等{len(tasks)}项" if len(tasks) > _HEADS else ""
        yield (f"{heads}{more}：该任务由{rule}推定牵头，但条款自身写明“{words}”。{_quote(tasks)}")


def _by_rule(shown: list[TaskRecord]) -> Iterable[str]:
    tasks = _with_basis(shown, "first-listed")
    if tasks:
        rules = listing(list(dict.fromkeys(_rule_of(t) for t in tasks)))
        contested = _with_basis(shown, "first-listed-contested")
        quote = "" if _quote(tasks) == _quote(contested) else _quote(tasks)
        yield f"有{len(tasks)}项任务的牵头部门由{rules}推定，条款里没有“牵头”二字。{quote}"


def _sole(question: Question, results: tuple[TaskRecord, ...]) -> Iterable[str]:
    if not question.query.led_by:
        return
    sole = len(_with_basis(results, "sole"))
    if sole:
        yield f"本页有{sole}项只写由一个部门“负责”，没有“牵头”二字，按广义的牵头计入（role=sole）。"


def _tables(shown: list[TaskRecord]) -> Iterable[str]:
    tables = len(_with_basis(shown, "table"))
    if tables:
        yield f"有{tables}项来自任务表：“责任部门”一栏只列部门，不写由谁牵头。"


def _reprints(shown: list[TaskRecord]) -> Iterable[str]:
    again = [t for t in shown if len({e.document for e in t.evidence}) > 1]
    if again:
        others = {e.document for t in again for e in t.evidence if e.document != t.document.id}
        yield (
            f"有{len(again)}项任务在另一份文件（{'、'.join(sorted(others))}）里有同样的文字，"
            "只算一项，两处都列为佐证。"
        )


def _words(question: Question) -> Iterable[str]:
    if question.query.q:
        yield "字样按字面匹配标题和正文，忽略空白、大小写和全角半角，不找近义词，也不查责任名单。"


def _excluded(question: Question) -> Iterable[str]:
    if question.query.excludes:
        yield "“不涉及”指责任名单没有点名；以“等”或“有关部门”结尾的名单仍可能包括它。"


def _years(store: Store, question: Question, shown: list[TaskRecord]) -> Iterable[str]:
    """A year asked for that a document does not print, but a catalogue gives."""
    if question.query.year is None:
        return
    for id in list(dict.fromkeys(t.document.id for t in shown))[:_DOCUMENTS_LOOKED_AT]:
        record: DocumentRecord | None = store.get("document", id)
        if record is None:
            continue
        said = record.statements.get("year", ()) or record.statements.get("date", ())
        if said and all(s.origin == "catalogue" for s in said):
            source = next((s.known_from for s in said if s.known_from), None)
            yield (
                f"{book(record.title)}没有印出年份，{record.year}年是编目所记"
                + (f"（{source}）。" if source else "。")
            )


__all__ = ["caveats"]
