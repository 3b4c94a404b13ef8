"""The header of a task table: which column says what, in any order."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from kg.model import Span
from loaders.names import Duty
from loaders.outline import Block, Cell

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
_GROUP = re.compile("[一二]级(?:任务|指标|目录|事项)|(?:任务|工作|事项)?(?:类别|板块|分类)")
MAX_LABEL = 14


@dataclass(frozen=True)
class Header:
    """Which column of a table says what: column number by meaning; who, by duty, in order."""

    columns: dict[str, int]
    duties: tuple[tuple[Duty, int], ...]
    width: int
    groups: tuple[int, ...] = ()

    def group(self, row: Block) -> tuple[str, ...]:
        """What the row's columns 类别, 一级任务 … say: headings over its task."""
        cells = (_at(row, at) for at in self.groups)
        return tuple(" ".join(c.text.split()) for c in cells if c)

    def cell(self, row: Block, meaning: str) -> Cell | None:
        """The row's cell of a meaning, if it has one with words in it."""
        at = self.columns.get(meaning)
        return None if at is None else _at(row, at)

    def responsible(self, row: Block) -> list[tuple[Duty, Cell]]:
        """The row's cells that name bodies, those that lead first; «—» names nobody."""
        cells = [(duty, _at(row, at)) for duty, at in self.duties]
        return [
            (d, c) for d, c in cells if c and c.text not in ("—", "——", "－", "-", "--", "/", "无")
        ]


def _at(row: Block, at: int) -> Cell | None:
    return row.cells[at] if at < len(row.cells) and row.cells[at].text else None


def read_header(row: Block) -> Header | None:
    """The header of a task table: a row of short labels, one of them naming who is responsible."""
    found: dict[str, int] = {}
    duties: list[tuple[Duty, int]] = []
    labels = _labels(row)
    groups = tuple(at for at, label in enumerate(labels) if _GROUP.fullmatch(label))
    for at, label in enumerate(labels):
        if at in groups:
            continue
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
    if found.get("task", 99) < found.get("number", -1) < found.get("measures", -1):
        groups = (*groups, found["task"])  # 重点任务 | 序号 | 具体举措: each measure is numbered
        found["task"] = found.pop("measures")
    order = list(_DUTIES.values())
    duties.sort(key=lambda d: order.index(d[0]))
    return Header(found, tuple(duties), len(row.cells), groups) if "task" in found else None


def _meaning(label: str) -> str | None:
    """What a column with this label says, if it is one of those known."""
    return next((m for m, p in _COLUMNS if p.fullmatch(label)), None)


def _labels(row: Block) -> list[str]:
    return [
        re.sub(r"[\s　]|[（(].*?[)）]|[/及和](?:单位|部门|责任人|负责人)$", "", c.text)
        for c in row.cells
    ]


def like_header(row: Block) -> bool:
    """Whether a row that was not read as a header looks like that of a task table."""
    labels = _labels(row)
    short = len(labels) > 1 and all(0 < len(label) <= MAX_LABEL for label in labels)
    return short and any(re.search(rf"(?:责任|牵头|负责|配合){_WHO}$", label) for label in labels)


def flat_header(block: Block) -> Span | None:
    """Where a line of text reads «序号 任务 牵头单位»: a table whose cells lost their borders."""
    for line in re.finditer(r"[^\n]+", block.text):
        if not re.search(r"(?:责任|牵头|负责)(?:部门|单位)", line[0]):
            continue
        words = [w for w in re.finditer(r"[^\s　]+", line[0]) if _meaning(w[0])]
        row = replace(block, cells=tuple(Cell(w[0], w.span()) for w in words))
        if len(words) > 2 and read_header(row):
            return block.span[0] + line.start(), block.span[0] + line.end()
    return None
