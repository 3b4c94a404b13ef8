"""Text to outline: headings, items, paragraphs, listed lines, table rows, with exact spans.

Structure only; nothing here knows what a department or a clause is, except that a bracket
standing alone on its line belongs to the text before it. The rules, each a small function:

* a line's marker (一、 （一） 1. 第一章 附件 专栏1 —— -) tells its rank;
* `_is_heading`: a marked line that is short and one sentence is a heading, unless a bracket
  that ends it or stands alone on the next line makes it an item;
* `_continues`: a paragraph that stops in the middle of a sentence goes on in the next line
  (page break: 2019 plan, item 81 「推动《视听 / 表演北京条约》早日生效」);
* `_stands_alone`: a bracket alone on its line belongs to the line above (2019 plan, item 91).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import pairwise, takewhile
from typing import Literal

from kg.model import Span
from loaders.grammar import HANDED
from loaders.markers import HEADS, counted, marker, run_on
from loaders.marks import BRACKET_ALONE, BY_ALONE, goes_on, is_bullet, label_start
from loaders.view import PAGE_NUMBER, View

BlockKind = Literal["heading", "item", "paragraph", "listed", "row", "box"]

_IMAGE = r"\[image:[^\]\n]*\]"
_LEAD = re.compile(rf"(?:{_IMAGE}|[ \t　\xa0])+")
_BULLET = re.compile(r"[-•·●◆■▪*][ \t　]+(?=\S)")
_TERMINAL = "。！？；：.!?;:…”’）)】》」』"
_SENTENCE_END = re.compile(r"[。！？!?；;](?=.)")
_PAGE = re.compile(rf"[ \t　]*{PAGE_NUMBER}[ \t　]*")
_TITLE_END = re.compile(
    r"(?:通知|意见|规划|方案|办法|决定|公告|指引|要点|纲要|计划|措施|条例|规定|细则|批复|函|清单|台账|目录|(?:分工|任务|分解|责任|一览)表|(?:任务|责任)分解)$"
)
_HEADING_WITH_CLAUSE = re.compile(r"([^。；，：:\n]+?)\s*[（(【〔\[][^\n]*[）)】〕\]]。?$", re.M)
_DUTY_HINT = re.compile("负责|牵头|配合|责任|分工|落实|(?:部门|单位)[：:]")
MAX_HEADING = 60
MIN_BROKEN = 30


@dataclass(frozen=True)
class Cell:
    """A cell of a table row."""

    text: str
    span: Span


@dataclass(frozen=True)
class Block:
    """One piece of the outline.

    `span` is the body: after image marks, blanks and the marker; `marker` is the marker as
    printed with blanks and closing points taken off («46», «（一）»), `marker_kind` its style,
    `rank` its depth (small is outer). `line` is the number of its first line; `gap` tells that
    a blank line stands before it.
    """

    kind: BlockKind
    text: str
    span: Span
    section: tuple[str, ...] = ()
    marker: str | None = None
    marker_kind: str = ""
    rank: int = 99
    full_span: Span = (0, 0)
    line: int = 0
    gap: bool = False
    bullet: bool = False
    cells: tuple[Cell, ...] = field(default=())


@dataclass(frozen=True)
class Outline:
    """The canonical text and its blocks in order."""

    text: str
    blocks: tuple[Block, ...]


def read_outline(text: str) -> Outline:
    """Cut a canonical text into blocks and give each its section path."""
    lines = _join(text, _join(text, _lines(text)))  # a torn bracket first, then its task
    lines = _annex_titles(lines)
    blocks = [_as_heading(b, text) if _is_heading(b, lines, i) else b for i, b in enumerate(lines)]
    return Outline(text, tuple(_with_sections(blocks, text)))


def _lines(text: str) -> list[Block]:
    blocks = []
    blank = False
    pieces = list(_pieces(text))
    numbered = counted([words for _, _, words in pieces])
    for place, (line, start, words) in enumerate(pieces):
        block = None
        if not _PAGE.fullmatch(words):
            block = _line(words, start, line, place in numbered)
        if block is None:
            blank = True
        else:
            blocks.append(replace(block, gap=blank))
            blank = False
    return blocks


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """The lines, those that hold several numbered items cut: line, where it begins, words."""
    start = 0
    for line, words in enumerate(text.split("\n")):
        cuts = [0, *run_on(words), len(words)]
        yield from ((line, start + a, words[a:b]) for a, b in pairwise(cuts))
        start += len(words) + 1


def _line(line: str, start: int, number: int, numbered: bool) -> Block | None:
    """One line as a block, or None for a blank one."""
    lead = _LEAD.match(line)
    body = lead.end() if lead else 0
    end = len(line.rstrip(" \t　\xa0"))
    if body >= end:
        return None
    if "\t" in line[body:end]:
        return _row(line, start, len(line) - len(line.lstrip(" 　\xa0")), end, number)
    bullet = _BULLET.match(line, body)
    first = bullet.end() if bullet else body
    kind, printed, rank, after = marker(line, first, numbered)
    block_kind: BlockKind = {"": "paragraph", "box": "box", "dash": "listed"}.get(kind, "item")  # type: ignore[assignment]
    return Block(
        kind=block_kind,
        text=line[after:end],
        span=(start + after, start + end),
        marker=printed,
        marker_kind=kind,
        rank=rank,
        full_span=(start + first, start + end),
        line=number,
        bullet=bullet is not None,
    )


def _row(line: str, start: int, body: int, end: int, number: int) -> Block:
    cells = []
    at = body
    for piece in line[body:end].split("\t"):
        inner = piece.strip(" 　\xa0")
        offset = at + (piece.index(inner) if inner else 0)
        cells.append(Cell(inner, (start + offset, start + offset + len(inner))))
        at += len(piece) + 1
    span = (start + body, start + end)
    return Block("row", line[body:end], span, full_span=span, line=number, cells=tuple(cells))


def _join(text: str, lines: list[Block]) -> list[Block]:
    """Rejoin what a page break or a line break tore apart; spans grow, nothing is rewritten."""
    joined: list[Block] = []
    for block in lines:
        before = joined[-1] if joined else None
        if before and _belongs(before, block):
            span = (before.span[0], block.span[1])
            full = (before.full_span[0], block.span[1])
            joined[-1] = replace(before, text=text[slice(*span)], span=span, full_span=full)
        else:
            joined.append(block)
    return joined


def _belongs(before: Block, block: Block) -> bool:
    return _continues(before, block) or _stands_alone(before, block) or _labels(before, block)


def _labels(before: Block, block: Block) -> bool:
    """A line that begins with a label (责任单位：…) belongs to the task above it."""
    kinds = ("paragraph", "item", "listed")
    if block.kind not in ("paragraph", "listed") or before.kind not in kinds:
        return False
    start = label_start(block.text, colon=True)
    return start is not None and is_bullet(block.text[:start]) and before.marker_kind != "annex"


def _continues(before: Block, block: Block) -> bool:
    if before.kind not in ("paragraph", "item", "listed") or block.kind != "paragraph":
        return False
    if block.bullet:
        return False
    text = before.text
    if _open_bracket(text) or (label_start(text) is not None and goes_on(text, block.text)):
        return True
    long = len(text) >= MIN_BROKEN or bool(re.search("[，。；,;]", text))
    if not long or text[-1] in _TERMINAL or _short_heading(before):
        return False
    return (
        not (before.kind == "paragraph" and _TITLE_END.search(text))
        and label_start(text, colon=True) is None
    )


def _open_bracket(text: str) -> bool:
    tail = text[-80:]
    return any(tail.count(a) > tail.count(b) for a, b in ("（）", "《》", "“”"))


def _short_heading(block: Block) -> bool:
    """A marked line without a stop, as headings are printed (一、…，…)."""
    return block.rank <= HEADS and len(block.text) <= MAX_HEADING and "。" not in block.text


def _stands_alone(before: Block, block: Block) -> bool:
    return (
        block.kind == "paragraph"
        and before.kind in ("paragraph", "item", "listed")
        and any(p.fullmatch(block.text) for p in (BRACKET_ALONE, BY_ALONE))
        and not (before.kind == "paragraph" and _TITLE_END.search(before.text))
        and _DUTY_HINT.search(block.text) is not None
    )


def _annex_titles(lines: list[Block]) -> list[Block]:
    """The line after 附件 is the annex's title: a heading one rank below it."""
    out = list(lines)
    for i, block in enumerate(lines[:-1]):
        after = lines[i + 1]
        bare = block.marker_kind == "annex" and not block.text and after.kind == "paragraph"
        if bare and len(after.text) <= MAX_HEADING and "。" not in after.text:
            out[i + 1] = replace(after, marker_kind="annex-title", rank=1, kind="item")
    return out


