"""Which publication answers, and the sums over all documents that belong to it."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import combinations
from typing import Any

import msgspec
from msgspec import Struct

from kg.records import DepartmentRecord, Link, Network, Partner, Ref, TaskRecord
from kg.store import bodies, keys
from kg.store.embedded.schema import form as record_form
from kg.store.neo4j.layout import LAYOUT, term, thing_terms
from kg.store.neo4j.server import Asking
from kg.store.texts import Searchable
from kg.store.world import World

# The server reads one property after the other, a commit may come in between: so one number
# switches, and what is tidied is a number too. Stores of before have the flag `tidy` instead.
MARKER = (
    "MATCH (s:PkgStore {id: 'store'}) RETURN s.number, s.sha256, s.version, "
    "coalesce(s.tidied, CASE WHEN s.tidy THEN s.number ELSE -1 END), s.layout, "
    "s.form, s.world, s.program, s.building, s.complete"
)


class Marker(Struct, frozen=True):
    """What the one node says: publication `number` answers.

    `tidied`: the last publication whose replaced things are all gone.
    `building`: a publication was begun and not finished, or was killed. `complete` False:
    the graph proper is being written document by document.
    """

    number: int = 0
    sha256: str = ""
    version: str = ""
    tidied: int = 0
    layout: int = LAYOUT
    form: str = ""
    world: str = ""
    program: str = ""
    building: int | None = None
    complete: bool = True

    @property
    def tidy(self) -> bool:
        """False: things that were replaced are still there, and to be passed over."""
        return self.tidied == self.number

    def same_world(self, world: World) -> bool:
        """Whether what lies there was made by this program in this world."""
        return self.usable and (self.world, self.program) == (world.digest, world.program)

    def answers_as(self, other: Marker | None) -> bool:
        """Whether what answers is the same; what is being prepared beside it does not matter."""
        return other is not None and (
            (self.number, self.sha256, self.tidy, self.layout, self.form)
            == (other.number, other.sha256, other.tidy, other.layout, other.form)
        )

    @property
    def settled(self) -> bool:
        """Whether no publication is under way and none was killed before it had tidied up."""
        return self.tidy and self.building is None

    @property
    def usable(self) -> bool:
        """Whether this program can read the records as they lie there."""
        return (self.layout, self.form) == (LAYOUT, record_form())


def marker(ask: Asking) -> Marker | None:
    """What the store says of itself, or None if nothing was ever published."""
    found = ask.one(MARKER)
    return Marker(*found) if found else None


class Sums(Struct):
    """Counts by term, by pair of bodies and by mention; `bodies` are (name, collective)."""

    terms: Counter[str] = msgspec.field(default_factory=Counter)
    pairs: dict[str, Counter[str]] = msgspec.field(default_factory=dict)
    mentions: dict[str, Counter[str]] = msgspec.field(default_factory=dict)
    bodies: dict[str, tuple[str, bool]] = msgspec.field(default_factory=dict)
    documents: int = 0
    responsibilities: int = 0

    def count_task(self, task: TaskRecord, own: Iterable[str], by: int) -> None:
        """Enter a task with its own terms, or take it out (`by` -1)."""
        self._count(own, by)
        for a in task.responsibilities:
            self.responsibilities += by
            _counter(self.mentions, a.department.id)[a.mention] += by
            if by > 0:
                self.bodies[a.department.id] = (a.department.name, a.collective)
        for a_id, b_id in combinations(sorted({a.department.id for a in task.responsibilities}), 2):
            _counter(self.pairs, a_id)[b_id] += by

    def count_thing(self, thing: Searchable, record: Any, by: int) -> None:
        """Enter another thing, or take it out."""
        self._count(thing_terms(thing, record), by)

    def _count(self, terms: Iterable[str], by: int) -> None:
        (self.terms.update if by > 0 else self.terms.subtract)(terms)

    def cleaned(self) -> Sums:
        """Without what has come to nothing."""
        mentions = {d: +words for d, words in self.mentions.items()}
        return Sums(
            terms=+self.terms,
            pairs={a: kept for a, others in self.pairs.items() if (kept := +others)},
            mentions={d: words for d, words in mentions.items() if words},
            bodies={d: b for d, b in self.bodies.items() if mentions.get(d)},
            documents=self.documents,
            responsibilities=self.responsibilities,
        )

    def departments(
        self, describe: Callable[[str, str, bool], DepartmentRecord]
    ) -> tuple[DepartmentRecord, ...]:
        """The records of all bodies, in order."""
        tallies = {
            id: bodies.Tally(
                name,
                collective,
                self.terms[term("inv", id)],
                {role: self.terms[term(role, id)] for role in bodies.ROLES},
                set(self.mentions[id]),
            )
            for id, (name, collective) in self.bodies.items()
        }
        return bodies.records(tallies, describe)


def _counter(counters: dict[str, Counter[str]], key: str) -> Counter[str]:
    """The counter under a key; a first one is made only where none is, for they are dear."""
    found = counters.get(key)
    if found is None:
        found = counters[key] = Counter()
    return found


class State(Struct, frozen=True, dict=True):
    """The sums of one publication; fixed, so threads may share it."""

    sums: Sums
    departments: tuple[DepartmentRecord, ...]

    @cached_property
    def by_id(self) -> dict[str, DepartmentRecord]:
        """The departments by id."""
        return {d.id: d for d in self.departments}

    @cached_property
    def names(self) -> dict[str, tuple[str, ...]]:
        """Names of departments → ids."""
        return bodies.names(self.departments)

    @cached_property
    def below(self) -> dict[str, frozenset[str]]:
        """Body → itself and its units."""
        return bodies.below(self.departments)

    @cached_property
    def totals(self) -> dict[str, int]:
        """How many things of each kind, and how many responsibilities."""
        found = {keys.plural(k): self.sums.terms[term("kind", k)] for k in keys.KINDS}
        found |= {"documents": self.sums.documents, "departments": len(self.departments)}
        return found | {"responsibilities": self.sums.responsibilities}

    @cached_property
    def network(self) -> Network:
        """Of the whole graph."""
        pairs = ((a, b, n) for a, others in self.sums.pairs.items() for b, n in others.items())
        return self.network_of({d.id: d.total for d in self.departments if d.total}, pairs)

    def network_of(self, weights: dict[str, int], pairs: Iterable[tuple[str, str, int]]) -> Network:
        """Bodies with their tasks and what they share, collectives aside, in order."""
        kept = {d: n for d, n in weights.items() if not self.by_id[d].collective}
        edges = [p for p in pairs if p[0] in kept and p[1] in kept]
        edges.sort(key=lambda p: (-p[2], p[0], p[1]))
        return Network(self.ranked(kept), tuple(Link(*edge) for edge in edges))

    def ranked(self, counts: dict[str, int]) -> tuple[Partner, ...]:
        """Bodies by tasks, largest first."""
        ordered = sorted(counts.items(), key=lambda p: (-p[1], p[0]))
        return tuple(Partner(Ref(id, self.by_id[id].name), n) for id, n in ordered)

    def partners(self, department: str) -> dict[str, int]:
        """With whom a body shares tasks, collectives aside."""
        found = dict(self.sums.pairs.get(department, {}))
        found |= {a: o[department] for a, o in self.sums.pairs.items() if department in o}
        return {id: n for id, n in found.items() if not self.by_id[id].collective}

    def packed(self) -> bytes:
        """As it lies at the server."""
        return zlib.compress(msgspec.msgpack.encode(self), 6)


def unpacked(blob: bytes) -> State:
    """What lies at the server."""
    found = msgspec.msgpack.decode(zlib.decompress(blob), type=_Plain)
    sums = found.sums
    return State(
        sums=Sums(
            terms=Counter(sums.terms),
            pairs={a: Counter(o) for a, o in sums.pairs.items()},
            mentions={d: Counter(w) for d, w in sums.mentions.items()},
            bodies=sums.bodies,
            documents=sums.documents,
            responsibilities=sums.responsibilities,
        ),
        departments=found.departments,
    )


class _PlainSums(Struct):
    terms: dict[str, int]
    pairs: dict[str, dict[str, int]]
    mentions: dict[str, dict[str, int]]
    bodies: dict[str, tuple[str, bool]]
    documents: int
    responsibilities: int


class _Plain(Struct):
    sums: _PlainSums
    departments: tuple[DepartmentRecord, ...]
