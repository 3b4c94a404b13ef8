"""A search, and one in vain: it says why, and offers what would find something."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest

from kg.errors import QueryError
from kg.query import list_things, network
from kg.search import SearchAnswer, search
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.query_support import CUSTOMS, REGISTRY, STORE
from tests.query_support import ask as asked
from tests.test_api_support import BROWSER, get

HEADLINE = "国家知识产权局牵头、涉及海关总署的任务"


def find(q: str, *more: tuple[str, str]) -> SearchAnswer:
    return search(STORE, REGISTRY, [("q", q), *more])


def test_a_find_needs_no_reason() -> None:
    found = find("商标")
    assert (found.total, found.why_empty, found.near) == (2, None, ())


@pytest.mark.parametrize(
    "pairs", [[], [("q", " ")], [("q", "商" * 201)], [("q", "商标"), ("year", "2019")]]
)
def test_a_wrong_search_is_refused(pairs: list[tuple[str, str]]) -> None:
    with pytest.raises(QueryError):
        search(STORE, REGISTRY, pairs)


def test_a_question_typed_as_a_search_is_offered_as_a_question() -> None:
    found = find(HEADLINE)
    assert found.total == 0 and found.why_empty and HEADLINE in found.why_empty
    [offer] = found.near
    assert (offer.kind, offer.label, offer.total) == ("question", f"当作问题：{HEADLINE}", 0)
    assert dict(parse_qsl(urlsplit(offer.url).query)) == {"q": HEADLINE}
    other = find("涉及海关总署的任务")
    assert other.near[0].total == asked(("involves", CUSTOMS)).total == 3


def test_each_word_that_is_there_is_offered_alone() -> None:
    found = find("商标 龙腾□")
    assert found.why_empty and "“龙腾□”" in found.why_empty and "“商标”" not in found.why_empty
    [offer] = found.near
    assert (offer.kind, offer.total) == ("word", find("商标").total)
    pairs = parse_qsl(urlsplit(offer.url).query)
    assert search(STORE, REGISTRY, pairs).total == offer.total


def test_words_that_never_meet_are_told_from_words_that_are_not_there() -> None:
    words = [w for w in ("海关", "商标", "合作", "商业秘密", "发明专利") if find(w).total]
    apart = next(f"{a} {b}" for a in words for b in words if a != b and not find(f"{a} {b}").total)
    found = find(apart)
    assert found.why_empty and "分开都有" in found.why_empty
    assert [n.kind for n in found.near] == ["word", "word"]


def test_many_words_are_not_all_looked_for_alone() -> None:
    found = find("商 标 商标 知 识 知识 产 权 □")
    assert found.total == 0 and len(found.near) == 8
    assert found.why_empty and "全部字样" in found.why_empty and "□" not in found.why_empty


def test_what_could_not_be_read_as_a_question_is_said() -> None:
    found = find("国家知识产权局牵头的快乐任务")
    assert found.near == () and found.why_empty and "“快乐”" in found.why_empty


def test_an_empty_list_says_why() -> None:
    empty = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    reason = list_things(empty, "project", []).why_empty
    assert reason and "kg load" in reason and network(empty, []).why_empty == reason
    assert list_things(STORE, "project", []).why_empty is None
    assert network(STORE, []).why_empty is None
    none = list_things(STORE, "target", [("document", "annual")])
    assert none.total == 0 and none.why_empty and "2019年推进计划" in none.why_empty


def test_a_reprint_without_the_thing_points_to_its_source() -> None:
    answer = list_things(STORE, "indicator", [("document", "reprint")])
    assert (
        answer.total == 0 and answer.why_empty and "/indicators?document=plan" in answer.why_empty
    )


def test_a_department_that_nobody_is_called_has_near_names() -> None:
    answer = get("/departments?q=知道局").json()
    assert answer["total"] == 0 and "相近的名称：国家知识产权局" in answer["why_empty"]
    assert get("/departments?q=海关").json()["why_empty"] is None


def test_the_page_of_a_search_in_vain_leads_on() -> None:
    page = get(f"/search?q={HEADLINE}", BROWSER).text
    assert "为什么是零" in page and 'href="/ask?q=' in page and f"当作问题：{HEADLINE}" in page
    assert "为什么是零" not in get("/search?q=商标", BROWSER).text
