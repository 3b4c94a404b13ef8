"""The store at a Neo4j server: many readers, one writer at a time."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import IO, Any, TypeVar

from neo4j.exceptions import Neo4jError

from kg.errors import ConflictError, UnavailableError
from kg.model import LoadedDocument
from kg.records import Dataset, DepartmentProfile, Network
from kg.store import digest, keys
from kg.store import facets as facet_rules
from kg.store.base import Facet, Key, Kind, Page, Progress, Receipt, TaskPage, TaskQuery
from kg.store.embedded.schema import unpack
from kg.store.memory import MemoryStore
from kg.store.neo4j import lists, tasks
from kg.store.neo4j.console import Console
from kg.store.neo4j.errors import vanished
from kg.store.neo4j.found import View
from kg.store.neo4j.layout import sort_key
from kg.store.neo4j.publish import Publisher
from kg.store.neo4j.server import WHOLE, Asking, Server
from kg.store.neo4j.state import Marker, State, marker, unpacked
from kg.store.neo4j.writer import Counters
from kg.store.resting import resting
from kg.store.world import World

T = TypeVar("T")
AGAIN = WHOLE / 2  # seconds in which a question is asked anew while publications change
SPOOL = 16 * 1024 * 1024  # bytes of an export kept in memory
TRIES = 5  # to write an export of one version
PORTION = 2000  # records read at once


class Neo4jStore:
    """See `kg.store.base.Store`. Every answer is of one publication.

    The one ``PkgStore`` node is read before and after: if another publication came in
    between, the question is asked again.
    """

    def __init__(self, server: Server, world: World, *, read_only: bool = False) -> None:
        self.server = server
        self._world, self._read_only = world, read_only
        self._opening = threading.Lock()
        self._known: tuple[tuple[int, str], State] | None = None
        self.counters = Counters()
        self.console = Console(server)

    def _ask(self, question: Callable[[View], T], empty: Callable[[], T]) -> T:
        """The answer to a question from one publication; `empty` where none was made."""
        until = time.monotonic() + AGAIN
        while time.monotonic() < until:
            answer = self.server.read(lambda ask: self._once(ask, question, empty))
            if answer is not None:
                return answer[0]
        raise UnavailableError("图谱正在更新", where=self.server.where, remedy="稍后再试")

    def _once(
        self, ask: Asking, question: Callable[[View], T], empty: Callable[[], T]
    ) -> tuple[T] | None:
        found = marker(ask)
        if found is None or not found.number:
            return (empty(),)
        self._refuse_other_form(found)
        state = self._state(ask, found)
        if state is None:
            return None
        try:
            answer = question(View(ask, found, state))
        except Neo4jError as e:
            if vanished(e):
                return None
            raise
        return (answer,) if found.answers_as(marker(ask)) else None

    def _refuse_other_form(self, found: Marker) -> None:
        if not found.usable:
            raise ConflictError(
                "图谱由另一版本的程序建立",
                where=self.server.where,
                remedy=f"运行 kg load --store {self.server.where}，它会重新建立",
            )

    def _state(self, ask: Asking, found: Marker) -> State | None:
        """The sums of a publication, read once."""
        name = (found.number, found.sha256)
        known = self._known
        if known and known[0] == name:
            return known[1]
        rows = ask.column("MATCH (s:PkgState {from: $number}) RETURN s.state", number=found.number)
        if not rows:
            return None
        with self._opening:
            self._known = (name, unpacked(rows[0]))
            return self._known[1]

    def _empty(self) -> MemoryStore:
        return MemoryStore(self._world)

    @property
    def published(self) -> bool:
        """Whether anything was published here."""
        found = self.server.read(marker)
        return found is not None and found.number > 0

    def dataset(self) -> Dataset:
        """See `Store.dataset`."""
        found = self.server.read(marker)
        if found is None or not found.number:
            return digest.dataset({}, self._world.digest)
        return Dataset(version=found.version, sha256=found.sha256)

    def publish(
        self,
        add: Sequence[LoadedDocument] = (),
        remove: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Receipt:
        """See `Store.publish`; `counters` then say what the server changed."""
        if self._read_only:
            raise ConflictError("图谱是只读打开的", where=self.server.where)
        publisher = Publisher(self.server, self._world, progress)
        try:
            with resting():
                return publisher.publish(add, remove)
        finally:
            self.counters = publisher.counters

    def find_tasks(
        self,
        query: TaskQuery,
        limit: int = 20,
        after: Key | None = None,
        facets: Sequence[Facet] = (),
    ) -> TaskPage:
        """See `Store.find_tasks`."""
        keys.check(after, keys.TASK_KEY, limit)
        facet_rules.check(facets)
        return self._ask(
            lambda v: tasks.find(v, query, limit, after, facets),
            lambda: self._empty().find_tasks(query, limit, after, facets),
        )

    def get(self, kind: Kind, id: str) -> Any | None:
        """See `Store.get`."""
        keys.known(kind)
        return self._ask(lambda v: lists.get(v, kind, id), lambda: None)

    def list(
        self, kind: Kind, limit: int = 20, after: Key | None = None, document: str | None = None
    ) -> Page:
        """See `Store.list`."""
        keys.listed(kind)
        keys.check(after, keys.shape_of(kind), limit)
        return self._ask(
            lambda v: lists.list_(v, kind, limit, after, document),
            lambda: self._empty().list(kind, limit, after, document),
        )

    def profile(self, department: str) -> DepartmentProfile | None:
        """See `Store.profile`."""
        return self._ask(lambda v: lists.profile(v, department), lambda: None)

    def names(self) -> dict[str, tuple[str, ...]]:
        """See `Store.names`."""
        return self._ask(lambda v: dict(v.state.names), lambda: {})

    def search(self, words: Sequence[str], limit: int = 20, after: Key | None = None) -> Page:
        """See `Store.search`."""
        keys.check(after, keys.HIT_KEY, limit)
        looked_for = keys.words(words)
        return self._ask(
            lambda v: lists.search(v, looked_for, limit, after),
            lambda: Page(results=(), total=0, after=None),
        )

    def network(self, document: str | None = None) -> Network:
        """See `Store.network`."""
        return self._ask(lambda v: lists.network(v, document), lambda: Network((), ()))

    def loaded(self, document: str) -> LoadedDocument | None:
        """See `Store.loaded`."""
        return self._ask(lambda v: lists.loaded(v, document), lambda: None)

    def records(self, kind: Kind) -> Iterator[Any]:
        """See `Store.records`.

        A server keeps no version for a reader who takes his time: all is fetched before the
        first record is given, beyond `SPOOL` bytes to a temporary file.
        """
        keys.known(kind)
        if kind == "department":
            return self._ask(lambda v: iter(v.state.departments), lambda: iter(()))
        return self._replayed(kind, self._spooled(kind))

    def _spooled(self, kind: Kind) -> IO[bytes]:
        for _ in range(TRIES):
            file: IO[bytes] = tempfile.SpooledTemporaryFile(SPOOL)  # noqa: SIM115
            first = last = self.dataset()
            after: str | None = sort_key(kind) if kind not in ("document",) else ""
            while after is not None and last == first:
                after = self._ask(self._portion(kind, after, file), lambda: None)
                last = self.dataset()
            if last == first:
                file.seek(0)
                return file
            file.close()
        raise UnavailableError("图谱不断更新", where=self.server.where, remedy="稍后再试")

    def _portion(self, kind: Kind, after: str, file: IO[bytes]) -> Callable[[View], str | None]:
        """Fetch the next records into the file; the key to go on from."""
        start = file.tell()

        def fetch(v: View) -> str | None:
            rows = lists.page_of_records(v, kind, after, PORTION)
            file.seek(start)
            file.truncate()
            for _, record in rows:
                file.write(len(record).to_bytes(4, "big") + record)
            return rows[-1][0] if len(rows) == PORTION else None

        return fetch

    def _replayed(self, kind: Kind, file: IO[bytes]) -> Iterator[Any]:
        with file:
            while size := file.read(4):
                yield unpack(kind, file.read(int.from_bytes(size, "big")))

    def close(self) -> None:
        """See `Store.close`."""
        self.console.close()
        self.server.close()
