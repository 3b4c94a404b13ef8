"""The report a person can act on: doubts first, each task with clause, roles and rule."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from kg.registry import load_registry
from loaders.files import read_bytes
from loaders.pipeline import from_source, read_document
from loaders.report import as_text, place, remedy
from loaders.report_html import as_html
from tests.test_golden import CORPUS, GOLD

VOID = {"meta", "br", "hr"}


class Wellformed(HTMLParser):
    """Every element is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.mark.parametrize("path", sorted([*CORPUS.glob("*.txt"), *(GOLD / "dev").glob("*.txt")]))
def test_every_task_with_its_clause_and_roles(path: Path) -> None:
    document = read_document(path, load_registry())
    text, page = as_text(document), as_html([document])
    plain = re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", page))
    squeezed = re.sub(r"\s+", "", text)
    for task in document.extraction.tasks:
        clause = re.sub(r"\s+", "", task.clause.text)
        assert f"【{clause}】" in squeezed and clause in plain, task.id
        assert place(document, task.clause.span) in text
        assert f'id="{task.id}"' in page
    for w in document.extraction.warnings:
        assert w.message in text
    parser = Wellformed()
    parser.feed(page)
    assert not parser.open
    assert "http" not in page and "<script" not in page


def test_what_was_skipped_has_its_words_and_a_way_out() -> None:
    raw = "一、任务\n1.做好工作。（教育部视情况酌情研究后牵头负责）\n2.做好事情。（教育部负责）\n".encode()
    document = from_source(read_bytes(raw, "x.txt"), load_registry())
    warnings = [w for w in document.extraction.warnings if w.code == "clause_unread"]
    assert warnings
    text = as_text(document)
    assert "【（教育部视情况酌情研究后牵头负责）】" in text
    assert remedy(document, warnings[0]).startswith("kg case x.txt ")
    assert text.index("clause_unread") < text.index("教育部负责"), "doubts come first"


def test_the_stated_rule_is_quoted() -> None:
    document = read_document(CORPUS / "ip-2019.txt", load_registry())
    text = as_text(document)
    assert "文件写明：“上述各项任务分工中" in text
    assert "规则：文件规定列第一位的牵头：本文件写明“上述各项任务分工中" in text
    assert "\x1b" not in text and "\x1b[1m" in as_text(document, color=True)


def test_words_of_a_document_are_never_markup() -> None:
    raw = "一、任务\n1.做好<b>工作</b>&amp;<script>x</script>。（教育部负责）\n".encode()
    page = as_html([from_source(read_bytes(raw, "<x>.txt"), load_registry())])
    assert "<script>x" not in page and "&lt;x&gt;.txt" in page


def test_from_the_command_line(capsysbinary: Any) -> None:
    files = [str(GOLD / "dev" / "009.txt"), str(GOLD / "dev" / "057.html")]
    assert run(["extract", "--report", *files]) == 0
    assert capsysbinary.readouterr().out.decode().count("没有读到、存疑或更正的") == 2
    assert run(["extract", "--html", *files]) == 0
    page = capsysbinary.readouterr().out.decode()
    assert page.count("<!doctype html>") == 1 and page.count("<h1>") == 2
