"""The embedded store: one folder, many readers, one writer at a time."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kg.errors import ConflictError, UnavailableError
from kg.model import LoadedDocument
from kg.records import Dataset, DepartmentProfile, Network
from kg.store import digest, keys
from kg.store.base import (
    Facet,
    Key,
    Kind,
    Page,
    Progress,
    Receipt,
    TaskPage,
    TaskQuery,
)
from kg.store.embedded import lists, tasks
from kg.store.embedded.folder import RDF, Folder
from kg.store.embedded.publish import Publisher, usable
from kg.store.embedded.version import Version
from kg.store.memory import MemoryStore
from kg.store.resting import resting
from kg.store.world import World


class EmbeddedStore:
    """See `kg.store.base.Store`. Every request asks whether a new version answers by now.

    A request works on the version it began with. Where nothing was published yet the store
    is empty, and nothing is created before the first publication.
    """

    def __init__(self, path: Path, world: World, *, read_only: bool = False) -> None:
        self._folder = Folder(path)
        self._folder.refuse_foreign()
        self._world, self._read_only = world, read_only
        self._opening = threading.Lock()
        self._opened: tuple[tuple[int, int, int], Version] | None = None

    @contextmanager
    def _version(self) -> Iterator[Version | None]:
        """The version that answers now."""
        with self._told():
            yield self._current()

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Tell in our words what goes wrong below."""
        try:
            yield
        except (sqlite3.Error, OSError) as e:
            raise UnavailableError(
                f"图谱文件夹无法读取：{e}",
                where=str(self._folder.path),
                remedy="检查文件夹与权限；若已损坏，删去后重新加载",
            ) from e

    def _current(self) -> Version | None:
        opened, stamp = self._opened, self._folder.stamp()
        if stamp is None:
            return None
        if opened and opened[0] == stamp:
            return opened[1]
        with self._opening:
            if not (self._opened and self._opened[0] == stamp):
                self._opened = self._open()
            return self._opened[1]

    def _open(self) -> tuple[tuple[int, int, int], Version]:
        """Open what CURRENT names; once more if it was replaced and dropped meanwhile."""
        for attempt in range(5):
            stamp, name = self._folder.stamp(), self._folder.current()
            try:
                manifest = self._folder.manifest(name or "")
                if not usable(manifest):
                    Publisher(self._folder, self._world).renew()
                    continue
                if stamp:
                    return stamp, Version(self._folder.version(name or ""), manifest)
            except (UnavailableError, sqlite3.Error):
                if attempt == 4 or name == self._folder.current():
                    raise
        raise ConflictError("图谱不断被重新发布", where=str(self._folder.path), remedy="稍后再试")

    @property
    def published(self) -> bool:
        """Whether anything was published here."""
        return self._folder.stamp() is not None

    @property
    def rdf_folder(self) -> Path | None:
        """Where the RDF dataset of the current version lies, to be opened read-only."""
        with self._version() as v:
            return v.path / RDF if v else None

    def _empty(self) -> MemoryStore:
        return MemoryStore(self._world)

    def dataset(self) -> Dataset:
        """See `Store.dataset`."""
        with self._version() as v:
            if v is None:
                return digest.dataset({}, self._world.digest)
            return Dataset(version=v.manifest.version, sha256=v.manifest.sha256)

    def publish(
        self,
        add: Sequence[LoadedDocument] = (),
        remove: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Receipt:
        """See `Store.publish`."""
        if self._read_only:
            raise ConflictError("图谱是只读打开的", where=str(self._folder.path))
        with self._version(), resting():
            return Publisher(self._folder, self._world, progress).publish(add, remove)

    def find_tasks(
        self,
        query: TaskQuery,
        limit: int = 20,
        after: Key | None = None,
        facets: Sequence[Facet] = (),
    ) -> TaskPage:
        """See `Store.find_tasks`."""
        with self._version() as v:
            if v is None:
                return self._empty().find_tasks(query, limit, after, facets)
            return tasks.find(v, query, limit, after, facets)

    def get(self, kind: Kind, id: str) -> Any | None:
        """See `Store.get`."""
        with self._version() as v:
            return lists.get(v, kind, id) if v else self._empty().get(kind, id)

    def list(
        self, kind: Kind, limit: int = 20, after: Key | None = None, document: str | None = None
    ) -> Page:
        """See `Store.list`."""
        with self._version() as v:
            if v is None:
                return self._empty().list(kind, limit, after, document)
            return lists.list_(v, kind, limit, after, document)

    def profile(self, department: str) -> DepartmentProfile | None:
        """See `Store.profile`."""
        with self._version() as v:
            return lists.profile(v, department) if v else None

    def names(self) -> dict[str, tuple[str, ...]]:
        """See `Store.names`."""
        with self._version() as v:
            return dict(v.names) if v else {}

    def search(self, words: Sequence[str], limit: int = 20, after: Key | None = None) -> Page:
        """See `Store.search`."""
        keys.check(after, keys.HIT_KEY, limit)
        looked_for = keys.words(words)
        with self._version() as v:
            if v is None:
                return Page(results=(), total=0, after=None)
            return lists.search(v, looked_for, limit, after)

    def network(self, document: str | None = None) -> Network:
        """See `Store.network`."""
        with self._version() as v:
            return lists.network(v, document) if v else Network((), ())

    def loaded(self, document: str) -> LoadedDocument | None:
        """See `Store.loaded`."""
        with self._version() as v:
            return lists.loaded(v, document) if v else None

    def records(self, kind: Kind) -> Iterator[Any]:
        """See `Store.records`; it stays on the version it began with."""
        keys.known(kind)
        with self._version() as v:
            return self._stream(v, kind) if v else iter(())

    def _stream(self, v: Version, kind: Kind) -> Iterator[Any]:
        with self._told():
            yield from lists.records(v, kind)

    def close(self) -> None:
        """See `Store.close`."""
        with self._opening:
            if self._opened:
                self._opened[1].close()
            self._opened = None
