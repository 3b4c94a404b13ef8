"""Task tables: a row under a header with a 责任部门 column is a task (contract, section 3).

The header tells which column says what; columns may stand in any order. A header printed
again on the next page is skipped; a heading between the rows is their section.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import replace as replace_block

from msgspec.structs import replace

from kg.model import Clause, LeadRule, Measure, Span, Task, Warning
from loaders.clauses import Actor, ParsedClause, parse_cell
from loaders.headers import Header, flat_header, like_header, read_header
from loaders.indicators import is_indicator_header
from loaders.names import NameReader
from loaders.outline import Block, Cell, Outline
from loaders.roles import assign
from loaders.task_labels import number_value
from loaders.tasks import rule_covers
from loaders.view import View

PARTED = 3  # lines between the rows of one table
_NUMBER = re.compile(r"\s*(?:[（(]?([一二三四五六七八九十百]+|\d{1,3})[)）]?[.．、]?)\s*(?=\S)")
_OWN_NUMBER = re.compile(
    r"(\d{1,3})\s*[.．、]\s*|([（(](?:\d{1,3}|[一二三四五六七八九十]+)[)）])\s*"
)
_ACTOR_END = re.compile(r"[：:]|要|应|须|需|可|结合|负责|根据|按照")


@dataclass(frozen=True)
class TableReading:
    """The tasks of a document's tables, and what could not be read."""

    tasks: tuple[Task, ...]
    warnings: tuple[Warning, ...]


def read_tables(
    outline: Outline, document: str, names: NameReader, rule: LeadRule | None
) -> TableReading:
    """Find every row of a task table; a row whose actors cannot be read is reported."""
    tasks: list[Task] = []
    warnings: list[Warning] = []
    rows = list(_rows(outline, warnings))
    held: Cell | None = None
    last = max((r.span[0] for r, _ in rows), default=0)
    for row, header in rows:
        clause = _clause(row, header, names, outline.text)
        if clause is None:
            if header.responsible(row):
                warnings.append(_unread("表格行的责任单位没有读懂", row))
            elif _is_numbered(row, header):
                warnings.append(_unread("表格行没有写责任单位", row))
            continue
        covered = rule_covers(rule, clause.span, last)
        held = header.cell(row, "task") or _merged_task(row, header) or held
        if held is not None:
            tasks.append(_task(outline.text, document, row, header, held, clause, names, covered))
    return TableReading(_unique(tasks), tuple(warnings))


def _blocks(outline: Outline) -> Iterator[Block]:
    """All blocks but the rows of indicator tables, which `loaders.indicators` reads."""
    figures = False
    for block in outline.blocks:
        if block.kind != "row" or (figures and read_header(block)):
            figures = False
        elif is_indicator_header(block):
            figures = True
        if not figures:
            yield block


def _rows(outline: Outline, warnings: list[Warning]) -> Iterator[tuple[Block, Header]]:
    """The rows under a header, also behind a few lines that part the table (续表, a page's head)."""
    header: Header | None = None
    group: tuple[str, ...] = ()
    away = 0
    for block in _blocks(outline):
        if block.kind == "row":
            new = read_header(block)
            if header is not None and away and len(block.cells) != header.width:
                header = None
            away = 0
            if new:
                header, group = new, ()
            elif header is None and like_header(block):
                words = f"像任务表的表头，但没有认出写任务的一栏：{block.text[:60]}"
                warnings.append(Warning("row_unread", words, block.span))
            elif header is not None and _is_group(block, header):
                group = (" ".join(c.text for c in block.cells if c.text),)
            elif header is not None and len(block.cells) > 1:
                section = block.section + group + header.group(block)
                yield replace_block(block, section=section), header
        elif block.kind != "heading":
            away += 1
            if flat := flat_header(block):
                words = "像任务表的表头，但各栏之间没有框线，这张表没有读；请给出带框线的表，或用制表符分栏"
                warnings.append(Warning("row_unread", words, flat))
            header = header if away <= PARTED else None
        else:
            group = ()


def _is_group(row: Block, header: Header) -> bool:
    """A row with a number and a name only («一 | 优化营商环境») heads the rows below it."""
    named = [c for c in row.cells if c.text]
    heads = 0 < len(named) <= 2 < header.width and not header.responsible(row)
    return heads and not (len(named) == 2 and _is_numbered(row, header))


def _is_numbered(row: Block, header: Header) -> bool:
    """Whether a row has a number of its own as tasks have: 1, not 一."""
    number = header.cell(row, "number")
    return number is not None and re.fullmatch(r"\d{1,3}[.．、]?", number.text) is not None


