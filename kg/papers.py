"""A document inside a merge: its things in order, its quotes checked, its own record.

Also which of its things another document of the family states in the same words
(`shared`): one rule for every kind of thing, each kind with its own sense of «the same».
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from kg import ids
from kg.errors import DataError
from kg.families import YEAR, Kinship, Member, Relation, pair, titles, words
from kg.model import Span, Warning
from kg.records import DocRef, DocumentRecord, Evidence, Statement

KINDS = ("tasks", "projects", "goals", "indicators", "targets", "sections")
SINGULAR = {plural: kind for kind, plural in ids.PLURAL.items()}
FIELDS = ("title", "number", "date", "year", "issuer", "kind", "source")
NUMBER_YEAR = re.compile(r"[〔\[［【(（]\s*((?:19|20)\d\d)\s*[〕\]］】)）]")
Place = tuple[str, int]  # a document's id, a place among its things of one kind
Level = tuple[Callable[[Any], Hashable], Callable[[Any], Hashable]]  # for the child, the parent


def plain(text: str | None) -> str:
    """Words of a name or heading, the closing full stop aside."""
    return words(text or "").rstrip("。.")


class Paper:
    """A document of the family, its things sorted by place."""

    def __init__(self, m: Member, tie: Relation | None) -> None:
        self.member, self.doc, self.id, self.tie = m, m.doc, m.id, tie
        self.text, self.head = m.doc.text, m.doc.extraction.document
        self.ref = DocRef(m.id, next(iter(titles(m.doc)), m.id))
        self.year = _year(m)
        self.items: dict[str, list[Any]] = {
            kind: sorted(getattr(m.doc.extraction, kind), key=lambda i: i.span) for kind in KINDS
        }
        self.ids = {kind: self._ids(kind) for kind in KINDS}

    def _ids(self, kind: str) -> list[str]:
        """Ids as read (tasks, sections) or from kind and printed number; a repeat is told."""
        if kind in ("tasks", "sections"):
            found = [item.id for item in self.items[kind]]
            distinct(found, f"文件 {self.id}")
            return found
        seen: defaultdict[int, int] = defaultdict(int)
        found = []
        for place, item in enumerate(self.items[kind], 1):
            number = getattr(item, "number", place)
            seen[number] += 1
            again = f"-{seen[number]}" if seen[number] > 1 else ""
            found.append(f"{self.id}-{SINGULAR[kind]}-{number}{again}")
        return found

    def evidence(self, span: Span, expected: str | None = None) -> Evidence:
        """The words at a span; DataError if they are not the `expected` ones."""
        start, end = span
        quote = self.text[start:end]
        if not 0 <= start < end <= len(self.text) or expected not in (None, quote):
            raise DataError(
                f"引文与原文位置不符：应为“{(expected or '')[:40]}”，原文该处为“{quote[:40]}”",
                where=f"{self.id} [{start}, {end})",
                remedy="重新读取并载入这份文件",
            )
        return Evidence(self.id, (start, end), quote)

    def record(
        self,
        base_iri: str,
        parent: DocRef | None,
        absorbed: int,
        warnings: Sequence[Warning],
    ) -> DocumentRecord:
        """The document's own record; `absorbed` of its tasks are its parent's."""
        entry, tie = self.doc.catalogue, self.tie
        counts = {kind: len(self.items[kind]) for kind in KINDS}
        if self.head.lead_rule:
            self.evidence(self.head.lead_rule.span, self.head.lead_rule.quote)
        return DocumentRecord(
            id=self.id,
            iri=ids.iri(base_iri, "document", self.id),
            title=self.ref.title,
            year=self.year,
            kind=entry.kind if entry else None,
            statements={field: self._statements(field) for field in FIELDS},
            lead_rule=self.head.lead_rule,
            reprint_of=parent if tie and tie.kind == "reprint" else None,
            derived_from=parent if tie and tie.kind == "derived" else None,
            tasks=counts["tasks"] - absorbed,
            shared_tasks=absorbed,
            projects=counts["projects"],
            goals=counts["goals"],
            indicators=counts["indicators"],
            targets=counts["targets"],
            characters=len(self.text),
            source_sha256=hashlib.sha256(self.doc.raw).hexdigest(),
            pages=self.doc.pages,
            text_sha256=hashlib.sha256(self.text.encode()).hexdigest(),
            media_type=self.doc.media_type,
            warnings=(*self.doc.extraction.warnings, *warnings),
        )

    def _statements(self, field: str) -> tuple[Statement, ...]:
        """What is printed about the document, then what the catalogue says."""
        value, span = self._printed(field)
        found = []
        if value:
            shown = self.evidence(span) if span else None
            found.append(Statement(value=value, origin="printed", evidence=shown))
        entry = self.doc.catalogue
        edited = entry and getattr(entry, field)
        if entry and edited is not None:
            source = entry.known_from or None
            found.append(Statement(value=str(edited), origin="catalogue", known_from=source))
        return tuple(found)

    def _printed(self, field: str) -> tuple[str | None, Span | None]:
        if field == "year":
            if self.head.date:
                return self.head.date[:4], self.head.date_span
            return _number_year(self.head.number), self.head.number_span
        value = getattr(self.head, field, None)
        return value, getattr(self.head, f"{field}_span", None)


def _number_year(number: str | None) -> str | None:
    """The year inside a document number: 国发〔2021〕20号 is of 2021."""
    match = NUMBER_YEAR.search(number or "")
    return match[1] if match else None


def _year(m: Member) -> int | None:
    """The editor's year, else the printed date's, the printed number's, the editor's date's."""
    entry, head = m.doc.catalogue, m.doc.extraction.document
    if entry and entry.year is not None:
        return entry.year
    edited = (entry.date, _number_year(entry.number)) if entry else ()
    for said in (head.date, _number_year(head.number), *edited):
        match = YEAR.match(said or "")
        if match:
            return int(match[0])
    return None


