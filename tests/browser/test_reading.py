"""What a reader does: asks, sees why, opens the words that say so, comes back."""

from __future__ import annotations

import re
from urllib.parse import unquote

from playwright.sync_api import Page, expect

QUESTION = "国家知识产权局牵头、涉及海关总署的任务"


def test_the_question_of_the_first_page_is_answered_with_its_reason(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_label("用一句话提问")).to_have_value(QUESTION)
    page.get_by_role("button", name="提问").click()
    expect(page).to_have_url(re.compile("/ask\\?q="))
    expect(page.get_by_text("共 0 项任务")).to_be_visible()
    expect(page.get_by_text("为什么是零")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("由其他部门（公安部）牵头"))).to_be_visible()


def test_a_question_not_understood_says_so_and_keeps_the_words(page: Page) -> None:
    page.goto("/")
    page.get_by_label("用一句话提问").fill("今天天气怎么样")
    page.get_by_label("用一句话提问").press("Enter")
    expect(page.get_by_label("用一句话提问")).to_have_value("今天天气怎么样")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.title() and "500" not in page.title()


def test_evidence_opens_at_its_words(page: Page) -> None:
    """From a body in the table of a task to the passage: marked, in sight, equal to the text."""
    page.goto("/tasks/ip-2019-89")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="公安部"))
    row.get_by_role("link", name=re.compile(r"第 \d+–\d+ 字")).click()
    mark = page.locator("#passage")
    expect(mark).to_have_text("公安部")
    expect(mark).to_be_in_viewport()
    span = re.search(r"span=(\d+),(\d+)", unquote(page.url))
    assert span
    text = page.request.get("/documents/ip-2019/text").text()
    assert text[int(span[1]) : int(span[2])] == "公安部"
    page.go_back()
    expect(page.get_by_role("table")).to_be_visible()


def test_the_rule_of_a_document_opens_where_it_is_stated(page: Page) -> None:
    page.goto("/documents/ip-2019")
    rule = page.locator("blockquote").inner_text()
    section = page.get_by_role("heading", name="牵头规则").locator("xpath=following-sibling::p[1]")
    section.get_by_role("link").click()
    expect(page.locator("#passage")).to_have_text(rule)
    expect(page.locator("#passage")).to_be_in_viewport()


def test_the_search_box_finds_on_every_page(page: Page) -> None:
    page.goto("/departments")
    page.get_by_role("searchbox", name="检索原文字样").fill("海关")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/search\\?q="))
    first = page.locator("main").get_by_role("link").first
    expect(first).to_be_visible()
    expect(page.locator("main")).to_contain_text("海关")


def test_an_address_keeps_the_whole_question(page: Page) -> None:
    page.goto("/tasks?led_by=公安部&year=2019")
    said = page.get_by_role("heading", level=1).inner_text()
    counted = page.locator(".count").inner_text()
    again = page.context.new_page()
    again.goto(page.url)
    assert again.get_by_role("heading", level=1).inner_text() == said
    assert again.locator(".count").inner_text() == counted


def test_the_network_leads_to_the_tasks_it_counts(page: Page) -> None:
    page.goto("/network")
    count = page.locator("td.n a").first
    said = count.inner_text()
    count.click()
    expect(page.locator(".count")).to_have_text(f"共 {said} 项任务。")


def test_sparql_answers_in_a_table(page: Page) -> None:
    page.goto("/sparql")
    page.get_by_label("查询（只读").fill("SELECT ?s WHERE { ?s a ?c } LIMIT 3")
    page.get_by_role("button", name="查询").click()
    expect(page.get_by_role("heading", name="3 行")).to_be_visible()
    expect(page.get_by_role("row")).to_have_count(4)
