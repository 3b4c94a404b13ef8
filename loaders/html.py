"""HTML fragments and pages to lines of text: one line a paragraph, a table row by tabs.

What surrounds the document on its page is left out: scripts, menus, footers, forms, what the
page names so, and blocks made of links. But never a block that holds words of a document,
a clause or a numbered heading, whatever it is called.
"""

from __future__ import annotations

import re
from collections import Counter

import lxml.html
from lxml import etree
from lxml.html import HtmlElement

from kg.errors import DataError
from loaders.html_table import Grid, cells_of, is_data_row, list_number

_DROPPED = {"script", "style", "iframe", "noscript", "template", "select", "svg", "head", "object",
            "button", "textarea", "canvas", "audio", "video", "map", "rt", "rp"}  # fmt: skip
_MAY_SURROUND = {"nav", "header", "footer", "aside", "form"}
_SURROUNDING = re.compile(
    r"(?:^|[-_ ])(?:nav|menu|breadcrumbs?|crumb|footer|foot|share|sidebar|copyright|related|"
    r"recommend|toolbar|advert|ads?|qrcode|pager|pagination|header|login|search|bdsharebuttonbox|"
    r"fontsize|print|tools?|topbar|friendlink|links?|jiathis|editor-name)(?:$|[-_ \d])",
    re.I,
)
_BLOCKS = {"p", "div", "section", "article", "main", "body", "h1", "h2", "h3", "h4", "h5", "h6",
           "ul", "ol", "dl", "dt", "dd", "blockquote", "pre", "table", "tbody", "thead", "tfoot",
           "tr", "caption", "center", "figure", "figcaption", "hr", "html", "fieldset", "form",
           "address", "td", "th", "li", "nav", "header", "footer", "aside", "legend",
           "details", "summary"}  # fmt: skip
# Words that only a document prints: a clause, a numbered heading, a long sentence.
_OWN_WORDS = re.compile(
    r"[（(【\[][^（）()【】]{2,300}?(?:负责|牵头|配合|落实|参与|負責|牽頭)[^（）()]{0,40}[）)】\]]"
    r"|(?:责任|牵头|配合|负责|承办)(?:单位|部门)[：:]"
    r"|(?:^|[\s　])(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]"
    r"|第[一二三四五六七八九十百]{1,4}[章条])[^\s]{8,}"
    r"|[^。\s]{60,}。"
)
LARGE = 3_000
LINKS = 0.6


def looks_like_html(text: str) -> bool:
    """Whether a text is an HTML page, whatever its file is called."""
    return bool(re.match(r"\s*(?:<\?xml[^>]*>\s*)?<(?:!doctype html|html|head|body)\b", text, re.I))


def text_of_html(text: str, where: str = "") -> str:
    """The main text of a page or fragment, one line a paragraph.

    A data table gives one line a row with its cells parted by tabs; a table that only lays
    out the page is read as paragraphs. Numbers of ordered lists stand as they are shown.

    Raises:
        DataError: it is nested so deeply that the parser gives up, and words would be lost.
    """
    text = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    parser = lxml.html.HTMLParser(huge_tree=True)
    try:
        root = lxml.html.document_fromstring(text, parser=parser)
    except (etree.ParserError, ValueError):
        return ""
    if any(e.type_name == "ERR_RESOURCE_LIMIT" for e in parser.error_log):
        raise DataError(
            "网页嵌套太深，读不完整", where=where, remedy="在浏览器中打开，把正文另存为文本"
        )
    out = _Lines()
    _Walk(root).into(root, out)
    return "\n".join(out.lines()) + "\n"


