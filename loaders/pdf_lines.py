"""The printed lines of a PDF page in reading order: columns one after the other, rows of tables."""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from loaders.pdf_tables import TableArea, lines_of, tables_of

EDGE = 0.11  # share of a page's height in which running heads and feet stand
_MIN_COLUMN_LINES = 6
Char = dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A printed line, or a row of a table (then `row`).

    `left` and `right` are measured from the left end of its column; `edge` tells that it
    stands where running heads and feet do; `open` that a row lacks the line at its foot.
    """

    text: str
    left: float
    right: float
    top: float
    size: float
    page: int
    edge: bool = False
    row: tuple[str, ...] = ()
    open: bool = False


def page_lines(page: Any, before: float | None = None) -> tuple[list[Line], float | None]:
    """Lines and table rows of a page in the order they are read, and where columns part.

    Args:
        page: of pdfplumber.
        before: where the columns of the page before parted; a last page may have few lines.
    """
    chars = [c for c in page.chars if c.get("upright", True)]
    tables = tables_of(page)
    loose = [c for c in chars if not any(_holds(t, c) for t in tables)]
    columns = _columns([c for c in loose if c["text"].strip()], page, before)
    lines = _in_order(loose, page, columns)
    for table in tables:
        rows = [
            Line("", 0, 0, r.top, 0, page.page_number, False, r.cells, r.open)
            for r in table.rows
            if any(r.cells)
        ]
        at = next((i for i, line in enumerate(lines) if line.top > table.box[1]), len(lines))
        lines[at:at] = rows
    return lines, columns[2] if columns else None


def _holds(table: TableArea, char: Char) -> bool:
    x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    left, top, right, bottom = table.box
    return bool(left <= x <= right and top <= y <= bottom)


def _in_order(
    chars: list[Char], page: Any, columns: tuple[float, float, float] | None
) -> list[Line]:
    """Lines from top to bottom; where the page is set in two columns, the left one first."""
    if columns is None:
        return _lines(chars, page, 0.0)
    top, bottom, middle = columns
    inside = [c for c in chars if top < _height(c) < bottom]
    left = [c for c in inside if c["x0"] < middle]
    right = [c for c in inside if c["x0"] >= middle]
    shift = _start(right) - _start(left)
    return [
        *_lines([c for c in chars if _height(c) <= top], page, 0.0),
        *_lines(left, page, 0.0),
        *_lines(right, page, shift),
        *_lines([c for c in chars if _height(c) >= bottom], page, 0.0),
    ]


def _lines(chars: list[Char], page: Any, shift: float) -> list[Line]:
    lines = (x for x in lines_of(chars) if any(c["text"].strip() for c in x))
    return [_line(line, page, shift) for line in lines]


def _start(chars: list[Char]) -> float:
    return min(float(c["x0"]) for c in chars if c["text"].strip())


def _height(char: Char) -> float:
    return float(char["top"] + char["bottom"]) / 2


def _columns(
    chars: list[Char], page: Any, before: float | None
) -> tuple[float, float, float] | None:
    """Top, bottom and middle of the largest part set in two columns, if there is one."""
    best: tuple[float, float, float] | None = None
    places = [page.bbox[0] + page.width * percent / 100 for percent in range(40, 61)]
    for middle in [*([] if before is None else [before]), *places]:
        least = 1 if middle == before else _MIN_COLUMN_LINES
        for top, bottom in _bands(chars, middle, page):
            higher = best is None or bottom - top > best[1] - best[0]
            if higher and _is_columns(chars, top, bottom, middle, least):
                best = (top, bottom, middle)
    return best


def _bands(chars: list[Char], middle: float, page: Any) -> Iterator[tuple[float, float]]:
    """Stretches of the page in which nothing is printed across the middle."""
    across = sorted(
        _height(c)
        for c in chars
        if c["x1"] > middle - c["size"] * 0.4 and c["x0"] < middle + c["size"] * 0.4
    )
    ends = [page.bbox[1], *across, page.bbox[3]]
    for top, bottom in pairwise(ends):
        if bottom - top > _MIN_COLUMN_LINES * 10:
            yield top, bottom


def _is_columns(chars: list[Char], top: float, bottom: float, middle: float, least: int) -> bool:
    """Lines stand on both sides, and most on the left reach the gap."""
    inside = [c for c in chars if top < _height(c) < bottom]
    left = lines_of([c for c in inside if c["x0"] < middle])
    right = lines_of([c for c in inside if c["x0"] >= middle])
    if len(left) < _MIN_COLUMN_LINES or len(right) < least:
        return False
    filled = sum(max(c["x1"] for c in x) > middle - 4 * x[0]["size"] for x in left)
    long = sum(len(x) > 6 for x in right)
    return filled >= 0.5 * len(left) and long >= 0.5 * len(right)


def _line(chars: list[Char], page: Any, shift: float) -> Line:
    inked = [c for c in chars if c["text"].strip()]
    top, bottom = min(c["top"] for c in inked), max(c["bottom"] for c in inked)
    above, height = page.bbox[1], page.height
    return Line(
        _words(chars),
        inked[0]["x0"] - shift,
        max(c["x1"] for c in inked) - shift,
        top,
        statistics.median(c["size"] for c in inked),
        page.page_number,
        bottom - above < EDGE * height or top - above > (1 - EDGE) * height,
    )


def _words(chars: list[Char]) -> str:
    """Characters of a line; a gap is a blank where one is printed, or wide, or beside Latin."""
    out = ""
    before: Char | None = None
    printed = False
    for char in chars:
        if not char["text"].strip():
            printed = True
            continue
        gap = char["x0"] - before["x1"] if before is not None else 0.0
        if gap > char["size"] * (0.15 if printed else _blank(out, char["text"])):
            out += " "
        out += char["text"]
        before, printed = char, False
    return re.sub(r"[ \xa0]+", " ", out).strip()


def _blank(out: str, after: str) -> float:
    """How wide a gap is a blank: behind a bullet or number, between Latin words, elsewhere."""
    if re.fullmatch(r"[-•·●◆■▪*]|\d{1,3}[.．]?", out):
        return 0.15
    latin = re.search(r"[A-Za-z0-9]$", out) and re.match("[A-Za-z0-9]", after)
    return 0.2 if latin else 1.2


__all__ = ["EDGE", "Line", "page_lines"]
