"""The parameters of /tasks: what is accepted, what is refused, and the way back to an address."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import KgError, NotFoundError, QueryError
from kg.params import BY_NAME, PARAMS, Question, parse, url
from kg.query import find_tasks
from kg.query_cursor import decode_cursor, encode_cursor
from kg.registry import load_registry
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import all_documents

REGISTRY = load_registry()
STORE = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
STORE.publish(all_documents())

IPO, CUSTOMS = "国家知识产权局", "海关总署"
Pairs = list[tuple[str, str]]


def read(*pairs: tuple[str, str]) -> Question:
    return parse(pairs, STORE, REGISTRY)


def pairs_of(address: str) -> Pairs:
    return parse_qsl(urlsplit(address).query, strict_parsing=True)


def test_every_parameter_says_what_it_means_in_both_languages() -> None:
    assert len(BY_NAME) == len(PARAMS)
    for p in PARAMS:
        assert p.zh and p.en
    assert {p.name for p in PARAMS if p.addition} == {"excludes", "collective", "due_by"}


@pytest.mark.parametrize(
    "text",
    ["国家知识产权局", "知识产权局", " 国家知识产权局 ", "国知局",
     "China National Intellectual Property Administration"],
)  # fmt: skip
def test_a_department_is_known_by_id_name_or_alias(text: str) -> None:
    assert read(("led_by", text)).query.led_by == IPO


def test_a_bare_office_is_found_where_only_one_is_called_so() -> None:
    question = read(("involves", "条法司"))
    assert question.query.involves == ("国家知识产权局-条法司",)
    assert question.name("国家知识产权局-条法司") == "条法司"


def test_a_body_that_only_the_registry_knows_is_no_error() -> None:
    assert read(("led_by", "水利部")).query.led_by == "水利部"


def test_the_first_page_is_everything() -> None:
    question = read()
    assert (question.limit, question.after, url(question)) == (20, None, "/tasks")


@pytest.mark.parametrize(
    "pairs",
    [
        [("leed", "x")],
        [("led_by", IPO), ("led_by", CUSTOMS)],
        [("led_by", "")],
        [("led_by", "部" * 10_000)],
        [("led_by", "公安\x00部")],
        [("led_by", "\ud800")],
        [("role", "boss")],
        [("basis", "牵头")],
        [("lead", "maybe")],
        [("collective", "false")],
        [("units", "yes")],
        [("year", "19")],
        [("year", "二〇一九")],
        [("year", "２０１９")],
        [("limit", "0")],
        [("limit", "101")],
        [("limit", "-1")],
        [("limit", "1e2")],
        [("limit", "9" * 5000)],
        [("q", "")],
        [("q", "   ")],
        [("q", "商" * 201)],
        [("facets", "led_by,nothing")],
        [("facets", "")],
        [("cursor", "")],
        [("cursor", "!!!")],
        [("cursor", "eyJ4IjoxfQ")],
        [("cursor", "W10")],
        [("cursor", "a" * 5000)],
        [("involves", IPO)] * 21,
    ],
)
def test_a_malformed_question_is_refused_with_its_parameter(pairs: Pairs) -> None:
    with pytest.raises(QueryError) as e:
        read(*pairs)
    assert e.value.where == pairs[0][0]


@pytest.mark.parametrize(
    ("pair", "candidate"),
    [
        (("led_by", "海关"), CUSTOMS),
        (("involves", "公安"), "公安部"),
        (("document", "planned"), "plan"),
        (("project", "2"), "1 商业秘密保护工程"),
        (("project", "没有的工程"), "1 商业秘密保护工程"),
    ],
)
def test_an_unknown_thing_is_not_found_with_candidates(
    pair: tuple[str, str], candidate: str
) -> None:
    with pytest.raises(NotFoundError) as e:
        read(pair)
    assert candidate in e.value.candidates
    assert e.value.where == pair[0]


def test_documents_and_projects_by_their_names() -> None:
    assert read(("document", "2019年推进计划")).query.document == "annual"
    by_number = read(("project", "1")).query.project
    assert by_number == read(("project", "商业秘密保护工程")).query.project
    assert by_number == read(("project", by_number[0])).query.project


def test_words_are_split_at_blanks_of_any_width() -> None:
    assert read(("q", "专利\u3000商标  专利")).query.q == ("专利", "商标")


EXAMPLES: list[Pairs] = [
    [],
    [("led_by", "知识产权局"), ("involves", CUSTOMS)],
    [("involves", "公安部"), ("involves", CUSTOMS), ("role", "participant")],
    [("excludes", "财政部"), ("lead", "none"), ("collective", "true")],
    [("document", "plan"), ("year", "2021"), ("project", "1"), ("basis", "explicit")],
    [("q", "商标 100%_\\ &="), ("units", "true"), ("limit", "3")],
    [("facets", "year"), ("facets", "led_by,role")],
]


@pytest.mark.parametrize("pairs", EXAMPLES)
def test_the_address_of_a_question_asks_the_same_question(pairs: Pairs) -> None:
    question = read(*pairs)
    again = read(*pairs_of(url(question)))
    assert (again.query, again.limit, again.facets) == (
        question.query, question.limit, question.facets
    )  # fmt: skip
    assert url(again) == url(question)
    assert url(question).isascii()


def test_the_address_is_the_same_in_whatever_order_it_was_asked() -> None:
    pairs = [("q", "商标"), ("led_by", "知识产权局"), ("year", "2021")]
    assert url(read(*pairs)) == url(read(*reversed(pairs)))
    assert unquote(url(read(*pairs))) == "/tasks?led_by=国家知识产权局&year=2021&q=商标"


def test_pages_follow_one_another_and_keep_the_question() -> None:
    address: str | None = url(read(("involves", IPO), ("limit", "2"), ("facets", "role")))
    seen: list[str] = []
    while address:
        answer = find_tasks(STORE, REGISTRY, read(*pairs_of(address)))
        seen += [t.id for t in answer.results]
        assert answer.total == 5 and answer.limit == 2 and "role" in answer.facets
        address = answer.next
    assert len(seen) == len(set(seen)) == 5


def test_a_cursor_of_another_question_is_refused() -> None:
    following = find_tasks(STORE, REGISTRY, read(("limit", "2"))).next
    assert following
    cursor = dict(pairs_of(following))["cursor"]
    assert read(("cursor", cursor)).after is not None  # limit may change
    with pytest.raises(QueryError, match="cursor"):
        read(("cursor", cursor), ("year", "2019"))


def test_an_altered_cursor_is_refused() -> None:
    scope = [("year", "2019")]
    cursor = encode_cursor(scope, ("plan", 7))
    assert decode_cursor(scope, cursor) == ("plan", 7)
    for at in range(len(cursor)):
        other = cursor[:at] + ("A" if cursor[at] != "A" else "B") + cursor[at + 1 :]
        with pytest.raises(QueryError):
            decode_cursor(scope, other)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from([*BY_NAME, "x"]), st.text(max_size=40)), max_size=4))
def test_any_parameters_are_read_or_refused_as_errors_of_ours(pairs: Pairs) -> None:
    try:
        question = parse(pairs, STORE, REGISTRY)
    except KgError as e:
        assert e.what
    else:
        assert find_tasks(STORE, REGISTRY, question).url.startswith("/tasks")
