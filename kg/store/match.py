"""What each filter of a task query means, said once and plainly, for one task."""

from __future__ import annotations

from collections.abc import Mapping

from kg.model import Role
from kg.records import Assignment, TaskRecord
from kg.store import bodies, texts
from kg.store.base import Facet, TaskQuery


class Matcher:
    """Decides for single tasks; `below` gives a body's units, itself included."""

    def __init__(self, below: Mapping[str, frozenset[str]]) -> None:
        self._below = below

    def matches(self, task: TaskRecord, query: TaskQuery) -> bool:
        """Whether every filter of the query holds for the task."""
        return (
            self._bodies_match(task, query)
            and _clause_matches(task, query)
            and query.document in (None, task.document.id)
            and query.year in (None, task.year)
            and _due(task, query.due_by)
            and set(query.project) <= {p.id for p in task.projects}
            and texts.holds(texts.task_fields(task), texts.wanted(query.q))
        )

    def _bodies_match(self, task: TaskRecord, query: TaskQuery) -> bool:
        named = set(bodies.roles_of(task))
        if query.led_by is not None and not self._meant(query.led_by, query) & bodies.leaders(task):
            return False
        if any(self._meant(d, query) & named for d in query.excludes):
            return False
        if query.role and not query.involves:
            return query.role in _roles(task)
        return all(self._meant(d, query) & _named(task, query.role) for d in query.involves)

    def _meant(self, department: str, query: TaskQuery) -> frozenset[str]:
        """The bodies a filter's value stands for."""
        own = frozenset({department})
        return self._below.get(department, own) if query.units else own

    def values(self, facet: Facet, task: TaskRecord, query: TaskQuery) -> set[str]:
        """The values of a facet that a task of the answer has.

        Said otherwise: those that, added to the query, would still find the task.
        """
        if facet == "led_by":
            return self._above(bodies.leaders(task), query)
        if facet == "involves":
            return self._above(_named(task, query.role), query)
        if facet == "role":
            return self._role_values(task, query)
        plain: dict[str, set[str]] = {
            "basis": {str(a.basis) for a in task.responsibilities},
            "lead": {"stated" if bodies.leaders(task) else "none"},
            "document": {task.document.id},
            "year": {str(task.year)} if task.year is not None else set(),
            "project": {p.id for p in task.projects},
        }
        return plain[facet]

    def _above(self, found: set[str], query: TaskQuery) -> set[str]:
        """The bodies, and with `units` all those they are part of."""
        if not query.units:
            return found
        return found | {d for d, units in self._below.items() if units & found}

    def _role_values(self, task: TaskRecord, query: TaskQuery) -> set[str]:
        if not query.involves:
            return set(_roles(task))
        return {
            role
            for role in bodies.ROLES
            if all(self._meant(d, query) & _named(task, role) for d in query.involves)
        }


def _due(task: TaskRecord, by: str | None) -> bool:
    """Whether the deadline is a date, and no later."""
    return by is None or (task.due is not None and task.due <= by)


def _named(task: TaskRecord, role: Role | None) -> set[str]:
    """The bodies named, in this role if one is given."""
    return {a.department.id for a in task.responsibilities if role in (None, a.role)}


def _roles(task: TaskRecord) -> set[Role]:
    return {a.role for a in task.responsibilities}


def _clause_matches(task: TaskRecord, query: TaskQuery) -> bool:
    collective = any(a.collective for a in task.responsibilities)
    lead = "stated" if bodies.leaders(task) else "none"
    return (
        (query.basis is None or any(a.basis == query.basis for a in task.responsibilities))
        and query.lead in (None, lead)
        and query.collective in (None, collective)
    )


def named_by(task: TaskRecord, assignment: Assignment, document: str) -> bool:
    """Whether the document names this body for this task, in its own words or reprinted."""
    return document in {task.document.id, *(e.document for e in assignment.evidence)}