def distinct(found: Sequence[str], where: str) -> None:
    """DataError if two things have one id."""
    seen: set[str] = set()
    for id in found:
        if id in seen:
            raise DataError(f"标识重复：{id}", where=where, remedy="给其中一份文件另定标识")
        seen.add(id)


def _both(key: Callable[[Any], Hashable]) -> Level:
    return key, key


def _levels(kind: str, tie: Kinship, parent: Paper) -> list[Level]:
    """When two things of a kind are the same, strictest first; a key None matches nothing."""
    if kind == "goals":  # a picture shows headlines only: without detail, number and words
        numbered = tie == "derived"
        return [
            _both(lambda g: (numbered and g.number, plain(g.text), plain(g.detail))),
            (
                lambda g: None if g.detail else (numbered and g.number, plain(g.text)),
                lambda g: (numbered and g.number, plain(g.text)),
            ),
        ]
    if kind == "sections":  # an excerpt may lack the outer heading: the heading, if unique
        once: defaultdict[str, int] = defaultdict(int)
        for section in parent.items[kind]:
            once[plain(section.heading)] += 1
        heading = _both(lambda s: plain(s.heading) if once[plain(s.heading)] == 1 else None)
        return [_both(lambda s: tuple(map(plain, s.path))), heading]
    key: dict[str, Callable[[Any], Hashable]] = {
        "projects": lambda p: (p.number, plain(p.name), tuple(map(plain, p.measures))),
        "indicators": lambda i: (plain(i.name), i.unit, i.baseline, i.target, i.increase),
        "targets": lambda t: (plain(t.subject), t.value, t.unit, t.by, plain(t.quote)),
    }
    return [_both(key[kind])]


def _same(kind: str, child: Paper, parent: Paper, tie: Kinship) -> dict[int, int]:
    """Place in the child → place in the parent of what both state in the same words."""
    mine, theirs = child.items[kind], parent.items[kind]
    if not mine or not theirs or (kind == "sections" and tie == "derived"):
        return {}  # a heading of a derived work is a place in it, no statement of the plan
    if kind == "tasks":
        a, b = child.member.tasks, parent.member.tasks
        strict = pair(_under(a, mine), _under(b, theirs))
        return {**pair(a, b), **strict}
    found: dict[int, int] = {}
    for of_child, of_parent in _levels(kind, tie, parent):
        rest = [j for j in range(len(mine)) if j not in found]
        level = pair([of_child(mine[j]) for j in rest], [of_parent(i) for i in theirs])
        found |= {rest[j]: i for j, i in level.items()}
    return found


def _under(tasks: Sequence[bytes], items: Sequence[Any]) -> list[Hashable]:
    """Task fingerprints with their heading: the same words twice are told apart by it."""
    return [
        (t, plain(i.section[-1]) if i.section else "") for t, i in zip(tasks, items, strict=True)
    ]


def shared(
    kind: str, papers: dict[str, Paper]
) -> tuple[dict[Place, Place], dict[Place, list[Place]]]:
    """Place of each repeated thing → place of the one it repeats; and the other way round.

    Derived works first: a reprint of a picture repeats what the picture repeats.
    """
    home: dict[Place, Place] = {}
    echoes: defaultdict[Place, list[Place]] = defaultdict(list)
    tied = [p for p in papers.values() if p.tie]
    for paper in sorted(tied, key=lambda p: (p.tie.kind if p.tie else "", p.id)):
        assert paper.tie
        parent = papers[paper.tie.parent]
        for j, i in _same(kind, paper, parent, paper.tie.kind).items():
            place = home.get((parent.id, i), (parent.id, i))
            home[paper.id, j] = place
            echoes[place].append((paper.id, j))
    return home, {place: sorted(found) for place, found in echoes.items()}
