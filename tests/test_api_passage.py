"""A passage of a document: its words, what stands around them, the page that marks them."""

from __future__ import annotations

import re
from html import unescape

import pytest

from api import routes_documents
from tests.test_api_support import BROWSER, get

TEXT = "/documents/plan/text"


def whole() -> str:
    return str(get(TEXT).text)


def test_a_passage_is_what_stands_at_the_span() -> None:
    text = whole()
    start = text.index("加强专利立法。")
    end = start + len("加强专利立法。")
    found = get(f"/documents/plan/passage?span={start},{end}").json()
    assert found["evidence"] == {
        "document": "plan", "span": [start, end], "quote": "加强专利立法。",
    }  # fmt: skip
    assert text[:start].endswith(found["prefix"]) and text[end:].startswith(found["suffix"])
    assert found["prefix"] and found["suffix"]
    assert found["section"] == ["一、全面加强知识产权保护", "（四）完善体系。"]


def test_the_page_marks_exactly_the_passage_in_the_text() -> None:
    text = whole()
    start = text.index("100%_\\")
    page = get(f"/documents/plan/passage?span={start},{start + 6}", BROWSER).text
    shown = re.search(r"<pre>(.*?)</pre>", page, re.DOTALL)
    assert shown is not None
    before, marked, after = re.split(r'<mark id="passage">|</mark>', shown[1])
    assert unescape(marked) == "100%_\\"
    assert unescape(before + marked + after) == text
    assert len(unescape(before)) == start


def test_a_long_document_is_shown_around_the_passage(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes_documents, "PAGE", 10)
    text = whole()
    page = get("/documents/plan/passage?span=50,60", BROWSER).text
    assert f"<pre>…{text[40:50]}<mark" in unescape(page)
    assert f"</mark>{text[60:70]}…</pre>" in unescape(page)
    assert f'href="{TEXT}"' in page
    links = re.findall(r'passage\?span=(\d+),(\d+)#passage" rel="(\w+)"', page)
    assert links == [("39", "40", "prev"), ("70", "71", "next")]
    first = get("/documents/plan/passage?span=0,5", BROWSER).text
    assert 'rel="prev"' not in first and 'rel="next"' in first


@pytest.mark.parametrize("path", ["/tasks", "/tasks/plan-4.2", "/goals", "/indicators"])
def test_evidence_on_pages_leads_to_its_passage(path: str) -> None:
    links = re.findall(
        r'href="/documents/(\w+)/passage\?span=(\d+),(\d+)#passage"', get(path, BROWSER).text
    )
    assert links
    for document, start, end in links:
        page = get(f"/documents/{document}/passage?span={start},{end}", BROWSER).text
        assert '<mark id="passage">' in page


def test_the_text_itself_stays_plain_for_a_browser_too() -> None:
    assert get(TEXT, BROWSER).headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "span", ["", "5", "5,2", "3,3", "-1,4", "0,999999", "０,４", "0,4,5", " 0,4"]
)
def test_no_such_passage_is_told(span: str) -> None:
    answer = get(f"/documents/plan/passage?span={span}")
    assert answer.status_code == 400
    assert [e["parameter"] for e in answer.json()["errors"]] == ["span"]
    assert answer.json()["remedy"]


def test_a_passage_of_no_document_is_not_found() -> None:
    assert get("/documents/nope/passage?span=0,1").status_code == 404
    assert get("/documents/plan/passage").status_code == 400
