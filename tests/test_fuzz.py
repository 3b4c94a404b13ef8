"""Any bytes in any format: a text or a DataError, in bounded time, with spans that quote.

Made at random (pieces of real documents, random bytes, valid files with bytes changed) and a
corpus of damaged and hostile files, each as such files really come.
"""

from __future__ import annotations

import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdfium2 import PdfDocument

from kg.errors import DataError
from kg.model import Extraction
from kg.registry import load_registry
from loaders.batch import find_files
from loaders.files import MAX_BYTES, read_bytes, read_file
from loaders.limits import within_limits
from loaders.pipeline import extract
from tests import making
from tests.test_golden import CORPUS, GOLD

SECONDS = 20
PIECES = sorted(
    {line[:160] for path in [*CORPUS.glob("*.txt"), *(GOLD / "dev").glob("*.txt")]
     for line in path.read_text(encoding="utf-8").split("\n") if line.strip()}
)  # fmt: skip
SIGNS = ["（", "）", "(", ")", "一、", "（一）", "1.", "负责", "牵头", "、", "。", "\n", "\t", "　", "《",
         "等", "责任单位：", "教育部", "2025年底前", "——", "专栏1 ", "|", "#", "**", "[image: x]", "\f"]  # fmt: skip
quick = settings(
    max_examples=25, deadline=None, derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip


def read(raw: bytes, name: str) -> tuple[str, Extraction] | None:
    """The text and what it says, or None where the file was refused with a reason."""

    def whole() -> tuple[str, Extraction]:
        text = read_bytes(raw, name).text
        return text, extract(text, "doc", load_registry())

    try:
        return within_limits(whole, Path(name), SECONDS)
    except DataError as e:
        assert e.what and e.where == name and e.remedy, e
        assert "仍未读完" not in e.what, "too slow"
        return None


def assert_quotes(text: str, e: Extraction) -> None:
    for t in e.tasks:
        assert text[slice(*t.span)] == t.text
        assert text[slice(*t.clause.span)] == t.clause.text
        assert all(text[slice(*r.span)] == r.mention for r in t.responsibilities)
    assert all(text[slice(*t.span)] == t.quote for t in e.targets)
    assert all(0 <= w.span[0] <= w.span[1] <= len(text) for w in e.warnings if w.span)


texts = st.lists(st.sampled_from([*PIECES, *SIGNS]), max_size=25).map("".join)


@quick
@given(texts)
def test_any_text_is_read_alike_twice_and_quotes(text: str) -> None:
    first = read(text.encode(), "x.txt")
    if first is not None:
        assert_quotes(*first)
        assert read(text.encode(), "x.txt") == first


@quick
@given(st.text(max_size=300))
def test_any_characters(text: str) -> None:
    got = read(text.encode("utf-8", "surrogatepass"), "x.md")
    if got is not None:
        assert_quotes(*got)


@pytest.mark.parametrize("suffix", ["txt", "html", "docx", "pdf", "md", "xls"])
@quick
@given(raw=st.binary(max_size=600))
def test_random_bytes_in_every_format(suffix: str, raw: bytes) -> None:
    for head in (b"", b"%PDF-1.7\n", b"PK\x03\x04", b"<html>"):
        read(head + raw, f"x.{suffix}")


@cache
def valid(suffix: str) -> bytes:
    lines = [p for p in PIECES if "负责" in p][:12]
    text = "\n".join(["关于做好工作的通知", *lines, "任务\t责任单位", "做好工作\t教育部"]) + "\n"
    if suffix == "docx":
        return making.docx_of(text)
    return making.pdf_of(text, head="头") if suffix == "pdf" else _page(text).encode()


def _page(text: str) -> str:
    return f"<html><body><div class=nav><a>首页</a></div>{making.paragraphs(text)}</body></html>"


changes = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(["set", "cut", "insert", "swap"]),
              st.integers(0, 255)), min_size=1, max_size=6,
)  # fmt: skip


