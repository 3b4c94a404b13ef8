"""Records as the rows of frames: plain values under the names that `kg.frame_columns` explains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kg.continuity import Candidate
from kg.instruments import Mention
from kg.records import (
    DepartmentRecord,
    DocumentRecord,
    GoalRecord,
    IndicatorRecord,
    ProjectRecord,
    TargetRecord,
    TaskRecord,
)
from kg.topics import Tag

Row = dict[str, Any]
ROLES = ("lead", "sole", "participant", "joint")


def task(t: TaskRecord) -> Row:
    """A row of `tasks`."""
    bodies = [r for r in t.responsibilities if not r.collective]
    return {
        "id": t.id, "document": t.document.id, "document_title": t.document.title, "year": t.year,
        "number": t.number, "title": t.title, "text": t.text, "section": list(t.section),
        "clause": t.clause.text, "start": t.clause.span[0], "end": t.clause.span[1],
        "basis": t.responsibilities[0].basis if t.responsibilities else None, "open": t.open,
        "leads": [r.department.id for r in bodies if r.role in ("lead", "sole")],
        "bodies": [r.department.id for r in bodies],
        "collectives": [r.department.id for r in t.responsibilities if r.collective],
        "deadline": t.deadline, "due": t.due, "iri": t.iri,
    }  # fmt: skip


def responsibilities(t: TaskRecord) -> Iterator[Row]:
    """The rows of `responsibilities` of one task."""
    for r in t.responsibilities:
        yield {
            "task": t.id, "department": r.department.id, "name": r.department.name,
            "role": r.role, "basis": r.basis, "order": r.order, "collective": r.collective,
            "mention": r.mention, "document": t.document.id,
            "start": r.span[0], "end": r.span[1],
        }  # fmt: skip


def department(d: DepartmentRecord) -> Row:
    """A row of `departments`."""
    return {
        "id": d.id, "name": d.name, "official": d.official, "en": d.en, "kind": d.kind,
        "parent": d.parent.id if d.parent else None, "collective": d.collective,
        "total": d.total, "iri": d.iri, **{role: d.tasks.get(role, 0) for role in ROLES},
    }  # fmt: skip


def project(p: ProjectRecord) -> Row:
    """A row of `projects`."""
    return {
        "id": p.id, "number": p.number, "name": p.name, "measures": list(p.measures),
        "task": p.under.id if p.under else None, "document": p.document.id,
    }  # fmt: skip


def values(i: IndicatorRecord) -> Iterator[Row]:
    """The rows of `indicators` of one indicator: one a value, empty where «—» is printed."""
    common = {"id": i.id, "number": i.number, "name": i.name, "unit": i.unit,
              "definition": i.definition, "document": i.document.id}  # fmt: skip
    for kind, value in (("baseline", i.baseline), ("target", i.target)):
        if value is not None:
            yield {**common, "kind": kind, "year": value.year, "value": value.value}
    yield {**common, "kind": "increase", "year": None, "value": i.increase}


def goal(g: GoalRecord) -> Row:
    """A row of `goals`."""
    return {"id": g.id, "number": g.number, "text": g.text, "detail": g.detail,
            "document": g.document.id}  # fmt: skip


def target(t: TargetRecord) -> Row:
    """A row of `targets`."""
    return {"id": t.id, "subject": t.subject, "value": t.value, "unit": t.unit, "by": t.by,
            "quote": t.evidence[0].quote, "document": t.document.id}  # fmt: skip


def document(d: DocumentRecord) -> Row:
    """A row of `documents`."""
    return {
        "id": d.id, "title": d.title, "year": d.year, "kind": d.kind, "tasks": d.tasks,
        "reprint_of": d.reprint_of.id if d.reprint_of else None,
        "derived_from": d.derived_from.id if d.derived_from else None,
    }  # fmt: skip


def mention(m: Mention) -> Row:
    """A row of `instruments`."""
    return {
        "name": m.name, "kind": m.kind, "action": m.action, "marked": m.marked, "task": m.task,
        "quote": m.evidence.quote, "document": m.evidence.document,
        "start": m.evidence.span[0], "end": m.evidence.span[1],
    }  # fmt: skip


def tag(t: Tag) -> Row:
    """A row of `topics`."""
    return {
        "task": t.task, "topic": t.topic, "quote": t.evidence.quote,
        "document": t.evidence.document,
        "start": t.evidence.span[0], "end": t.evidence.span[1],
    }  # fmt: skip


def candidate(c: Candidate) -> Row:
    """A row of `continuity`."""
    return {
        "source": c.source.id, "target": c.target.id, "kind": c.kind, "score": c.score,
        "text": c.text, "instruments": list(c.instruments), "leads": list(c.leads),
        "source_quote": c.source_words.quote, "target_quote": c.target_words.quote,
        "source_document": c.source_words.document, "target_document": c.target_words.document,
        "source_start": c.source_words.span[0], "target_start": c.target_words.span[0],
    }  # fmt: skip
