"""Candidates for tasks that continue in a later document. Computed, never stated.

No document says that a task continues another; this proposes pairs for a reader to judge, each
with a score, the closest words of both and what else they share. Candidates are kept apart from
what documents state: they are no records, no facts and in no answer of `/tasks`.

The score: half the cosine of the two closest sentences and half that of the whole tasks
(`kg.continuity_text`); moved towards 1 by `INSTRUMENTS` of what is left if both name a law or
plan of one family (专利法 and 专利法实施细则), then by `BODIES` of what is left times the
likeness of the bodies named, a rare body counting for more. Deterministic; nothing is learnt or
downloaded. How it was chosen and how good it is: docs/continuity.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from itertools import combinations
from math import log, sqrt
from typing import Literal

from msgspec import Struct, structs

from kg.continuity_text import Index, Sentence, Vector, Weights, sentences
from kg.errors import QueryError
from kg.instruments import family, names_in
from kg.records import DocumentRecord, Evidence, Ref, TaskRecord
from kg.store.base import Store

THRESHOLD = 0.23
WHOLE, INSTRUMENTS, BODIES = 0.5, 0.4, 0.1
MOST = 100  # documents compared all with all
BROAD = ("纲要", "规划", "意见", "方案", "推进计划", "工作要点", "工作指引")
Kind = Literal["continues", "split", "merge", "mixed"]


class Candidate(Struct, frozen=True, kw_only=True):
    """A task of an earlier document that may continue in one of a later.

    `kind`: alone with alone `continues`; one into several `split`; several into one `merge`;
    both at once `mixed`. `text` is the likeness of the words alone; `instruments` and `leads`
    are what both name, `source_words` and `target_words` their two closest sentences.
    """

    source: Ref
    target: Ref
    kind: Kind
    score: float
    text: float
    instruments: tuple[str, ...]
    leads: tuple[str, ...]
    source_words: Evidence
    target_words: Evidence


def candidates(
    store: Store, threshold: float = THRESHOLD, documents: Collection[str] = ()
) -> list[Candidate]:
    """Pairs of tasks that may continue each other, by source, then the best first.

    Documents are compared two by two, the earlier year first; in one year the broader kind
    first (规划 before 工作指引), then by id: within a year this says nothing about time.

    Args:
        store: where the tasks lie.
        threshold: the least score.
        documents: ids of those to compare; all that have tasks if none are given.

    Raises:
        QueryError: more than `MOST` documents to compare.
    """
    chosen = [d for d in store.records("document") if not documents or d.id in documents]
    order = [d.id for d in sorted(chosen, key=_age) if d.tasks]
    if len(order) > MOST:
        raise QueryError(
            f"有 {len(order)} 份文件，两两相比太多", where="documents", remedy=f"指明至多 {MOST} 份"
        )
    side: dict[str, list[_Side]] = {document: [] for document in order}
    for task in store.records("task"):
        if task.document.id in side:
            side[task.document.id].append(_Side(task))
    judge = _Judge([s for document in order for s in side[document]])
    return [
        found
        for earlier, later in combinations(order, 2)
        for found in _kinds(judge.compare(side[earlier], side[later], threshold))
    ]


def _age(d: DocumentRecord) -> tuple[int, int, str]:
    broad = BROAD.index(d.kind) if d.kind in BROAD else len(BROAD)
    return (9999 if d.year is None else d.year), broad, d.id


class _Side:
    """A task made ready for comparing."""

    def __init__(self, task: TaskRecord) -> None:
        self.task = task
        self.sentences = sentences(task.text)
        self.instruments = {family(f.name): f.name for f in reversed(names_in(task.text))}
        named = [r for r in task.responsibilities if not r.collective]
        self.bodies = {_whole(r.department.id) for r in named}
        self.leads = {_whole(r.department.id) for r in named if r.role in ("lead", "sole")}
        self.whole: Vector = {}
        self.parts: list[Vector] = []

    def words(self, n: int) -> Evidence:
        """A sentence where it stands in the document."""
        start, end = self.sentences[n].span
        at = self.task.span[0]
        return Evidence(self.task.document.id, (at + start, at + end), self.task.text[start:end])


def _whole(body: str) -> str:
    """The body an office belongs to: a unit's id begins with its parent's."""
    return body.split("-")[0]


class _Judge:
    """Scores pairs; what is rare weighs more, by all tasks compared."""

    def __init__(self, sides: Sequence[_Side]) -> None:
        weights = Weights(s for side in sides for s in side.sentences)
        for side in sides:
            side.parts = [weights.vector(s.grams) for s in side.sentences]
            side.whole = weights.vector(_sum(side.sentences))
        named = Counter(body for side in sides for body in side.bodies)
        self.rarity = {b: log((len(sides) + 1) / (n + 0.5)) for b, n in named.items()}

    def compare(
        self, earlier: Sequence[_Side], later: Sequence[_Side], threshold: float
    ) -> list[Candidate]:
        """The pairs of two documents that reach the threshold; their kind is not known yet."""
        places = [(t, n) for t, side in enumerate(later) for n in range(len(side.parts))]
        parts = Index([later[t].parts[n] for t, n in places])
        wholes = Index([side.whole for side in later])
        found: list[Candidate] = []
        for side in earlier:
            closest = _closest(side, parts, places)
            alike = wholes.cosines(side.whole)
            made = [
                self._candidate(side, later[t], likeness, alike[t], words)
                for t, (likeness, words) in closest.items()
            ]
            made.sort(key=lambda c: (-c.score, c.target.id))
            found += [c for c in made if c.score >= threshold]
        return found

    def _candidate(
        self, a: _Side, b: _Side, closest: float, whole: float, words: tuple[int, int]
    ) -> Candidate:
        text = (1 - WHOLE) * closest + WHOLE * whole
        shared = sorted(a.instruments.keys() & b.instruments.keys())
        score = text + (INSTRUMENTS * (1 - text) if shared else 0)
        score += BODIES * self._bodies_alike(a, b) * (1 - score)
        return Candidate(
            source=_ref(a.task),
            target=_ref(b.task),
            kind="continues",
            score=round(score, 3),
            text=round(text, 3),
            instruments=tuple(shared),
            leads=tuple(sorted(a.leads & b.leads)),
            source_words=a.words(words[0]),
            target_words=b.words(words[1]),
        )

    def _bodies_alike(self, a: _Side, b: _Side) -> float:
        """Cosine of the bodies named, each weighing its rarity."""

        def size(bodies: Collection[str]) -> float:
            return sum(self.rarity[x] ** 2 for x in sorted(bodies))

        both = size(a.bodies & b.bodies)
        return both / sqrt(size(a.bodies) * size(b.bodies)) if both else 0.0


def _sum(parts: Sequence[Sentence]) -> Counter[str]:
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part.grams)
    return total


def _closest(
    side: _Side, parts: Index, places: Sequence[tuple[int, int]]
) -> dict[int, tuple[float, tuple[int, int]]]:
    """For each task that shares anything: the best cosine of two sentences, and which."""
    best: dict[int, tuple[float, tuple[int, int]]] = {}
    for n, vector in enumerate(side.parts):
        for place, cosine in sorted(parts.cosines(vector).items()):
            task, other = places[place]
            if task not in best or cosine > best[task][0]:
                best[task] = (cosine, (n, other))
    return best


def _ref(task: TaskRecord) -> Ref:
    return Ref(task.id, task.title or task.text[:20])


def _kinds(found: Sequence[Candidate]) -> Iterator[Candidate]:
    """Each candidate with its kind, told by how many others its two tasks have."""
    ways: defaultdict[tuple[bool, bool], Kind] = defaultdict(lambda: "continues")
    ways |= {(True, False): "split", (False, True): "merge", (True, True): "mixed"}
    outgoing = Counter(c.source.id for c in found)
    incoming = Counter(c.target.id for c in found)
    for c in found:
        kind = ways[outgoing[c.source.id] > 1, incoming[c.target.id] > 1]
        yield structs.replace(c, kind=kind)
