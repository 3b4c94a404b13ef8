"""Tables of a PDF page: their rows as words, whole though a page break left them open.

A row that is broken over pages often has no line at its foot, and none at its head overleaf;
the ends of the upright lines close it. A cell merged over rows stands in each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

MAX_EDGES = 6_000
_NEAR = 3.0

Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class TableRow:
    """A row's words by column, its top, and whether it lacked a line at its foot."""

    cells: tuple[str, ...]
    top: float
    open: bool


@dataclass(frozen=True)
class TableArea:
    """A table: where it stands on the page, and its rows."""

    box: Box
    rows: tuple[TableRow, ...]


def tables_of(page: Any) -> list[TableArea]:
    """The tables of a page; a frame around a single text is none.

    A page with thousands of lines is a drawing: no table is looked for in it.
    """
    edges = page.edges
    if len(edges) > MAX_EDGES:
        return []
    ends = _open_ends(edges)
    settings = {"explicit_horizontal_lines": ends} if ends else {}
    found = page.find_tables(settings)
    chars = page.chars
    return [
        TableArea(_within(t.bbox, page.bbox), tuple(_rows(t, chars, ends)))
        for t in found
        if len(t.rows) > 1 or sum(c is not None for c in t.rows[0].cells) > 1
    ]


def _within(box: Box, page: Box) -> Box:
    """A table's box cut to the page's, as the library insists."""
    return (max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3]))


def _open_ends(edges: list[dict[str, Any]]) -> list[float]:
    """Where upright lines of a table end without a line across."""
    upright = sorted(
        (e for e in edges if e["orientation"] == "v" and e["bottom"] - e["top"] > _NEAR),
        key=lambda e: float(e["top"]),
    )
    across = sorted(float(e["top"]) for e in edges if e["orientation"] == "h")
    ends: list[float] = []
    for top, bottom, places in _bands(upright):
        if len(places) < 3 or not any(top - _NEAR <= a <= bottom + _NEAR for a in across):
            continue
        ends += [y for y in (top, bottom) if not any(abs(a - y) <= _NEAR for a in across)]
    return ends


def _bands(upright: list[dict[str, Any]]) -> Iterator[tuple[float, float, set[int]]]:
    """Stretches of the page height covered by upright lines, with their places across."""
    held: tuple[float, float, set[int]] | None = None
    for edge in upright:
        top, bottom, x = float(edge["top"]), float(edge["bottom"]), round(edge["x0"] / _NEAR)
        if held and top <= held[1] + _NEAR:
            held = (held[0], max(held[1], bottom), held[2] | {x})
            continue
        if held:
            yield held
        held = (top, bottom, {x})
    if held:
        yield held


def _rows(table: Any, chars: list[dict[str, Any]], ends: list[float]) -> Iterator[TableRow]:
    words = _words_by_cell(table, chars)
    for row in table.rows:
        boxes = row.cells
        top = min(b[1] for b in boxes if b)
        bottom = min(b[3] for b in boxes if b)
        cells = []
        for at, box in enumerate(boxes):
            cells.append(words[box] if box else _from_above(table, words, at, top))
        yield TableRow(tuple(cells), top, any(abs(bottom - y) <= _NEAR for y in ends))


def _from_above(table: Any, words: dict[Box, str], column: int, top: float) -> str:
    """The words of a cell that reaches down into a row where none begins."""
    left = next((r.cells[column][0] for r in table.rows if r.cells[column]), None)
    if left is None:
        return ""
    for box, text in words.items():
        if box[1] < top - 1 and box[3] > top + 1 and box[0] <= left + 1 < box[2]:
            return text
    return ""


def _words_by_cell(table: Any, chars: list[dict[str, Any]]) -> dict[Box, str]:
    """Each character goes to the cell its middle lies in."""
    boxes: list[Box] = [b for b in table.cells if b]
    held: dict[Box, list[dict[str, Any]]] = {box: [] for box in boxes}
    x0, top, x1, bottom = table.bbox
    rows = {key: sorted(group) for key, group in groupby(sorted(boxes, key=_extent), key=_extent)}
    for char in chars:
        x, y = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
        if not (x0 <= x <= x1 and top <= y <= bottom):
            continue
        for (above, below), line in rows.items():
            if above <= y < below:
                box = next((b for b in line if b[0] <= x < b[2]), None)
                if box:
                    held[box].append(char)
                    break
    return {box: _cell_words(box, inside) for box, inside in held.items()}


def _extent(box: Box) -> tuple[float, float]:
    return (box[1], box[3])


def _cell_words(box: Box, chars: list[dict[str, Any]]) -> str:
    """A cell's words: its lines rejoined, a blank where one may have ended a paragraph."""
    out = ""
    before: tuple[str, float] | None = None
    for line in lines_of(chars):
        text = "".join(c["text"] for c in line).strip()
        if not text:
            continue
        size = line[0]["size"]
        if before is not None:
            early = before[1] < box[2] - 2.2 * size and re.search("[：:]$", before[0])
            stop = re.search("[。；;]$", before[0])
            latin = re.search(r"[A-Za-z0-9,.]$", before[0]) and re.match("[A-Za-z0-9]", text)
            out += " " if stop or early or latin else ""
        out += text
        before = (text, max(c["x1"] for c in line if c["text"].strip()))
    return re.sub(r"\s+", " ", out).strip()


def lines_of(chars: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Characters in lines from top to bottom, each from left to right."""
    lines: list[list[dict[str, Any]]] = []
    middle = 0.0
    for char in sorted(chars, key=lambda c: (c["top"] + c["bottom"], c["x0"])):
        at = (char["top"] + char["bottom"]) / 2
        if lines and abs(at - middle) <= max(char["size"] * 0.4, 1.0):
            lines[-1].append(char)
        else:
            lines.append([char])
            middle = at
    return [_once(sorted(line, key=lambda c: float(c["x0"]))) for line in lines]


def _once(line: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Without the copies that make letters bold: the same one a hair beside itself."""
    kept: list[dict[str, Any]] = []
    for char in line:
        twin = any(k["text"] == char["text"] and abs(k["x0"] - char["x0"]) < 1 for k in kept[-2:])
        if not twin:
            kept.append(char)
    return kept
