"""Where clauses may stand: in brackets of any form, and on lines that begin with a label."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from kg.body_forms import is_collective, looks_like_body
from kg.model import Span
from loaders.grammar import BULLETS, LABEL
from loaders.view import View

_OPENING, _CLOSING = "（(【［[〔﹝", "）)】］]〕﹞"


@dataclass(frozen=True)
class Bracket:
    """A bracket of a text with its inside; nested ones belong to it."""

    span: Span
    inner: Span


def brackets(text: str, start: int, end: int) -> Iterator[Bracket]:
    """The outermost brackets of text[start:end], of any form, nested ones inside."""
    depth = 0
    opened = start
    for at in range(start, end):
        if text[at] in _OPENING:
            if depth == 0:
                opened = at
            depth += 1
        elif text[at] in _CLOSING and depth:
            depth -= 1
            if depth == 0:
                yield Bracket((opened, at + 1), (opened + 1, at))


# Lines that are a clause and nothing else: they belong to the text before them.
BRACKET_ALONE = re.compile(
    r"[（(【〔［\[][^（）()【】]*(?:[（(][^（）()]*[）)][^（）()【】]*)*[）)】〕］\]][。]?"
)
BY_ALONE = re.compile(
    r"(?:(?:此|该|本|这)项?(?:工作|任务|措施)|具体(?:工作)?)?由[^。]{2,120}"
    r"(?:牵头|负责|配合|参与|落实|实施)[^。]*。?"
)
_LINE = re.compile(r"[^\n]+")
_SENTENCE = re.compile(r"[^。！？\n]+。?")
_BULLET = rf"[ \t　]*(?:[{BULLETS}*＊]|——)?[ \t　]*"
# 「配合单位：」 with nothing behind it: its bodies stand in the lines below.
_BARE_LABEL = re.compile(r"(?:单位|部门|处室|主体|机构)[：:][ \t　]*$")
_LABEL_START = re.compile(rf"(?:^|(?<=[。；;！？，,])){_BULLET}")


def labelled_lines(text: str, start: int, end: int) -> Iterator[Span]:
    """Runs of lines that begin with a label: 责任单位：…, with 完成时限：… among them.

    A label may also stand behind a stop or comma of a paragraph. A run is one clause; lines
    that name a person (分管领导：…) belong to no clause and do not end the run.
    """
    run: Span | None = None
    early: int | None = None  # where a date stands before the bodies: 完成时限：…⏎责任单位：…
    inside = [b.span for b in brackets(text, start, end)]
    for line in _LINE.finditer(text, start, end):
        begin = label_start(line[0])
        if begin is not None and any(a < line.start() + begin < b for a, b in inside):
            begin = None  # a label inside a bracket is the bracket's own
        if begin is None:
            if run and line[0].strip() and goes_on(text[slice(*run)], line[0]):
                run = (run[0], line.start() + len(line[0].rstrip("。；; \t　")))
            elif run and line[0].strip():
                yield run
                run = None
            early = None if line[0].strip() else early
            continue
        labels = list(LABEL.finditer(View.of(line[0], begin, len(line[0])).s))
        whole = is_bullet(line[0][:begin])
        if run and not whole:
            yield run
            run = None
        stop = line.start() + len(line[0].rstrip("。；; \t　"))
        responsible = any(m["lead"] or m["support"] or m["charge"] for m in labels)
        if run or responsible:
            run = (run[0] if run else line.start() + begin if early is None else early, stop)
            early = None
        elif whole and labels and labels[0]["deadline"]:
            early = line.start() + begin if early is None else early
    if run:
        yield run


def is_bullet(words: str) -> bool:
    """Whether nothing but blanks and a bullet stands before a label: ●责任单位：…"""
    return re.fullmatch(_BULLET, words) is not None


def goes_on(list_: str, line: str) -> bool:
    """Whether a list of bodies goes on in the next line.

    It does behind the edge of a page (A、⏎B), and where a label stands alone in its line, for
    as long as bodies follow.
    """
    last = list_.rstrip(" \t　")[-1:]
    if last in tuple("、，,和与及") or line.lstrip(" \t　").startswith("等"):
        return True
    *_, label, below = ("", *re.split(r"(?<=[：:])[ \t　]*(?=\n|$)", list_))
    return (
        _BARE_LABEL.search(label) is not None
        and all(lists_bodies(words) for words in below.split("\n") if words.strip())
        and lists_bodies(line)
    )


@lru_cache(4096)
def lists_bodies(line: str) -> bool:
    """Whether a line is nothing but names that look like bodies."""
    names = re.split(r"[、，,；;\s　]+", line.strip(" \t　。；;"))
    return all(looks_like_body(n) or is_collective(n) for n in names)


def sentences(text: str, start: int, end: int) -> Iterator[Span]:
    """The sentences of text[start:end] that begin outside brackets, each on one line."""
    inside = [b.span for b in brackets(text, start, end)]
    for found in _SENTENCE.finditer(text, start, end):
        begin = found.end() - len(found[0].lstrip(" \t　"))
        if not any(a <= begin < b for a, b in inside):
            yield begin, found.end()


def label_start(line: str, colon: bool = False) -> int | None:
    """Where a label of responsibility or time begins in a line, if one does.

    With `colon` only 责任单位：… counts, not 责任单位为….
    """
    for at in _LABEL_START.finditer(line):
        view = View.of(line, at.end(), min(len(line), at.end() + 24))
        label = LABEL.match(view.s)
        if not label or label["scope"] or (label[0][-3:-1] == "主体" and label[0][-1] in "为是有"):
            continue
        if colon and label[0][-1] not in "：）":
            continue
        whose = label["lead"] or label["support"] or label["charge"]
        behind_comma = at.start() > 0 and line[at.start() - 1] in "，,"
        if whose or (label[0][-1] in "：）" and not behind_comma):
            return at.end()
    return None


def names_person(line: str) -> bool:
    """Whether a line says which person answers (牵头领导：张三); it is no part of a task."""
    label = LABEL.match(View.of(line, 0, min(len(line), 24)).strip(" ").s)
    return label is not None and label["person"] is not None and label[0][-1] == "："
