"""A printed list of actors to names with spans: «A、B和C等有关部门» is A, B, C, open.

The rules, each a small function named after what it does:

* `open_list`: 等, 等部门, 等有关部门和单位 close a list and add nobody (contract, section 3);
* `_cut_soft`: 和, 与, 及, 会同 part two actors only where both sides are actors by themselves,
  so that 工业和信息化部 and 文化和旅游部 stay whole;
* `_carry_prefix`: 「专利局审业部、自动化部」 means two offices of 专利局 (2021 guide, row 1);
* a name is a body of the registry, a collective actor, or a body by its form; else the list
  is not a list of actors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.model import Span
from kg.registry import Body, Registry, is_collective, looks_like_body, normalise

_OPEN = re.compile(
    r"等(?:(?:各?有关|相关|其他)?(?:中央)?(?:部门|单位|部委|机构|地区|方面|机关)"
    r"(?:[和、及与]+(?:有关|相关)?(?:部门|单位|机构|地区|方面|企业))*)?"
    r"(?=$|[和与及、，,；;/]|以及)"
)
_HARD = re.compile(r"[、，,；;/]")
_SOFT = re.compile(r"以及|会同|[和与及]|[ \t\n　]+")
_LEADING = re.compile(r"^(?:由|会同|以及|及|和|与|并)+")
_NOISE = re.compile(r"\[image:[^\]\n]*\]|[\s　\u200b\ufeff]+")
MAX_NAME = 40


@dataclass(frozen=True)
class Name:
    """An actor of a list.

    `mention` is the printed text at `span`; `department` its canonical name, `id` what tells
    it apart; `known` is False for a body that the registry does not have.
    """

    mention: str
    span: Span
    department: str
    id: str
    collective: bool = False
    known: bool = True


@dataclass(frozen=True)
class NameList:
    """The actors of a list in order; `open` if the list says that there are more."""

    names: tuple[Name, ...]
    open: bool


@dataclass(frozen=True)
class _Piece:
    """A stretch of text between separators; `before` is the separator in front of it."""

    text: str
    span: Span
    before: str


class NameReader:
    """Reads lists of actors as a document issued by `within` prints them."""

    def __init__(self, registry: Registry, within: str | None = None) -> None:
        self._registry = registry
        self.within = within
        self._known = {normalise(n): id for n, id in registry.names(within).items()}
        self.body = lru_cache(maxsize=4096)(self._body)

    def _body(self, name: str) -> Body | None:
        id = self._known.get(normalise(name))
        return self._registry.by_id(id) if id else None

    def is_actor(self, text: str) -> bool:
        """Whether a text is one actor: known, collective, or a body by its form."""
        text = _NOISE.sub("", text)
        return bool(text) and (
            self.body(text) is not None or is_collective(text) or looks_like_body(text) is not None
        )

    def read(self, text: str, offset: int = 0) -> NameList | None:
        """Read a list of actors.

        Args:
            text: the list as printed.
            offset: where it stands in the canonical text.

        Returns:
            The actors, or None if some part of it is no actor.
        """
        names: list[Name] = []
        is_open = False
        for piece in _pieces(text, offset):
            closed, rest = open_list(piece.text)
            is_open = is_open or closed
            for part in self._cut_soft(rest, piece):
                name = self._name(part, names)
                if name is None:
                    return None
                names.append(name)
        return NameList(tuple(names), is_open) if names else None

    def _cut_soft(self, text: str, piece: _Piece) -> Iterator[_Piece]:
        """Part a piece at 和, 与, 及 … where both sides are actors, the longest first."""
        for part, start in _parts_around_open(text):
            yield from self._split(_trimmed(part, piece.span[0] + start, piece.before))

    def _split(self, piece: _Piece | None) -> Iterator[_Piece]:
        if piece is None:
            return
        if not self._sure(piece):
            for cut in _SOFT.finditer(piece.text):
                left = _trimmed(piece.text[: cut.start()], piece.span[0], piece.before)
                right = _trimmed(piece.text[cut.end() :], piece.span[0] + cut.end(), cut[0])
                if left and right and self._parts(left, right, cut[0]):
                    yield left
                    yield from self._split(right)
                    return
        yield piece

    def _parts(self, left: _Piece, right: _Piece, cut: str) -> bool:
        """A blank parts only what is known; a word parts what may be an actor by its form."""
        if not cut.strip():
            return self._sure(left) and all(self._sure(p) for p in self._split(right))
        return self.is_actor(left.text) and self._actors(right)

    def _sure(self, piece: _Piece) -> bool:
        return self.body(piece.text) is not None or is_collective(_NOISE.sub("", piece.text))

    def _actors(self, piece: _Piece) -> bool:
        return all(self.is_actor(p.text) for p in self._split(piece))

    def _name(self, piece: _Piece, before: list[Name]) -> Name | None:
        printed = _NOISE.sub("", piece.text)
        if not printed or len(printed) > MAX_NAME:
            return None
        carried = self._carry_prefix(printed, piece.before, before)
        body = self.body(carried or printed)
        if body:
            return Name(piece.text, piece.span, body.name, body.id)
        if carried is None and is_collective(printed):
            return Name(piece.text, piece.span, printed, printed, collective=True)
        parent = self._parent(carried or printed)
        if carried or parent or looks_like_body(printed):
            name = carried or printed
            id = f"{parent}-{name}" if parent else name
            return Name(piece.text, piece.span, name, id, known=False)
        return None

    def _carry_prefix(self, printed: str, separator: str, before: list[Name]) -> str | None:
        """「专利局审业部、自动化部」: the second office carries the first one's prefix."""
        if separator != "、" or not before or self.body(printed) is not None:
            return None
        head = self._prefix(_NOISE.sub("", before[-1].mention)) or self._prefix(
            before[-1].department
        )
        return head + printed if head and re.fullmatch(r".{2,10}[部司处室局厅]", printed) else None

    def _prefix(self, name: str) -> str | None:
        """The known body whose name begins this one: 专利局 of 专利局审业部."""
        for end in range(len(name) - 2, 1, -1):
            if self.body(name[:end]) is not None and re.search(r"[部司处室局厅]$", name[end:]):
                return name[:end]
        return None

    def _parent(self, name: str) -> str | None:
        head = self._prefix(name)
        body = self.body(head) if head else None
        return body.id if body else None


