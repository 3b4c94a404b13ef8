"""Which documents belong together, and how: reprints and works drawn from another.

Every judgement rests on what two documents share as *keys* (the same task, the same text,
the same title), so that a store can find a document's family without reading all documents,
and so that families judged apart give what all documents judged at once would give.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Literal

from msgspec import Struct

from kg.ids import squeeze
from kg.model import LoadedDocument

IMAGE = re.compile(r"\[image:[^\]]*\]")
QUOTES = re.compile(r"[“”‘’„‟\"']")
WIDE = tuple(zip("，（）；：！？％", ",();:!?%", strict=True))
BOOK = re.compile(r"《([^《》]+(?:《[^《》]*》[^《》]*)*)》")
PICTURE_WORDS = re.compile(
    r"一图(?:读懂|看懂|速览|速读|解读|了解|明白)|图文解读|政策解读|权威解读|专家解读|图解|图说|解读"
)
PICTURE_KINDS = {"图解", "解读"}
REPRINT_KIND = "转载"
YEAR = re.compile(r"(?:19|20)\d\d")
MIN_NAME = 6  # shorter titles (通知, 工作要点) name nothing
MIN_TASKS = 3
SAME_POSITIONS = 16

Kinship = Literal["reprint", "derived"]


class Relation(Struct, frozen=True):
    """A document's tie to the document `parent`, which is a reprint of none."""

    parent: str
    kind: Kinship


class Member(Struct, frozen=True, kw_only=True, eq=False):
    """A document with what judging it needs, computed once."""

    doc: LoadedDocument
    id: str
    tasks: tuple[bytes, ...]
    text: bytes
    own: frozenset[str]
    named: frozenset[str]
    number: str
    years: frozenset[str]
    picture: bool
    declared: bool

    @property
    def rank(self) -> tuple[bool, bool, int, int, str]:
        """Order in which documents may be roots: originals, most tasks, longest text, id."""
        return self.declared, self.picture, -len(self.tasks), -len(self.doc.text), self.id


def words(text: str) -> str:
    """Text for «in the same words»: brackets' width, quotation marks, image marks aside.

    Wide marks that `squeeze` would narrow are replaced first: NFKC is ten times faster on
    text that has none.
    """
    text = IMAGE.sub("", text)
    for wide, narrow in WIDE:
        text = text.replace(wide, narrow)
    return QUOTES.sub('"', squeeze(text))


def digest(text: str) -> bytes:
    """A short fingerprint of `words(text)`."""
    return hashlib.blake2b(words(text).encode(), digest_size=12).digest()


def titles(doc: LoadedDocument) -> tuple[str, ...]:
    """The titles a document goes by: the printed one, then the catalogue's."""
    found = (doc.extraction.document.title, doc.catalogue and doc.catalogue.title)
    return tuple(dict.fromkeys(t for t in found if t))


def name(title: str) -> str:
    """A title's fingerprint: its letters, less words like 一图读懂; empty if too short."""
    bare = re.sub(r"\W+", "", squeeze(PICTURE_WORDS.sub("", title)))
    return bare if len(bare) >= MIN_NAME else ""


def member(doc: LoadedDocument) -> Member:
    """Read off a document what tells its family."""
    found, entry, head = titles(doc), doc.catalogue, doc.extraction.document
    number = head.number or (entry and entry.number) or ""
    kind = (entry and entry.kind) or ""
    return Member(
        doc=doc,
        id=head.id,
        tasks=tuple(
            digest(t.text + "¦" + t.clause.text)
            for t in sorted(doc.extraction.tasks, key=lambda t: t.span)
        ),
        text=digest(doc.text),
        own=frozenset(filter(None, map(name, found))),
        named=frozenset(filter(None, (name(b) for t in found for b in BOOK.findall(t)))),
        number=re.sub(r"\W+", "", squeeze(number)),
        years=frozenset(y for t in found for y in YEAR.findall(t)),
        picture=kind in PICTURE_KINDS or _says_picture(doc, found),
        declared=kind == REPRINT_KIND,
    )


def _says_picture(doc: LoadedDocument, found: Iterable[str]) -> bool:
    """Whether a title, or the words printed right before it, say 一图读懂, 解读 …"""
    span = doc.extraction.document.title_span
    before = doc.text[max(0, span[0] - 20) : span[0]] if span else ""
    return any(PICTURE_WORDS.search(BOOK.sub("", t)) for t in (*found, before))


def keys(doc: LoadedDocument) -> frozenset[str]:
    """Fingerprints through which documents may belong together.

    Documents without a key in common, directly or through others, never influence each
    other's records: a store merges the closure over shared keys and nothing else.
    """
    m = member(doc)
    found = {"task:" + t.hex() for t in m.tasks}
    return frozenset(found | {"name:" + n for n in m.own | m.named} | {"text:" + m.text.hex()})


