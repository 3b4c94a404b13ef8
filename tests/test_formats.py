"""One document in every format: the same tasks, edges, places; pages known; never garbled."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import docx
import msgspec
import opencc
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from kg.errors import DataError
from kg.model import Extraction, Task
from kg.registry import load_registry
from loaders.files import Source, read_bytes
from loaders.pipeline import extract, from_source
from loaders.report import place
from loaders.word_numbers import chinese_number, formatted
from tests import making
from tests.test_golden import DEV, FIVE, GOLD, gold_of, path_of

NAMES = [*FIVE, *(n for n in DEV if n.endswith(".txt"))]
MADE = [(name, form) for name in NAMES for form in ("docx", "pdf")]


def squeeze(text: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))


def task_facts(t: Task) -> Any:
    return (
        squeeze(t.number), squeeze(t.title), [squeeze(s) for s in t.section], squeeze(t.text),
        squeeze(t.clause.text), squeeze(t.scope), squeeze(t.deadline), t.open,
        [(r.department, r.role, r.basis, r.collective) for r in t.responsibilities],
        [(squeeze(m.actor), squeeze(m.text)) for m in t.measures],
    )  # fmt: skip


def facts(e: Extraction) -> dict[str, Any]:
    """What an extraction says, white space and widths aside."""
    d = e.document
    return {
        "tasks": [task_facts(t) for t in e.tasks],
        "goals": [(g.number, squeeze(g.text), squeeze(g.detail)) for g in e.goals],
        "projects": [
            (p.number, squeeze(p.name), [squeeze(m) for m in p.measures], squeeze(p.task))
            for p in e.projects
        ],
        "indicators": [(i.number, i.name, i.unit, i.baseline, i.target) for i in e.indicators],
        "targets": [(squeeze(t.subject), t.value, squeeze(t.unit)) for t in e.targets],
        "head": [squeeze(x) for x in (d.title, d.issuer, d.number, d.date)],
        "rule": squeeze(d.lead_rule.quote) if d.lead_rule else None,
    }


def read(raw: bytes, name: str) -> tuple[Source, Extraction]:
    source = read_bytes(raw, name)
    return source, extract(source.text, "doc", load_registry())


@cache
def text_of(name: str) -> str:
    return read_bytes(path_of(name).read_bytes(), "d.txt").text


@cache
def made(name: str, form: str) -> tuple[Source, Extraction]:
    text = text_of(name)
    raw = making.docx_of(text) if form == "docx" else making.pdf_of(text, head="文件选编 2021")
    return read(raw, f"d.{form}")


@pytest.mark.parametrize(("name", "form"), MADE)
def test_same_document_says_the_same(name: str, form: str) -> None:
    want = facts(extract(text_of(name), "doc", load_registry()))
    assert facts(made(name, form)[1]) == want


@pytest.mark.parametrize(("name", "form"), [m for m in MADE if m[0].startswith("dev/")])
def test_scorer_finds_nothing_wrong(name: str, form: str, tmp_path: Path) -> None:
    source, extraction = made(name, form)
    (tmp_path / "out.json").write_bytes(msgspec.json.encode(extraction))
    (tmp_path / "out.txt").write_text(source.text, encoding="utf-8", newline="")
    gold = GOLD / f"{name.rsplit('.', 1)[0]}.gold.json"
    args = [GOLD / "score.py", gold, tmp_path / "out.json", tmp_path / "out.txt"]
    done = subprocess.run([sys.executable, *args], capture_output=True, text=True, check=True)
    score = json.loads(done.stdout)
    assert score["tasks"]["f1"] == score["edges"]["f1"] == 1.0, score
    assert gold_of(name)["tasks"]


@pytest.mark.parametrize(("name", "form"), MADE)
def test_spans_are_exact(name: str, form: str) -> None:
    source, e = made(name, form)
    for t in e.tasks:
        assert source.text[slice(*t.span)] == t.text
        assert source.text[slice(*t.clause.span)] == t.clause.text
        for r in t.responsibilities:
            assert source.text[slice(*r.span)] == r.mention


def test_two_columns_are_read_one_after_the_other() -> None:
    for name in ("dev/009.txt", "dev/039.txt", "dev/057.txt"):
        raw = making.pdf_of(text_of(name), head="国务院公报", columns=2)
        want = facts(extract(text_of(name), "doc", load_registry()))
        assert facts(read(raw, "d.pdf")[1]) == want, name


def test_pages_are_known() -> None:
    source, _ = made("dev/009.txt", "pdf")
    assert len(source.pages) == 7 and source.pages[0] == 0
    assert list(source.pages) == sorted(source.pages)
    document = from_source(source, load_registry())
    last = document.extraction.tasks[-1]
    assert "第 7 页" in place(document, last.clause.span)
    assert "第 1 页" in place(document, (0, 1))


def test_a_table_without_lines_is_told() -> None:
    table = "任务分工\n序号\t重点任务\t牵头单位\t完成时限\n1\t推进一网通办\t公安部\t2024年12月\n"
    ruled = read(making.pdf_of(table), "d.pdf")[1]
    assert [t.title for t in ruled.tasks] == ["推进一网通办"] and not ruled.warnings
    bare = read(making.pdf_of(table, grid=False), "d.pdf")[1]
    assert not bare.tasks and [w.code for w in bare.warnings] == ["row_unread"]
    assert "没有框线" in bare.warnings[0].message


def test_heads_and_page_numbers_are_gone() -> None:
    text = made("dev/057.txt", "pdf")[0].text
    assert "文件选编" not in text
    assert not re.search(r"—\s*\d+\s*—", text)


# --- Word ------------------------------------------------------------------------------------


def words(document: Any) -> list[str]:
    text = read_bytes(making.saved(document), "d.docx").text
    return [line for line in text.split("\n") if line]


def test_text_boxes_once_deletions_never() -> None:
    document = docx.Document()
    document.add_paragraph("一、总体要求")
    host = document.add_paragraph("做好工作。")
    making.text_box(host, ["专栏1 重点工程", "推进改革。"])
    gone = document.add_paragraph("由商务部")
    making.tracked_deletion(gone, "、财政部")
    gone.add_run("负责。")
    document.add_paragraph("第一行").add_run().add_break()
    hidden = document.add_paragraph("看得见").add_run("看不见")
    hidden.font.hidden = True
    assert words(document) == [
        "一、总体要求", "做好工作。", "专栏1 重点工程", "推进改革。", "由商务部负责。", "第一行", "看得见",
    ]  # fmt: skip


def test_merged_cells_stand_where_they_belong() -> None:
    document = docx.Document()
    table = document.add_table(rows=4, cols=3)
    rows = [
        ["任务", "责任单位", "时限"],
        ["做好甲", "教育部", "年底"],
        ["", "科技部", "年底"],
        ["说明", "", ""],
    ]
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(3, 1).merge(table.cell(3, 2))
    assert words(document) == [
        "任务\t责任单位\t时限", "做好甲\t教育部\t年底", "做好甲\t科技部\t年底", "说明\t\t",
    ]  # fmt: skip


def test_words_in_content_controls_are_read_but_no_contents() -> None:
    document = docx.Document()
    control = (
        "<w:sdt {ns}><w:sdtPr>{gallery}</w:sdtPr><w:sdtContent><w:p><w:r><w:t>{text}</w:t></w:r>"
        "</w:p></w:sdtContent></w:sdt>"
    )
    contents = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    body = document.element.body
    body.insert(0, parse_xml(control.format(ns=nsdecls("w"), gallery=contents, text="目录1")))
    body.insert(1, parse_xml(control.format(ns=nsdecls("w"), gallery="", text="正文在此")))
    assert words(document) == ["正文在此"]


def test_tab_stops_one_below_the_other_are_rows() -> None:
    document = docx.Document()
    for line in ("附件\t一览", "任务\t责任单位\t时限", "做好甲\t教育部\t年底", "\t\t落款"):
        document.add_paragraph(line)
    assert words(document) == ["附件 一览", "任务\t责任单位\t时限", "做好甲\t教育部\t年底", "落款"]


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [(21, "chineseCounting", "二十一"), (106, "chineseCountingThousand", "一百零六"),
     (110, "chineseCounting", "一百一十"), (3, "decimalEnclosedCircle", "③"),
     (2, "ideographTraditional", "乙"), (4, "upperRoman", "IV"), (7, "decimal", "7")],
)  # fmt: skip
def test_numbers_as_word_shows_them(value: int, form: str, shown: str) -> None:
    assert formatted(value, form) == shown
    assert chinese_number(10) == "十"


# --- encodings -------------------------------------------------------------------------------

ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "gb18030", "gbk"]


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("name", ["dev/009.txt", "dev/057.txt"])
def test_every_encoding_gives_the_same_text(name: str, encoding: str) -> None:
    raw = text_of(name).replace("\n", "\r\n").encode(encoding)
    source = read_bytes(raw, "d.txt")
    assert source.text == text_of(name)
    shown = {"utf-8-sig": "utf-8", "gbk": "gb18030"}.get(encoding, encoding)
    assert source.encoding == shown


@pytest.mark.parametrize("name", [n for n in NAMES if n.startswith("dev/")])
def test_traditional_characters_in_big5(name: str) -> None:
    printed = opencc.OpenCC("s2t").convert(text_of(name))
    source, e = read(printed.encode("big5hkscs", "ignore"), "d.txt")
    assert source.encoding == "big5"
    simple = extract(text_of(name), "doc", load_registry())
    got = [[(r.department, r.role) for r in t.responsibilities] for t in e.tasks]
    assert got == [[(r.department, r.role) for r in t.responsibilities] for t in simple.tasks]


def test_half_width_signs_and_form_feeds() -> None:
    text = text_of("dev/009.txt")
    table = str.maketrans("，；：（）", ",;:()")
    plain = text.translate(table).replace("\n三、", "\f三、")
    _, e = read(plain.encode(), "d.txt")
    want = facts(extract(text, "doc", load_registry()))["tasks"]
    assert [t[8] for t in facts(e)["tasks"]] == [t[8] for t in want]


@pytest.mark.parametrize(
    "raw",
    ["経済産業省は、知的財産権の保護を推進する。".encode("shift_jis"), "특허청은 보호를 추진한다".encode("euc_kr"),
     "Правительство Российской Федерации".encode("cp1251"), bytes(range(128, 256)) * 4,
     text_of("dev/009.txt").encode()[:-1] + b"\xff\xfe"],
)  # fmt: skip
def test_wrong_guesses_are_refused(raw: bytes) -> None:
    with pytest.raises(DataError, match="编码"):
        read_bytes(raw, "d.txt")
