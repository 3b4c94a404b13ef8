"""The RDF dataset of a version, in Oxigraph: one named graph per source."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

import pyoxigraph as ox

from kg.merge import Part
from kg.store.world import World

BATCH = 16 * 1024 * 1024  # characters of N-Quads loaded at once
NS = "https://policy-kg.github.io/ns#"


def copy(old: Path, new: Path) -> None:
    """A copy that shares the old one's immutable files; the old one is only read."""
    ox.Store.read_only(str(old)).backup(str(new))


class Writer:
    """The dataset of a version being built; nobody reads it yet."""

    def __init__(self, path: Path, world: World) -> None:
        self._world = world
        self._store: ox.Store | None = ox.Store(str(path))
        self._lines: list[str] = []
        self._size = 0

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store = None  # Oxigraph closes its files with its last reference

    @property
    def _open(self) -> ox.Store:
        assert self._store is not None
        return self._store

    def remove(self, document: str) -> None:
        """Take out what a document states."""
        self._open.remove_graph(ox.NamedNode(self._world.base_iri + "graph/" + document))

    def add(self, part: Part) -> None:
        """Put in what the documents of a family state."""
        self._put(
            f"<{t.iri}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{NS}Task> "
            f"<{self._world.base_iri}graph/{t.document.id}> .\n"
            for t in part.tasks
        )

    def _put(self, lines: Iterable[str]) -> None:
        for line in lines:
            self._lines.append(line)
            self._size += len(line)
            if self._size >= BATCH:
                self._load()

    def _load(self) -> None:
        data = "".join(self._lines).encode()
        self._lines, self._size = [], 0
        if data:
            self._open.bulk_load(input=data, format=ox.RdfFormat.N_QUADS)

    def finish(self, db: sqlite3.Connection) -> None:
        """Write what depends on all documents, and have it on the disk."""
        self._load()
        self._open.flush()

    def count_tasks(self) -> int:
        """How many tasks the dataset holds."""
        query = f"SELECT (count(DISTINCT ?t) AS ?n) {{ ?t a <{NS}Task> }}"
        found = self._open.query(query, use_default_graph_as_union=True)
        return int(next(iter(found))["n"].value)  # type: ignore[arg-type]