def _is_heading(block: Block, lines: list[Block], index: int) -> bool:
    if block.kind != "item" or len(block.text) > MAX_HEADING or block.bullet:
        return False
    if _SENTENCE_END.search(block.text) or _ends_in_clause(block.text):
        return False
    if "\n" in block.text:
        return False  # label lines or a clause were joined to it: it is a task
    if block.rank <= HEADS and block.marker_kind != "article":
        return bool(block.text) or block.marker_kind == "annex"
    return _owns_what_follows(block, lines, index)


def _ends_in_clause(text: str) -> bool:
    bracket = re.search(r"[（(【〔\[]([^（）()【】〔〕\[\]]*)[）)】〕\]]。?$", text)
    if HANDED.match(View.of(text, 0, len(text)).strip("。").s):
        return True
    return bool(bracket and _DUTY_HINT.search(bracket[1])) or label_start(text) is not None


def _owns_what_follows(block: Block, lines: list[Block], index: int) -> bool:
    """A numbered line is a heading if unmarked text or a deeper item follows it."""
    after = lines[index + 1] if index + 1 < len(lines) else None
    if after is None or block.marker_kind == "circled":
        return False
    if after.kind == "paragraph":
        return not re.search("[。；;]$", block.text) and len(after.text) > MIN_BROKEN
    return after.kind == "item" and after.rank > block.rank and not block.text.endswith("；")