def _merged_task(row: Block, header: Header) -> Cell | None:
    """The task that stands in the number's cell, where both are one: «2.合并任务»."""
    number = header.cell(row, "number")
    return number if number and re.search(r"[\u4e00-\u9fff]{2}", number.text) else None


def _unread(why: str, row: Block) -> Warning:
    return Warning("row_unread", f"{why}：{row.text[:60]}", row.span)


def _clause(row: Block, header: Header, names: NameReader, text: str) -> ParsedClause | None:
    """The 责任部门 cell, or the cells from 牵头 to 配合, as one clause."""
    actors: list[Actor] = []
    is_open = False
    for duty, cell in header.responsible(row):
        read = parse_cell(View.of(text, *cell.span), duty, names)
        if read is None:
            return None
        actors += read.actors
        is_open = is_open or read.open
    if not actors:
        return None
    spans = [cell.span for _, cell in header.responsible(row)]
    span = (min(a for a, _ in spans), max(b for _, b in spans))
    return ParsedClause(span, tuple(actors), is_open)


def _task(
    text: str, document: str, row: Block, header: Header, cell: Cell, clause: ParsedClause,
    names: NameReader, first_leads: bool,
) -> Task:  # fmt: skip
    """A row as a task; `cell` is its task cell, or the one above that it is merged with."""
    number, title = _number(row, header, cell, text)
    measures = header.cell(row, "measures")
    span = _text_span(title, measures, row)
    deadline = header.cell(row, "deadline")
    return Task(
        id=f"{document}-t{number_value(number) if number else ''}",
        number=number,
        title=text[slice(*title)],
        title_span=title,
        section=row.section,
        text=text[slice(*span)],
        span=span,
        clause=Clause(text[slice(*clause.span)], clause.span),
        open=clause.open,
        deadline=deadline.text if deadline else None,
        deadline_span=deadline.span if deadline else None,
        responsibilities=assign(clause, first_leads=first_leads, in_table=True),
        measures=_measures(text, measures, names) if measures else (),
    )


def _number(row: Block, header: Header, cell: Cell, text: str) -> tuple[str | None, Span]:
    """The row's printed number, from its own column or the head of the task cell."""
    column = header.cell(row, "number")
    column = None if column is cell else column
    own = _OWN_NUMBER.match(cell.text)
    if own and column and number_value(own[0]) != number_value(column.text):
        own = None  # the cell counts items of its own
    start = cell.span[0] + (own.end() if own else 0)
    if column:
        return column.text.rstrip(".．、"), (start, cell.span[1])
    return (own[1] or own[2]) if own else None, (start, cell.span[1])


def _text_span(title: Span, measures: Cell | None, row: Block) -> Span:
    """A row's text: its task cell, and its measures where they stand right of it."""
    if measures is None or measures.span[0] < title[1]:
        return title
    return measures.span if title[0] < row.span[0] else (title[0], measures.span[1])


def _measures(text: str, cell: Cell, names: NameReader) -> tuple[Measure, ...]:
    """The measures of a cell by actor: «国家知识产权局：…», «各地区要…»; else one without actor."""
    heads = list(_actors(cell, names))
    out = []
    for (actor, start, _), after in zip(heads, [*heads[1:], None], strict=False):
        end = after[2] if after else cell.span[1]
        body = text[start:end].rstrip()
        out.append(Measure(actor, body, (start, start + len(body))))
    return tuple(out)


def _actors(cell: Cell, names: NameReader) -> Iterator[tuple[str, int, int]]:
    """Actor, where its measure begins, where the actor stands."""
    for begin in re.finditer(r"(?:^|(?<=[。；;])[ \n]+)", cell.text):
        at = begin.end()
        stop = _ACTOR_END.search(cell.text, at, at + 20)
        if stop is None or not names.is_actor(re.sub(r"\s", "", cell.text[at : stop.start()])):
            continue
        start = stop.end() if stop[0] in "：:" else stop.start()
        start += len(cell.text[start:]) - len(cell.text[start:].lstrip())
        yield cell.text[at : stop.start()], cell.span[0] + start, cell.span[0] + at


def _unique(tasks: list[Task]) -> tuple[Task, ...]:
    """Rows without a number, or numbered anew in each part, are counted on."""
    seen: dict[str, int] = {}
    out = []
    for task in tasks:
        seen[task.id] = seen.get(task.id, 0) + 1
        times = seen[task.id]
        bare = task.number is None
        out.append(
            replace(task, id=f"{task.id}{'n' if bare else '_'}{times}")
            if bare or times > 1
            else task
        )
    return tuple(out)
