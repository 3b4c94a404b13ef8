"""Markdown marks and stray HTML tags out of a plain text; the words stay where they are."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:p|b|i|u|em|strong|span|div|font|sup|sub|h[1-6])(?:\s[^<>\n]{0,200})?/?>", re.I
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_HEADING = re.compile(r"^([ \t　]*)#{1,6}[ \t]+", re.M)
_RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$", re.M)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_PIPE_ROW = re.compile(r"\|(.+)\|")


def text_of_markup(text: str) -> str:
    """Take Markdown marks and inline HTML tags out of `text`; no word is lost.

    Headings lose their #, bold its **, table rows in pipes become rows parted by tabs.
    A text without markup comes back unchanged.
    """
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub(" ", text))
    if "&" in text:
        text = re.sub(r"&(?:nbsp|amp|lt|gt|quot|ldquo|rdquo|mdash|#\d{2,6});", _entity, text)
    text = _BOLD.sub(r"\1", _HEADING.sub(r"\1", text))
    text = _RULE.sub("", text)
    lines = text.split("\n") if "|" in text else []
    if any(_is_rule(line) for line in lines):
        text = "\n".join(_cells(line) for line in lines if not _is_rule(line))
    return text


def _is_rule(line: str) -> bool:
    """The line of dashes under the header of a table in pipes."""
    return "|" in line and "--" in line and not line.strip(" \t|:-")


def _cells(line: str) -> str:
    row = _PIPE_ROW.fullmatch(line.strip(" \t"))
    return "\t".join(cell.strip(" \t") for cell in row[1].split("|")) if row else line


def _entity(match: re.Match[str]) -> str:
    return html.unescape(match[0]).replace("\xa0", " ")
