"""Word files to lines of text: numbered headings, tables, text boxes, in reading order.

Word keeps the numbers of headings and items (一、 （一） 1.) apart from their words; they are
counted here as Word shows them, since a task's printed number is part of the document.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.oxml.ns import qn
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph

from kg.errors import DataError

MAX_UNPACKED = 400_000_000
MAX_RATIO = 300
_CN = "零一二三四五六七八九"
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "ideographTraditional",
    "taiwaneseCounting", "taiwaneseCountingThousand",
}  # fmt: skip


def text_of_docx(raw: bytes, where: str) -> str:
    """The words of a Word file, one line a paragraph, a table row's cells parted by tabs.

    Args:
        raw: the bytes of the file.
        where: what an error should name.

    Raises:
        DataError: not a Word file, encrypted, damaged, or swollen (a zip bomb).
    """
    _check(raw, where)
    try:
        document = docx.Document(io.BytesIO(raw))
        lines = list(_blocks(document, _Numbers(document)))
    except DataError:
        raise
    except Exception as e:  # the library raises whatever a damaged part makes it raise
        raise DataError(
            f"Word 文件损坏，读不出来（{type(e).__name__}）",
            where=where,
            remedy="用 Word 打开后另存为 .docx",
        ) from e
    return "\n".join(lines) + "\n"


def _check(raw: bytes, where: str) -> None:
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise DataError(
            "文件已加密，或是旧的 .doc 格式", where=where, remedy="去掉密码，另存为 .docx"
        )
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            sizes = [(i.file_size, i.compress_size) for i in archive.infolist()]
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as e:
        raise DataError("不是 Word 文件", where=where, remedy="另存为 .docx") from e
    if "word/document.xml" not in names:
        raise DataError("不是 Word 文件", where=where, remedy="表格、幻灯片请另存为文本或 .docx")
    unpacked = sum(size for size, _ in sizes)
    packed = sum(size for _, size in sizes) or 1
    if unpacked > MAX_UNPACKED or (unpacked > 50_000_000 and unpacked / packed > MAX_RATIO):
        raise DataError(
            f"文件解开后有 {unpacked // 1_000_000} MB，疑为压缩炸弹", where=where, remedy="检查来源"
        )


def _blocks(document: Document, numbers: _Numbers) -> Iterator[str]:
    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield from _paragraph(block, numbers)
        else:
            yield from _table(block, numbers)


def _paragraph(paragraph: Paragraph, numbers: _Numbers) -> Iterator[str]:
    """A paragraph's line, then the lines of text boxes anchored in it."""
    number = numbers.of(paragraph)
    text = number + _words(paragraph._p)
    for line in text.split("\n"):
        yield line.strip(" \u3000\xa0")
    for box in paragraph._p.iter(qn("w:txbxContent")):
        if _has_modern_twin(box):
            continue  # the same box once more, for old programs
        for inner in box.iterchildren(qn("w:p")):
            yield from _paragraph(Paragraph(inner, paragraph._parent), numbers)  # type: ignore[arg-type]


def _has_modern_twin(box: Any) -> bool:
    """Whether a text box stands in a fallback beside its modern form."""
    return any(a.tag.endswith("}Fallback") for a in box.iterancestors())


def _words(element: Any) -> str:
    """The printed words of a paragraph: no deleted text, no box, breaks as line feeds."""
    out: list[str] = []
    for node in element.iter():
        tag = node.tag
        if tag == qn("w:t") and not _inside(node, element):
            out.append(node.text or "")
        elif (
            tag == qn("w:tab") and node.getparent().tag == qn("w:r") and not _inside(node, element)
        ):
            out.append(" ")
        elif tag in (qn("w:br"), qn("w:cr")) and not _inside(node, element):
            out.append("\n")
        elif tag == qn("w:noBreakHyphen"):
            out.append("-")
    return "".join(out).replace("\t", " ")


def _inside(node: Any, paragraph: Any) -> bool:
    """Whether a piece of text belongs to a box or a deletion inside the paragraph."""
    for above in node.iterancestors():
        if above is paragraph:
            return False
        if above.tag in (qn("w:txbxContent"), qn("w:del"), qn("w:moveFrom")):
            return True
    return False


def _table(table: Table, numbers: _Numbers) -> Iterator[str]:
    """Rows as cells parted by tabs; a merged cell stands once; a one-cell table is a box."""
    yield ""
    for row in table.rows:
        cells: list[_Cell] = []
        for cell in row.cells:
            if not cells or cell._tc is not cells[-1]._tc:
                cells.append(cell)
        if len(cells) == 1:
            yield from _box(cells[0], numbers)
        else:
            yield "\t".join(_cell(c, numbers) for c in cells)
    yield ""


