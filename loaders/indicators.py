"""Indicators: the rows under a header with 指标 and years, exactly as printed.

A table may be one, or a box of text (专栏1 …主要指标) whose lines are parted by blanks. «—» is a
missing value, never 0; a bound or a bracket around a number is told in a note; a row whose
values cannot be read is reported.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import Indicator, Span, Value, Warning
from loaders.outline import Block, Cell, Outline

# «2020年», «2025年目标值», «2020年（基期）»; no other figure and no body stands in it.
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?(?:[（(].*[)）]|(?!.*(?:部门|单位|增))[^\d]{0,6})")
_INCREASE = re.compile("累计|增加|增幅|增长|变化")
_UNIT = re.compile(r"\s*[（(]\s*([^（）()]{1,10})\s*[）)]\s*$")
_ROW_NUMBER = re.compile(r"\s*(\d{1,3})[.．、\s]\s*(?=\D)")
_MISSING = {"—", "－", "-", "--", "——", "/", "", "…"}
# «<5.5», «5500以上（五年累计）», «〔50〕»: one number, and words that belong to it.
_NUMBER = re.compile(
    r"[<>＜＞≥≤〔\[]?\s*(\d+(?:[,，]\d{3})*(?:\.\d+)?)\s*[%％]?(?:以上|以下|左右|以内)?[〕\]]?"
    r"(?:[（(][^（）()]*[）)])?"
)
_BOX = re.compile("指标(?:体系|一览)?表?$")


@dataclass(frozen=True)
class IndicatorReading:
    """The indicators in printed order, and the rows that were not read."""

    indicators: tuple[Indicator, ...]
    warnings: tuple[Warning, ...]


def read_indicators(outline: Outline) -> IndicatorReading:
    """The rows of indicator tables, and what could not be read of them."""
    columns: dict[str, int] | None = None
    years: list[tuple[int, int]] = []
    out: list[Indicator] = []
    warnings: list[Warning] = []
    for block in _rows(outline):
        header = _header(block) if block.kind == "row" else None
        if block.kind != "row":
            columns = None if block.kind == "heading" else columns
        elif header:
            columns, years = header
        elif columns is not None:
            row = _indicator(block, columns, years, len(out) + 1)
            if row:
                out.append(row)
            elif any(re.search(r"\d", c.text) for c in block.cells[1:]):
                words = " ".join(outline.text[slice(*block.span)].split())[:60]
                warnings.append(Warning("row_unread", f"指标表的一行没有读懂：{words}", block.span))
    return IndicatorReading(tuple(out), tuple(warnings))


def is_indicator_header(row: Block) -> bool:
    """Whether a row begins an indicator table."""
    return _header(row) is not None


def is_indicator_box(block: Block) -> bool:
    """Whether a box (专栏) holds an indicator table, and no project."""
    return block.kind == "box" and _BOX.search(block.text) is not None


def indicator_boxes(outline: Outline) -> Iterator[Span]:
    """Where the lines of text boxes with indicators stand, up to the next heading or box."""
    blocks = outline.blocks
    for i, block in enumerate(blocks):
        if is_indicator_box(block):
            after = (b for b in blocks[i + 1 :] if b.kind in ("heading", "box"))
            lines = (b for b in blocks[i + 1 :] if b.gap and b is not blocks[i + 1])
            ends = [b.full_span[0] for b in (next(after, None), next(lines, None)) if b]
            yield block.full_span[1], min(ends, default=len(outline.text))


def _rows(outline: Outline) -> Iterator[Block]:
    """All blocks; those of a box of text line by line, as rows parted by blanks."""
    rows = [b.span[0] for b in outline.blocks if b.kind == "row"]
    boxes = [b for b in indicator_boxes(outline) if not any(b[0] <= at < b[1] for at in rows)]
    done: set[Span] = set()
    for block in outline.blocks:
        inside = next((b for b in boxes if b[0] <= block.span[0] < b[1]), None)
        if inside is None:
            yield block
        elif inside not in done:
            done.add(inside)
            for line in re.finditer(r"[^\n]+", outline.text[slice(*inside)]):
                start = inside[0] + line.start()
                cells = tuple(
                    Cell(w[0], (start + w.start(), start + w.end()))
                    for w in re.finditer(r"\S+", line[0])
                )
                span = (start, inside[0] + line.end())
                yield replace(block, kind="row", cells=cells, text=line[0], span=span)


def _header(block: Block) -> tuple[dict[str, int], list[tuple[int, int]]] | None:
    labels = [re.sub(r"[\s　]", "", c.text) for c in block.cells]
    if not any("指标" in label for label in labels):
        return None
    years = []
    columns: dict[str, int] = {}
    for at, label in enumerate(labels):
        year = _YEAR.fullmatch(label)
        if year:
            years.append((int(year[1]), at))
        elif _INCREASE.search(label) and "年均" not in label:  # a rate is no increase
            columns.setdefault("increase", at)
        elif label in ("单位", "计量单位"):
            columns["unit"] = at
        elif label in ("序号", "编号"):
            columns["number"] = at
        elif "指标" in label:
            columns.setdefault("name", at)
    return (columns, sorted(years)) if years and "name" in columns else None


def _indicator(
    block: Block, columns: dict[str, int], years: list[tuple[int, int]], count: int
) -> Indicator | None:
    cells = block.cells
    if len(cells) <= max([columns["name"], *(at for _, at in years)]):
        return None
    name, unit, number = _name(cells, columns, count)
    values = [_value(year, cells[at]) for year, at in years]
    if not name or any(v is None for v in values):
        return None
    first = values[0] if len(values) > 1 else None
    increase = columns.get("increase")
    has_increase = increase is not None and increase < len(cells)
    return Indicator(
        number=number,
        name=name,
        unit=unit,
        baseline=first,
        target=values[-1],
        increase=_number(cells[increase].text) if has_increase and increase is not None else None,
        notes=_notes([(year, cells[at]) for year, at in years]),
        span=block.span,
    )


def _name(
    cells: tuple[Cell, ...], columns: dict[str, int], count: int
) -> tuple[str, str | None, int]:
    printed = cells[columns["name"]].text
    own = _ROW_NUMBER.match(printed)
    rest = printed[own.end() :] if own else printed
    in_name = _UNIT.search(rest)
    unit = cells[columns["unit"]].text if "unit" in columns else None
    if unit is None and in_name:
        unit, rest = in_name[1], rest[: in_name.start()]
    column = cells[columns["number"]].text if "number" in columns else ""
    number = int(own[1]) if own else int(column) if column.isdecimal() else count
    return rest.strip(), unit, number


def _value(year: int, cell: Cell) -> Value | None:
    """A printed value, missing for «—»; None if the cell is no number (then it is no row)."""
    if cell.text.strip() in _MISSING:
        return Value(year, None)
    number = _number(cell.text)
    return None if number is None else Value(year, number)


def _number(printed: str) -> float | None:
    found = _NUMBER.fullmatch(printed.strip())
    if found is None:
        return None
    digits = re.sub("[,，]", "", found[1])
    return float(digits) if "." in digits else int(digits)


def _notes(cells: list[tuple[int, Cell]]) -> tuple[str, ...]:
    """What stands around a number: «2025年印作“5500以上（五年累计）”»."""
    plain = re.compile(r"[\d.,，]+\s*[%％]?")
    return tuple(
        f"{year}年印作“{cell.text.strip()}”"
        for year, cell in cells
        if cell.text.strip() not in _MISSING and not plain.fullmatch(cell.text.strip())
    )
