"""Everything a question may name: the reader's words, bodies, documents, projects."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from msgspec import Struct

from kg.ask_text import Plain, simple
from kg.ask_words import words
from kg.ids import UNIT_MARK
from kg.query_names import Named, is_office
from kg.records import DocumentRecord, ProjectRecord

_SHORTEST_TITLE_END = 6
_LABEL = re.compile('"([^"]{2,8})"')
_COUNTRY = re.compile(r"(?i)^(the |china )|,? of (the people's republic of )?china$")
_BRACKET = re.compile(r"\([^()]*\)$")


class Known(Named, Protocol):
    """A body of the registry with its English name."""

    @property
    def en(self) -> str | None:
        """Its English name."""


class Bodies(Protocol):
    """The registry, as far as reading a question needs it."""

    @property
    def bodies(self) -> Sequence[Known]:
        """All bodies."""

    def resolve(self, name: str, within: str | None = None) -> Named | None:
        """The one body known by this name."""

    def candidates(self, text: str) -> Sequence[Named]:
        """Bodies somebody may have meant."""

    def names(self, within: str | None = None) -> Mapping[str, str]:
        """Every spelling and the id of its body."""


class Entry(Struct, frozen=True):
    """What a word stands for. `several`: the ids of all it might mean."""

    kind: str
    value: str = ""
    name: str = ""
    several: tuple[str, ...] = ()


class Lexicon:
    """Words in the form in which they are compared, found longest first."""

    def __init__(self, entries: Mapping[str, Entry]) -> None:
        """Index the entries by first character and length."""
        self._entries = dict(entries)
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for word in self._entries:
            lengths[word[0]].add(len(word))
        self._lengths = {first: sorted(n, reverse=True) for first, n in lengths.items()}

    def exact(self, text: str) -> Entry | None:
        """What a whole text stands for."""
        return self._entries.get(simple(text))

    def longest(self, text: Plain, at: int) -> tuple[Entry, int] | None:
        """The longest word that begins at a place, and where it ends."""
        if at >= len(text.text):
            return None
        for length in self._lengths.get(text.text[at], ()):
            end = at + length
            entry = self._entries.get(text.text[at:end]) if end <= len(text.text) else None
            if entry is not None and text.whole(at, end):
                return entry, end
        return None


def build(
    registry: Bodies,
    names: Mapping[str, tuple[str, ...]],
    documents: Iterable[DocumentRecord],
    projects: Iterable[ProjectRecord],
) -> Lexicon:
    """The lexicon of a graph; the reader's own words win over names of the same spelling."""
    entries = {
        word: Entry(kind, value, word) for word, (kind, value) in words().kinds.items() if word
    }
    for spelling, found in (
        *_bodies(registry, names).items(),
        *_projects(projects).items(),
        *_documents(list(documents)).items(),
    ):
        entries.setdefault(spelling, found)
    return Lexicon(entries)


def _bodies(registry: Bodies, names: Mapping[str, tuple[str, ...]]) -> dict[str, Entry]:
    spellings: dict[str, str] = {}
    own = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    english = {name: b.id for b in registry.bodies for name in _english(b.en or "")}
    for source in (own, registry.names(), words().colloquial, english):
        for spelling, id in source.items():
            spellings.setdefault(simple(spelling), id)
    entries = {s: _body(id) for s, id in spellings.items() if len(s) > 1}
    offices: defaultdict[str, set[str]] = defaultdict(set)
    for name, shared in names.items():
        if len(shared) > 1:
            entries.setdefault(simple(name), Entry("ambiguous", "部门", name, shared))
    for id in names:
        if is_office(id, names):
            offices[simple(_bare(id))].add(id)
    for bare, ids in offices.items():
        if bare not in entries and len(bare) > 1:
            several = Entry("ambiguous", "部门", bare, tuple(sorted(ids)))
            entries[bare] = several if len(ids) > 1 else _body(min(ids))
    return entries


def _english(name: str) -> tuple[str, ...]:
    """An English name and what is left of it without the country's."""
    short = _COUNTRY.sub("", name)
    return tuple(n for n in dict.fromkeys((name, short)) if len(n.split()) > 1 or n == name)


def _bare(id: str) -> str:
    return id.rpartition(UNIT_MARK)[2]


def _body(id: str) -> Entry:
    return Entry("body", id, _bare(id))


def _projects(projects: Iterable[ProjectRecord]) -> dict[str, Entry]:
    by_name: defaultdict[str, list[ProjectRecord]] = defaultdict(list)
    for project in projects:
        if len(simple(project.name)) > 1:
            by_name[simple(project.name)].append(project)
    entries = {}
    for spelling, found in by_name.items():
        first = found[0]
        entries[spelling] = Entry("project", first.id, f"专栏{first.number}“{first.name}”")
        if len(found) > 1:
            entries[spelling] = Entry("ambiguous", "专项", first.name, tuple(p.id for p in found))
    return entries


def _documents(documents: Sequence[DocumentRecord]) -> dict[str, Entry]:
    """Names of documents: id, title, its endings, and short forms that mean one document."""
    claims: defaultdict[str, list[DocumentRecord]] = defaultdict(list)
    for record in documents:
        for spelling in _spellings(record):
            if len(spelling) > 1 and record not in claims[spelling]:
                claims[spelling].append(record)
    entries = {}
    for spelling, found in claims.items():
        own = [d for d in found if d.reprint_of is None and d.derived_from is None] or found
        entries[spelling] = Entry("document", own[0].id, own[0].title)
        if len(own) > 1:
            entries[spelling] = Entry("ambiguous", "文件", spelling, tuple(d.id for d in own))
    return entries


def _spellings(record: DocumentRecord) -> set[str]:
    title = simple(record.title)
    numbers = {simple(s.value) for s in record.statements.get("number", ())}
    found = {simple(record.id), *numbers, *(number + "文" for number in numbers)}
    for whole in {title, _inner(title)}:
        bare = _BRACKET.sub("", whole).replace('"', "")
        found |= {whole, whole.replace('"', ""), _BRACKET.sub("", whole), bare}
        found |= {bare[i:] for i in range(1, len(bare) - _SHORTEST_TITLE_END + 1)}
    for kind in words().document_kinds.get(record.kind or "", (record.kind or "",)):
        if not kind:
            continue
        found.add(kind)
        if record.year is not None:
            found |= {f"{record.year}{joint}{kind}" for joint in ("", "年", "年度", "年的")}
        for label in _LABEL.findall(title):
            found |= {f"{label}{kind}", f'"{label}"{kind}', f"{label}的{kind}"}
    return found


def _inner(title: str) -> str:
    """What a notice issues: 关于印发《…》的通知."""
    start, end = title.find("《"), title.rfind("》")
    return title[start + 1 : end] if 0 <= start < end - 1 else title


__all__ = ["Bodies", "Entry", "Lexicon", "build"]