def open_list(text: str) -> tuple[bool, str]:
    """Whether 等 closes a list in this piece, and the piece with the 等… blanked out."""
    if "等" not in text:
        return False, text
    squeezed = _OPEN.search(text)
    if squeezed is None or squeezed.start() == 0:
        return False, text
    blank = "\0" * len(squeezed[0])
    return True, text[: squeezed.start()] + blank + text[squeezed.end() :]


def _parts_around_open(text: str) -> Iterator[tuple[str, int]]:
    """The stretches of a piece left and right of a blanked 等…, with their offsets."""
    at = 0
    for part in re.split("\0+", text):
        yield part, at
        at += len(part)
        while at < len(text) and text[at] == "\0":
            at += 1


def _pieces(text: str, offset: int) -> Iterator[_Piece]:
    """Cut at hard separators; a page break or image mark inside a name is no separator."""
    before, start = "", 0
    for cut in _HARD.finditer(text):
        yield _Piece(text[start : cut.start()], (offset + start, offset + cut.start()), before)
        before, start = cut[0], cut.end()
    yield _Piece(text[start:], (offset + start, offset + len(text)), before)


def _trimmed(text: str, start: int, before: str) -> _Piece | None:
    """A piece without blanks and introducing words (由, 会同, 和) around it."""
    body = text.rstrip(" \t\n　")
    inner = body.lstrip(" \t\n　")
    start += len(body) - len(inner)
    lead = _LEADING.match(inner)
    if lead and lead.end() < len(inner):
        start += lead.end()
        inner = inner[lead.end() :]
    return _Piece(inner, (start, start + len(inner)), before) if inner else None