def _box(cell: _Cell, numbers: _Numbers) -> Iterator[str]:
    """A lone cell: its paragraphs as lines (a 专栏 box, or a group row of a table)."""
    for block in cell.iter_inner_content():
        if isinstance(block, Paragraph):
            yield from _paragraph(block, numbers)
        else:
            yield from _table(block, numbers)


def _cell(cell: _Cell, numbers: _Numbers) -> str:
    lines = [line for line in _box(cell, numbers) if line.strip()]
    return " ".join(re.sub(r"\s+", " ", line) for line in lines)


class _Numbers:
    """Counts automatic numbers the way Word shows them."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._abstract: dict[str, str] = {}
        part = getattr(document.part, "numbering_part", None) if _has_numbering(document) else None
        if part is not None:
            self._read(part.element)
        self._styles = document.styles

    def _read(self, root: Any) -> None:
        levels: dict[str, dict[int, tuple[str, str, int]]] = {}
        for abstract in root.iter(qn("w:abstractNum")):
            levels[abstract.get(qn("w:abstractNumId"))] = {
                int(lvl.get(qn("w:ilvl"))): _level(lvl) for lvl in abstract.iter(qn("w:lvl"))
            }
        for num in root.iter(qn("w:num")):
            of = num.find(qn("w:abstractNumId"))
            if of is not None:
                id = num.get(qn("w:numId"))
                self._abstract[id] = of.get(qn("w:val"))
                self._levels[id] = levels.get(of.get(qn("w:val")), {})

    def of(self, paragraph: Paragraph) -> str:
        """The number before a paragraph as shown, or an empty text."""
        found = _numbering(paragraph)
        if found is None or found[0] not in self._levels:
            return ""
        id, level = found
        kinds = self._levels[id]
        if level not in kinds:
            return ""
        counts = self._counts.setdefault(self._abstract[id], {})
        counts[level] = counts.get(level, kinds[level][2] - 1) + 1
        for deeper in [n for n in counts if n > level]:
            del counts[deeper]
        return self._shown(kinds, counts, level)

    def _shown(
        self, kinds: dict[int, tuple[str, str, int]], counts: dict[int, int], level: int
    ) -> str:
        fmt, pattern, _ = kinds[level]
        if fmt in ("bullet", "none"):
            return "- " if fmt == "bullet" else ""

        def value(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            kind, _, start = kinds.get(at, ("decimal", "", 1))
            return _format(counts.get(at, start), kind)

        return re.sub(r"%(\d)", value, pattern)


def _has_numbering(document: Document) -> bool:
    return any(r.reltype.endswith("/numbering") for r in document.part.rels.values())


def _level(level: Any) -> tuple[str, str, int]:
    def value(tag: str, default: str) -> str:
        node = level.find(qn(tag))
        return default if node is None else node.get(qn("w:val"), default)

    start = value("w:start", "1")
    return (
        value("w:numFmt", "decimal"),
        value("w:lvlText", ""),
        int(start) if start.isdigit() else 1,
    )


def _numbering(paragraph: Paragraph) -> tuple[str, int] | None:
    """numId and level of a paragraph, its own or its style's."""
    for element in (paragraph._p.pPr, *_style_properties(paragraph)):
        node = None if element is None else element.find(qn("w:numPr"))
        if node is None:
            continue
        id, level = node.find(qn("w:numId")), node.find(qn("w:ilvl"))
        if id is None or id.get(qn("w:val")) == "0":
            return None
        return id.get(qn("w:val")), int(level.get(qn("w:val"))) if level is not None else 0
    return None


def _style_properties(paragraph: Paragraph) -> Iterator[Any]:
    style = paragraph.style
    while style is not None:
        yield style.element.find(qn("w:pPr"))
        style = style.base_style


def _format(value: int, kind: str) -> str:
    if kind in _CHINESE:
        return chinese_number(value)
    if kind == "decimalEnclosedCircle" and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if kind in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26)
        return letter if kind == "lowerLetter" else letter.upper()
    if kind == "decimalZero":
        return f"{value:02d}"
    return str(value)


def chinese_number(value: int) -> str:
    """1 to 99 in Chinese numerals: 一, 十, 二十一; others in digits."""
    if not 1 <= value <= 99:
        return str(value)
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else "十" if tens == 1 else _CN[tens] + "十"
    return head + (_CN[ones] if ones else "")
