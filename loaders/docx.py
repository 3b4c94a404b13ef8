"""Word files to lines of text: numbered headings, tables, text boxes, in reading order.

What is printed and nothing else: no deleted or hidden words, no table of contents, the
fallback of a drawing not beside the drawing. A row gives one line, its cells parted by tabs;
a cell merged over columns leaves the others empty, one merged over rows stands in each row.
Footnotes follow at the end, since they would tear the sentence they belong to.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.document import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from kg.errors import DataError
from loaders.markup import text_of_markup
from loaders.word_numbers import Numbers

MAX_UNPACKED = 400_000_000
MAX_PART = 40_000_000
MAX_RATIO = 300
_OLE = b"\xd0\xcf\x11\xe0"
_P, _TBL, _TR, _TC, _BOX = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc"), qn("w:txbxContent")
_THROUGH = {qn(t) for t in ("w:sdt", "w:sdtContent", "w:customXml", "w:ins", "w:moveTo",
                            "w:smartTag")}  # fmt: skip
_GONE = {qn(t) for t in ("w:del", "w:moveFrom", "w:rt", "w:txbxContent", "w:pPr")}
_BREAKS = {qn("w:br"), qn("w:cr")}
_WORDS = {qn("w:t"), "{http://schemas.openxmlformats.org/officeDocument/2006/math}t"}
_TAB = "\x1f"  # a tab stop, till it is known whether it parts the cells of a row
_SIGNS = {qn("w:tab"): _TAB, qn("w:ptab"): _TAB, qn("w:noBreakHyphen"): "-"}


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
        lines = list(_blocks(document.element.body, Numbers(document)))
        lines += _footnotes(document)
    except Exception as e:  # the library raises whatever a damaged part makes it raise
        raise DataError(
            f"Word 文件损坏，读不出来（{type(e).__name__}）",
            where=where,
            remedy="用 Word 打开后另存为 .docx",
        ) from e
    return text_of_markup("\n".join(_tabbed(lines)) + "\n")


def _tabbed(lines: list[str]) -> Iterator[str]:
    """Lines parted by tab stops alike, one below the other, are rows; other tabs are blanks."""
    counts = [line.count(_TAB) for line in lines]
    for at, line in enumerate(lines):
        beside = [n for n in (*counts[:at][-2:], *counts[at + 1 : at + 3]) if n]
        filled = [cell for cell in line.split(_TAB) if cell.strip()]
        row = counts[at] >= 2 and counts[at] in beside and (line[0] != _TAB or len(filled) > 1)
        yield line.replace(_TAB, "\t") if row else line.replace(_TAB, " ").strip(" \u3000\xa0")


def _check(raw: bytes, where: str) -> None:
    if raw.startswith(_OLE):
        _refuse_ole(raw, where)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            parts = {i.filename: i for i in archive.infolist()}
    except Exception as e:  # a damaged directory fails in many ways
        whole = raw.startswith(b"PK")
        raise DataError(
            "Word 文件不完整或已损坏" if whole else "不是 Word 文件",
            where=where,
            remedy="重新下载，或用 Word 打开后另存为 .docx",
        ) from e
    if "word/document.xml" not in parts:
        raise DataError("不是 Word 文件", where=where, remedy="表格、幻灯片请另存为文本或 .docx")
    if any(i.flag_bits & 1 for i in parts.values()):
        raise DataError("文件已加密", where=where, remedy="去掉密码，另存为 .docx")
    _refuse_swollen(list(parts.values()), where)


def _refuse_ole(raw: bytes, where: str) -> None:
    if "EncryptedPackage".encode("utf-16-le") in raw:
        raise DataError("Word 文件已加密", where=where, remedy="去掉密码，另存为 .docx")
    raise DataError("这是旧的 .doc 格式", where=where, remedy="用 Word 打开后另存为 .docx")


def _refuse_swollen(parts: list[zipfile.ZipInfo], where: str) -> None:
    """What the archive says of its sizes binds: no more than that is ever unpacked."""
    unpacked = sum(i.file_size for i in parts)
    packed = sum(i.compress_size for i in parts) or 1
    largest = max(i.file_size for i in parts if i.filename.endswith((".xml", ".rels")))
    if (
        unpacked > MAX_UNPACKED
        or largest > MAX_PART
        or (unpacked > 50_000_000 and unpacked / packed > MAX_RATIO)
    ):
        raise DataError(
            f"文件解开后有 {unpacked // 1_000_000} MB，疑为压缩炸弹",
            where=where,
            remedy="检查来源；确是文件就拆成几份",
        )


# --- blocks --------------------------------------------------------------------------------


def _blocks(parent: Any, numbers: Numbers) -> Iterator[str]:
    for block in _inside(parent, {_P, _TBL}):
        if block.tag == _P:
            yield from _paragraph(block, numbers)
        else:
            yield from _table(block, numbers)


def _inside(parent: Any, wanted: set[str]) -> Iterator[Any]:
    """Children of these kinds, also those in content controls and tracked insertions."""
    for child in parent:
        if child.tag in wanted:
            yield child
        elif child.tag in _THROUGH and not _is_contents(child):
            yield from _inside(child, wanted)


def _is_contents(block: Any) -> bool:
    """Whether a content control is the automatic table of contents."""
    gallery = block.find(f"{qn('w:sdtPr')}/{qn('w:docPartObj')}/{qn('w:docPartGallery')}")
    return gallery is not None and "Contents" in gallery.get(qn("w:val"), "")


def _paragraph(paragraph: Any, numbers: Numbers) -> Iterator[str]:
    """A paragraph's line, then the lines of text boxes anchored in it."""
    if _style(paragraph).startswith("TOC"):
        return
    words = _words(paragraph)
    if words.strip() or not _taken_out(paragraph):
        for line in (numbers.of(paragraph) + words).split("\n"):
            yield line.strip(" \u3000\xa0")
    for box in paragraph.iter(_BOX):
        if _holder(box) is paragraph:
            yield from _blocks(box, numbers)


