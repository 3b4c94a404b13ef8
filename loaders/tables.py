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
from loaders.names import Duty, NameReader
from loaders.outline import Block, Cell, Outline
from loaders.roles import assign
from loaders.task_labels import number_value
from loaders.tasks import rule_covers
from loaders.view import View

_WHO = r"(?:部门|单位|主体|科室|处室|司局|领导单位)"
_LEVEL = (
    r"(?:整改|中央|国家|省级|省直|市级|市直|县级|县直|区级|区直|市县|地方|主要|第一|具体|行业)?"
)
_COLUMNS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(label))
    for meaning, label in (
        ("lead", rf"{_LEVEL}牵头(?:责任)?{_WHO}?"),
        ("support", rf"{_LEVEL}(?:配合|参与|参加|协办|协助|协同|督导|监督|指导)(?:责任)?{_WHO}?"),
        (
            "charge",
            rf"{_LEVEL}(?:责任|负责|主责|主办|承办|落实|实施|完成){_WHO}|(?:责任|任务)?分工",
        ),
        (
            "deadline",
            r"(?:计划|预计|整改|目标)?(?:完成|办结|推进|工作|实施|截止|建设|整改)?"
            r"(?:时限|时间|日期|期限|节点|年限|进度)(?:节点|安排|要求|进度|计划)?",
        ),
        ("number", r"序号|编号|No\.?"),
        ("measures", r".*(?:举措|措施|(?:具体|工作|任务)(?:内容|要求)|具体任务|主要内容)"),
        ("task", r".*(?:任务|事项|项目|工作|清单|内容|目标|要点|要求)(?:名称|清单)?"),
    )
)
_DUTIES: dict[str, Duty] = {"lead": "lead", "charge": "charge", "support": "support"}
_NUMBER = re.compile(r"\s*(?:[（(]?([一二三四五六七八九十百]+|\d{1,3})[)）]?[.．、]?)\s*(?=\S)")
_OWN_NUMBER = re.compile(
    r"(\d{1,3})\s*[.．、]\s*|([（(](?:\d{1,3}|[一二三四五六七八九十]+)[)）])\s*"
)
MAX_LABEL = 14
PARTED = 3  # lines between the rows of one table
_ACTOR_END = re.compile(r"[：:]|要|应|须|需|可|结合|负责|根据|按照")


@dataclass(frozen=True)
class Header:
    """Which column of a table says what: column number by meaning; who, by duty, in order."""

    columns: dict[str, int]
    duties: tuple[tuple[Duty, int], ...]
    width: int

    def cell(self, row: Block, meaning: str) -> Cell | None:
        """The row's cell of a meaning, if it has one with words in it."""
        at = self.columns.get(meaning)
        return None if at is None else _at(row, at)

    def responsible(self, row: Block) -> list[tuple[Duty, Cell]]:
        """The row's cells that name bodies, those that lead first; «—» names nobody."""
        cells = [(duty, _at(row, at)) for duty, at in self.duties]
        return [(d, c) for d, c in cells if c and c.text not in ("—", "-", "/", "无")]


def _at(row: Block, at: int) -> Cell | None:
    return row.cells[at] if at < len(row.cells) and row.cells[at].text else None


def read_header(row: Block) -> Header | None:
    """The header of a task table: a row of short labels, one of them naming who is responsible."""
    found: dict[str, int] = {}
    duties: list[tuple[Duty, int]] = []
    labels = _labels(row)
    for at, label in enumerate(labels):
        meaning = _meaning(label)
        if meaning in _DUTIES:
            duties.append((_DUTIES[meaning], at))
        elif meaning:
            found.setdefault(meaning, at)
    if not duties or any(len(label) > MAX_LABEL for label in labels):
        return None
    kind = re.fullmatch(".*(?:项目|领域|类别)", labels[found["task"]]) if "task" in found else None
    if kind and "measures" in found and "任务" in labels[found["measures"]]:
        del found["task"]  # 项目 | 任务内容: what is to be done stands in the second
    if "task" not in found and "measures" in found:
        found["task"] = found.pop("measures")
    order = list(_DUTIES.values())
    duties.sort(key=lambda d: order.index(d[0]))
    return Header(found, tuple(duties), len(row.cells)) if "task" in found else None


def _meaning(label: str) -> str | None:
    """What a column with this label says, if it is one of those known."""
    return next((m for m, p in _COLUMNS if p.fullmatch(label)), None)


def _labels(row: Block) -> list[str]:
    return [
        re.sub(r"[\s　]|[（(].*?[)）]|[/及和](?:单位|部门|责任人|负责人)$", "", c.text)
        for c in row.cells
    ]


def _like_header(row: Block) -> bool:
    """Whether a row that was not read as a header looks like that of a task table."""
    labels = _labels(row)
    short = len(labels) > 1 and all(0 < len(label) <= MAX_LABEL for label in labels)
    return short and any(re.search(rf"(?:责任|牵头|负责|配合){_WHO}$", label) for label in labels)


def _flat_header(block: Block) -> Span | None:
    """Where a line of text reads «序号 任务 牵头单位»: a table whose cells lost their borders."""
    for line in re.finditer(r"[^\n]+", block.text):
        if not re.search(r"(?:责任|牵头|负责)(?:部门|单位)", line[0]):
            continue
        words = [w for w in re.finditer(r"[^\s　]+", line[0]) if _meaning(w[0])]
        row = replace_block(block, cells=tuple(Cell(w[0], w.span()) for w in words))
        if len(words) > 2 and read_header(row):
            return block.span[0] + line.start(), block.span[0] + line.end()
    return None


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
                warnings.append(
                    Warning("row_unread", f"表格行的责任单位没有读懂：{row.text[:60]}", row.span)
                )
            continue
        covered = rule_covers(rule, clause.span, last)
        held = header.cell(row, "task") or held
        if held is not None:
            tasks.append(_task(outline.text, document, row, header, held, clause, names, covered))
    return TableReading(_unique(tasks), tuple(warnings))


def _rows(outline: Outline, warnings: list[Warning]) -> Iterator[tuple[Block, Header]]:
    """The rows under a header, also behind a few lines that part the table (续表, a page's head)."""
    header: Header | None = None
    group: tuple[str, ...] = ()
    away = 0
    for block in outline.blocks:
        if block.kind == "row":
            new = read_header(block)
            if header is not None and away and len(block.cells) != header.width:
                header = None
            away = 0
            if new:
                header, group = new, ()
            elif header is None and _like_header(block):
                words = f"像任务表的表头，但没有认出写任务的一栏：{block.text[:60]}"
                warnings.append(Warning("row_unread", words, block.span))
            elif header is not None and _is_group(block, header):
                group = (" ".join(c.text for c in block.cells if c.text),)
            elif header is not None and len(block.cells) > 1:
                yield replace_block(block, section=block.section + group), header
        elif block.kind != "heading":
            away += 1
            if flat := _flat_header(block):
                words = "像任务表的表头，但各栏之间没有框线，这张表没有读；请给出带框线的表，或用制表符分栏"
                warnings.append(Warning("row_unread", words, flat))
            header = header if away <= PARTED else None
        else:
            group = ()


def _is_group(row: Block, header: Header) -> bool:
    """A row with a number and a name only («一 | 优化营商环境») heads the rows below it."""
    named = [c for c in row.cells if c.text]
    return 0 < len(named) <= 2 < header.width and not header.responsible(row)


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
    own = _OWN_NUMBER.match(cell.text)
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
