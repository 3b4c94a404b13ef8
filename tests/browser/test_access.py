"""Every page at every width, in both colour schemes, by keyboard and to a screen reader."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

PAGES = (
    "/", "/ask?q=国家知识产权局牵头、涉及海关总署的任务", "/ask?q=今天天气怎么样",
    "/tasks", "/tasks?led_by=国家知识产权局&involves=海关总署", "/tasks/ip-2019-89",
    "/departments", "/departments/公安部", "/documents", "/documents/ip-2019",
    "/documents/ip-2019/passage?span=6920,6923", "/projects", "/goals", "/indicators",
    "/targets", "/sections", "/search?q=专利", "/network", "/sparql", "/docs", "/nope",
    "/problems/not-found",
)  # fmt: skip
# 320: the narrowest that WCAG 2.2 asks for (1.4.10), which is also 1280 at 400 %.
WIDTHS = (320, 375, 768, 1280)
SMALL = """() => [...document.querySelectorAll('button, input, select, textarea')]
  .filter(e => e.getClientRects().length && e.getBoundingClientRect().height < 44)
  .map(e => e.outerHTML)"""
FOCUS = """() => {
  const e = document.activeElement, s = getComputedStyle(e), r = e.getBoundingClientRect();
  return {tag: e.tagName, outline: s.outlineStyle, width: parseFloat(s.outlineWidth),
          seen: r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth,
          place: [...document.querySelectorAll('*')].indexOf(e)};
}"""


@pytest.mark.parametrize("path", PAGES)
def test_no_page_is_wider_than_its_window(page: Page, path: str) -> None:
    page.goto(path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        found = page.evaluate("document.scrollingElement.scrollWidth")
        assert found <= width, f"{path}: {found} > {width}"
        assert page.evaluate(SMALL) == [], "controls are 44 px high, for fingers"


@pytest.mark.parametrize("path", PAGES)
def test_no_page_breaks_a_rule_of_accessibility(page: Page, path: str) -> None:
    """axe-core: names, landmarks, order of headings, size of targets; contrast in both schemes."""
    page.set_viewport_size({"width": 375, "height": 800})
    page.emulate_media(color_scheme="light")
    page.goto(path)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.emulate_media(color_scheme="dark")
    found = Axe().run(page, options={"runOnly": ["color-contrast"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("path", ["/", "/tasks/ip-2019-89", "/sparql", "/docs"])
def test_the_keyboard_reaches_everything_in_order_and_shows_where_it_is(
    page: Page, path: str
) -> None:
    page.goto(path)
    reached = page.locator("a[href], button, input, select, textarea, summary, [tabindex='0']")
    places = []
    for _ in range(min(reached.count(), 60)):
        page.keyboard.press("Tab")
        at = page.evaluate(FOCUS)
        assert at["seen"] and at["outline"] != "none" and at["width"] >= 2, at
        places.append(at["place"])
    assert places == sorted(set(places)), "in the order of the page, nothing twice"


def test_the_first_key_skips_the_navigation(page: Page) -> None:
    page.goto("/tasks")
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="跳到正文")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    inside = page.evaluate("document.querySelector('main').contains(document.activeElement)")
    assert inside


def test_a_question_needs_no_mouse(page: Page) -> None:
    page.goto("/")
    box = page.get_by_label("用一句话提问")
    box.focus()
    box.press("Control+A")
    page.keyboard.type("公安部牵头的任务")
    page.keyboard.press("Enter")
    expect(page.locator(".count")).to_contain_text("项任务")
    expect(page.get_by_role("heading", name="读作：公安部牵头的任务")).to_be_visible()


def test_a_page_reads_without_script(browser: Browser, site: str) -> None:
    context = browser.new_context(base_url=site, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")
    page.get_by_role("button", name="提问").click()
    expect(page.get_by_text("为什么是零")).to_be_visible()
    context.close()


def test_paper_has_no_navigation(page: Page) -> None:
    page.goto("/tasks/ip-2019-89")
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation")).to_be_hidden()
    expect(page.get_by_role("table")).to_be_visible()
