"""Markdown marks and stray HTML tags out of a plain text; the words stay where they are."""

from __future__ import annotations

import html
import re

_TAG = re.compile(
    r"</?(?:p|b|i|u|em|strong|span|div|font|sup|sub|h[1-6])(?:\s[^<>\n]{0,200})?/?>", re.I
)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_HEADING = re.compile(r"^(\s*)#{1,6}[ \t]+", re.M)
_RULE = re.compile(r"^[ \t]*(?:-{3,}|\*{3,}|_{3,})[ \t]*$", re.M)
_BOLD = re.compile(r"\*\*(?=\S)([^*\n]+?)(?<=\S)\*\*")
_PIPE_RULE = re.compile(r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*:?-*:?[ \t]*$\n?", re.M)
_PIPE_ROW = re.compile(r"^[ \t]*\|(.+)\|[ \t]*$", re.M)


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
    if _PIPE_RULE.search(text):
        text = _PIPE_ROW.sub(lambda m: re.sub(r"[ \t]*\|[ \t]*", "\t", m[1].strip()), text)
        text = _PIPE_RULE.sub("", text)
    return text


def _entity(match: re.Match[str]) -> str:
    return html.unescape(match[0]).replace("\xa0", " ")