def changed(raw: bytes, how: list[tuple[int, str, int]]) -> bytes:
    out = bytearray(raw)
    for at, what, value in how:
        at %= max(len(out), 1)
        if what == "set":
            out[at : at + 1] = bytes([value])
        elif what == "cut":
            del out[at : at + value * 4]
        elif what == "insert":
            out[at:at] = bytes([value]) * (value % 40)
        else:
            out[at : at + 64] = out[at : at + 64][::-1]
    return bytes(out)


@pytest.mark.parametrize("suffix", ["docx", "pdf", "html"])
@quick
@given(how=changes)
def test_valid_files_with_bytes_changed(suffix: str, how: list[tuple[int, str, int]]) -> None:
    got = read(changed(valid(suffix), how), f"x.{suffix}")
    if got is not None:
        assert_quotes(*got)


@quick
@given(
    st.tuples(
        st.sampled_from(["word/document.xml", "word/numbering.xml", "word/styles.xml"]), changes
    )
)
def test_word_parts_with_bytes_changed(how: tuple[str, list[tuple[int, str, int]]]) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(valid("docx"))) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            new.writestr(name, changed(part, how[1]) if name == how[0] else part)
    read(out.getvalue(), "x.docx")


# --- a corpus of damaged files -----------------------------------------------------------------


def zip_of(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def pdf_with_stream(packed: bytes) -> bytes:
    head = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    pages = b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    page = b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>endobj\n"
    stream = b"4 0 obj<</Filter/FlateDecode/Length %d>>stream\n" % len(packed)
    return head + pages + page + stream + packed + b"\nendstream endobj\ntrailer<</Root 1 0 R>>"


def scan() -> bytes:
    pdf, out = PdfDocument.new(), io.BytesIO()
    pdf.new_page(595, 842)
    pdf.save(out)
    return out.getvalue()


def encrypted_pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt="secret")
    canvas.drawString(72, 72, "text")
    canvas.save()
    return out.getvalue()


def many_pages(count: int) -> bytes:
    pdf, out = PdfDocument.new(), io.BytesIO()
    for _ in range(count):
        pdf.new_page(9, 9)
    pdf.save(out)
    return out.getvalue()


def sheet_as_word() -> bytes:
    return zip_of({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})


def deep_word() -> bytes:
    document = docx.Document()
    raw = making.saved(document)
    deep = b"<w:sdt><w:sdtContent>" * 3000 + b"</w:sdtContent></w:sdt>" * 3000
    with zipfile.ZipFile(io.BytesIO(raw)) as old:
        parts = {n: old.read(n) for n in old.namelist()}
    parts["word/document.xml"] = parts["word/document.xml"].replace(b"<w:body>", b"<w:body>" + deep)
    return zip_of(parts)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
DAMAGED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "scan without text": ("x.pdf", scan, "扫描件"),
    "encrypted pdf": ("x.pdf", encrypted_pdf, "加密"),
    "truncated pdf": ("x.pdf", lambda: valid("pdf")[:1500], "PDF"),
    "no pdf": ("x.pdf", lambda: "知识产权".encode() * 99, "不是 PDF"),
    "pdf of 10,000 pages": (
        "x.pdf",
        lambda: many_pages(10_000),
        "10000 页|秒仍未读完",
    ),  # whichever limit is met first
    "pdf bomb": ("x.pdf", lambda: pdf_with_stream(zlib.compress(bytes(200_000_000), 9)), "炸弹"),
    "old word": ("x.docx", lambda: OLE, "旧的 .doc"),
    "old word by its name": ("x.doc", lambda: OLE, ".doc"),
    "encrypted word": ("x.docx", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "加密"),
    "truncated word": ("x.docx", lambda: valid("docx")[:4000], "不完整"),
    "sheet called word": ("x.docx", sheet_as_word, "不是 Word"),
    "spreadsheet": ("x.xlsx", sheet_as_word, ".xlsx"),
    "word bomb": ("x.docx", lambda: zip_of({"word/document.xml": bytes(90_000_000)}), "炸弹"),
    "word nested deeply": ("x.docx", deep_word, "损坏"),
    "page nested deeply": ("x.html", lambda: b"<div>" * 50_000 + b"x", "嵌套太深"),
    "empty": ("x.txt", lambda: b"", "空"),
    "blank": ("x.html", lambda: b"<html><script>1</script></html>", "没有文字"),
    "zeros": ("x.txt", lambda: bytes(9000), "空"),
    "binary called text": ("x.txt", lambda: valid("docx"), "不是文本"),
    "picture called text": ("x.txt", lambda: b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "不是文本"),
    "no known format": ("x.wps", lambda: OLE, ".wps"),
    "text of 30 MB": ("x.txt", lambda: b"a" * 30_000_000, "30 MB"),
}


