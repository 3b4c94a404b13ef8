"""The RDF dataset of a version, in Oxigraph: named graphs per document, and a few more."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable
from pathlib import Path
from queue import Queue
from types import TracebackType

import pyoxigraph as ox

from kg import facts, ids, rdf
from kg.merge import Part
from kg.ontology import NAMESPACE
from kg.records import Dataset, DepartmentRecord
from kg.store.world import World

BATCH = 4 * 1024 * 1024  # characters of N-Quads handed over at once


def copy(old: Path, new: Path) -> None:
    """A copy that shares the old one's immutable files; the old one is only read."""
    ox.Store.read_only(str(old)).backup(str(new))


class _Pipe(io.RawIOBase):
    """Lets Oxigraph read, in one pass of its own, what is handed over piece by piece."""

    def __init__(self, store: ox.Store) -> None:
        self._pieces: Queue[bytes] = Queue(maxsize=2)
        self._rest = memoryview(b"")
        self._ended = False
        self.failed: BaseException | None = None
        self._loader = threading.Thread(target=self._load, args=[store], daemon=True)
        self._loader.start()

    def _load(self, store: ox.Store) -> None:
        try:
            store.bulk_load(input=self, format=ox.RdfFormat.N_QUADS)  # type: ignore[arg-type]
        except BaseException as e:
            self.failed = e
            while not self._ended:  # so that who hands over never waits for nobody
                self.read(BATCH)

    def readable(self) -> bool:
        """As files say it."""
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes; none at the end."""
        if not self._rest and not self._ended:
            self._rest = memoryview(self._pieces.get())
            self._ended = not self._rest
        taken = self._rest if size < 0 else self._rest[:size]
        self._rest = self._rest[len(taken) :]
        return bytes(taken)

    def put(self, piece: bytes) -> None:
        """Hand over a piece; an empty one ends it."""
        self._pieces.put(piece)

    def stop(self) -> None:
        """End it and wait until all is loaded; again does nothing."""
        if self._loader.is_alive():
            self.put(b"")
            self._loader.join()


class Writer:
    """The dataset of a version being built; nobody reads it yet.

    Much is loaded by Oxigraph's bulk loader, in a thread of its own while the next lines are
    made; little in one transaction, which does not rewrite its files.
    """

    def __init__(self, path: Path, world: World) -> None:
        self._world = world
        self._store: ox.Store | None = ox.Store(str(path))
        self._lines: list[str] = []
        self._size = 0
        self._pipe: _Pipe | None = None

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pipe:
            self._pipe.stop()
        self._pipe = self._store = None  # Oxigraph closes its files with its last reference

    @property
    def _open(self) -> ox.Store:
        assert self._store is not None
        return self._store

    def remove(self, document: str) -> None:
        """Take out what a document states, what follows from it, and its catalogue entry."""
        base, store = self._world.base_iri, self._open
        for graph in (rdf.statements_graph(base, document), rdf.derived_graph(base, document)):
            store.remove_graph(ox.NamedNode(graph))
        subject = ox.NamedNode(ids.iri(base, "document", document))
        catalogue = ox.NamedNode(rdf.catalogue_graph(base))
        for quad in list(store.quads_for_pattern(subject, None, None, catalogue)):
            store.remove(quad)

    def add(self, part: Part) -> None:
        """Put in what the documents of a family state."""
        records: tuple[facts.Record, ...] = (
            *part.documents,
            *part.sections,
            *part.tasks,
            *part.projects,
            *part.goals,
            *part.indicators,
            *part.targets,
        )
        base = self._world.base_iri
        self._put(rdf.nquads(facts.graphs(records, base, part.sections), base))

    def _put(self, pieces: Iterable[str]) -> None:
        for piece in pieces:
            self._lines.append(piece)
            self._size += len(piece)
            if self._size >= BATCH:
                self._hand_over()

    def _taken(self) -> bytes:
        data = "".join(self._lines).encode()
        self._lines, self._size = [], 0
        return data

    def _hand_over(self) -> None:
        if self._pipe is None:
            self._pipe = _Pipe(self._open)
        if self._pipe.failed:
            raise self._pipe.failed
        self._pipe.put(self._taken())

    def _load_rest(self) -> None:
        if self._pipe is None:
            self._open.load(input=self._taken(), format=ox.RdfFormat.N_QUADS)
            return
        if self._lines:
            self._hand_over()
        self._pipe.stop()
        if self._pipe.failed:
            raise self._pipe.failed

    def finish(
        self,
        departments: Iterable[DepartmentRecord],
        documents: Iterable[tuple[str, str]],
        made: Dataset,
    ) -> None:
        """Write what depends on all documents, and wait until everything is loaded.

        `documents` are ids with the sha256 of their source bytes. No time is written: the
        dataset depends on content alone.
        """
        base, software = self._world.base_iri, f"policy-kg {self._world.program}"
        for graph in (rdf.registry_graph(base), rdf.provenance_graph(base)):
            self._open.remove_graph(ox.NamedNode(graph))
        self._put(rdf.nquads(facts.graphs(departments, base), base))
        self._put([rdf.provenance(made, software, documents, base)])
        self._load_rest()
        self._open.flush()

    def count_tasks(self) -> int:
        """How many tasks the dataset holds."""
        query = f"SELECT (count(DISTINCT ?t) AS ?n) {{ ?t a <{NAMESPACE}Task> }}"
        found = self._open.query(query, use_default_graph_as_union=True)
        return int(next(iter(found))["n"].value)  # type: ignore[arg-type]
