"""The departments of a graph, from what its tasks say and what the registry knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from kg.model import Role
from kg.records import DepartmentRecord, Ref, TaskRecord

ROLES: tuple[Role, ...] = ("lead", "participant", "sole", "joint")
Describe = Callable[[str, str, bool], DepartmentRecord]


class Tally(Struct):
    """What the tasks say about one body; `total` counts tasks, `roles` tasks by role."""

    name: str
    collective: bool
    total: int = 0
    roles: dict[str, int] = field(default_factory=dict)
    mentions: set[str] = field(default_factory=set)


def roles_of(task: TaskRecord) -> dict[str, set[str]]:
    """Body → the roles it has in the task."""
    out: dict[str, set[str]] = {}
    for a in task.responsibilities:
        out.setdefault(a.department.id, set()).add(a.role)
    return out


def leaders(task: TaskRecord) -> set[str]:
    """The bodies that lead: role lead or sole; a collective never leads."""
    return {
        a.department.id
        for a in task.responsibilities
        if a.role in ("lead", "sole") and not a.collective
    }


def tally(tasks: Iterable[TaskRecord]) -> dict[str, Tally]:
    """Count all bodies that the tasks name."""
    out: dict[str, Tally] = {}
    for task in tasks:
        for a in task.responsibilities:
            body = out.setdefault(a.department.id, Tally(a.department.name, a.collective))
            body.mentions.add(a.mention)
        for id, roles in roles_of(task).items():
            out[id].total += 1
            for role in roles:
                out[id].roles[role] = out[id].roles.get(role, 0) + 1
    return out


def records(tallies: Mapping[str, Tally], describe: Describe) -> tuple[DepartmentRecord, ...]:
    """The records of all bodies named, and of those they are part of, in order.

    A body that only stands above a named one is there with counts of 0, so that every
    `parent` can be looked up; `units` are those of the graph.
    """
    made: dict[str, DepartmentRecord] = {}
    for id in sorted(tallies):
        body = tallies[id]
        made[id] = describe(id, body.name, body.collective)
    above = [r.parent for r in made.values() if r.parent]
    while above:
        ref = above.pop()
        if ref.id not in made:
            made[ref.id] = record = describe(ref.id, ref.name, False)
            above.extend([record.parent] if record.parent else [])
    counted = [_counted(r, tallies.get(r.id), made) for r in made.values()]
    return tuple(sorted(counted, key=lambda r: (-r.total, r.id)))


def _counted(
    record: DepartmentRecord, body: Tally | None, made: Mapping[str, DepartmentRecord]
) -> DepartmentRecord:
    below = sorted((r for r in made.values() if r.parent and r.parent.id == record.id), key=_id)
    return replace(
        record,
        total=body.total if body else 0,
        tasks={role: (body.roles.get(role, 0) if body else 0) for role in ROLES},
        units=tuple(Ref(r.id, r.name) for r in below),
        mentions=tuple(sorted(body.mentions)) if body else (),
    )


def _id(record: DepartmentRecord) -> str:
    return record.id


def below(departments: Iterable[DepartmentRecord]) -> dict[str, frozenset[str]]:
    """Body → itself and all that is part of it, at any depth."""
    units = {d.id: {d.id} for d in departments}
    parent = {d.id: d.parent.id for d in departments if d.parent}
    for id in units:
        above, seen = parent.get(id), {id}
        while above is not None and above not in seen:
            units[above].add(id)
            seen.add(above)
            above = parent.get(above)
    return {id: frozenset(all) for id, all in units.items()}


def names(departments: Iterable[DepartmentRecord]) -> dict[str, tuple[str, ...]]:
    """Name or printed name → the ids it means: 省市场监管局 of two provinces two.

    An id means itself alone.
    """
    known = sorted(departments, key=_id)
    found: dict[str, list[str]] = {}
    for d in known:
        for name in dict.fromkeys((d.name, *d.mentions)):
            found.setdefault(name, []).append(d.id)
    return {name: tuple(ids) for name, ids in found.items()} | {d.id: (d.id,) for d in known}
