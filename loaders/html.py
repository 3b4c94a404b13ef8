"""HTML fragments and pages to lines of text: one line a paragraph, a table row by tabs."""

from __future__ import annotations

import re

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

_DROPPED = {"script", "style", "nav", "header", "footer", "aside", "form", "button", "iframe",
            "noscript", "template", "select", "svg", "head", "object"}  # fmt: skip
_SURROUNDING = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|breadcrumbs?|crumb|footer|foot|share|sidebar|copyright|related|"
    r"recommend|toolbar|advert|ads?|qrcode|pager|pagination|header|login|search)(?:$|[-_ \d])",
    re.I,
)
_BLOCKS = {"p", "div", "section", "article", "main", "body", "h1", "h2", "h3", "h4", "h5", "h6",
           "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "table", "tbody", "thead", "tfoot",
           "tr", "caption", "center", "figure", "figcaption", "hr", "html", "fieldset",
           "address"}  # fmt: skip


def looks_like_html(text: str) -> bool:
    """Whether a text is an HTML page, whatever its file is called."""
    return bool(re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body)\b", text, re.I))


def text_of_html(text: str) -> str:
    """The main text of a page or fragment, one line a paragraph.

    Scripts, menus, footers and forms are left out; a data table gives one line a row with
    its cells parted by tabs; a table that only lays out the page is read as paragraphs.
    """
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = lxml.html.document_fromstring(text)
    except (etree.ParserError, ValueError):
        return ""
    out = _Lines()
    _walk(root, out)
    return "\n".join(out.lines()) + "\n"


class _Lines:
    """Collects inline text and breaks it into trimmed lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def text(self, piece: str | None) -> None:
        if piece:
            self._parts.append(re.sub(r"[ \t\r\n\xa0]+", " ", piece))

    def newline(self) -> None:
        self._parts.append("\n")

    def row(self, cells: list[str]) -> None:
        self._parts.append("\n" + "\t".join(cells) + "\n")

    def lines(self) -> list[str]:
        joined = "".join(self._parts)
        lines = (re.sub(r" {2,}", " ", line).strip(" ") for line in joined.split("\n"))
        return [line for line in lines if line.strip()]


def _walk(node: HtmlElement, out: _Lines) -> None:
    if not isinstance(node.tag, str) or node.tag in _DROPPED or _surrounds(node):
        return
    if node.tag == "br":
        out.newline()
    elif node.tag == "img":
        out.text(f"[image: {_image_name(node)}]")
    elif node.tag == "tr" and _is_data_row(node):
        out.row([_cell(c) for c in node if c.tag in ("td", "th")])
    else:
        _children(node, out)


def _children(node: HtmlElement, out: _Lines) -> None:
    block = node.tag in _BLOCKS or node.tag in ("td", "th", "li")
    if block:
        out.newline()
    if node.tag == "li":
        out.text("- ")
    out.text(node.text)
    for child in node:
        _walk(child, out)
        out.text(child.tail)
    if block:
        out.newline()


def _surrounds(node: HtmlElement) -> bool:
    if node.tag in ("html", "body"):
        return False
    names = f"{node.get('class') or ''} {node.get('id') or ''}".strip()
    if node.get("hidden") is not None or "display:none" in (node.get("style") or "").replace(
        " ", ""
    ):
        return True
    return bool(names and _SURROUNDING.search(names)) and len(node.text_content()) < 2_000


def _is_data_row(row: HtmlElement) -> bool:
    """A row of data has two cells or more, none of which holds a whole document."""
    cells = [c for c in row if c.tag in ("td", "th")]
    return len(cells) > 1 and all(len(c.findall(".//p")) <= 12 for c in cells)


def _cell(cell: HtmlElement) -> str:
    out = _Lines()
    _children(cell, out)
    return " ".join(out.lines()).replace("\t", " ")


def _image_name(node: HtmlElement) -> str:
    name = (node.get("alt") or (node.get("src") or "").rsplit("/", 1)[-1]).strip()
    return re.sub(r"[\[\]\s]+", "_", name)[:80] or "未命名"
