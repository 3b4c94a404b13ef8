"""One published version, open for reading: connections, sets of rows, order of documents."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property, lru_cache
from itertools import islice
from pathlib import Path
from typing import Any

from pyroaring import BitMap

from kg.records import DepartmentRecord
from kg.store import bodies
from kg.store.embedded.folder import INDEX, Manifest
from kg.store.embedded.schema import connect, phrase, rows_of, unpack

POSTINGS, WORDS = 4096, 512
CHUNK = 500  # values of one statement
FEW = 2000  # rows that are faster sorted than found by walking the documents


class Version:
    """Everything here is fixed once read, so threads may share it."""

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path, self.manifest = path, manifest
        self._idle: list[sqlite3.Connection] = [connect(path / INDEX)]
        self.posting = lru_cache(POSTINGS)(self._posting)
        self.word = lru_cache(WORDS)(self._word)
        self._made: dict[str, Any] = {}
        rows = self.all("SELECT id, task_base, tasks, thing_base, things FROM document ORDER BY id")
        self.ids = [r[0] for r in rows]
        self.tasks = Blocks([r[1] for r in rows], [r[2] for r in rows])
        self.things = Blocks([r[3] for r in rows], [r[4] for r in rows])

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection nobody else uses meanwhile."""
        try:
            db = self._idle.pop()
        except IndexError:
            db = connect(self.path / INDEX)
        try:
            yield db
        finally:
            self._idle.append(db)

    def close(self) -> None:
        """Close the connections nobody uses; the others go with their requests."""
        while self._idle:
            self._idle.pop().close()

    def all(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        """All rows of a statement; none for values that cannot be written (half characters)."""
        with self.connection() as db, suppress(UnicodeEncodeError):
            return db.execute(sql, values).fetchall()
        return []

    def one(self, sql: str, values: Sequence[Any] = ()) -> Any:
        """The first row of a statement, or None."""
        with self.connection() as db, suppress(UnicodeEncodeError):
            return db.execute(sql, values).fetchone()
        return None

    def among(self, sql: str, values: Sequence[str]) -> list[Any]:
        """All rows of a statement with ``IN ({})`` for these (few) values."""
        found = []
        for n in range(0, len(values), CHUNK):
            some = values[n : n + CHUNK]
            found += self.all(sql.format(",".join("?" * len(some))), some)
        return found

    # -- sets of rows; none of them may be changed ---------------------------------------

    def _posting(self, of: str) -> BitMap:
        found = self.one("SELECT rows FROM posting WHERE term = ?", (of,))
        return rows_of(found[0]) if found else BitMap()

    def _word(self, of: str, word: str) -> BitMap:
        """The rows of a kind of text that hold a squeezed word."""
        sql = f"SELECT rowid FROM {of}_text WHERE {of}_text MATCH ?"
        with self.connection() as db:
            return BitMap(r[0] for r in db.execute(sql, (phrase(word),)))

    def block(self, document: str) -> BitMap:
        """The rows of a document's own tasks."""
        place = self.place_of(document)
        return BitMap() if place is None else BitMap(self.tasks.own(place))

    def values(self, kind: str) -> list[str]:
        """The values a kind of term takes."""
        found = self.all(
            "SELECT term FROM posting WHERE term > ? AND term < ?", (kind + "\x1f", kind + "\x20")
        )
        return [r[0].split("\x1f", 1)[1] for r in found]

    def words(self, of: str, words: Iterable[str]) -> list[BitMap]:
        """One set of rows for each word."""
        return [self.word(of, word) for word in words]

    def once(self, what: str, make: Callable[[Version], Any]) -> Any:
        """A thing of the whole version, made when first asked for."""
        if what not in self._made:
            self._made[what] = make(self)
        return self._made[what]

    # -- records -------------------------------------------------------------------------

    def read(self, table: str, rows: Sequence[int], kind: str | None = None) -> list[Any]:
        """The records of rows of `task` or `thing`, in the order of the rows given."""
        with self.connection() as db:
            if kind:
                sql = f"SELECT record FROM {table} WHERE row = ?"
                return [unpack(kind, db.execute(sql, (r,)).fetchone()[0]) for r in rows]
            sql = f"SELECT kind, record FROM {table} WHERE row = ?"
            return [unpack(*db.execute(sql, (r,)).fetchone()) for r in rows]

    @cached_property
    def departments(self) -> tuple[DepartmentRecord, ...]:
        """All departments in order; there are few."""
        rows = self.all("SELECT record FROM department ORDER BY place")
        return tuple(unpack("department", r[0]) for r in rows)

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Names of departments → ids."""
        return bodies.names(self.departments)

    @cached_property
    def by_id(self) -> dict[str, DepartmentRecord]:
        """The departments by id."""
        return {d.id: d for d in self.departments}

    @cached_property
    def below(self) -> dict[str, frozenset[str]]:
        """Body → itself and its units."""
        return bodies.below(self.departments)

    def next_place(self, document: str) -> int:
        """The place of a document, or of the first behind where it would stand."""
        return bisect_left(self.ids, document)

    def place_of(self, document: str) -> int | None:
        """The place of a document, or None if it is not there."""
        place = self.next_place(document)
        return place if self.ids[place : place + 1] == [document] else None


class Blocks:
    """The rows each document owns, documents in order of id; gives rows in that order."""

    def __init__(self, bases: list[int], sizes: list[int]) -> None:
        self.bases, self.sizes = bases, sizes
        filled = [(b, i) for i, (b, n) in enumerate(zip(bases, sizes, strict=True)) if n]
        self._starts = sorted(filled)
        self._sorted_bases = [b for b, _ in self._starts]
        self._ascending = self._starts == filled

    def whole_order(self) -> Iterator[int]:
        """All rows in order."""
        for place in range(len(self.bases)):
            yield from self.own(place)

    def document_of(self, row: int) -> int:
        """The place of the document that owns a row."""
        return self._starts[bisect_right(self._sorted_bases, row) - 1][1]

    def own(self, place: int) -> range:
        """The rows of the document at a place."""
        return range(self.bases[place], self.bases[place] + self.sizes[place])

    def behind(self, place: int) -> tuple[int, int]:
        """Where the next document begins."""
        place += 1
        return place, self.bases[place] if place < len(self.bases) else 0

    def take(self, rows: BitMap, place: int, row: int, n: int) -> list[int]:
        """The first `n` of `rows` in order, beginning in document `place`, there at `row`."""
        if n <= 0 or place >= len(self.bases):
            return []
        if self._ascending:
            first = row if self.sizes[place] else self._next_filled(place)
            return list(islice(rows.iter_equal_or_larger(first), n)) if first >= 0 else []
        if len(rows) <= FEW:
            placed = sorted((self.document_of(r), r) for r in rows)
            return [r for _, r in placed[bisect_left(placed, (place, row)) :][:n]]
        return list(islice(self._walk(rows, place, row), n))

    def _next_filled(self, place: int) -> int:
        later = (b for b, n in zip(self.bases[place:], self.sizes[place:], strict=True) if n)
        return next(later, -1)

    def _walk(self, rows: BitMap, place: int, row: int) -> Iterator[int]:
        for at in range(place, len(self.bases)):
            own = self.own(at)
            start = max(own.start, row) if at == place else own.start
            if start < own.stop and rows.range_cardinality(start, own.stop):
                for found in rows.iter_equal_or_larger(start):
                    if found >= own.stop:
                        break
                    yield found
