"""Which sets of rows a thing belongs to: the write side of every filter."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from kg.records import TaskRecord
from kg.store import bodies
from kg.store.embedded.schema import term

ALL, LEAD, COLLECTIVE, PROJECTS = "all", "lead", "collective", "projects"


def task_terms(task: TaskRecord) -> set[str]:
    """The terms of a task; `match.py` says what each filter means."""
    leaders = bodies.leaders(task)
    out = {ALL} | {term("led", d) for d in leaders}
    if leaders:
        out.add(LEAD)
    for a in task.responsibilities:
        d = a.department.id
        out |= {
            term("inv", d),
            term("inv", d, a.role),
            term("role", a.role),
            term("basis", a.basis),
        }
        if a.collective:
            out.add(COLLECTIVE)
    if task.year is not None:
        out.add(term("year", str(task.year)))
    if task.due is not None:
        out.add(term("due", task.due))
    for p in task.projects:
        out |= {PROJECTS, term("project", p.id)}
    return out


def thing_terms(kind: str, record: Any) -> set[str]:
    """The terms of another thing: its kind, and who else states it."""
    others = {e.document for e in record.evidence} - {record.document.id}
    return {term("kind", kind)} | {term("shared", d) for d in others if kind != "measure"}


def pairs(task: TaskRecord) -> list[tuple[str, str]]:
    """The bodies that share the task, each two once, in order of id."""
    return list(combinations(sorted({a.department.id for a in task.responsibilities}), 2))
