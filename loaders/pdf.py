"""PDF files with a text layer to lines of text: one line a paragraph, tables as rows.

Running heads and page numbers are taken out, sentences are rejoined over lines and pages.
A line begins a new paragraph if it is indented, or if the line before it ended early, as
Chinese documents are set; a row that goes on overleaf is one row, a header printed again is
left out; notes at the foot of pages follow at the end.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import Any

import pdfplumber
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from kg.errors import DataError
from loaders.pdf_flow import flow
from loaders.pdf_lines import Line, page_lines

MAX_PAGES = 2_000
MAX_CHARS = 100_000  # on one page
MAX_STREAM = 30_000_000  # unpacked, of one page's drawing
_STREAM = re.compile(rb"stream\r?\n")


def text_of_pdf(raw: bytes, where: str) -> tuple[str, tuple[int, ...]]:
    """The words of a PDF, and the offset at which each page begins.

    Raises:
        DataError: no PDF, encrypted, damaged, too many pages, or a scan without text.
    """
    if b"%PDF-" not in raw[:4096]:
        raise DataError("不是 PDF 文件", where=where, remedy="检查文件，或重新下载")
    _refuse_swollen(raw, where)
    try:
        pages = _pages(raw, where)
    except (DataError, MemoryError):
        raise
    except Exception as e:  # the library raises whatever a damaged object makes it raise
        raise _unreadable(e, where) from e
    if not any(pages):
        raise DataError(
            "扫描件没有文字层，读不出文字", where=where, remedy="先做文字识别（OCR）再加载"
        )
    text, starts = flow(pages)
    _refuse_garbled(text, where)
    return text, starts


def _pages(raw: bytes, where: str) -> list[list[Line]]:
    with pdfplumber.open(io.BytesIO(raw)) as pdf:
        if len(pdf.pages) > MAX_PAGES:
            raise DataError(
                f"有 {len(pdf.pages)} 页，超过 {MAX_PAGES} 页", where=where, remedy="拆成几份"
            )
        pages = []
        columns: float | None = None
        for page in pdf.pages:
            lines, columns = _page(page, where, columns)
            pages.append(lines)
            page.close()
        return pages


def _page(page: Any, where: str, columns: float | None) -> tuple[list[Line], float | None]:
    if len(page.chars) > MAX_CHARS:
        raise DataError(
            f"第 {page.page_number} 页有 {len(page.chars)} 个字，超过 {MAX_CHARS}",
            where=where,
            remedy="另存为分页的 PDF，或存为文本",
        )
    return page_lines(page, columns)


def _refuse_swollen(raw: bytes, where: str) -> None:
    """Unpack every packed stream up to the limit before the library does without one."""
    for begin in _STREAM.finditer(raw):
        about = raw[max(begin.start() - 400, 0) : begin.start()].rpartition(b"obj")[2]
        if (b"/FlateDecode" not in about and b"/Fl " not in about) or b"/Image" in about:
            continue
        inflate = zlib.decompressobj()
        try:
            inflate.decompress(raw[begin.end() : begin.end() + MAX_STREAM], MAX_STREAM)
        except zlib.error:
            continue  # damaged; the library says so
        if inflate.unconsumed_tail and not inflate.eof:
            raise DataError(
                f"其中一段解开后超过 {MAX_STREAM // 1_000_000} MB，疑为压缩炸弹",
                where=where,
                remedy="检查来源；确是文件就另存为新的 PDF",
            )


def _refuse_garbled(text: str, where: str) -> None:
    """A font without a character table gives glyph numbers: no text, so none is made up."""
    unmapped = len(re.findall(r"\(cid:\d+\)|[\ue000-\uf8ff\ufffd]", text))
    if unmapped * 10 > len(re.sub(r"\s|\(cid:\d+\)", "", text)) + unmapped:
        raise DataError(
            "PDF 的字体没有字符对照表，取出的文字是乱码",
            where=where,
            remedy="先做文字识别（OCR），或找 Word、网页版本",
        )


def _unreadable(e: Exception, where: str) -> DataError:
    cause = e.args[0] if isinstance(e, PdfminerException) and e.args else e
    if isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError):
        return DataError("PDF 已加密", where=where, remedy="去掉密码再加载")
    return DataError(
        f"PDF 不完整或已损坏，读不出来（{type(cause).__name__}）",
        where=where,
        remedy="重新下载，或另存为新的 PDF",
    )
