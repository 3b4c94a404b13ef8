"""File to canonical text: decode, drop markup, drop what only surrounds the document.

Nothing here knows what a task is. Every later span counts code points of `Source.text`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from charset_normalizer import from_bytes

from kg.errors import DataError
from loaders.docx import text_of_docx
from loaders.html import looks_like_html, text_of_html
from loaders.markup import text_of_markup
from loaders.pdf import text_of_pdf
from loaders.surroundings import trim

MAX_BYTES = 100_000_000
HTML_SUFFIXES = {".html", ".htm", ".xhtml", ".shtml"}
TEXT_SUFFIXES = {".txt", ".md", ".markdown", ".text", ""}
SUFFIXES = HTML_SUFFIXES | (TEXT_SUFFIXES - {""}) | {".docx", ".pdf"}
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
    try:
        size = path.stat().st_size
        if path.is_dir():
            raise DataError("这是文件夹，不是文件", where=str(path), remedy="给出其中的文件")
        if size > MAX_BYTES:
            raise DataError(
                f"文件有 {size // 1_000_000} MB，超过 {MAX_BYTES // 1_000_000} MB 的上限",
                where=str(path),
                remedy="拆成单个文件再加载",
            )
        raw = path.read_bytes()
    except FileNotFoundError as e:
        raise DataError("没有这个文件", where=str(path), remedy="检查路径") from e
    except OSError as e:
        raise DataError(
            f"打不开文件（{e.strerror}）", where=str(path), remedy="检查路径和权限"
        ) from e
    return read_bytes(raw, path.name, str(path))


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
    if suffix == ".docx":
        source = Source(name, raw, text_of_docx(raw, where), DOCX)
    elif suffix == ".pdf":
        text, pages = text_of_pdf(raw, where)
        source = Source(name, raw, text, "application/pdf", pages=pages)
    elif suffix in HTML_SUFFIXES | TEXT_SUFFIXES:
        source = _plain(raw, name, suffix, where)
    else:
        raise DataError(
            f"还不会读 {suffix} 文件",
            where=where,
            remedy="另存为 .docx、.pdf、.txt、.md 或 .html",
        )
    text = trim(source.text)
    if not text.strip():
        raise DataError("文件里没有文字", where=where, remedy="检查是否为空文件或扫描图片")
    return replace(source, text=text, pages=_moved(source, text))


def _moved(source: Source, text: str) -> tuple[int, ...]:
    """Where the pages begin once what stood above the text was dropped."""
    shift = max(source.text.find(text[:40]), 0)
    return tuple(min(max(p - shift, 0), len(text)) for p in source.pages)


def _plain(raw: bytes, name: str, suffix: str, where: str) -> Source:
    decoded, encoding = _decode(raw, where)
    if suffix in HTML_SUFFIXES or looks_like_html(decoded):
        return Source(name, raw, text_of_html(decoded), "text/html", encoding)
    return Source(name, raw, text_of_markup(decoded), "text/plain", encoding)


def _decode(raw: bytes, where: str) -> tuple[str, str]:
    """Decode UTF-8 (with or without BOM), UTF-16 with BOM, GB18030 or Big5; no guessing."""
    candidates = ["utf-16"] if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig"]
    for encoding in candidates:
        try:
            return _clean(raw.decode(encoding), where), encoding.removesuffix("-sig")
        except UnicodeDecodeError:
            pass
    if b"\x00" in raw:
        raise _not_text(where)
    best = from_bytes(raw, cp_isolation=["gb18030", "big5"]).best()
    if best is None:
        raise _not_text(where)
    return _clean(str(best), where), best.encoding


def _clean(text: str, where: str) -> str:
    """Line ends become line feeds; a text with control characters is no text."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    controls = sum(ch < " " and ch not in "\n\t" for ch in text)
    if controls:
        raise _not_text(where)
    return text


def _not_text(where: str) -> DataError:
    return DataError(
        "不是文本文件，或编码无法识别", where=where, remedy="存为 UTF-8 或 GB18030 编码的文本"
    )
