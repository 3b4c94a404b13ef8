"""Goals, and the notes that define indicators.

Goals are the listed lines (——…, or 1. 2. 3.) under a heading that speaks of 目标, and the ——
lines right below a paragraph that says what is to be by a year (到2025年，…).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg.model import Definition, Goal, Span
from loaders.markers import HEADS
from loaders.outline import Block, Outline

MAX_GOAL = 400
_GOALS = re.compile("目标")
_AIM = re.compile(r"到20\d{2}年|目标[^。]{0,6}[：:]$")
_STOP = re.compile("[。；：:]")
_MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NOTE = re.compile(
    rf"(?m)^[ \t　]*(?:注[：:]?[ \t　]*)?(?P<marks>[{_MARKS}]+)[ \t　]*(?P<body>\S[^\n]*?)[ \t　]*$"
)
_TERM = re.compile(r"[“\"](?P<term>[^”\"\n]{2,40})[”\"](?:是|系)?指")


def read_goals(outline: Outline, clauses: Iterable[Span] = ()) -> tuple[Goal, ...]:
    """The listed goals of a document, counted from 1 as listed; what owns a clause is a task."""
    out: list[Goal] = []
    owned = [start for start, _ in clauses]
    for block in _goal_lines(outline.blocks):
        a, b = block.span
        if any(a <= start < b for start in owned):
            continue
        stop = _STOP.search(outline.text, a, b)
        head = (a, stop.start() if stop else b)
        detail = _stripped(outline.text, (stop.end(), b)) if stop else None
        out.append(
            Goal(
                number=len(out) + 1,
                text=outline.text[slice(*head)],
                detail=outline.text[slice(*detail)] if detail else None,
                span=(a, b),
                detail_span=detail,
            )
        )
    return tuple(out)


def _goal_lines(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """—— lines and short numbered lines while the last heading or run-in head says 目标."""
    under = aim = False
    for block in blocks:
        aim = (
            bool(_AIM.search(block.text))
            if block.kind == "paragraph"
            else (aim and block.kind == "listed")
        )
        if block.kind == "heading":
            under = bool(_GOALS.search(block.text))
        elif block.kind == "item" and block.rank <= HEADS:
            under = bool(_GOALS.search(block.text.split("。")[0]))
        elif (under and _is_goal(block)) or (aim and block.kind == "listed"):
            yield block


def _is_goal(block: Block) -> bool:
    if block.kind == "listed":
        return True
    numbered = block.kind == "item" and block.marker_kind in ("digit", "digit-bracket")
    return numbered and len(block.text) <= MAX_GOAL


def _stripped(text: str, span: Span) -> Span | None:
    a, b = span
    while a < b and text[a] in " \t\n　":
        a += 1
    return (a, b) if a < b else None


def read_definitions(outline: Outline) -> tuple[Definition, ...]:
    """Notes that begin with a circled mark: «①“…”是指…», or a bare remark «③④为2019年值。»."""
    out = []
    for note in _NOTE.finditer(outline.text):
        term = _TERM.match(note["body"])
        span = note.span("body") if term else (note.start("marks"), note.end("body"))
        out.append(
            Definition(
                marks=note["marks"],
                term=term["term"] if term else None,
                text=outline.text[slice(*span)],
                span=span,
            )
        )
    return tuple(out)
