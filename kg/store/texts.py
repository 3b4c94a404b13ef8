"""What can be searched, and what a find looks like: one meaning for all stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from msgspec import Struct

from kg.ids import squeeze
from kg.records import (
    DocRef,
    Evidence,
    GoalRecord,
    Hit,
    IndicatorRecord,
    ProjectRecord,
    SectionRecord,
    TargetRecord,
    TaskRecord,
)

HitKind = Literal["task", "section", "project", "measure", "goal", "indicator", "target"]
HIT_KINDS: tuple[HitKind, ...] = (
    "task",
    "section",
    "project",
    "measure",
    "goal",
    "indicator",
    "target",
)
BEFORE, AFTER, HEAD = 20, 60, 30


class Searchable(Struct, frozen=True, kw_only=True):
    """One thing that has text; every word looked for must stand whole in one of `fields`.

    `ordinal` tells the measures of one owner apart; elsewhere it is 0.
    """

    kind: HitKind
    id: str
    iri: str
    title: str
    fields: tuple[str, ...]
    document: DocRef
    evidence: tuple[Evidence, ...]
    place: int
    ordinal: int = 0

    @property
    def key(self) -> tuple[int, str, int, str, int]:
        """Where it stands in the order of /search."""
        kind = HIT_KINDS.index(self.kind)
        return kind, self.document.id, self.place, self.id, self.ordinal


def place(record: Any) -> int:
    """Where a thing stands in its own document: a task's position, else its first evidence."""
    if isinstance(record, TaskRecord):
        return record.position
    own = record.document.id
    return next((e.span[0] for e in record.evidence if e.document == own), 0)


def wanted(words: Sequence[str]) -> tuple[str, ...]:
    """The words as they are compared; one that is only white space asks nothing."""
    return tuple(dict.fromkeys(w for w in map(squeeze, words) if w))


def holds(fields: Sequence[str], words: Sequence[str]) -> bool:
    """Whether each of the (squeezed) words stands literally in some field."""
    plain = [squeeze(f) for f in fields]
    return all(any(word in f for f in plain) for word in words)


def task_fields(task: TaskRecord) -> tuple[str, ...]:
    """A task's title and text; the title only where the text does not begin with it."""
    if not task.title or task.text.startswith(task.title):
        return (task.text,)
    return task.title, task.text


def head(task: TaskRecord) -> str:
    """What a task is called where only one line is shown."""
    if task.title:
        return task.title
    return task.text if len(task.text) <= HEAD else task.text[:HEAD] + "…"


def _made(
    record: Any,
    kind: HitKind,
    title: str,
    fields: Sequence[str | None],
    own: Evidence | None = None,
    ordinal: int = 0,
) -> Searchable:
    at_home = own is not None and own.document == record.document.id
    return Searchable(
        kind=kind,
        id=record.id,
        iri=record.iri,
        title=title,
        fields=tuple(f for f in fields if f),
        document=record.document,
        evidence=(own,) if own else record.evidence,
        place=own.span[0] if own and at_home else place(record),
        ordinal=ordinal,
    )


def _task(r: TaskRecord) -> list[Searchable]:
    own = _made(r, "task", head(r), task_fields(r))
    measures = [
        _made(r, "measure", head(r), (m.text,), Evidence(r.document.id, m.span, m.text), n)
        for n, m in enumerate(r.measures)
    ]
    return [own, *measures]


def _project(r: ProjectRecord) -> list[Searchable]:
    stated = (*r.measure_evidence, *[None] * len(r.measures))
    measures = [
        _made(r, "measure", r.name, (text,), stated[n], n) for n, text in enumerate(r.measures)
    ]
    return [_made(r, "project", r.name, (r.name,)), *measures]


def _section(r: SectionRecord) -> list[Searchable]:
    return [_made(r, "section", r.heading, (r.heading,))]


def _goal(r: GoalRecord) -> list[Searchable]:
    return [_made(r, "goal", r.text, (r.text, r.detail))]


def _indicator(r: IndicatorRecord) -> list[Searchable]:
    return [_made(r, "indicator", r.name, (r.name, r.definition, *r.notes))]


def _target(r: TargetRecord) -> list[Searchable]:
    return [_made(r, "target", r.subject, (r.subject, *(e.quote for e in r.evidence)))]


_MAKERS: dict[type, Callable[[Any], list[Searchable]]] = {
    TaskRecord: _task,
    ProjectRecord: _project,
    SectionRecord: _section,
    GoalRecord: _goal,
    IndicatorRecord: _indicator,
    TargetRecord: _target,
}


def searchables(record: Any) -> list[Searchable]:
    """All that can be found through a record: itself and its measures."""
    return _MAKERS[type(record)](record)


def hit(thing: Searchable, words: Sequence[str]) -> Hit:
    """The find, with a snippet around the first of the (squeezed) words."""
    return Hit(
        kind=thing.kind,
        id=thing.id,
        iri=thing.iri,
        title=thing.title,
        snippet=snippet(thing.fields, words),
        document=thing.document,
        evidence=thing.evidence,
    )


def snippet(fields: Sequence[str], words: Sequence[str]) -> str:
    """A few words of the first field that holds the first word, cut ends marked."""
    for text in fields:
        at = _find(text, words[0]) if words else None
        if at is not None:
            start, end = max(0, at - BEFORE), min(len(text), at + AFTER)
            cut = "…" * (start > 0), "…" * (end < len(text))
            return " ".join(f"{cut[0]}{text[start:end]}{cut[1]}".split())
    return " ".join(fields[0][:AFTER].split()) if fields else ""


def _find(text: str, word: str) -> int | None:
    """Where in the original text the squeezed word begins."""
    origin = [i for i, c in enumerate(text) for _ in squeeze(c)]
    at = "".join(map(squeeze, text)).find(word)
    return origin[at] if at >= 0 else None