@pytest.mark.parametrize("case", DAMAGED)
def test_damaged_files_say_what_is_wrong(case: str) -> None:
    name, make, what = DAMAGED[case]
    raw = make()
    with pytest.raises(DataError, match=what) as e:
        within_limits(lambda: read_bytes(raw, name), Path(name), SECONDS)
    assert e.value.where == name and e.value.remedy


def test_things_that_are_no_files(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "loop.txt").symlink_to(tmp_path / "loop.txt")
    with (tmp_path / "huge.pdf").open("wb") as file:
        file.truncate(200_000_000)  # nothing of it is read
    for path, what in (
        (tmp_path, "文件夹"), (tmp_path / "pipe.txt", "普通文件"), (Path("/dev/zero"), "普通文件"),
        (tmp_path / "loop.txt", "打不开"), (tmp_path / "no.txt", "没有这个文件"),
        (tmp_path / "huge.pdf", f"200 MB，超过 {MAX_BYTES // 1_000_000} MB"), (Path("a\0b"), "打不开"),
    ):  # fmt: skip
        with pytest.raises(DataError, match=what):
            read_file(path)
    with pytest.raises(DataError, match="没有可读的文件"):
        (tmp_path / "huge.pdf").unlink()
        find_files([tmp_path])


@contextmanager
def unprivileged() -> Iterator[None]:
    """Root may read everything: for a moment be nobody."""
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(me)


def test_not_permitted(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("x")
    path.chmod(stat.S_IWUSR)
    with unprivileged(), pytest.raises(DataError, match="打不开"):
        read_file(path)


# What makes careless patterns slow; read to a text by every loader within seconds.
HOSTILE = ["（", "（(", "一、", "1.", "负责", "打印", "大 中 小 ", "【", " ", "　", "\n ", "\t", "**a", "<p ", "<b>",
           "|--", "| ", "#", "&", "-", "来源：", "知识产权保护", "[image:", "<td>", "&#"]  # fmt: skip


@pytest.mark.parametrize("sign", HOSTILE)
@pytest.mark.parametrize("suffix", ["txt", "html"])
def test_a_megabyte_of_one_sign_is_read_at_once(sign: str, suffix: str) -> None:
    raw = ("知" + sign * (1_000_000 // len(sign.encode())) + "识").encode()

    def text() -> Any:
        return read_bytes(raw, f"x.{suffix}")

    try:
        within_limits(text, Path("x"), SECONDS)
    except DataError as e:
        assert "仍未读完" not in e.what


# Clauses, lists and rules that never end: beginning, what is repeated, end.
ENDLESS = [
    ("（一）关于", "，由财政部", "啊"), ("推进工作。（财政部负责", "，以下均", "。啊）"),
    ("（", "预期性指标，", "）"), ("推进工作。（", "2020年前，", "）"), ("各", "项目", "牵头单位负责"),
    ("", "列第一位的", "为牵头"), ("", "责任单位", ""), ("（", "财政部、", "教育部负责）"),
    ("", "达到5%，", ""), ("由", "财政部牵头，", "负责"), ("序号 任务 ", "牵头单位 ", ""),
]  # fmt: skip


@pytest.mark.parametrize("parts", ENDLESS, ids=lambda p: p[1])
def test_a_clause_without_end_is_read_at_once(parts: tuple[str, str, str]) -> None:
    begin, again, end = parts
    text = begin + again * (40_000 // len(again)) + end
    try:
        within_limits(lambda: extract(text, "d", load_registry()), Path("x"), SECONDS)
    except DataError as e:
        assert "仍未读完" not in e.what
