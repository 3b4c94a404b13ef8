"""Makers of Word and PDF files and of web pages from a canonical text, for the tests.

The text says what is printed; the makers print it as such programs do: automatic numbers,
real tables, text boxes, tracked deletions; pages with running heads, page numbers, broken
lines, indented paragraphs, tables over several pages.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any
from xml.sax.saxutils import escape

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    LongTable,
    PageTemplate,
    Paragraph,
    Spacer,
    TableStyle,
)

from loaders.word_numbers import chinese_number

Block = str | list[list[str]]  # a line, or the rows of a table


def blocks(text: str) -> Iterator[Block]:
    """Lines, and runs of table rows; a header printed again on a later page stands once."""
    text = re.sub(r"(\t.*)\n\s*\n(?=.*\t)", r"\1\n", text)
    for is_row, run in groupby(text.split("\n"), key=lambda line: "\t" in line):
        if not is_row:
            yield from run
            continue
        rows = [line.strip("\n").split("\t") for line in run]
        yield [r for i, r in enumerate(rows) if i == 0 or r != rows[0]]


# --- Word ----------------------------------------------------------------------------------


@dataclass
class Numbering:
    """Automatic numbers as Word counts them: 一、 with （一） below it, and 1. of its own."""

    restart: bool
    counts: dict[str, int] = field(default_factory=lambda: {"cn": 0, "bracket": 0, "digit": 0})

    def take(self, line: str) -> tuple[str, str, str] | None:
        """numId, level and words of a line whose printed number Word would count itself."""
        for kind, id, level, pattern, made in (
            ("cn", "71", "0", r"([一二三四五六七八九十]+)、", chinese_number),
            ("bracket", "71", "1", r"（([一二三四五六七八九十]+)）", chinese_number),
            ("digit", "72", "0", r"(\d+)\.(?!\d)", str),
        ):
            found = re.match(pattern, line)
            if found is None or found[1] != made(self.counts[kind] + 1):
                continue
            self.counts[kind] += 1
            if kind == "cn" and self.restart:
                self.counts["bracket"] = 0
            return id, level, line[found.end() :]
        return None


_NUMBERING = """<w:abstractNum {ns} w:abstractNumId="{id}"><w:multiLevelType w:val="multilevel"/>
{levels}</w:abstractNum>"""
_LEVEL = """<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{fmt}"/>{restart}
<w:suff w:val="nothing"/><w:lvlText w:val="{text}"/></w:lvl>"""


def _number_lists(document: Any, restart: bool) -> None:
    root = document.part.numbering_part.element
    no = "" if restart else '<w:lvlRestart w:val="0"/>'
    chinese = _LEVEL.format(at=0, fmt="chineseCountingThousand", text="%1、", restart="")
    chinese += _LEVEL.format(at=1, fmt="chineseCounting", text="（%2）", restart=no)
    digits = _LEVEL.format(at=0, fmt="decimal", text="%1.", restart="")
    for id, levels in (("71", chinese), ("72", digits)):
        root.insert(0, parse_xml(_NUMBERING.format(ns=nsdecls("w"), id=id, levels=levels)))
        root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{id}"><w:abstractNumId w:val="{id}"/></w:num>'
            )
        )


_BOX = """<w:r {ns}><mc:AlternateContent
 xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps">
<w:drawing><wps:wsp xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape">
<wps:txbx><w:txbxContent>{body}</w:txbxContent></wps:txbx></wps:wsp></w:drawing></mc:Choice>
<mc:Fallback><w:pict><w:txbxContent>{body}</w:txbxContent></w:pict></mc:Fallback>
</mc:AlternateContent></w:r>"""


def text_box(paragraph: Any, lines: list[str]) -> None:
    """Anchor a text box in a paragraph, with its fallback for old programs."""
    body = "".join(f"<w:p><w:r><w:t>{escape(line)}</w:t></w:r></w:p>" for line in lines)
    paragraph._p.append(parse_xml(_BOX.format(ns=nsdecls("w"), body=body)))


def tracked_deletion(paragraph: Any, words: str) -> None:
    """Words taken out under tracked changes: in the file, not in the document."""
    paragraph._p.append(
        parse_xml(
            f'<w:del {nsdecls("w")} w:id="1" w:author="a"><w:r>'
            f"<w:delText>{words}</w:delText></w:r></w:del>"
        )
    )


def _table(document: Any, rows: list[list[str]]) -> None:
    width = max(len(r) for r in rows)
    table = document.add_table(rows=len(rows), cols=width, style="Table Grid")
    marks = table.rows[0]._tr.get_or_add_trPr()
    marks.append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for row, cells in zip(table.rows, rows, strict=True):
        if len(cells) > 1 and cells[0] and not any(cells[1:]):
            row.cells[0].merge(row.cells[-1])
            row.cells[0].text = cells[0]
            continue
        for cell, words in zip(row.cells, cells, strict=False):
            cell.text = words


def docx_of(text: str, *, numbered: bool = True) -> bytes:
    """A Word file that prints `text`: numbers counted by Word, tables real."""
    document = docx.Document()
    restart = len(re.findall(r"^（一）", text, re.M)) > 1
    _number_lists(document, restart)
    counted = Numbering(restart)
    for block in blocks(text):
        if isinstance(block, list):
            _table(document, block)
            continue
        taken = counted.take(block) if numbered else None
        paragraph = document.add_paragraph(taken[2] if taken else block)
        if taken:
            properties = paragraph._p.get_or_add_pPr()
            properties.append(
                parse_xml(
                    f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{taken[1]}"/>'
                    f'<w:numId w:val="{taken[0]}"/></w:numPr>'
                )
            )
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def saved(document: Any) -> bytes:
    """The bytes of a Word file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


