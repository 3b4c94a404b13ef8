"""Laws, rules and plans that documents name: in 《…》, or bare where they are to be revised.

A mention is words of a document: text[span] == quote. What kind of thing it is and what is to
be done with it are read from its name and its sentence by fixed words; a name that ends in
none of them has the kind `other`, a sentence that holds none of them the action None. Bare
names are read where a sentence revises, makes or carries out a law, never elsewhere: names of
treaties, opinions and plans without 《》 are not found.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from kg.errors import NotFoundError
from kg.families import BOOK
from kg.model import LoadedDocument
from kg.records import Evidence
from kg.store.base import Store

KINDS = (
    ("treaty", r"条约|公约|协定|议定书|协议"),
    ("regulation", r"条例"),
    ("interpretation", r"最高人民(?:法院|检察院).*(?:规定|解释|批复)"),
    ("rule", r"细则|规定|办法|规则|规程"),
    ("guide", r"指南|指引|规范|目录|标准"),
    ("plan", r"规划|计划|纲要|方案"),
    ("opinion", r"意见|通知|决定|备忘录"),
    ("law", r"法"),
)
"""Kinds by the end of a name, the first that fits."""
ACTIONS = (
    "制修订", "立改废释", "修订", "修改", "修正", "立法", "起草", "制定", "编制", "审议", "报批",
    "出台", "发布", "印发", "批准", "生效", "完善", "推广应用", "推进", "推动", "贯彻", "落实",
    "实施", "执行", "履行", "依据", "参与",
)  # fmt: skip
_STRONG = re.compile(
    "制修订|立改废释|修订|修改|修正|立法|起草|制定|编制|审议|报批|出台|批准|生效|实施(?!细则)"
)
_ACTION = re.compile("|".join(ACTIONS))
_JOINED = re.compile(r"[、和及]?")
_TAIL = re.compile(r"[（(][^（）()]*[）)]$")
_SEGMENT = re.compile(r"[^，。；：！？\n\t《》（）()“”]+")
_PIECE = re.compile(r"(?:(?!、|和|及).)+")
_VERBS = re.compile(
    r"(?:统筹|加快|持续|深入|积极|认真|全面|严格|研究|配合|组织|推进|推动|做好|完善|健全|贯彻|"
    r"修订|修改|制修订|制定|编制|起草|出台|发布|印发|落实|实施|执行)+"
)
_LAW = re.compile(r"([^等]{1,20}?(?:法实施细则|法|条例))(?=$|等|的|进一步|立法|修|相关|配套)")
_RULE = re.compile(r"(?!.*(?:等|有关|相关|若干))(.{4,24}(?:规定|办法|实施细则))$")
_NO_LAW = re.compile(r"(?:^|.)[立司执依违守普方做合非看书文技手用想说]法$|法律$")
_LISTED = re.compile(r"修订|修改|修正|立法|立改废释|制定|出台|起草")


class Found(Struct, frozen=True):
    """A name in a text."""

    name: str
    kind: str
    action: str | None
    marked: bool
    span: tuple[int, int]


class Mention(Struct, frozen=True):
    """A name in a document; `task` is the task in whose words it stands, if any."""

    name: str
    kind: str
    action: str | None
    marked: bool
    task: str | None
    evidence: Evidence


def clean(name: str) -> str:
    """A name without the white space that a page break put into it."""
    return re.sub(r"\s*\n\s*", "", name).strip()


def family(name: str) -> str:
    """What a name revises or carries out: 专利法 of 专利法修正案（草案） and 专利法实施细则."""
    bare = name.removeprefix("中华人民共和国")
    while _TAIL.search(bare):
        bare = _TAIL.sub("", bare)
    return re.sub(r"(?<=[法例])(?:修正案|实施细则|修订草案|草案)$", "", bare)


def kind_of(name: str) -> str:
    """The kind of an instrument, by the end of its name."""
    bare = name
    while _TAIL.search(bare):
        bare = _TAIL.sub("", bare)
    bare = re.sub(r"(?:修正案|草案)$", "", bare)
    return next((kind for kind, ends in KINDS if re.search(f"(?:{ends})$", bare)), "other")


def names_in(text: str) -> list[Found]:
    """All names in a text, in order; marked ones win where both readings are possible."""
    marked = list(_marked(text))
    taken = [f.span for f in marked]
    bare = [f for f in _bare(text) if not any(s <= f.span[0] < e for s, e in taken)]
    return sorted(marked + bare, key=lambda f: f.span)


def _marked(text: str) -> Iterator[Found]:
    """Marked names; those that follow each other, 《甲》《乙》, share what is said of them."""
    chain: list[re.Match[str]] = []
    for match in BOOK.finditer(text):
        if chain and not _JOINED.fullmatch(text, chain[-1].end(), match.start()):
            yield from _named(text, chain)
            chain = []
        chain.append(match)
    yield from _named(text, chain)


def _named(text: str, chain: list[re.Match[str]]) -> Iterator[Found]:
    action = _action(text, chain[0].start(), chain[-1].end()) if chain else None
    for match in chain:
        name = clean(match[1])
        yield Found(name, kind_of(name), action, True, match.span())


def _bare(text: str) -> Iterator[Found]:
    for segment in _SEGMENT.finditer(text):
        if not _ACTION.search(segment[0]):
            continue
        for piece in _PIECE.finditer(segment[0]):
            verbs = _VERBS.match(piece[0])
            rest = piece[0][verbs.end() if verbs else 0 :]
            match = _LAW.match(rest) if _LISTED.search(segment[0]) else None
            match = match or (_RULE.match(rest) if verbs else None)
            if match is None or len(match[1]) < 3 or _NO_LAW.search(match[1]):
                continue
            start = segment.start() + piece.end() - len(rest)
            end = start + len(match[1])
            action = _action(text, start, end)
            yield Found(match[1], kind_of(match[1]), action, False, (start, end))


def _action(text: str, start: int, end: int) -> str | None:
    """What is to be done: said right after the name, else before it, the last verb there."""
    after = re.match(r"[^，。；：！？\t《]*", text[end : end + 60])
    said = _STRONG.search(after[0]) if after else None
    if said:
        return said[0]
    before = re.split(r"[，。；：！？\t》]", text[max(0, start - 30) : start])[-1]
    verbs = _STRONG.findall(before) or _ACTION.findall(before)
    return verbs[-1] if verbs else None


# --- over a store --------------------------------------------------------------------------


def loaded(store: Store, document: str) -> LoadedDocument:
    """A document with its canonical text.

    Raises:
        NotFoundError: no such document.
    """
    found = store.loaded(document)
    if found is None:
        raise NotFoundError(f"没有这份文件：{document}", remedy="g.documents() 列出全部文件")
    return found


def of_store(store: Store) -> Iterator[Mention]:
    """All mentions of all documents, in order; a reprint's are mentions of their own."""
    places = _Places(store)
    for record in store.records("document"):
        text = loaded(store, record.id).text
        for f in names_in(text):
            words = Evidence(record.id, f.span, text[slice(*f.span)])
            task = places.task_at(record.id, f.span[0])
            yield Mention(f.name, f.kind, f.action, f.marked, task, words)


class _Places:
    """Which task's words stand where."""

    def __init__(self, store: Store) -> None:
        spans: dict[str, list[tuple[int, int, str]]] = {}
        for task in store.records("task"):
            for e in task.evidence:
                spans.setdefault(e.document, []).append((*e.span, task.id))
        self.spans = {document: sorted(found) for document, found in spans.items()}

    def task_at(self, document: str, place: int) -> str | None:
        """The task whose words hold a place; tasks do not overlap."""
        spans: list[Any] = self.spans.get(document, [])
        at = bisect_right(spans, place, key=lambda s: s[0]) - 1
        return spans[at][2] if at >= 0 and place < spans[at][1] else None
