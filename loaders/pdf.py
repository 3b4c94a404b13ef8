"""PDF files with a text layer to lines of text: one line a paragraph, tables as rows.

Running heads and page numbers are taken out, sentences are rejoined over lines and pages.
A line begins a new paragraph if it is indented, or if the line before it ended early, as
Chinese documents are set; a row that goes on overleaf is one row.
"""

from __future__ import annotations

import io
import re
import statistics
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from kg.errors import DataError

MAX_PAGES = 2_000
EDGE = 0.11  # share of a page's height in which heads and feet stand
_PAGE_NUMBER = re.compile(
    r"[-—–·.\s]*(?:第?\s*\d{1,4}\s*页?(?:\s*[/，,共]+\s*\d{1,4}\s*页?)?|[ivxIVX]{1,6})[-—–·.\s]*"
)
_MARKER = re.compile(
    r"[一二三四五六七八九十百]+、|[（(][一二三四五六七八九十\d]+[)）]|\d{1,3}[.．、]|第[一二三四五六七八九十百]+[章节条]"
    r"|——|专栏|附件|[①-⑳]"
)


@dataclass(frozen=True)
class Line:
    """A printed line, or a row of a table (then `row`)."""

    text: str
    left: float
    right: float
    top: float
    size: float
    page: int
    row: tuple[str, ...] = ()


def text_of_pdf(raw: bytes, where: str) -> tuple[str, tuple[int, ...]]:
    """The words of a PDF, and the offset at which each page begins.

    Raises:
        DataError: no PDF, encrypted, damaged, too many pages, or a scan without text.
    """
    try:
        with pdfplumber.open(io.BytesIO(raw)) as pdf:
            if len(pdf.pages) > MAX_PAGES:
                raise DataError(
                    f"有 {len(pdf.pages)} 页，超过 {MAX_PAGES} 页", where=where, remedy="拆成几份"
                )
            pages = []
            for page in pdf.pages:
                pages.append(list(_page(page)))
                page.close()
    except DataError:
        raise
    except Exception as e:
        raise _unreadable(e, where) from e
    if not any(pages):
        raise DataError(
            "扫描件没有文字层，读不出文字", where=where, remedy="先做文字识别（OCR）再加载"
        )
    return _joined(_without_edges(pages))


def _unreadable(e: Exception, where: str) -> DataError:
    cause = e.args[0] if isinstance(e, PdfminerException) and e.args else e
    if isinstance(cause, PDFPasswordIncorrect):
        return DataError("PDF 已加密", where=where, remedy="去掉密码再加载")
    return DataError(
        f"PDF 损坏或不是 PDF，读不出来（{type(cause).__name__}）",
        where=where,
        remedy="重新下载，或另存为新的 PDF",
    )


def _page(page: Any) -> Iterator[Line]:
    """Lines and table rows of a page from top to bottom."""
    number = page.page_number
    tables = [t for t in page.find_tables() if len(t.rows) > 1 or len(t.rows[0].cells) > 1]
    rest = page
    for table in tables:
        rest = rest.outside_bbox(_within(table.bbox, page.bbox))
    lines = [
        Line(_words(line["chars"]), line["x0"], line["x1"], line["top"],
             statistics.median(c["size"] for c in line["chars"]), number)
        for line in rest.extract_text_lines(strip=True, return_chars=True)
        if line["text"].strip()
    ]  # fmt: skip
    for table in tables:
        for at, row in enumerate(table.extract()):
            cells = tuple(_squeezed(c or "") for c in row)
            if any(cells):
                lines.append(Line("", 0, 0, table.bbox[1] + at * 1e-3, 0, number, cells))
    yield from sorted(lines, key=lambda line: line.top)


def _within(box: Any, page: Any) -> tuple[float, float, float, float]:
    """A table's box cut to the page's, as the library insists."""
    return (max(box[0], page[0]), max(box[1], page[1]), min(box[2], page[2]), min(box[3], page[3]))


