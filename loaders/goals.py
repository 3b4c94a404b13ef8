"""Goals, indicators and the notes that define them.

Goals are the listed lines (——…, or 1. 2. 3.) under a heading that speaks of 目标. Indicators
are the rows under a header with 指标 and years; «—» is a missing value, never 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.model import Definition, Goal, Indicator, Span, Value
from loaders.outline import Block, Cell, Outline

MAX_GOAL = 400
_GOALS = re.compile("目标")
_STOP = re.compile("[。；：:]")
_YEAR = re.compile(r"((?:19|20)\d{2})\s*年?(?:[（(].*[)）])?(?:目标值?|现值|基期值?|实际值?)?")
_INCREASE = re.compile("累计|增加|增幅|增长|变化")
_UNIT = re.compile(r"\s*[（(]\s*([^（）()]{1,10})\s*[）)]\s*$")
_ROW_NUMBER = re.compile(r"\s*(\d{1,3})[.．、\s]\s*(?=\D)")
_MISSING = {"—", "－", "-", "--", "——", "/", "", "…"}
_MARKS = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"
_NOTE = re.compile(
    rf"(?m)^[ \t　]*(?:注[：:]?[ \t　]*)?(?P<marks>[{_MARKS}]+)[ \t　]*(?P<body>\S[^\n]*?)[ \t　]*$"
)
_TERM = re.compile(r"[“\"](?P<term>[^”\"\n]{2,40})[”\"](?:是|系)?指")


def read_goals(outline: Outline) -> tuple[Goal, ...]:
    """The listed goals of a document, counted from 1 as listed."""
    out: list[Goal] = []
    for block in _goal_lines(outline.blocks):
        a, b = block.span
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
    under = False
    for block in blocks:
        if block.kind == "heading":
            under = bool(_GOALS.search(block.text))
        elif block.kind == "item" and block.rank < 7:
            under = bool(_GOALS.search(block.text.split("。")[0]))
        elif under and _is_goal(block):
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


def read_indicators(outline: Outline) -> tuple[Indicator, ...]:
    """The rows of indicator tables, exactly as printed."""
    columns: dict[str, int] | None = None
    years: list[tuple[int, int]] = []
    out: list[Indicator] = []
    for block in outline.blocks:
        if block.kind != "row":
            columns = None if block.kind == "heading" else columns
            continue
        header = _header(block)
        if header:
            columns, years = header
        elif columns is not None:
            row = _indicator(block, columns, years, len(out) + 1)
            if row:
                out.append(row)
    return tuple(out)


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
        elif _INCREASE.search(label):
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
    printed = printed.strip().replace(",", "").replace("，", "").strip("<>＞＜≥≤%％〔〕[]")
    try:
        value = float(printed)
    except ValueError:
        return None
    return int(value) if value.is_integer() and "." not in printed else value


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
