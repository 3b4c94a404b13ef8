"""Special projects (专栏): a numbered box, its measures, and the task it stands under.

The measures are the lines right below the box's name, up to the next blank line, heading or
box. The task is the last line above it that is neither a measure nor a heading.
"""

from __future__ import annotations

import re

from kg.model import Project, Span
from loaders.indicators import is_indicator_box
from loaders.markers import HEADS
from loaders.outline import Block, Outline
from loaders.task_labels import number_value
from loaders.tasks import first_sentence

MAX_NAME = 60
_CLAUSE = re.compile(
    r"[。；]?\s*[（(【〔\[][^（(]*(?:负责|牵头|配合|单位|部门)[^（(]*[)）】〕\]]。?$"
)


def read_projects(outline: Outline) -> tuple[Project, ...]:
    """The special projects of a document in printed order."""
    out: list[Project] = []
    host: Block | None = None
    blocks = outline.blocks
    skip = 0
    for i, block in enumerate(blocks):
        if skip:
            skip -= 1
        elif block.kind == "box" and len(block.text) <= MAX_NAME:
            measures = _measures(blocks, i)
            skip = len(measures)
            if is_indicator_box(block):
                continue
            out.append(_project(outline.text, block, measures, host))
        elif block.kind == "heading":
            host = None
        elif block.kind in ("paragraph", "item"):
            host = block
    return tuple(out)


def _measures(blocks: tuple[Block, ...], box: int) -> list[Block]:
    """The run of lines below a box; a blank line may part it from the box's name only."""
    out: list[Block] = []
    for block in blocks[box + 1 :]:
        if block.kind not in ("paragraph", "item", "listed") or (out and block.gap):
            break
        if out and (block.bullet != out[0].bullet or _is_outer(block, out[0])):
            break
        out.append(block)
    return out


def _is_outer(block: Block, first: Block) -> bool:
    """（二）… behind the box's measures is the next task, not one of them."""
    return block.kind == "item" and block.rank <= HEADS and block.rank < first.rank


def _project(text: str, box: Block, measures: list[Block], host: Block | None) -> Project:
    spans = tuple(_measure_span(m) for m in measures)
    task = _task(text, host)
    end = measures[-1].span[1] if measures else box.span[1]
    return Project(
        number=int(number_value(box.marker or "0")),
        name=box.text,
        measures=tuple(text[slice(*s)] for s in spans),
        measure_spans=spans,
        section=box.section,
        task=text[slice(*task)] if task else None,
        task_span=task,
        span=(box.full_span[0], end),
    )


def _measure_span(block: Block) -> Span:
    return block.span


def _task(text: str, host: Block | None) -> Span | None:
    """The host line itself if it is short, else its first sentence, without the stop."""
    if host is None:
        return None
    a, b = host.span
    if clause := _CLAUSE.search(text, a, b):
        b = clause.start()
    if b - a > MAX_NAME:
        title = first_sentence(text, host.span)
        if title is None:
            return None
        a, b = title
    while b > a and re.match("[。；;，,]", text[b - 1]):
        b -= 1
    return (a, b)