def _words(chars: list[dict[str, Any]]) -> str:
    """Characters of a line; a gap is a blank only beside Latin words or where it is wide."""
    out = ""
    for before, char in zip([None, *chars], chars, strict=False):
        if before is not None:
            gap = char["x0"] - before["x1"]
            latin = bool(re.match(r"[A-Za-z0-9]", before["text"] + "") and re.match(
                r"[A-Za-z0-9]", char["text"]))  # fmt: skip
            if gap > char["size"] * (0.25 if latin else 1.5):
                out += " "
        out += char["text"]
    return re.sub(r"[ \xa0]+", " ", out).strip()


def _squeezed(cell: str) -> str:
    """A cell's words without the line breaks of its narrow column."""
    cell = re.sub(r"(?<=[A-Za-z0-9,.])\n(?=[A-Za-z0-9])", " ", cell)
    return re.sub(r"[ \t]+", " ", cell.replace("\n", "")).strip()


def _without_edges(pages: list[list[Line]]) -> list[list[Line]]:
    """Pages without running heads, running feet and page numbers."""
    seen = Counter(re.sub(r"\d+", "#", line.text) for page in pages for line in _edge_lines(page))
    often = max(2, len(pages) // 3)
    kept = []
    for page in pages:
        edge = {id(line) for line in _edge_lines(page)}
        kept.append([
            line for line in page
            if id(line) not in edge
            or not (_PAGE_NUMBER.fullmatch(line.text)
                    or seen[re.sub(r"\d+", "#", line.text)] > often)
        ])  # fmt: skip
    return kept


def _edge_lines(page: list[Line]) -> list[Line]:
    """The first and the last two lines of a page, if they are lines and no rows."""
    lines = [line for line in page if not line.row]
    return lines[:2] + lines[2:][-2:]


def _joined(pages: list[list[Line]]) -> tuple[str, tuple[int, ...]]:
    lines = [line for page in pages for line in page]
    left, right = _margins(lines)
    out: list[str] = []
    starts: dict[int, int] = {}
    size = 0
    before: Line | None = None
    for line in _rows_joined(lines):
        text = "\t".join(line.row) if line.row else line.text
        glue = _glue(before, line, left, right) if before is not None else ""
        starts.setdefault(line.page, size + len(glue))
        out += [glue, text]
        size += len(glue) + len(text)
        before = line
    count = max(starts, default=0)
    offsets = [starts.get(p, 0) for p in range(1, count + 1)]
    return "".join(out) + "\n", tuple(offsets)


def _margins(lines: list[Line]) -> tuple[float, float]:
    """Left and right edge of the text block: where most full lines begin and end."""
    texts = [line for line in lines if not line.row]
    if not texts:
        return 0.0, 0.0
    left = Counter(round(line.left) for line in texts if len(line.text) > 10)
    edge = float(left.most_common(1)[0][0]) if left else min(line.left for line in texts)
    return edge, statistics.quantiles([line.right for line in texts], n=10)[-1] if len(
        texts) > 1 else texts[0].right  # fmt: skip


def _glue(before: Line, line: Line, left: float, right: float) -> str:
    """What stands between two lines: a line break, nothing, or a blank between Latin words."""
    if line.row or before.row or _begins(before, line, left, right):
        return "\n"
    latin = re.search(r"[A-Za-z0-9,]$", before.text) and re.match(r"[A-Za-z0-9]", line.text)
    return " " if latin else ""


def _begins(before: Line, line: Line, left: float, right: float) -> bool:
    """Whether a line begins a new paragraph."""
    size = max(line.size, 1.0)
    if abs(line.size - before.size) > 0.15 * size:
        return True
    if _MARKER.match(line.text) and re.search(r"[。；：:）)]$|^.{0,30}$", before.text):
        return True
    indented = line.left - left > 0.9 * size
    return indented or before.right < right - 1.6 * size


def _rows_joined(lines: list[Line]) -> Iterator[Line]:
    """Rows that go on overleaf (their first cell is empty there) put together."""
    held: Line | None = None
    for line in lines:
        if held is not None and _goes_on(held, line):
            cells = tuple(a + b for a, b in zip(held.row, line.row, strict=True))
            held = Line("", 0, 0, held.top, 0, held.page, cells)
            continue
        if held is not None:
            yield held
        held = line
    if held is not None:
        yield held


def _goes_on(held: Line, line: Line) -> bool:
    return (
        bool(held.row and line.row)
        and line.page > held.page
        and len(held.row) == len(line.row)
        and not line.row[0]
        and any(line.row)
    )
