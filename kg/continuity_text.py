"""How alike two texts are in their words: TF-IDF of single characters and pairs of them.

Salton and Buckley, Information Processing & Management 24 (1988) 513: (1 + ln tf) · ln(N/df),
length 1, compared by cosine. Characters and not words, so that nothing has to be segmented or
learnt; the count is over sentences, so that what every sentence says (知识产权) weighs little.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from math import log, sqrt

from msgspec import Struct

from kg.ids import squeeze

Vector = dict[str, float]
LENGTHS = (1, 2)
SHORTEST = 4  # letters; a shorter piece is no sentence
_SENTENCE = re.compile(r"[^。；！？\t]+[。；！？]?")
_LETTERS = re.compile(r"\w+")


class Sentence(Struct, frozen=True):
    """A sentence of a task, its place in the task's text and its n-grams."""

    span: tuple[int, int]
    grams: Counter[str]


def sentences(text: str) -> list[Sentence]:
    """The sentences of a text, without white space at their ends."""
    found = []
    for match in _SENTENCE.finditer(text):
        piece = match[0]
        start = match.start() + len(piece) - len(piece.lstrip())
        end = match.end() - len(piece) + len(piece.rstrip())
        grams = ngrams(piece)
        if sum(n for gram, n in grams.items() if len(gram) == 1) >= SHORTEST:
            found.append(Sentence((start, end), grams))
    return found


def ngrams(text: str) -> Counter[str]:
    """How often each n-gram occurs; none reaches over a mark, white space counts as nothing."""
    runs = _LETTERS.findall(squeeze(text))
    return Counter(run[i : i + n] for run in runs for n in LENGTHS for i in range(len(run) - n + 1))


class Weights:
    """What each n-gram weighs, by how many sentences hold it."""

    def __init__(self, known: Iterable[Sentence]) -> None:
        everything = list(known)
        self.total = len(everything)
        self.held = Counter(gram for s in everything for gram in s.grams)

    def vector(self, grams: Counter[str]) -> Vector:
        """The weighted vector of some n-grams, of length 1."""
        raw = {
            gram: (1 + log(n)) * log((self.total + 1) / (self.held[gram] + 0.5))
            for gram, n in grams.items()
        }
        length = sqrt(sum(v * v for v in raw.values())) or 1.0
        return {gram: v / length for gram, v in raw.items()}


class Index:
    """Vectors by n-gram, so that one is compared with all at once."""

    def __init__(self, vectors: Sequence[Vector]) -> None:
        self.holders: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        for n, vector in enumerate(vectors):
            for gram, weight in vector.items():
                self.holders[gram].append((n, weight))

    def cosines(self, vector: Vector) -> dict[int, float]:
        """The cosine with each vector that shares anything."""
        found: defaultdict[int, float] = defaultdict(float)
        for gram, weight in vector.items():
            for n, other in self.holders.get(gram, ()):
                found[n] += weight * other
        return found