class _Lines:
    """Collects inline text and breaks it into trimmed lines."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def text(self, piece: str | None, kept: bool = False) -> None:
        if piece and kept:
            self._parts.append(re.sub(r"[ \t\xa0]+", " ", re.sub(r"\r\n?", "\n", piece)))
        elif piece:
            self._parts.append(re.sub(r"[ \t\r\n\xa0\u200b\ufeff]+", " ", piece))

    def newline(self) -> None:
        self._parts.append("\n")

    def row(self, cells: list[str]) -> None:
        self._parts.append("\n" + "\t".join(cells) + "\n")

    def lines(self) -> list[str]:
        joined = "".join(self._parts)
        lines = (re.sub(r" {2,}", " ", line).strip(" ") for line in joined.split("\n"))
        return [line for line in lines if line.strip()]


class _Walk:
    """One pass over a page; deep nesting costs no stack."""

    def __init__(self, root: HtmlElement) -> None:
        self._size: dict[HtmlElement, int] = {}
        self._linked: dict[HtmlElement, int] = {}
        self._grids: dict[HtmlElement, Grid] = {}
        self._items: Counter[HtmlElement] = Counter()
        self._measure(root)

    def _measure(self, root: HtmlElement) -> None:
        """How many characters each element holds, and how many of them are links."""
        for node in reversed(list(root.iter(etree.Element))):
            own = len((node.text or "").strip())
            own += sum(len((child.tail or "").strip()) for child in node)
            linked = sum(self._linked.get(child, 0) for child in node)
            size = own + sum(self._size.get(child, 0) for child in node)
            self._size[node] = 0 if node.tag in _DROPPED else size
            self._linked[node] = self._size[node] if node.tag == "a" else linked

    def into(self, root: HtmlElement, out: _Lines, flat: bool = False) -> None:
        """Write the words of an element; `flat`: rows as words, for a cell of a table."""
        kept = 0
        walk = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
        for event, node in walk:
            if event in ("comment", "pi"):
                out.text(node.tail, kept > 0)
                continue
            if event == "end":
                kept -= node.tag == "pre"
                self._close(node, out, root, kept > 0)
                continue
            kept += node.tag == "pre"
            if node is not root and self._whole(node, out, flat):
                walk.skip_subtree()
            else:
                self._open(node, out, kept > 0)

    def _whole(self, node: HtmlElement, out: _Lines, flat: bool) -> bool:
        """Whether an element is done with: left out, or written as a row."""
        if node.tag in _DROPPED or _hidden(node) or self._surrounds(node):
            return True
        if node.tag != "tr" or flat:
            return False
        table = next(node.iterancestors("table"), node.getparent())
        grid = self._grids.setdefault(table, Grid())
        if is_data_row(node) or (grid.reaches_down and cells_of(node)):
            out.row(grid.row(node, self._cell))
            return True
        return False

    def _open(self, node: HtmlElement, out: _Lines, kept: bool) -> None:
        if node.tag == "br":
            out.newline()
        elif node.tag == "img":
            out.text(f"[image: {_image_name(node)}]")
        elif node.tag in _BLOCKS:
            out.newline()
        if node.tag == "li":
            above = node.getparent()
            out.text(list_number(node, self._items[above]))
            self._items[above] += 1
        out.text(node.text, kept)

    def _close(self, node: HtmlElement, out: _Lines, root: HtmlElement, kept: bool) -> None:
        if node.tag in _BLOCKS:
            out.newline()
        if node is not root:
            out.text(node.tail, kept)

    def _cell(self, cell: HtmlElement) -> str:
        out = _Lines()
        self.into(cell, out, flat=True)
        return re.sub(r"\s+", " ", " ".join(out.lines())).strip(" ")

    def _surrounds(self, node: HtmlElement) -> bool:
        """Whether a block is the page's, not the document's."""
        size = self._size.get(node, 0)
        if node.tag in ("html", "body") or size > LARGE:
            return False
        names = f"{node.get('class') or ''} {node.get('id') or ''}".strip()
        called = node.tag in _MAY_SURROUND or bool(names and _SURROUNDING.search(names))
        menu = (
            node.tag in _BLOCKS
            and size > 0
            and self._linked.get(node, 0) >= LINKS * size
            and not (node.text_content() or "").strip().startswith("附件")
        )
        if node.tag in ("header", "form") and node.find(".//h1") is not None and not menu:
            return False
        words = _unlinked(node) if menu else node.text_content()
        return (called or menu) and not _OWN_WORDS.search(words)


def _unlinked(node: HtmlElement) -> str:
    """The words outside links: a menu's own may name a body, 机构职能（市生态环境局负责）."""
    return " ".join(node.xpath(".//text()[not(ancestor::a[@href])]"))


def _hidden(node: HtmlElement) -> bool:
    style = (node.get("style") or "").replace(" ", "").lower()
    return node.get("hidden") is not None or "display:none" in style or "visibility:hidden" in style


def _image_name(node: HtmlElement) -> str:
    name = (node.get("alt") or (node.get("src") or "").rsplit("/", 1)[-1]).strip()
    return re.sub(r"[\[\]\s]+", "_", name)[:80] or "未命名"
