"""File to canonical text: decode, drop markup, drop what only surrounds the document.

Nothing here knows what a task is. Every later span counts code points of `Source.text`.
"""

from __future__ import annotations

import stat
from dataclasses import dataclass, replace
from pathlib import Path

from kg.errors import DataError
from loaders.decoding import decode
from loaders.docx import text_of_docx
from loaders.html import looks_like_html, text_of_html
from loaders.markup import text_of_markup
from loaders.pdf import text_of_pdf
from loaders.surroundings import trim

MAX_BYTES = 100_000_000
MAX_TEXT_BYTES = 20_000_000
MAX_TEXT = 3_000_000
HTML_SUFFIXES = {".html", ".htm", ".xhtml", ".shtml"}
TEXT_SUFFIXES = {".txt", ".md", ".markdown", ".text", ""}
SUFFIXES = HTML_SUFFIXES | (TEXT_SUFFIXES - {""}) | {".docx", ".pdf"}
# Formats in which documents come and which are not read: never passed over in silence.
UNREAD = {".doc", ".wps", ".ofd", ".rtf", ".odt", ".xls", ".xlsx", ".et", ".ppt", ".pptx", ".dps",
          ".csv", ".caj", ".ceb", ".epub", ".mht", ".mhtml"}  # fmt: skip
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@dataclass(frozen=True)
class Source:
    """A document as bytes and as canonical text.

    `encoding` names how the bytes were decoded, if they were text; `media_type` what they
    were taken for; `pages` where each printed page begins in the text, if the format has pages.
    """

    name: str
    raw: bytes
    text: str
    media_type: str
    encoding: str | None = None
    pages: tuple[int, ...] = ()


def read_file(path: Path) -> Source:
    """Read a document from disk.

    Raises:
        DataError: no such file, a format that is not read, empty, damaged, too large.
    """
    return read_bytes(read_raw(path), path.name, str(path))


def read_raw(path: Path) -> bytes:
    """The bytes of a document, if it is a file of a size that is read.

    Raises:
        DataError: no such file, no file, too large, not permitted.
    """
    try:
        found = path.stat()
        if stat.S_ISDIR(found.st_mode):
            raise DataError("这是文件夹，不是文件", where=str(path), remedy="给出其中的文件")
        if not stat.S_ISREG(found.st_mode):
            raise DataError("不是普通文件", where=str(path), remedy="给出磁盘上的文件")
        _refuse_large(found.st_size, path.suffix.lower(), str(path))
        return path.read_bytes()
    except FileNotFoundError as e:
        raise DataError("没有这个文件", where=str(path), remedy="检查路径") from e
    except (OSError, ValueError) as e:
        reason = getattr(e, "strerror", None) or e
        raise DataError(f"打不开文件（{reason}）", where=str(path), remedy="检查路径和权限") from e


def read_bytes(raw: bytes, name: str, where: str | None = None) -> Source:
    """Turn the bytes of a file into a `Source`; the same bytes always give the same text.

    Args:
        raw: the file's content.
        name: its file name; the suffix tells the format.
        where: what an error should name, the file name if not given.

    Raises:
        DataError: as `read_file`.
    """
    where = where or name
    suffix = Path(name).suffix.lower()
    _refuse_large(len(raw), suffix, where)
    if not raw.strip(b" \t\r\n\x00"):
        raise DataError("文件是空的", where=where, remedy="检查文件，或重新下载")
    source = _read(raw, name, suffix, where)
    text = trim(source.text)
    if not text.strip():
        raise DataError("文件里没有文字", where=where, remedy="检查是否为空文件或扫描图片")
    if len(text) > MAX_TEXT:
        raise DataError(
            f"文字有 {len(text)} 字，超过 {MAX_TEXT} 字的上限", where=where, remedy="拆成几份再加载"
        )
    return replace(source, text=text, pages=_moved(source, text))


def _read(raw: bytes, name: str, suffix: str, where: str) -> Source:
    if suffix == ".docx":
        return Source(name, raw, text_of_docx(raw, where), DOCX)
    if suffix == ".pdf":
        text, pages = text_of_pdf(raw, where)
        return Source(name, raw, text, "application/pdf", pages=pages)
    if suffix in HTML_SUFFIXES | TEXT_SUFFIXES:
        return _plain(raw, name, suffix, where)
    raise DataError(
        f"还不会读 {suffix} 文件", where=where, remedy="另存为 .docx、.pdf、.txt、.md 或 .html"
    )


def _refuse_large(size: int, suffix: str, where: str) -> None:
    limit = MAX_TEXT_BYTES if suffix in HTML_SUFFIXES | TEXT_SUFFIXES else MAX_BYTES
    if size > limit:
        raise DataError(
            f"文件有 {size // 1_000_000} MB，超过 {limit // 1_000_000} MB 的上限",
            where=where,
            remedy="拆成几份再加载",
        )


def _moved(source: Source, text: str) -> tuple[int, ...]:
    """Where the pages begin once what stood above the text was dropped."""
    shift = max(source.text.find(text[:200]), 0)
    return tuple(min(max(p - shift, 0), len(text)) for p in source.pages)


def _plain(raw: bytes, name: str, suffix: str, where: str) -> Source:
    decoded, encoding = decode(raw, where)
    if suffix in HTML_SUFFIXES or looks_like_html(decoded):
        return Source(name, raw, text_of_html(decoded, where), "text/html", encoding)
    return Source(name, raw, text_of_markup(decoded), "text/plain", encoding)