def relations(members: Sequence[Member]) -> dict[str, Relation]:
    """The ties among documents, whatever their order; documents without one are left out.

    A reprint's parent is no reprint; a picture's parent is neither reprint nor picture.
    """
    ordered = sorted(members, key=lambda m: m.rank)
    roots = _Roots()
    ties: dict[str, Relation] = {}
    named: dict[str, tuple[int, str]] = {}
    for place, m in enumerate(ordered):
        parent = roots.parent_of(m)
        if parent is None:
            roots.add(m)
        else:
            ties[m.id] = Relation(parent.id, "reprint")
        if not m.picture and not (parent and parent.picture):
            for title in m.own:
                named.setdefault(title, (place, parent.id if parent else m.id))
    for m in ordered:
        found = [named[t] for t in m.own | m.named if t in named]
        if m.picture and m.id not in ties and found:
            ties[m.id] = Relation(min(found)[1], "derived")
    return ties


class _Roots:
    """The roots met so far, findable by the tasks, text and titles they hold."""

    def __init__(self) -> None:
        self.all: list[Member] = []
        self.by_task: defaultdict[bytes, list[int]] = defaultdict(list)
        self.by_text: dict[bytes, int] = {}
        self.by_name: dict[str, int] = {}

    def add(self, m: Member) -> None:
        place = len(self.all)
        self.all.append(m)
        for task in dict.fromkeys(m.tasks):
            self.by_task[task].append(place)
        self.by_text.setdefault(m.text, place)
        if not m.picture:
            for title in m.own:
                self.by_name.setdefault(title, place)

    def parent_of(self, m: Member) -> Member | None:
        """The root that `m` reprints: the one sharing most tasks, then the first."""
        best: tuple[int, int] | None = None
        for place in self._candidates(m):
            shared = _reprinted(m, self.all[place])
            if shared is not None and (best is None or (-shared, place) < best):
                best = (-shared, place)
        return self.all[best[1]] if best else None

    def _candidates(self, m: Member) -> set[int]:
        """Roots worth comparing.

        A reprint shares at least `need` of its n tasks, so any n - need + 1 of them hold
        one it shares: probing the rarest keeps boilerplate from pairing everything.
        """
        rarest = sorted(m.tasks, key=lambda t: len(self.by_task.get(t, ())))
        need = _needed(m)
        probed = rarest[: max(1, len(rarest) - need + 1)]
        found = {place for t in probed for place in self.by_task.get(t, ())}
        if m.text in self.by_text:
            found.add(self.by_text[m.text])
        if m.declared:
            found |= {self.by_name[t] for t in m.own | m.named if t in self.by_name}
        return found


def _needed(m: Member) -> int:
    """How many tasks a reprint must share: 3 and 80 %; half where the catalogue says 转载."""
    n = len(m.tasks)
    return -(-n // 2) if m.declared else max(MIN_TASKS, -(-n * 4 // 5))


def _reprinted(b: Member, a: Member) -> int | None:
    """How many tasks `b` shares with `a` if it is a reprint of it, else None."""
    if _apart(b, a):
        return None
    if b.text == a.text:
        return len(b.tasks)
    shared, n = in_order(b.tasks, a.tasks), len(b.tasks)
    names_it = bool((b.own | b.named) & a.own) and not a.picture
    if b.declared and names_it:
        return shared
    if names_it and 0 < n == shared:
        return shared
    return shared if n and shared >= _needed(b) else None


def _apart(b: Member, a: Member) -> bool:
    """Two different documents: other numbers, or titles of other years.

    Plans of successive years repeat whole tasks word for word; they are no reprints.
    """
    numbers = b.number and a.number and b.number != a.number
    return bool(numbers or (b.years and a.years and not b.years & a.years))


def in_order(b: Sequence[Hashable], a: Sequence[Hashable]) -> int:
    """How many elements of `b` stand in `a` in the same order.

    Common ends first, as diff does; then the longest increasing run of places. An element
    that repeats is tried at its first 16 places, which bounds the work.
    """
    head = 0
    while head < min(len(a), len(b)) and a[head] == b[head]:
        head += 1
    tail = 0
    while tail < min(len(a), len(b)) - head and a[-1 - tail] == b[-1 - tail]:
        tail += 1
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i in range(head, len(a) - tail):
        if len(places[a[i]]) < SAME_POSITIONS:
            places[a[i]].append(i)
    ends: list[int] = []
    for item in b[head : len(b) - tail]:
        for i in reversed(places.get(item, ())):
            at = bisect_left(ends, i)
            ends[at : at + 1] = [i]
    return head + len(ends) + tail


def pair(b: Sequence[Hashable], a: Sequence[Hashable]) -> dict[int, int]:
    """Place in `b` → place in `a` of the same thing.

    What repeats is paired first with first, second with second; what `b` repeats more
    often than `a` goes to the last of `a`. None is the same as nothing.
    """
    places: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i, item in enumerate(a):
        places[item].append(i)
    seen: Counter[Hashable] = Counter()
    found: dict[int, int] = {}
    for j, item in enumerate(b):
        if item is not None and item in places:
            found[j] = places[item][min(seen[item], len(places[item]) - 1)]
            seen[item] += 1
    return found
