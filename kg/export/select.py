"""What is written: everything, or the tasks of a query with all that they refer to.

A selection is closed: no edge of it leads to a thing outside, and each thing is as in the
whole graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, get_args
from urllib.parse import parse_qsl

from kg import computed, facts
from kg.errors import ConflictError, QueryError
from kg.export.about import About, about
from kg.graph import Graph
from kg.params import MAX_LIMIT, parse
from kg.records import SectionRecord, TaskRecord
from kg.registry import Registry
from kg.store.base import Kind, Store, TaskQuery

KINDS: tuple[Kind, ...] = get_args(Kind)
PAGING = ("limit", "cursor", "facets")
Path = tuple[str, ...]


class Source:
    """The content of one export, read once from beginning to end.

    Kept in memory: the sections, and of a selection the ids of its things. `tasks` counts
    the tasks that went by.
    """

    def __init__(
        self, store: Store, registry: Registry, where: str | None, computed: bool = False
    ) -> None:
        self.store, self.registry, self.computed = store, registry, computed
        self.about: About = about(store.dataset(), where)
        self.base_iri = base_of(store)
        self.tasks = 0
        self.selection = Selection(store, question(store, registry, where)) if where else None

    def graphs(self) -> Iterator[Graph]:
        """One graph for each record, in the order of the store; what is computed at the end."""
        sections = self._sections()
        yield from facts.graphs(self._counted(self._records(sections)), self.base_iri, sections)
        if self.computed:
            tasks = self.selection.ids["task"] if self.selection else None
            yield from computed.graphs(self.store, self.base_iri, tasks)

    def of(self, kind: Kind) -> Iterator[Any]:
        """The records of one kind."""
        return self.selection.of(kind) if self.selection else iter(self.store.records(kind))

    def documents(self) -> Iterator[tuple[str, str]]:
        """Id and sha256 of the source of each document."""
        return ((record.id, record.source_sha256) for record in self.of("document"))

    def unchanged(self) -> None:
        """Nothing was published while it was read.

        Raises:
            ConflictError: something was; the export may be of two versions.
        """
        if self.store.dataset() != self.about.dataset:
            raise ConflictError("导出期间图谱有了新版本", remedy="请再导出一次")

    def _sections(self) -> tuple[SectionRecord, ...]:
        return self.selection.sections if self.selection else tuple(self.of("section"))

    def _records(self, sections: tuple[SectionRecord, ...]) -> Iterator[Any]:
        if self.selection:
            return self.selection.records()
        kinds: Iterable[Iterable[Any]] = (
            sections if kind == "section" else self.store.records(kind) for kind in KINDS
        )
        return (record for records in kinds for record in records)

    def _counted(self, records: Iterator[Any]) -> Iterator[Any]:
        for record in records:
            self.tasks += isinstance(record, TaskRecord)
            yield record


class Selection:
    """The tasks of a query and the ids of what they refer to."""

    def __init__(self, store: Store, query: TaskQuery) -> None:
        self.store, self.query = store, query
        self.ids: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self._paths: set[tuple[str, Path]] = set()
        for task in self.found():
            self._place(task.document.id, task.section, task.evidence)
            self.ids["task"].add(task.id)
            self.ids["department"] |= {r.department.id for r in task.responsibilities}
            self.ids["project"] |= {p.id for p in task.projects}
        for project in self.of("project"):
            self._place(project.document.id, project.section, project.evidence)
        self.sections = self._sections()
        self._close("department", lambda r: [r.parent])
        self._close("document", lambda r: [r.reprint_of, r.derived_from])

    def found(self) -> Iterator[TaskRecord]:
        """The tasks, page after page."""
        after = None
        while True:
            page = self.store.find_tasks(self.query, MAX_LIMIT, after)
            yield from page.results
            after = page.after
            if after is None:
                return

    def records(self) -> Iterator[Any]:
        """Everything selected, kind by kind."""
        for kind in KINDS:
            yield from self.of(kind)

    def of(self, kind: Kind) -> Iterator[Any]:
        """What is selected of one kind."""
        if kind == "task":
            yield from self.found()
        elif kind == "section":
            yield from self.sections
        else:
            found = (self.store.get(kind, id) for id in sorted(self.ids[kind]))
            yield from (record for record in found if record is not None)

    def _place(self, document: str, path: Path, evidence: Iterable[Any]) -> None:
        """The documents that state a thing, and the headings above it."""
        self.ids["document"] |= {document, *(e.document for e in evidence)}
        self._paths |= {(document, path[:n]) for n in range(1, len(path) + 1)}

    def _sections(self) -> tuple[SectionRecord, ...]:
        documents = sorted({document for document, _ in self._paths})
        found = tuple(
            section
            for document in documents
            for section in _of_document(self.store, document)
            if section.document.id == document and (document, section.path) in self._paths
        )
        self.ids["section"] |= {s.id for s in found}
        self.ids["document"] |= {e.document for s in found for e in s.evidence}
        return found

    def _close(self, kind: Kind, refers: Any) -> None:
        """What the things of a kind refer to among their own kind, and so on."""
        known = self.ids[kind]
        left = sorted(known)
        while left:
            record = self.store.get(kind, left.pop())
            further = {ref.id for ref in refers(record) if ref} if record else set()
            left += sorted(further - known)
            known |= further


def question(store: Store, registry: Registry, where: str) -> TaskQuery:
    """The query of /tasks that `where` writes.

    Raises:
        QueryError, NotFoundError: as /tasks; a page of a query cannot be exported.
    """
    pairs = parse_qsl(where.strip().lstrip("?"), keep_blank_values=True)
    for name, _ in pairs:
        if name in PAGING:
            raise QueryError(
                f"导出写出查询所选的全部任务，不用 {name}", where="--where", remedy="去掉这个参数"
            )
    return parse(pairs, store, registry).query


def base_of(store: Store) -> str:
    """The prefix of all IRIs that the store was made with."""
    for document in store.records("document"):
        return str(document.iri).rsplit("documents/", 1)[0]
    return ""


def _of_document(store: Store, document: str) -> Iterator[SectionRecord]:
    after = None
    while True:
        page = store.list("section", MAX_LIMIT, after, document)
        yield from page.results
        after = page.after
        if after is None:
            return
