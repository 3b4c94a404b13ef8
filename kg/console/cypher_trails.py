"""Neo4j uses no relationship twice in one MATCH; here the same is spelled out for Ladybug.

Ladybug would walk ``(a)<-[:INVOLVES]-(t)-[:INVOLVES]->(b)`` back over the first relationship
and find `a` as its own neighbour. So relationships without a name get one, each two of one
MATCH that could be the same are told apart by ``id(r) <> id(s)``, and a chain of any length
is a TRAIL. What cannot be spelled so is refused rather than answered otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from msgspec import Struct

from kg.errors import QueryError

Piece = tuple[str, str]
_CLAUSES = {
    "MATCH", "OPTIONAL", "WHERE", "WITH", "RETURN", "UNWIND", "UNION", "ORDER", "SKIP", "LIMIT",
    "CALL",
}  # fmt: skip
_WALKS = {"SHORTEST", "ALL", "TRAIL", "ACYCLIC", "WSHORTEST"}
_NAME = "kg_r"


class _Rel(Struct, frozen=True):
    """One relationship of a pattern: where, its types (none means any), and whether a chain."""

    place: int
    types: frozenset[str]
    chain: bool

    def may_be(self, other: _Rel) -> bool:
        """Whether both could be the same relationship."""
        return not self.types or not other.types or bool(self.types & other.types)


class Trails:
    """Rewrites the pieces of one statement, blanks included."""

    def __init__(self, pieces: Sequence[Piece]) -> None:
        self._pieces = list(pieces)
        self._solid = [n for n, (kind, _) in enumerate(pieces) if kind != "space"]
        self._after: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._named = False

    def rewritten(self) -> list[Piece]:
        """The same statement, with what Neo4j takes for granted written down.

        Raises:
            QueryError: it cannot be written down.
        """
        self._refuse_two_labels()
        for place in range(len(self._solid)):
            if self._keyword(place) == "MATCH":
                self._match(place + 1)
        if self._named and self._returns_all():
            raise _refused("RETURN * 和 WITH * 会带出没有名字的关系", "写明要返回什么")
        out: list[Piece] = []
        for n, piece in enumerate(self._pieces):
            out.append(piece)
            out += [("other", self._after[n])] if n in self._after else []
        return out

    # -- looking -----------------------------------------------------------------------------

    def _text(self, place: int) -> str:
        return self._pieces[self._solid[place]][1] if 0 <= place < len(self._solid) else ""

    def _kind(self, place: int) -> str:
        return self._pieces[self._solid[place]][0] if 0 <= place < len(self._solid) else ""

    def _keyword(self, place: int) -> str:
        """The clause that begins at a place, or nothing: ``t.match`` and STARTS WITH are none."""
        word = self._text(place).upper() if self._kind(place) == "word" else ""
        before, after = self._text(place - 1), self._text(place + 1)
        if word not in _CLAUSES or before in (".", ":", "|") or after == ":":
            return ""
        return "" if word == "WITH" and before.upper() in ("STARTS", "ENDS") else word

    def _end(self, place: int, stops: set[str]) -> int:
        """Where a stretch ends: at a clause of its own depth, or where its bracket closes."""
        depth = 0
        while place < len(self._solid):
            kind = self._kind(place)
            depth += (kind == "open") - (kind == "close")
            if depth < 0 or (depth == 0 and self._keyword(place) in stops):
                break
            place += 1
        return place

    def _refuse_two_labels(self) -> None:
        for place in range(len(self._solid) - 3):
            texts = [self._text(place + n) for n in range(4)]
            kinds = [self._kind(place + n) for n in (1, 3)]
            if texts[0] == texts[2] == ":" and all(k in ("word", "quoted") for k in kinds):
                raise _refused(
                    f":{texts[1]}:{texts[3]} 要求一个节点有两种标签，这里每个节点只有一种",
                    f"写 :{texts[1]} 或 :{texts[3]}",
                )

    def _returns_all(self) -> bool:
        for n in range(len(self._solid)):
            then = n + 1 + (self._text(n + 1).upper() == "DISTINCT")
            if self._keyword(n) in ("RETURN", "WITH") and self._text(then) == "*":
                return True
        return False

    # -- one MATCH ---------------------------------------------------------------------------

    def _match(self, start: int) -> None:
        end = self._end(start, _CLAUSES)
        found = [self._read(p) for p in self._relationships(start, end)]
        pairs = [(a, b) for a, b in combinations(found, 2) if a.may_be(b)]
        if any(a.chain or b.chain for a, b in pairs):
            raise _refused(
                "一个 MATCH 里，不定长的关系和可能与它相同的另一段关系，两种引擎的算法不同",
                "拆成两个 MATCH，或写明不同的关系类型",
            )
        names = {r.place: self._name(r.place) for pair in pairs for r in pair}
        told = " AND ".join(f"id({names[a.place]}) <> id({names[b.place]})" for a, b in pairs)
        if told:
            self._tell(told, end)

    def _tell(self, told: str, end: int) -> None:
        """Put the condition into the WHERE of the MATCH, or give it one."""
        if self._keyword(end) != "WHERE":
            self._add_after(end - 1, f" WHERE {told}")
            return
        last = self._end(end + 1, _CLAUSES - {"WHERE"}) - 1
        self._add_after(end, f" {told} AND (")
        self._add_after(last, ")")

    def _add_after(self, place: int, text: str) -> None:
        n = self._solid[place]
        self._after[n] = self._after.get(n, "") + text

    def _relationships(self, start: int, end: int) -> Iterator[int]:
        """Where relationships begin: the dash before ``[``, or the first of ``--``."""
        depth, place = 0, start
        while place < end:
            kind, text = self._kind(place), self._text(place)
            if depth == 0 and text == "-" and self._text(place + 1) in ("[", "-"):
                yield place
                place += 1 if self._text(place + 1) == "-" else 0
            depth += (kind == "open") - (kind == "close")
            place += 1

    def _inside(self, place: int) -> range:
        if self._text(place + 1) != "[":
            return range(0)
        return range(place + 2, self._end(place + 2, set()))

    def _read(self, place: int) -> _Rel:
        """Read a relationship; give its chain the word TRAIL."""
        inside = self._inside(place)
        star = next((n for n in inside if self._text(n) == "*"), None)
        if star is not None and self._text(star + 1).upper() not in _WALKS:
            self._add_after(star, " TRAIL ")
        return _Rel(place, self._types(inside, star), chain=star is not None)

    def _name(self, place: int) -> str:
        """The name of a relationship, given one if it has none."""
        if place in self._names:
            return self._names[place]
        inside = self._inside(place)
        name = self._text(inside.start) if self._kind(inside.start) in ("word", "quoted") else ""
        if self._text(place + 1) != "[" or not name:
            name = f"{_NAME}{len(self._names) + 1}"
            self._named = True
            at, text = (place, f"[{name}]") if self._text(place + 1) == "-" else (place + 1, name)
            self._add_after(at, text)
        self._names[place] = name
        return name

    def _types(self, inside: range, star: int | None) -> frozenset[str]:
        last = star if star is not None else inside.stop
        opened = next((n for n in inside if self._text(n) == "{"), last)
        texts = [(self._text(n - 1), self._text(n)) for n in range(inside.start, min(last, opened))]
        return frozenset(t.strip("`") for before, t in texts if before in (":", "|") and t != ":")


def _refused(what: str, remedy: str) -> QueryError:
    return QueryError(what, where="query", remedy=remedy)


__all__ = ["Trails"]