def _as_heading(block: Block, text: str) -> Block:
    """A heading's text is its whole line, marker included."""
    return replace(block, kind="heading", text=text[slice(*block.full_span)], span=block.full_span)


def _with_sections(blocks: list[Block], text: str) -> list[Block]:
    """The headings over each block; an item ends what the item of its rank before it began."""
    stack: list[tuple[int, str | None]] = []
    out = []
    for block in blocks:
        heading = block.kind == "heading"
        if heading or (block.kind == "item" and block.marker):
            stack = _above(stack, block.rank, heading)
        if heading:
            stack.append((block.rank, block.text))
        out.append(replace(block, section=tuple(h for _, h in stack if h is not None)))
        if block.kind == "item" and block.marker:
            stack.append((block.rank, _headed(block, text)))
    return out


def _above(
    stack: list[tuple[int, str | None]], rank: int, heading: bool
) -> list[tuple[int, str | None]]:
    """（十一） is no section of （十二）, nor is （二） under 一、 one of 二、."""
    return list(takewhile(lambda s: s[0] != rank and (not heading or s[0] < rank), stack))


def _headed(block: Block, text: str) -> str | None:
    """What an item heads, if it is a heading with a clause behind it: 一、稳增长（甲、乙负责）."""
    words = _HEADING_WITH_CLAUSE.match(text, *block.full_span)
    if words is None or block.rank > HEADS or len(words[1]) > MAX_HEADING:
        return None
    return words[1].strip() if _ends_in_clause(block.text) else None


__all__ = ["Block", "BlockKind", "Cell", "Outline", "read_outline"]
