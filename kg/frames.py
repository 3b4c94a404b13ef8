"""`kg.open(ADDRESS)`: the graph as frames and networks, for notebooks.

    import kg
    g = kg.open()                      # the default store
    g.tasks(led_by="国家知识产权局")     # a pandas frame
    g.projection(newman=True)          # a NetworkX graph

The parameters of `tasks` and `find` are those of `GET /tasks`. Ids are the graph's own: the
same on every machine and after every load. `dictionary()` says what each column means.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import networkx as nx
import pandas as pd

from kg import network
from kg.config import read_settings
from kg.frame_columns import COLUMNS
from kg.model import IndicatorRecord, TaskRecord
from kg.params import MAX_LIMIT, parse
from kg.query import Answer, find_tasks
from kg.registry import Registry
from kg.store import open_store
from kg.store.base import Store
from kg.store.world import World


class Opened:
    """An open store with its frames and networks; also a context manager."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self.store = store
        self.registry = registry

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the store."""
        self.store.close()

    # -- questions -------------------------------------------------------------------------

    def find(self, **parameters: Any) -> Answer:
        """One page of `/tasks` with its interpretation, near answers and caveats.

        Raises:
            QueryError, NotFoundError: as `GET /tasks`.
        """
        return find_tasks(self.store, self.registry, self._question(parameters))

    def records(self, **parameters: Any) -> Iterator[TaskRecord]:
        """All tasks of a question, page after page."""
        query = self._question(parameters).query
        after = None
        while True:
            page = self.store.find_tasks(query, MAX_LIMIT, after)
            yield from page.results
            after = page.after
            if after is None:
                return

    def _question(self, parameters: dict[str, Any]) -> Any:
        return parse(list(_pairs(parameters)), self.store, self.registry)

    # -- frames ----------------------------------------------------------------------------

    def tasks(self, **parameters: Any) -> pd.DataFrame:
        """Tasks as a frame; all of them without parameters."""
        return _frame("tasks", (_task(t) for t in self.records(**parameters)))

    def responsibilities(self, **parameters: Any) -> pd.DataFrame:
        """One row a body and task."""
        rows = (
            {
                "task": t.id, "department": r.department.id, "name": r.department.name,
                "role": r.role, "basis": r.basis, "order": r.order, "collective": r.collective,
                "mention": r.mention, "document": t.document.id,
                "start": r.span[0], "end": r.span[1],
            }
            for t in self.records(**parameters)
            for r in t.responsibilities
        )  # fmt: skip
        return _frame("responsibilities", rows)

    def departments(self) -> pd.DataFrame:
        """Bodies and collectives with their counts, the most named first."""
        rows = (
            {
                "id": d.id, "name": d.name, "official": d.official, "en": d.en, "kind": d.kind,
                "parent": d.parent.id if d.parent else None, "collective": d.collective,
                "total": d.total, "iri": d.iri,
                **{role: d.tasks.get(role, 0) for role in ("lead", "sole", "participant", "joint")},
            }
            for d in self.store.records("department")
        )  # fmt: skip
        return _frame("departments", rows)

    def projects(self) -> pd.DataFrame:
        """Special projects and the tasks they stand under."""
        rows = (
            {"id": p.id, "number": p.number, "name": p.name, "measures": list(p.measures),
             "task": p.under.id if p.under else None, "document": p.document.id}
            for p in self.store.records("project")
        )  # fmt: skip
        return _frame("projects", rows)

    def indicators(self) -> pd.DataFrame:
        """Indicators in long form: one row a value."""
        rows = (row for i in self.store.records("indicator") for row in _values(i))
        return _frame("indicators", rows)

    def goals(self) -> pd.DataFrame:
        """Goals."""
        rows = (
            {"id": g.id, "number": g.number, "text": g.text, "detail": g.detail,
             "document": g.document.id}
            for g in self.store.records("goal")
        )  # fmt: skip
        return _frame("goals", rows)

    def targets(self) -> pd.DataFrame:
        """Quantitative targets of running text."""
        rows = (
            {"id": t.id, "subject": t.subject, "value": t.value, "unit": t.unit, "by": t.by,
             "quote": t.evidence[0].quote, "document": t.document.id}
            for t in self.store.records("target")
        )  # fmt: skip
        return _frame("targets", rows)

    def documents(self) -> pd.DataFrame:
        """Documents."""
        rows = (
            {"id": d.id, "title": d.title, "year": d.year, "kind": d.kind, "tasks": d.tasks,
             "reprint_of": d.reprint_of.id if d.reprint_of else None,
             "derived_from": d.derived_from.id if d.derived_from else None}
            for d in self.store.records("document")
        )  # fmt: skip
        return _frame("documents", rows)

    # -- networks --------------------------------------------------------------------------

    def projection(
        self, *, newman: bool = False, without: Collection[str] = (), **parameters: Any
    ) -> nx.Graph:
        """Departments joined by shared tasks; see `kg.network.projection`."""
        members = network.members_of(self.records(**parameters))
        return network.projection(network.without(members, *without), newman=newman)

    def bipartite(self, **parameters: Any) -> nx.Graph:
        """Departments and tasks; see `kg.network.bipartite`."""
        tasks = list(self.records(**parameters))
        bodies = network.members_of(tasks)
        return network.bipartite(zip((t.id for t in tasks), bodies, strict=True))


def _pairs(parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                yield name, str(one).lower() if isinstance(one, bool) else str(one)


def _frame(name: str, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS[name]))


def _task(t: TaskRecord) -> dict[str, Any]:
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


def _values(i: IndicatorRecord) -> Iterator[dict[str, Any]]:
    common = {"id": i.id, "number": i.number, "name": i.name, "unit": i.unit,
              "definition": i.definition, "document": i.document.id}  # fmt: skip
    for kind, value in (("baseline", i.baseline), ("target", i.target)):
        if value is not None:
            yield {**common, "kind": kind, "year": value.year, "value": value.value}
    yield {**common, "kind": "increase", "year": None, "value": i.increase}


def dictionary() -> pd.DataFrame:
    """What each column of each frame means, in Chinese and English."""
    rows = [
        {"frame": frame, "column": column, "zh": zh, "en": en}
        for frame, columns in COLUMNS.items()
        for column, (zh, en) in columns.items()
    ]
    return pd.DataFrame(rows)


def open_graph(address: str | None = None) -> Opened:
    """Open the graph at an address, or the one the settings name.

    Raises:
        NotFoundError: nothing was loaded there; run `kg load` first.
    """
    settings = read_settings()
    registry = World.from_settings(settings).registry
    return Opened(open_store(address or settings.store), registry)


__all__ = ["COLUMNS", "Opened", "dictionary", "open_graph"]
