"""Which documents are reprints, and what they add; whatever the order."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from kg.families import in_order, pair
from kg.merge import Part, keys
from kg.model import (
    DocumentHead,
    LoadedDocument,
    Target,
)
from kg.store.families import families
from tests import sample
from tests.merging import (
    SOLE,
    TEXTS,
    entry,
    head,
    listing,
    merged,
    quotes,
    reprints,
    saying,
)
from tests.sample import CUSTOMS, POLICE, Writer

# --- reprints ----------------------------------------------------------------------------


def test_a_reprint_adds_evidence_and_no_task() -> None:
    part = merged(*sample.all_documents())
    assert [t.id for t in part.tasks if t.document.id == "reprint"] == []
    task = next(t for t in part.tasks if t.id == "plan-4.1")
    assert [e.document for e in task.evidence] == ["plan", "reprint"]
    assert [[e.document for e in r.evidence] for r in task.responsibilities] == [
        ["plan", "reprint"]
    ] * 3
    assert [e.quote for e in task.responsibilities[1].evidence] == [CUSTOMS, CUSTOMS]
    page = next(d for d in part.documents if d.id == "reprint")
    assert (page.tasks, page.shared_tasks) == (0, 3)


def test_every_quote_is_at_its_span() -> None:
    docs = {d.extraction.document.id: d.text for d in sample.all_documents()}
    for evidence in quotes(merged(*sample.all_documents())):
        start, end = evidence.span
        assert docs[evidence.document][start:end] == evidence.quote


def test_brackets_width_image_marks_and_quotation_marks_are_no_difference() -> None:
    a = listing("a", ["提升“商标”质量（一）。", *TEXTS[:2]])
    b = listing("b", ['提升"商标"质量(一)。', f"[image: IMG_258]{TEXTS[0]}", f" {TEXTS[1]} "])
    assert len(reprints(merged(a, b))) == 1


@pytest.mark.parametrize(
    ("texts", "is_one"),
    [
        (TEXTS[2:5], True),
        (TEXTS[2:4], False),  # two tasks may agree by chance
        ([*TEXTS[:4], "别的事。"], True),  # 80 %
        ([*TEXTS[:3], "别的事。"], False),  # 75 %
        (TEXTS[4::-1], False),  # another order is another document
        ([TEXTS[0], *TEXTS[2:5], TEXTS[1]], True),
    ],
)
def test_a_reprint_shares_three_tasks_and_80_percent_in_order(
    texts: list[str], is_one: bool
) -> None:
    part = merged(listing("a", TEXTS), listing("b", texts))
    assert reprints(part) == ({"b": "a"} if is_one else {})
    assert len(part.tasks) == 12 + (len(set(texts) - set(TEXTS)) if is_one else len(texts))


def test_other_responsible_bodies_are_another_task() -> None:
    a, b = listing("a", TEXTS), listing("b", TEXTS, bodies=[(POLICE, "sole", "sole")])
    assert reprints(merged(a, b)) == {}


def test_what_a_reprint_says_more_stays_its_own() -> None:
    part = merged(listing("a", TEXTS), listing("b", [*TEXTS[:4], "别的事。"]))
    (own,) = [t for t in part.tasks if t.document.id == "b"]
    assert (own.id, own.position, own.text) == ("b-5", 4, "别的事。")


def test_different_numbers_are_different_documents() -> None:
    a, b = listing("a", TEXTS, number="甲〔2020〕1号"), listing("b", TEXTS, number="甲[2020] 1号")
    assert reprints(merged(a, b)) == {"b": "a"}
    assert reprints(merged(a, entry(b, number="甲〔2020〕2号"))) == {}
    assert reprints(merged(a, head(entry(b), number="甲〔2020〕2号"))) == {}
    assert reprints(merged(a, entry(b))) == {"b": "a"}


def test_titles_of_different_years_are_different_documents() -> None:
    a, b = listing("a", TEXTS, title="2019年推进计划"), listing("b", TEXTS, title="2020年推进计划")
    assert reprints(merged(a, b)) == {}
    assert reprints(merged(a, entry(b, title="2021年转发2019年推进计划"))) == {"b": "a"}


def test_the_root_has_most_tasks_then_longest_text_then_smallest_id() -> None:
    assert reprints(merged(listing("a", TEXTS[:5]), listing("b", TEXTS))) == {"a": "b"}
    longer = listing("b", [f"{TEXTS[0]} ", *TEXTS[1:]])
    assert reprints(merged(listing("a", TEXTS), longer)) == {"a": "b"}
    assert reprints(merged(listing("b", TEXTS), listing("a", TEXTS))) == {"b": "a"}


def test_the_catalogues_word_settles_who_reprints_whom() -> None:
    a = listing("a", TEXTS, title="某某事业发展规划")
    b = listing("b", [*TEXTS, "另有一事。"], kind="转载")
    part = merged(a, b)
    assert reprints(part) == {"b": "a"}
    assert [t.id for t in part.tasks if t.document.id == "b"] == ["b-13"]
    half = listing("b", [TEXTS[0], "另有一事。"], kind="转载")
    assert reprints(merged(a, half)) == {"b": "a"}
    strange = listing("b", [TEXTS[0], "另有一事。", "再有一事。"], kind="转载")
    assert reprints(merged(a, strange)) == {}
    named = entry(strange, kind="转载", title="《某某事业发展规划》节选")
    assert reprints(merged(a, named)) == {"b": "a"}


def test_a_page_that_names_the_plan_needs_only_that_all_its_tasks_match() -> None:
    a = listing("a", TEXTS, title="某某事业发展规划")
    b = listing("b", TEXTS[:1], title="关于印发《某某事业发展规划》的通知")
    assert reprints(merged(a, b)) == {"b": "a"}
    assert reprints(merged(a, entry(b, title="别的题目"))) == {}
    other = listing("b", [TEXTS[0], "别的事。"], title="关于印发《某某事业发展规划》的通知")
    assert reprints(merged(a, other)) == {}


def test_equal_texts_are_one_document_however_few_their_tasks() -> None:
    a, b = listing("a", TEXTS[:1]), listing("b", TEXTS[:1])
    assert reprints(merged(a, b)) == {"b": "a"}


def test_the_same_words_under_two_headings_are_told_apart() -> None:
    def plan(id: str, lead: Sequence[str]) -> LoadedDocument:
        w = Writer()
        w.put(lead[0])
        tasks = [
            sample.task(w, id, f"{n}", text, SOLE, section=(heading,))
            for n, (heading, text) in enumerate(
                [
                    ("一、甲", "落实责任。"),
                    *(("一、甲", t) for t in TEXTS[:3]),
                    ("二、乙", "落实责任。"),
                ]
            )
            if heading in lead[1:] or n in (1, 2, 3)
        ]
        return sample.loaded(id, w, tasks)

    part = merged(plan("a", ("", "一、甲", "二、乙")), plan("b", ("转", "二、乙")))
    assert reprints(part) == {"b": "a"}
    assert [len(t.evidence) for t in part.tasks] == [1, 2, 2, 2, 2]


def test_a_task_printed_twice_by_a_reprint_is_evidence_twice() -> None:
    part = merged(listing("a", TEXTS), listing("b", [*TEXTS, TEXTS[0]], kind="转载"))
    assert [e.document for e in part.tasks[0].evidence] == ["a", "b", "b"]
    assert len(part.tasks) == 12


def test_a_thousand_copies_are_one_document() -> None:
    texts = [f"做好第{n}件事情。" for n in range(30)]
    docs = [listing(f"d{n:04}", texts) for n in range(1000)]
    started = time.perf_counter()
    part = merged(*docs)
    assert len(reprints(part)) == 999 and len(part.tasks) == 30
    assert all(len(t.evidence) == 1000 for t in part.tasks)
    assert time.perf_counter() - started < 30


def test_boilerplate_does_not_pair_everything() -> None:
    docs = [
        listing(f"d{n:04}", ["加强组织领导。", *(f"{n}之{i}。" for i in range(4))])
        for n in range(2000)
    ]
    started = time.perf_counter()
    assert reprints(merged(*docs)) == {}
    assert time.perf_counter() - started < 30


def test_sections_and_targets_of_a_reprint_are_the_roots() -> None:
    def doc(id: str, before: str, *path: str) -> LoadedDocument:
        w = Writer()
        w.put(before)
        at = sample.section(w, id, "1", *path)
        tasks = [sample.task(w, id, f"{n}", t, SOLE, section=path) for n, t in enumerate(TEXTS[:5])]
        span = w.put("覆盖率达到50%")
        target = Target(
            subject="覆盖率", value=50, unit="%", by=None, quote="覆盖率达到50%", span=span
        )
        return saying(sample.loaded(id, w, tasks, sections=[at]), targets=(target,))

    part = merged(doc("a", "长长的引言", "总则", "（一）加强。"), doc("b", "", "(一)加强"))
    assert [[e.document for e in s.evidence] for s in part.sections] == [["a", "b"]]
    assert [[e.document for e in t.evidence] for t in part.targets] == [["a", "b"]]


# --- whatever the order --------------------------------------------------------------------


def test_matching_parts() -> None:
    assert in_order("abcd", "xaybzcd") == 4
    assert in_order("dcba", "abcd") == 1
    assert in_order("abab", "ab") == 2
    assert in_order("a" * 50, "b" + "a" * 50) == 50
    assert in_order("", "abc") == 0
    assert pair("aab", "ab") == {0: 0, 1: 0, 2: 1}
    assert pair([None], [None]) == {}


@given(st.lists(st.integers(0, 6), max_size=9), st.lists(st.integers(0, 6), max_size=9))
def test_in_order_is_the_longest_common_subsequence(b: list[int], a: list[int]) -> None:
    table = [[0] * (len(a) + 1) for _ in range(len(b) + 1)]
    for i, x in enumerate(b):
        for j, y in enumerate(a):
            table[i + 1][j + 1] = (
                table[i][j] + 1 if x == y else max(table[i][j + 1], table[i + 1][j])
            )
    assert in_order(b, a) == table[-1][-1]


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 3), st.randoms(use_true_random=False))
def test_order_and_copies_of_documents_do_not_matter(copies: int, chance: random.Random) -> None:
    docs = sample.all_documents()
    for n in range(copies):
        docs.append(renamed(sample.reprint(), f"reprint{n}"))
    want = merged(*docs)
    chance.shuffle(docs)
    assert merged(*docs) == want
    assert [t.id for t in want.tasks] == [t.id for t in merged(*sample.all_documents()).tasks]
    assert len(reprints(want)) == 1 + copies


def renamed(doc: LoadedDocument, id: str) -> LoadedDocument:
    x = doc.extraction
    tasks = tuple(structs.replace(t, id=f"{id}-{n}") for n, t in enumerate(x.tasks))
    found = doc.catalogue and structs.replace(doc.catalogue, id=id)
    head = DocumentHead(id=id)
    return structs.replace(
        doc, extraction=structs.replace(x, document=head, tasks=tasks), catalogue=found
    )


TITLES = [None, "某某事业发展规划", "关于印发《某某事业发展规划》的通知", "图解某某事业发展规划"]
DOCUMENTS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(TEXTS[:6]), max_size=6),
        st.sampled_from(TITLES),
        st.sampled_from([None, "转载", "图解", "规划"]),
        st.sampled_from([None, "甲〔2020〕1号", "甲〔2020〕2号"]),
    ),
    min_size=1,
    max_size=6,
)


@settings(deadline=None, max_examples=150)
@given(DOCUMENTS, st.randoms(use_true_random=False))
def test_families_merged_apart_give_what_all_documents_give(
    rows: list[tuple[list[str], str | None, str | None, str | None]], chance: random.Random
) -> None:
    docs = {
        f"d{n}": listing(f"d{n}", texts, title=title, kind=kind, number=number)
        for n, (texts, title, kind, number) in enumerate(rows)
    }
    shuffled = list(docs.values())
    chance.shuffle(shuffled)
    whole = merged(*shuffled)
    parts = [merged(*(docs[i] for i in f)) for f in families({i: keys(d) for i, d in docs.items()})]
    for kind in Part.__struct_fields__:
        apart = [r for part in parts for r in getattr(part, kind)]
        assert sorted(apart, key=lambda r: r.id) == sorted(getattr(whole, kind), key=lambda r: r.id)
    stated = sum(d.tasks + d.shared_tasks for d in whole.documents)
    assert stated == sum(len(t.evidence) for t in whole.tasks) == sum(len(r[0]) for r in rows)
    roots = {d.id for d in whole.documents if d.reprint_of is None}
    assert {d.reprint_of.id for d in whole.documents if d.reprint_of} <= roots
