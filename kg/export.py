"""The graph, or what a query selects, as a file. One format a function; written aside, then moved.

Turtle and N-Quads come from the same records as every answer, through the ontology's RDF form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, get_args
from urllib.parse import parse_qsl

from msgspec import Struct

from kg import facts, rdf
from kg.errors import DataError, QueryError
from kg.graph import Graph
from kg.model import Dataset, TaskRecord
from kg.params import MAX_LIMIT, parse
from kg.query_names import Names
from kg.store.base import Kind, Store, TaskQuery

Writer = Callable[[Iterable[Graph], str], Iterator[str]]
FORMATS: dict[str, Writer] = {"turtle": rdf.turtle_pieces, "nquads": rdf.nquads}


class Written(Struct, frozen=True):
    """What was written: how many tasks and bytes, of which content."""

    tasks: int
    bytes: int
    dataset: Dataset


class Selection(Struct, frozen=True):
    """The records to write, and the sections they may stand in."""

    records: tuple[Any, ...] | Iterator[Any]
    sections: tuple[Any, ...]


def export(
    store: Store, registry: Names, format: str, out: Path, where: str | None = None
) -> Written:
    """Write the graph, or the tasks a query selects with all they refer to.

    Args:
        store: what to write.
        registry: reads the names in `where`.
        format: one of `FORMATS`.
        out: the file to write; it is there whole or not at all.
        where: a query of /tasks, «led_by=…&involves=…», or None for everything.

    Raises:
        QueryError: unknown format, or a `where` that /tasks would refuse.
        DataError: the file cannot be written.
    """
    writer = FORMATS.get(format)
    if writer is None:
        raise QueryError(
            f"没有这种格式：{format}", where="--format", remedy=f"可用：{'、'.join(FORMATS)}"
        )
    counted = _Counted()
    selection = _selected(store, registry, where) if where else _everything(store)
    base_iri = base_of(store)
    graphs = facts.graphs(counted(selection.records), base_iri, selection.sections)
    size = _write(out, writer(graphs, base_iri))
    return Written(counted.tasks, size, store.dataset())


def base_of(store: Store) -> str:
    """The prefix of all IRIs that the store was made with."""
    for document in store.records("document"):
        return str(document.iri).rsplit("documents/", 1)[0]
    return ""


def quads(store: Store) -> Iterator[str]:
    """The whole graph as N-Quads lines."""
    everything, base_iri = _everything(store), base_of(store)
    return rdf.nquads(facts.graphs(everything.records, base_iri, everything.sections), base_iri)


class _Counted:
    """Counts the tasks that pass by."""

    def __init__(self) -> None:
        self.tasks = 0

    def __call__(self, records: Iterable[Any]) -> Iterator[Any]:
        for record in records:
            self.tasks += isinstance(record, TaskRecord)
            yield record


def _everything(store: Store) -> Selection:
    """All records of all kinds, in their order."""
    records = (record for kind in get_args(Kind) for record in store.records(kind))
    return Selection(records, tuple(store.records("section")))


def _selected(store: Store, registry: Names, where: str) -> Selection:
    """The tasks of a query, their documents, departments, projects and sections."""
    pairs = parse_qsl(where.lstrip("?"), keep_blank_values=True)
    question = parse(pairs, store, registry)
    tasks = list(_tasks(store, question.query))
    documents = {e.document for t in tasks for e in t.evidence}
    wanted: list[tuple[Kind, list[str]]] = [
        ("document", sorted(documents)),
        ("department", sorted({r.department.id for t in tasks for r in t.responsibilities})),
        ("project", sorted({p.id for t in tasks for p in t.projects})),
    ]
    things = [store.get(kind, id) for kind, ids in wanted for id in ids]
    paths = {(t.document.id, t.section[:n]) for t in tasks for n in range(1, len(t.section) + 1)}
    sections = tuple(
        s
        for d in sorted(documents)
        for s in _sections(store, d)
        if (s.document.id, s.path) in paths
    )
    return Selection((*tasks, *(t for t in things if t is not None), *sections), sections)


def _tasks(store: Store, query: TaskQuery) -> Iterator[TaskRecord]:
    after = None
    while True:
        page = store.find_tasks(query, MAX_LIMIT, after)
        yield from page.results
        after = page.after
        if after is None:
            return


def _sections(store: Store, document: str) -> Iterator[Any]:
    after = None
    while True:
        page = store.list("section", MAX_LIMIT, after, document)
        yield from page.results
        after = page.after
        if after is None:
            return


def _write(out: Path, pieces: Iterator[str]) -> int:
    draft = out.with_name(out.name + ".part")
    try:
        with draft.open("w", encoding="utf-8", newline="\n") as file:
            for piece in pieces:
                file.write(piece)
        size = draft.stat().st_size
        draft.replace(out)
    except OSError as e:
        draft.unlink(missing_ok=True)
        raise DataError(
            f"写不了文件（{e.strerror}）", where=str(out), remedy="检查文件夹和权限"
        ) from e
    return size