def _style(paragraph: Any) -> str:
    node = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if node is None else str(node.get(qn("w:val"), "")).upper()


def _taken_out(paragraph: Any) -> bool:
    """Whether the paragraph itself is a tracked deletion: it has no number either."""
    mark = paragraph.find(f"{qn('w:pPr')}/{qn('w:rPr')}")
    return mark is not None and mark.find(qn("w:del")) is not None


def _holder(box: Any) -> Any:
    """The paragraph a text box is anchored in; None for the fallback of a modern box."""
    for above in box.iterancestors():
        if above.tag == _P:
            return above
        if above.tag.endswith("}Fallback"):
            return None
    return None


def _words(element: Any) -> str:
    """The printed words of a paragraph: nothing deleted, hidden or boxed; breaks as lines."""
    out: list[str] = []
    waiting = list(reversed(element))
    while waiting:
        node = waiting.pop()
        tag = node.tag
        if not isinstance(tag, str) or tag in _GONE or tag.endswith("}Fallback") or _hidden(node):
            continue
        if tag in _WORDS:
            out.append(re.sub(r"[\r\n]", " ", node.text or "").replace("\t", _TAB))
        elif tag in _BREAKS:
            out.append("\n")
        elif tag in _SIGNS:
            out.append(_SIGNS[tag])
        else:
            waiting.extend(reversed(node))
    return "".join(out)


def _hidden(node: Any) -> bool:
    if node.tag != qn("w:r"):
        return False
    mark = node.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val"), "1") not in ("0", "false", "off")


# --- tables --------------------------------------------------------------------------------


def _table(table: Any, numbers: Numbers) -> Iterator[str]:
    """Rows as cells parted by tabs; a row of one cell is a box or a heading of its own."""
    yield ""
    above: dict[int, str] = {}
    for row in _inside(table, {_TR}):
        if row.find(f"{qn('w:trPr')}/{qn('w:del')}") is not None:
            continue
        cells = list(_inside(row, {_TC}))
        if len(cells) == 1:
            yield from _blocks(cells[0], numbers)
        else:
            yield "\t".join(_cells(row, cells, above, numbers))
    yield ""


def _cells(row: Any, cells: list[Any], above: dict[int, str], numbers: Numbers) -> Iterator[str]:
    at = _number(row, "w:trPr", "w:gridBefore", 0)
    yield from [""] * at
    for cell in cells:
        span = min(max(_number(cell, "w:tcPr", "w:gridSpan", 1), 1), 63)
        merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
        words = _cell(cell, numbers)
        if merge is not None and merge.get(qn("w:val")) != "restart":
            words = words or above.get(at, "")
        above[at] = words if merge is not None else ""
        yield words
        yield from [""] * (span - 1)
        at += span


def _number(element: Any, properties: str, name: str, default: int) -> int:
    node = element.find(f"{qn(properties)}/{qn(name)}")
    value = "" if node is None else str(node.get(qn("w:val"), ""))
    return int(value) if re.fullmatch(r"\d{1,2}", value) else default


def _cell(cell: Any, numbers: Numbers) -> str:
    lines = (re.sub(r"[\s\x1f]+", " ", line).strip() for line in _blocks(cell, numbers))
    return " ".join(line for line in lines if line)


# --- notes ---------------------------------------------------------------------------------


def _footnotes(document: Document) -> Iterator[str]:
    """Foot- and endnotes as lines after the text, with the numbers Word counts for them."""
    numbers = Numbers(document)
    for name in ("footnotes", "endnotes"):
        parts = [
            r.target_part
            for r in document.part.rels.values()
            if not r.is_external and r.reltype.endswith("/" + name)
        ]
        notes = {
            note.get(qn("w:id")): note
            for part in parts
            for note in parse_xml(part.blob).iterchildren(qn(f"w:{name[:-1]}"))
        }
        marks = document.element.body.iter(qn(f"w:{name[:-1]}Reference"))
        for count, mark in enumerate(marks, 1):
            note = notes.get(mark.get(qn("w:id")))
            if note is not None:
                lines = [line for line in _blocks(note, numbers) if line]
                yield f"{count} {' '.join(lines)}"
