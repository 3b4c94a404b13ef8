"""Records as rows of a plain list page: a link, a few words, the quote."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec import Struct

from api.marks import path, task_name
from kg.model import Value
from kg.records import (
    DepartmentRecord,
    DocumentRecord,
    Evidence,
    GoalRecord,
    Hit,
    IndicatorRecord,
    ProjectRecord,
    SectionRecord,
    TargetRecord,
    TaskRecord,
)
from kg.wording import KIND_ZH, ROLE_ZH


class Row(Struct, frozen=True):
    """One line of a list page."""

    href: str
    title: str
    meta: str = ""
    evidence: tuple[Evidence, ...] = ()


def _department(record: DepartmentRecord) -> Row:
    counts = "，".join(f"{ROLE_ZH.get(r, r)} {n}" for r, n in record.tasks.items() if n)
    kind = "泛指，不是具体机构；" if record.collective else ""
    return Row(
        path("department", record.id), record.name, f"{kind}任务 {record.total} 项（{counts}）"
    )


def _document(record: DocumentRecord) -> Row:
    words = [w for w in (record.kind, str(record.year) if record.year else None) if w]
    if record.reprint_of:
        words.append(f"转载自《{record.reprint_of.title}》")
    words.append(f"任务 {record.tasks} 项")
    if record.shared_tasks:
        words.append(f"与别的文件共有 {record.shared_tasks} 项")
    return Row(path("document", record.id), record.title, "，".join(words))


def value_words(value: Value | None, unit: str | None) -> str:
    """A value of a year as printed; «—» where none is."""
    if value is None:
        return "—"
    number = "—" if value.value is None else f"{value.value:g}{unit or ''}"
    return f"{number}（{value.year} 年）"


def _indicator(record: IndicatorRecord) -> Row:
    unit = record.unit
    words = f"{value_words(record.baseline, unit)} → {value_words(record.target, unit)}"
    return Row(path("indicator", record.id), record.name, words, record.evidence)


def _hit(record: Hit) -> Row:
    kind = "project" if record.kind == "measure" and record.iri.find("/projects/") >= 0 else "task"
    kind = kind if record.kind == "measure" else record.kind
    meta = f"{KIND_ZH[record.kind]} · {record.document.title}"
    return Row(path(kind, record.id), record.title, meta, record.evidence)


_ROWS: dict[type, Callable[[Any], Row]] = {
    DepartmentRecord: _department,
    DocumentRecord: _document,
    IndicatorRecord: _indicator,
    Hit: _hit,
    TaskRecord: lambda r: Row(path("task", r.id), task_name(r), r.document.title, r.evidence),
    ProjectRecord: lambda r: Row(
        path("project", r.id), f"专栏{r.number} {r.name}", "；".join(r.measures), r.evidence
    ),
    GoalRecord: lambda r: Row(path("goal", r.id), r.text, r.detail or "", r.evidence),
    TargetRecord: lambda r: Row(
        path("target", r.id), r.subject, f"{r.value:g}{r.unit}", r.evidence
    ),
    SectionRecord: lambda r: Row(
        path("section", r.id), r.heading, " › ".join(r.path[:-1]), r.evidence
    ),
}


def listing_row(record: Any) -> Row:
    """The row of any record of a list."""
    return _ROWS[type(record)](record)
