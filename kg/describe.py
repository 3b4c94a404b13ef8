"""What a body is called in the graph, and what the registry knows of it."""

from __future__ import annotations

from kg import ids
from kg.body import Body
from kg.model import Responsibility
from kg.records import DepartmentRecord, Ref
from kg.registry import Registry


def name_of(registry: Registry, id: str, r: Responsibility) -> str:
    """One name for a body in all documents.

    Documents of a province print 省市场监管局 or 市场监管局; where the document says whose it
    is, the name does too, or one id had two names and two provinces one.
    """
    body = None if r.collective else _body(registry, id)
    if body is not None:
        return body.name
    return r.department if r.collective or ids.UNIT_MARK in id else id


def describe(
    department_id: str, name: str, collective: bool, registry: Registry, base_iri: str
) -> DepartmentRecord:
    """A body without its counts; what the registry says of it is marked with its source.

    A collective actor (有关部门) is no organisation: the registry is not asked about it.
    """
    body = None if collective else _body(registry, department_id)
    iri = ids.iri(base_iri, "department", department_id)
    if body is None:
        kind = "collective" if collective else None
        return DepartmentRecord(
            id=department_id,
            iri=iri,
            name=name,
            kind=kind,
            collective=collective,
            total=0,
            tasks={},
        )
    parent = _body(registry, body.parent) if body.parent else None
    return DepartmentRecord(
        id=department_id,
        iri=iri,
        name=body.name,
        kind=body.kind,
        collective=False,
        total=0,
        tasks={},
        official=body.official,
        en=body.en,
        aliases=tuple(body.aliases),
        parent=Ref(parent.id, parent.name) if parent else None,
        units=tuple(Ref(unit.id, unit.name) for unit in registry.units(body.id)),
        registry_source=registry.source_of(body, "name"),
        note=body.note,
    )


def _body(registry: Registry, id: str) -> Body | None:
    try:
        return registry.by_id(id)
    except KeyError:
        return None


__all__ = ["describe", "name_of"]
