"""Pages: they stand alone, they are well formed, they show the answer and mark its words."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from api.marks import linked, notes, pieces
from api.pages import EXAMPLES, HEADLINE
from tests.test_api_support import BROWSER, PAGES, first_ids, get

VOID = {"meta", "link", "input", "br", "hr", "img"}
ALL = [*PAGES, "/problems/not-found", "/nope", "/tasks?leed=1", "/ask?q=今天天气怎么样"]


class Page(HTMLParser):
    """Collects what the tests ask about; refuses tags that are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)
        assert not self.open, self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.found.append((tag, values))
        self.links += [v for k, v in attrs if k in ("href", "src", "action") and v]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, tag

    def tags(self, name: str) -> list[dict[str, str | None]]:
        return [values for tag, values in self.found if tag == name]


@pytest.mark.parametrize("path", ALL)
def test_a_page_is_whole_and_needs_no_other_host_and_no_script(path: str) -> None:
    answer = get(path, BROWSER)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    page = Page(answer.text)
    assert not page.tags("script") and not page.tags("style")
    assert not any("style" in v or any(k.startswith("on") for k in v) for _, v in page.found)
    assert all(link.startswith(("/", "#")) for link in page.links), page.links
    assert page.tags("html")[0]["lang"] == "zh-CN" and len(page.tags("h1")) == 1
    assert page.tags("main") and page.tags("nav")[0]["aria-label"]
    levels = [int(tag[1]) for tag, _ in page.found if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels)), levels
    labels = {v.get("for") for v in page.tags("label")}
    assert all(v.get("id") in labels for v in page.tags("input"))


@pytest.mark.parametrize("path", [*PAGES, "/problems/not-found"])
def test_every_link_of_a_page_leads_somewhere(path: str) -> None:
    page = Page(get(path, BROWSER).text)
    ids = {v["id"] for _, v in page.found if v.get("id")}
    for link in dict.fromkeys(page.links):
        address, _, fragment = link.partition("#")
        if not address:
            assert fragment in ids
        elif address == "/sparql":  # a memory store holds no RDF: tests/sparql opens the page
            assert get(address, BROWSER).status_code == 501
        elif address not in ("/ask", "/search"):  # forms: they need words
            assert get(address, BROWSER).status_code == 200, link


def test_the_first_page_asks_and_answers_the_headline_question() -> None:
    text = get("/", BROWSER).text
    assert f'value="{HEADLINE}"' in text
    for words in ("为什么是零", "深入推进国际执法合作。", "2019年推进计划", "第 32–43 字",
                  "需要留意", 'lang="en"', "分别负责"):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("question", EXAMPLES)
def test_the_examples_are_understood(question: str) -> None:
    assert get("/ask?q=" + question).status_code == 200


def test_a_task_shows_its_clause_and_marks_the_names() -> None:
    text = get("/tasks/plan-4.2", BROWSER).text
    assert text.count("<mark") == 4  # three names, and the legend
    assert "提升“商标”审查质量100%_\\。" in text
    assert '<span class="clause">（</span>' in text and '<span class="clause">负责）</span>' in text


def test_every_kind_of_thing_has_its_page() -> None:
    for path in first_ids().values():
        Page(get(path, BROWSER).text)


def test_pieces_put_together_are_the_text() -> None:
    from tests.test_api_support import filled_store

    store = filled_store()
    for task in store.records("task"):
        loaded = store.loaded(task.document.id)
        assert loaded
        cut = pieces(loaded.text, 0, task.clause.span, notes(task))
        assert "".join(p.text for p in cut) == loaded.text
        assert [p.text for p in cut if p.kind == "name"] == [
            r.mention for r in task.responsibilities
        ]
        marked = "".join(p.text for p in cut if p.kind != "plain")
        assert marked == task.clause.text


def test_addresses_in_words_become_links() -> None:
    assert linked("见：/tasks?q=a%20b&units=true。") == [
        ("见：", ""), ("查看", "/tasks?q=a%20b&units=true"), ("。", ""),
    ]  # fmt: skip
    assert linked("没有") == [("没有", "")]


def test_a_document_says_each_thing_once_with_all_its_sources() -> None:
    page = get("/documents/plan", BROWSER).text
    names = re.findall(r'<th scope="row">(.*?)</th><td>(.*?)</td>', page)
    statements = get("/documents/plan").json()["statements"]
    values = {field: {s["value"] for s in said} for field, said in statements.items()}
    assert len(names) == sum(map(len, values.values()))
    assert page.count("文件印出") == sum(
        s["origin"] == "printed" for said in statements.values() for s in said
    )


def test_words_of_a_user_are_not_markup() -> None:
    text = get("/tasks?q=<script>alert(1)</script>", BROWSER).text
    assert "<script" not in text and "&lt;script&gt;" in text
