"""The marker of a line: its style, its depth, and where the words behind it begin."""

from __future__ import annotations

import re
from collections.abc import Sequence

_NUM = "一二三四五六七八九十百零〇两"
_MARKERS: tuple[tuple[str, int, re.Pattern[str]], ...] = (
    ("annex", 0, re.compile(r"附(?:件|录|表)[ \t]*\d{0,2}(?=[：:\s]|$)[：:]?")),
    ("part", 2, re.compile(rf"第[{_NUM}\d]+[编章部篇](?:分)?[ \t　]*")),
    ("section", 3, re.compile(rf"第[{_NUM}\d]+[节][ \t　]*")),
    ("article", 5, re.compile(rf"第[{_NUM}\d]+条[ \t　]*")),
    ("cn", 4, re.compile(rf"[{_NUM}]{{1,4}}[、．][ \t　]*")),
    ("cn-bracket", 6, re.compile(rf"[（(][ \t]*[{_NUM}]{{1,4}}[ \t]*[）)][ \t　、.．]*")),
    ("digit", 7, re.compile(r"\d{1,3}[.．、](?!\d)[ \t　]*")),
    ("digit-bracket", 8, re.compile(r"[（(][ \t]*\d{1,3}[ \t]*[）)][ \t　]*")),
    ("circled", 9, re.compile(r"[①-⑳][ \t　]*")),
)  # fmt: skip
HEADS = 6  # the rank of （一）, the innermost that heads other items
_BOX = re.compile(rf"专[ \t　]*栏[ \t　]*(\d{{1,2}}|[{_NUM}]{{1,3}})[ \t　:：]*(?=\S)")
_DASH = re.compile(r"(?:——+|──+|—{1,2}|－－)[ \t　]*(?=\S)")
# «11.121人才梯队项目», «1.2025年底前…»: a number before a figure, or a decimal?
_FIGURE = re.compile(r"(\d{1,3})[.．、][ \t　]*(?=\d)")
_DIGIT = re.compile(r"(\d{1,3})[.．、](?!\d)")
_YEAR = re.compile(r"20\d{2}年")
_INLINE = re.compile(
    r"(?:[)）][。；]?|(?:单位|部门)[：:][^。；：:]{2,150}[。；])\s*"
    r"(\d{1,3})[.．、](?=\D|20\d{2}年|\dG(?!Hz))"
)
_ONE = re.compile(r"[\s。：:)）](1)[.．、](?!\d)")
_NEAR = 200  # lines behind a «1.» in which its «2.» is looked for
_BLANKS = " \t　\xa0"


def marker(line: str, at: int, numbered: bool = False) -> tuple[str, str | None, int, int]:
    """Style, printed marker, rank and end of the marker at `at`; none: ("", None, 99, at).

    `numbered`: a number before a figure is known to count this line (`counted`).
    """
    box = _BOX.match(line, at)
    if box:
        return "box", box[1], 20, box.end()
    dash = _DASH.match(line, at)
    if dash:
        return "dash", None, 21, dash.end()
    if numbered and (number := _FIGURE.match(line, at)):
        return "digit", number[1], 7, number.end()
    for kind, rank, pattern in _MARKERS:
        found = pattern.match(line, at)
        if found:
            return kind, found[0].strip(" \t　").rstrip(".．、：:"), rank, found.end()
    return "", None, 99, at


def counted(lines: Sequence[str]) -> frozenset[int]:
    """Places of the lines that begin with their number and a figure: «11.121人才», «1.2025年底前».

    The number counts the line if a year follows it, or if it goes on from the number
    before (10, then 11; 1, if 2 comes next). The line above must have ended, so that no
    «…投资 / 3.5亿元» torn by a line break becomes an item. Chapters counted 1.1, 1.2 stay.
    """
    found = set()
    last, above = 0, ""
    for place, line in enumerate(lines):
        words = line.strip(_BLANKS)
        if not words:
            continue
        number = _DIGIT.match(words)
        figure = None if number else _FIGURE.match(words)
        if number:
            last = int(number[1])
        elif figure and _ended(above) and _goes_on(figure, last, lines, place):
            found.add(place)
            last = int(figure[1])
        above = words
    return frozenset(found)


def _goes_on(figure: re.Match[str], last: int, lines: Sequence[str], place: int) -> bool:
    if _YEAR.match(figure.string, figure.end()):
        return True
    number = int(figure[1])
    if number != 1:
        return number == last + 1
    rest = (_DIGIT.match(line.strip(_BLANKS)) for line in lines[place + 1 : place + 1 + _NEAR])
    return next((m[1] == "2" for m in rest if m), False)


def _ended(above: str) -> bool:
    """Whether a line is a whole one: it stops, or is marked as outer headings are."""
    return not above or above[-1] in "。；：！？.;:）)】" or marker(above, 0)[2] <= 6


def run_on(line: str) -> list[int]:
    """Where the further items of a line begin: «1.…（A负责）2.…（B负责）».

    Each number must follow a closing bracket, or a label with its list (责任单位：A。2.…),
    and count on: from the line's own number, or, in a page without line breaks, from one
    inside it, where a second one bears it out.
    """
    found = list(_INLINE.finditer(line))
    if not found or "\t" in line:
        return []
    begin = len(line) - len(line.lstrip(_BLANKS))
    own = _DIGIT.match(line, begin)
    if not own and marker(line, begin)[1]:
        return []  # （一）甲。1.…2.…: one paragraph with one heading
    first = int(own[1]) + 1 if own else int(found[0][1])
    starts: list[int] = []
    for number in found:
        if int(number[1]) == first + len(starts):
            starts.append(number.start(1))
    if own:
        return starts
    ones = list(_ONE.finditer(line, 0, starts[0])) if first == 2 else []
    return [*(one.start(1) for one in ones[-1:]), *starts] if len(starts) > 1 else []


__all__ = ["counted", "marker", "run_on"]
