"""Finding inner nodes: how many, and the next in order, by whichever way is shorter.

Where little is found, the full-text index gives all of it and what is wanted is sorted out.
Where much is found, going through things in their order soon meets enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg.store.neo4j.layout import INDEX, LAST, Wanted, phrase, sort_key, term
from kg.store.neo4j.server import Asking
from kg.store.neo4j.state import Marker, State
from kg.store.texts import HIT_KINDS

WINDOW = 4  # how many times the expected number of things is gone through
SOME = 200


class View:
    """One publication, within one reading transaction."""

    def __init__(self, ask: Asking, marker: Marker, state: State) -> None:
        self.ask, self.marker, self.state = ask, marker, state
        self.staged = marker.number + 1
        self.there = "" if marker.tidy else " AND NOT n:PkgEnded"

    def hits(self, wanted: Wanted) -> tuple[str, dict[str, Any]]:
        """A clause that gives all found as `n`, with its values."""
        values: dict[str, Any] = {"lucene": wanted.lucene(self.staged)}
        where = self.there
        for i, word in enumerate(wanted.long_words):
            where += f" AND n.grams CONTAINS $long{i}"
            values[f"long{i}"] = phrase(word)
        call = f"CALL db.index.fulltext.queryNodes('{INDEX}', $lucene) YIELD node AS n"
        return f"{call} WITH n WHERE n:PkgItem{where}", values

    def visible(self) -> str:
        """A condition on an inner node `n` that was not found through the index."""
        return f"n.from < {self.staged}{self.there}"

    def total(self, wanted: Wanted) -> int:
        """How many there are; where one term alone decides, it was counted beforehand."""
        counts = [sum(self.state.sums.terms[t] for t in group) for group in wanted.groups]
        if not wanted.writable or 0 in counts:
            return 0
        single = len(wanted.groups) == 1 and len(wanted.groups[0]) == 1
        if single and not wanted.words and not wanted.without:
            return counts[0]
        clause, values = self.hits(wanted)
        return int(self.ask.column(f"{clause} RETURN count(*)", **values)[0])

    def totals(self, questions: Sequence[Wanted]) -> list[int]:
        """How many there are of each."""
        return [self.total(q) for q in questions]

    def next(
        self, wanted: Wanted, total: int, limit: int, start: str, end: str
    ) -> list[tuple[str, bytes]]:
        """The next (key, record) in order with `start` < key < `end`, at most `limit`."""
        if not total or not limit:
            return []
        everything = max(total, sum(self.state.sums.terms[term("kind", k)] for k in HIT_KINDS))
        expected = everything * limit // total
        if total > 10 * limit and expected < total:
            found = self._walk(wanted, WINDOW * expected + SOME, limit, start, end)
            if found is not None:
                return found
        clause, values = self.hits(wanted)
        rows = self.ask.all(
            f"{clause} AND n.sort > $start AND n.sort < $end "
            "WITH n, n.sort AS sort ORDER BY sort LIMIT $limit RETURN sort, n.record",
            **values, start=start, end=end, limit=limit,
        )  # fmt: skip
        return [(sort, record) for sort, record in rows]

    def _walk(
        self, wanted: Wanted, window: int, limit: int, start: str, end: str
    ) -> list[tuple[str, bytes]] | None:
        """Go through a window of all things in order; None if it did not hold enough."""
        condition, values = wanted.condition()
        rows = self.ask.all(
            "CALL { MATCH (n:PkgItem) WHERE n.sort > $start AND n.sort < $end "
            "RETURN n ORDER BY n.sort LIMIT $window } "
            f"WITH n WHERE {self.visible()} AND {condition} "
            "RETURN n.sort, n.record LIMIT $limit",
            **values, start=start, end=end, window=window, limit=limit,
        )  # fmt: skip
        return [(sort, record) for sort, record in rows] if len(rows) == limit else None

    def documents(self, ids: Sequence[str]) -> dict[str, str]:
        """Titles of documents."""
        rows = self.ask.all(
            f"UNWIND $ids AS id MATCH (n:PkgDocument {{id: id}}) WHERE {self.visible()} "
            "RETURN n.id, n.title",
            ids=list(ids),
        )
        return dict((id, title) for id, title in rows)

    def records(self, kind: str, ids: Sequence[str]) -> list[bytes]:
        """Records of things of a kind by id, as they lie there."""
        return self.ask.column(
            f"UNWIND $ids AS id MATCH (n:PkgItem {{id: id}}) WHERE {self.visible()} "
            "AND n.sort > $start AND n.sort < $end RETURN n.record",
            ids=list(ids), start=sort_key(kind), end=sort_key(kind) + "!" + LAST,
        )  # fmt: skip