# --- PDF -----------------------------------------------------------------------------------

FONT = "STSong-Light"
_BODY = ParagraphStyle("b", fontName=FONT, fontSize=14, leading=24, firstLineIndent=28,
                       wordWrap="CJK")  # fmt: skip
_FLUSH = ParagraphStyle("f", parent=_BODY, firstLineIndent=0)
_TITLE = ParagraphStyle("t", parent=_FLUSH, fontSize=20, leading=30, alignment=TA_CENTER)
_CELL = ParagraphStyle("c", parent=_FLUSH, fontSize=9, leading=13)


def _numbered_page(head: str) -> Any:
    def draw(canvas: Any, doc: Any) -> None:
        canvas.setFont(FONT, 10)
        if head:
            canvas.drawCentredString(A4[0] / 2, A4[1] - 40, head)
        canvas.drawCentredString(A4[0] / 2, 36, f"— {doc.page} —")

    return draw


def _flowing(text: str, width: float, grid: bool) -> Iterator[Any]:
    first = True
    for block in blocks(text):
        if isinstance(block, list):
            yield _pdf_table(block, width, grid)
            continue
        if not block.strip():
            yield Spacer(1, 18)
            continue
        style = _TITLE if first else _FLUSH if block.endswith("：") and len(block) < 90 else _BODY
        first = False
        yield Paragraph(escape(block.strip(" 　")), style)


def _pdf_table(rows: list[list[str]], width: float, grid: bool) -> Any:
    count = max(len(r) for r in rows)
    styles: list[Any] = [("VALIGN", (0, 0), (-1, -1), "TOP")]
    if grid:
        styles.append(("GRID", (0, 0), (-1, -1), 0.6, colors.black))
    data = []
    for at, row in enumerate(rows):
        if len(row) > 1 and row[0] and not any(row[1:]):
            styles.append(("SPAN", (0, at), (-1, at)))
        data.append([Paragraph(escape(c), _CELL) for c in [*row, *[""] * (count - len(row))]])
    widths = _widths(rows, count, width)
    return LongTable(data, colWidths=widths, repeatRows=1, splitInRow=1, style=TableStyle(styles))


def _widths(rows: list[list[str]], count: int, width: float) -> list[float]:
    longest = [max((len(r[c]) if c < len(r) else 0) for r in rows) for c in range(count)]
    share = [min(max(n, 12), 60) for n in longest]
    return [width * s / sum(share) for s in share]


def pdf_of(text: str, *, head: str = "", columns: int = 1, grid: bool = True) -> bytes:
    """A PDF that prints `text` on A4 pages with a running head and page numbers.

    Without `grid`, tables have no lines.
    """
    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    out = io.BytesIO()
    doc = BaseDocTemplate(out, pagesize=A4)
    gap = 24.0
    width = (A4[0] - 144 - gap * (columns - 1)) / columns
    frames = [
        Frame(72 + i * (width + gap), 72, width, A4[1] - 144, 0, 0, 0, 0) for i in range(columns)
    ]
    doc.addPageTemplates(PageTemplate("p", frames, onPage=_numbered_page(head)))
    doc.build([*_flowing(text, width, grid), Spacer(1, 1)])
    return out.getvalue()


# --- web pages -----------------------------------------------------------------------------


def paragraphs(text: str, tag: str = "p") -> str:
    """The lines of a text as paragraphs, its tables as tables."""
    out = []
    for block in blocks(text):
        if isinstance(block, list):
            out.append(html_table(block))
        elif block.strip():
            out.append(f"<{tag}>　　{escape(block)}</{tag}>")
    return "\n".join(out)


def html_table(rows: list[list[str]]) -> str:
    """Rows as an HTML table; a row of one filled cell spans all columns."""
    width = max(len(r) for r in rows)
    out = []
    for row in rows:
        if row[0] and not any(row[1:]):
            out.append(f'<tr><td colspan="{width}">{escape(row[0])}</td></tr>')
        else:
            out.append("<tr>" + "".join(f"<td><p>{escape(c)}</p></td>" for c in row) + "</tr>")
    return f"<table border=1>{''.join(out)}</table>"


__all__ = [
    "blocks",
    "docx_of",
    "html_table",
    "paragraphs",
    "pdf_of",
    "qn",
    "saved",
    "text_box",
    "tracked_deletion",
]
