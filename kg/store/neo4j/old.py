"""What is there before a publication: digests, families, records to be taken out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from kg.families import keys as family_keys
from kg.model import LoadedDocument
from kg.store import texts
from kg.store.changes import Changes
from kg.store.embedded.schema import unpack, unpack_source
from kg.store.families import by_key, closure
from kg.store.neo4j import layout
from kg.store.neo4j.server import Asking, Server
from kg.store.neo4j.state import Marker, State, Sums, marker, unpacked

Keys = dict[str, frozenset[str]]
CLAUSES = 500  # of one question to the index
AT_ONCE = 100  # documents


class Old:
    """The publication that answers; nobody else publishes meanwhile."""

    def __init__(self, marker: Marker | None, digests: dict[str, str]) -> None:
        self.marker, self.digests = marker, digests
        self.number = marker.number if marker else 0
        self._there = "" if marker is None or marker.tidy else " AND NOT n:PkgEnded"

    @classmethod
    def read(cls, server: Server) -> Old:
        """What answers now."""

        def ask(asking: Asking) -> Old:
            found = marker(asking)
            old = cls(found, {})
            rows = asking.all(
                f"MATCH (n:PkgSource) WHERE n.from <= $number{old._there} RETURN n.id, n.digest",
                number=old.number,
            )
            old.digests = dict(tuple(row) for row in rows)
            return old

        return server.read(ask)

    def state(self, server: Server) -> State:
        """The sums of what answers."""
        if self.number == 0:
            return State(sums=Sums(), departments=())
        found = server.read(
            lambda ask: ask.column(
                "MATCH (s:PkgState {from: $number}) RETURN s.state", number=self.number
            )
        )
        return unpacked(found[0])

    def loaded(self, server: Server, ids: Sequence[str]) -> dict[str, LoadedDocument]:
        """Documents as they were loaded."""
        found: dict[str, LoadedDocument] = {}
        for some in portions(ids, AT_ONCE):
            rows = server.read(lambda ask, some=some: ask.all(  # type: ignore[misc]
                "UNWIND $ids AS id MATCH (n:PkgSource {id: id}) "
                f"WHERE n.from <= $number{self._there} RETURN n.id, n.loaded",
                ids=some, number=self.number))  # fmt: skip
            found |= {id: unpack_source(blob) for id, blob in rows}
        return found

    # -- families ------------------------------------------------------------------------

    def keys_with(
        self,
        server: Server,
        new: Mapping[str, frozenset[str]],
        gone: Iterable[str],
        everything: bool,
    ) -> Keys:
        """Document → keys, new ones in place of old, for all that a change may touch.

        With `everything` those of all documents, computed again.
        """
        if everything:
            kept = sorted(set(self.digests) - set(new) - set(gone))
            found: Keys = {}
            for some in portions(kept, AT_ONCE):
                read = self.loaded(server, some)
                found |= {id: family_keys(doc) for id, doc in read.items()}
            return found | dict(new)
        self._was = self._near(server, {*new, *gone}, new)
        return {**self._was, **new}

    def _near(self, server: Server, start: set[str], new: Mapping[str, frozenset[str]]) -> Keys:
        """The old keys of all documents connected with `start`."""
        found = self._keys_of(server, sorted(start & set(self.digests)))
        open_ = {k for keys in (*found.values(), *new.values()) for k in keys}
        asked: set[str] = set()
        while open_ and self.digests:
            asked |= open_
            more = self._having(server, sorted(open_))
            fresh = {id: keys for id, keys in more.items() if id not in found}
            found |= fresh
            open_ = {k for keys in fresh.values() for k in keys} - asked
        return found

    def _keys_of(self, server: Server, ids: Sequence[str]) -> Keys:
        found: Keys = {}
        for some in portions(ids, CLAUSES):
            rows = server.read(lambda ask, some=some: ask.all(  # type: ignore[misc]
                "UNWIND $ids AS id MATCH (n:PkgSource {id: id}) "
                f"WHERE n.from <= $number{self._there} RETURN n.id, n.terms",
                ids=some, number=self.number))  # fmt: skip
            found |= {id: _keys_in(terms) for id, terms in rows}
        return found

    def _having(self, server: Server, keys: Sequence[str]) -> Keys:
        found: Keys = {}
        for some in portions(keys, CLAUSES):
            question = " ".join(f"terms:{layout.quoted(key)}" for key in some)
            rows = server.read(lambda ask, question=question: ask.all(  # type: ignore[misc]
                f"CALL db.index.fulltext.queryNodes('{layout.INDEX}', $question) YIELD node AS n "
                f"WITH n WHERE n:PkgSource AND n.from <= $number{self._there} "
                "RETURN n.id, n.terms",
                question=question, number=self.number))  # fmt: skip
            found |= {id: _keys_in(terms) for id, terms in rows}
        return found

    def touched(self, keys: Keys, change: Changes) -> set[str]:
        """The documents whose families a change touches, by their old keys or their new."""
        both = {id: keys.get(id, frozenset()) | self._was.get(id, frozenset())
                for id in {*keys, *self._was}}  # fmt: skip
        index = by_key(both)
        start = {*change.write, *change.removed}
        return closure(start, both.__getitem__, index.__getitem__)

    # -- records -------------------------------------------------------------------------

    def subtract(self, server: Server, documents: Sequence[str], sums: Sums) -> int:
        """Take documents out of the sums; how many tasks they had."""
        tasks = 0
        for some in portions(documents, AT_ONCE):
            for sort, record in self._records(server, some):
                kind = texts.HIT_KINDS[int(sort.partition("!")[0])]
                read = unpack(kind, record)
                if kind == "task":
                    tasks += 1
                    sums.count_task(read, layout.task_terms(read), -1)
                else:
                    thing = read if kind == "measure" else texts.searchables(read)[0]
                    sums.count_thing(thing, read, -1)
        sums.documents -= len(documents)
        return tasks

    def _records(self, server: Server, documents: Sequence[str]) -> list[tuple[str, bytes]]:
        questions = [
            f"terms:{layout.quoted(layout.term(kind, id))}"
            for id in documents
            for kind in ("doc", "in")
        ]
        return server.read(
            lambda ask: [(sort, record) for sort, record in ask.all(
                "UNWIND $questions AS q "
                f"CALL db.index.fulltext.queryNodes('{layout.INDEX}', q) YIELD node AS n "
                f"WITH n WHERE n.from <= $number{self._there} RETURN n.sort, n.record",
                questions=questions, number=self.number)]
        )  # fmt: skip


def _keys_in(terms: str) -> frozenset[str]:
    return frozenset(t for t in terms.split(" ") if t and not t.startswith("from:"))


def portions(items: Sequence[str], size: int) -> Iterator[list[str]]:
    """The items, some at a time."""
    rest = iter(items)
    while some := list(islice(rest, size)):
        yield some
