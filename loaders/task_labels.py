"""Readable labels of tasks, from printed numbers, for their ids."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from kg.model import Span
from loaders.outline import Block

_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))


class Placed(Protocol):
    """What a label is made from: the block it stands in, and how many share the block."""

    @property
    def block(self) -> Block:
        """The item or paragraph."""

    @property
    def part(self) -> int:
        """Which of the block's tasks, from 1."""

    @property
    def parts(self) -> int:
        """How many tasks the block holds."""


def number_value(printed: str) -> str:
    """«（二十一）» → «21», «46» → «46»: a printed number in digits, for ids."""
    digits = re.sub(r"\D", "", printed)
    if digits:
        return digits
    total, unit = 0, 0
    for ch in printed:
        if ch in _DIGITS:
            unit = _DIGITS[ch]
        elif ch == "十":
            total, unit = total + (unit or 1) * 10, 0
        elif ch == "百":
            total, unit = total + (unit or 1) * 100, 0
    value = total + unit
    return str(value) if value else re.sub(r"\W", "", printed)


def labels(drafts: Sequence[Placed]) -> list[str]:
    """A readable label a task, unique in the document, from printed numbers.

    The item's own number if that is unique, else with as many section numbers before it as
    make it so; an unnumbered task is counted within its section. Rows of a table begin with
    «t», the second clause of a paragraph ends in «.2».
    """
    paths = _paths(drafts)
    depth = next((d for d in range(1, 9) if len({p[-d:] for p in paths}) == len(set(paths))), 9)
    out = []
    used: Counter[str] = Counter()
    for draft, path in zip(drafts, paths, strict=True):
        label = ".".join(path[-depth:])
        if draft.parts > 1:
            label += f".{draft.part}"
        used[label] += 1
        out.append(label if used[label] == 1 else f"{label}_{used[label]}")
    return out


def _paths(drafts: Sequence[Placed]) -> list[tuple[str, ...]]:
    """Section numbers and own number of each task, the same for clauses of one paragraph."""
    counts: Counter[tuple[str, ...]] = Counter()
    own: dict[Span, str] = {}
    paths = []
    for draft in drafts:
        section = tuple(_section_number(h) for h in draft.block.section)
        if draft.block.span not in own:
            counts[draft.block.section] += 1
            marker = draft.block.marker
            own[draft.block.span] = (
                number_value(marker) if marker else str(counts[draft.block.section])
            )
        paths.append((*section, own[draft.block.span]))
    return paths


def _section_number(heading: str) -> str:
    printed = re.match(
        r"[（(]?\s*([一二三四五六七八九十百零〇]+|\d{1,3})\s*[)）、.．]|第([一二三四五六七八九十百\d]+)",
        heading,
    )
    return number_value(printed[1] or printed[2]) if printed else heading[:6]
