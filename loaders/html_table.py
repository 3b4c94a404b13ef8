"""Rows of HTML tables with merged cells, and the numbers of ordered lists."""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml.html import HtmlElement

from loaders.word_numbers import formatted

MAX_COLUMNS = 200
_MANY = 12
_OWN_NUMBER = re.compile(r"[\s　]*(?:[（(]?[一二三四五六七八九十\d]{1,3}[)）.．、]|[①-⑳]|[-•·●])")
_FORMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def is_data_row(row: HtmlElement) -> bool:
    """A row of data has two cells or more, none of which holds a document or a table."""
    cells = cells_of(row)
    return len(cells) > 1 and not any(_holds_document(c) for c in cells)


def cells_of(row: HtmlElement) -> list[HtmlElement]:
    """The cells of a row."""
    return [c for c in row if c.tag in ("td", "th")]


def _holds_document(cell: HtmlElement) -> bool:
    if cell.find(".//table") is not None:
        return True
    breaks = sum(1 for _ in cell.iter("p", "br", "div", "h1", "h2", "h3", "li"))
    return breaks > _MANY and len(cell.text_content()) > 40 * _MANY


class Grid:
    """One table: a cell merged over rows stands in each, one merged over columns once."""

    def __init__(self) -> None:
        self._held: dict[int, tuple[int, str]] = {}  # column → rows to go, words

    @property
    def reaches_down(self) -> bool:
        """Whether a cell above stands in the next row too."""
        return bool(self._held)

    def row(self, row: HtmlElement, words: Callable[[HtmlElement], str]) -> list[str]:
        """The words of a row, column by column."""
        out: list[str] = []
        for cell in cells_of(row):
            self._from_above(out)
            text = words(cell)
            down, across = _span(cell, "rowspan"), _span(cell, "colspan")
            for at in range(min(across, MAX_COLUMNS - len(out))):
                shown = text if at == 0 else ""
                if down > 1:
                    self._held[len(out)] = (down - 1, shown)
                out.append(shown)
        self._from_above(out)
        return out

    def _from_above(self, out: list[str]) -> None:
        while len(out) in self._held:
            left, text = self._held.pop(len(out))
            if left > 1:
                self._held[len(out)] = (left - 1, text)
            out.append(text)


def _span(cell: HtmlElement, name: str) -> int:
    value = (cell.get(name) or "1").strip()
    return max(int(value), 1) if re.fullmatch(r"\d{1,4}", value) else 1


def list_number(item: HtmlElement, before: int) -> str:
    """What a page shows before an item: a bullet, or the number of an ordered list.

    Args:
        item: an li.
        before: how many items of its list stand before it.
    """
    above = item.getparent()
    if above is None or above.tag != "ol":
        return "- "
    style = (above.get("style") or "").replace(" ", "")
    if "list-style:none" in style or "list-style-type:none" in style:
        return ""
    if _OWN_NUMBER.match(item.text_content()):
        return ""
    start = above.get("start") or "1"
    first = int(start) if re.fullmatch(r"\d{1,4}", start) else 1
    return formatted(first + before, _FORMS.get(above.get("type") or "", "decimal")) + "."
