"""Chinese questions: what each is read as, what is refused, and that nothing is dropped."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ask import NotUnderstood, Understood, ask, understand
from kg.ask_text import plain, simple
from kg.ask_words import examples, words
from kg.errors import NotFoundError
from kg.params import parse
from kg.query import find_tasks
from kg.query_names import department
from kg.registry import load_registry
from kg.store.memory import MemoryStore
from kg.store.world import World
from loaders.pipeline import read_document
from tests.ask_questions import QUESTIONS, REFUSED
from tests.query_support import store_of
from tests.sample import Writer, all_documents, annual, task
from tests.sample import loaded as document

REGISTRY = load_registry()
STORE = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
STORE.publish(all_documents())
DOCUMENTS = STORE.list("document", limit=100).results
PROJECTS = STORE.list("project", limit=100).results


def read(question: str) -> Understood:
    return understand(question, REGISTRY, STORE.names(), DOCUMENTS, PROJECTS)


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_are_read(question: str) -> None:
    understood = read(question)
    wanted = QUESTIONS[question].split(" ") if QUESTIONS[question] else []
    said = [f"{name}={value}" for name, value in understood.parameters]
    assert " ".join([*said, *(["#"] if understood.count else [])]) == " ".join(wanted)


@pytest.mark.parametrize("question", REFUSED)
def test_questions_are_refused(question: str) -> None:
    with pytest.raises(NotUnderstood) as e:
        read(question)
    assert REFUSED[question] in [p.text for p in e.value.unread]
    assert len(e.value.examples) >= 5 and e.value.candidates == e.value.examples
    for piece in (*e.value.unread, *e.value.understood):
        assert question[slice(*piece.span)] == piece.text and piece.meaning


@pytest.mark.parametrize(
    "question", ["", " ", "请问", "你好", "？？？", "的", "海" * 301, "专栏99"]
)
def test_questions_that_name_nothing_are_refused(question: str) -> None:
    with pytest.raises(NotUnderstood):
        ask(STORE, REGISTRY, question)


def test_the_pieces_say_how_the_question_was_read() -> None:
    question = "请问 国知局 牵头、涉及“龙腾”的任务有几项？"
    said = {p.text: p.meaning for p in read(question).pieces}
    assert said["国知局"] == "部门“国家知识产权局”：牵头（含单独负责）"
    assert "龙腾" in said["“龙腾”"] and "有几项" in said
    assert "请问" not in said
    for piece in read(question).pieces:
        assert question[slice(*piece.span)] == piece.text


def test_an_unknown_body_comes_with_its_likely_names() -> None:
    with pytest.raises(NotUnderstood, match="水利部"):
        read("涉及水利厅的任务")


def test_the_examples_are_answered() -> None:
    assert len(examples()) >= 5
    for question in examples():
        reply = ask(STORE, REGISTRY, question)
        assert reply.url.startswith("/tasks") and reply.statement


def test_the_answer_is_that_of_its_address() -> None:
    reply = ask(STORE, REGISTRY, "知识产权局牵头的任务有几项")
    assert reply.interpretation == "国家知识产权局牵头的任务"
    assert reply.statement.startswith("国家知识产权局牵头的任务：3项。")
    assert reply.answer.total == 3
    data = msgspec.json.decode(msgspec.json.encode(reply))
    assert {"question", "interpretation", "url", "answer", "understood"} <= set(data)


def test_a_question_for_who_is_answered_with_who() -> None:
    reply = ask(STORE, REGISTRY, "谁牵头涉及海关总署的任务？")
    assert "按牵头部门：公安部（1项）、海关总署（1项）" in reply.statement


def test_an_empty_answer_says_why() -> None:
    reply = ask(STORE, REGISTRY, "国家知识产权局牵头、涉及海关总署的任务")
    assert reply.answer.near and reply.answer.why_empty
    assert reply.answer.why_empty in reply.statement


def test_new_documents_are_known_at_once() -> None:
    store = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    store.publish([annual()])
    with pytest.raises(NotUnderstood):
        ask(store, REGISTRY, "工作指引里的任务")
    store.publish(all_documents())
    assert ask(store, REGISTRY, "工作指引里的任务").answer.total == 2


def test_a_notice_is_known_by_what_it_issues_and_by_its_number() -> None:
    writer = Writer()
    made = [task(writer, "notice", "1", "开展评价。", [("公安部", "sole", "sole")])]
    notice = document(
        "notice", writer, made, title="某部关于印发《质量“提升”行动方案(2020)》的通知"
    )
    entry = msgspec.structs.replace(notice.catalogue, number="某发〔2020〕7号")
    store = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    store.publish([annual(), msgspec.structs.replace(notice, catalogue=entry)])
    for name in ("《质量“提升”行动方案（2020）》", "质量提升行动方案", "某发〔2020〕7号", "notice"):
        assert ask(store, REGISTRY, f"{name}里公安部负责的任务").answer.total == 1


def test_names_that_mean_two_things_are_refused_with_both() -> None:
    writer = Writer()
    made = [task(writer, "other", "1", "另有任务。", [("商务部-条法司", "sole", "sole")])]
    store = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    store.publish(
        [*all_documents(), document("other", writer, made, title="另一份", kind="工作指引")]
    )
    with pytest.raises(NotUnderstood, match="商务部-条法司"):
        ask(store, REGISTRY, "条法司负责的任务")
    with pytest.raises(NotUnderstood, match="不止一个文件"):
        ask(store, REGISTRY, "工作指引里的任务")
    assert ask(store, REGISTRY, "2021年的工作指引里的任务").answer.total == 2
    assert ask(store, REGISTRY, "国家知识产权局条法司负责的任务").answer.total == 1


ROUND_TRIPS = [
    [("led_by", "国家知识产权局"), ("involves", "海关总署")],
    [("involves", "公安部"), ("involves", "海关总署"), ("role", "participant")],
    [("involves", "公安部"), ("role", "sole")],
    [("led_by", "国家知识产权局"), ("excludes", "海关总署"), ("excludes", "公安部")],
    [("led_by", "国家知识产权局"), ("excludes", "海关总署"), ("collective", "true")],
    [("involves", "公安部"), ("lead", "none"), ("year", "2019")],
    [("lead", "stated"), ("document", "plan"), ("year", "2021")],
    [("q", "专利 商标"), ("led_by", "公安部"), ("units", "true")],
    [("project", "1"), ("role", "joint")],
    [("led_by", "国家知识产权局"), ("involves", "公安部"), ("role", "lead")],
    [],
]


@pytest.mark.parametrize("pairs", ROUND_TRIPS)
def test_what_an_answer_says_it_answered_can_be_asked(pairs: list[tuple[str, str]]) -> None:
    question = parse(pairs, STORE, REGISTRY)
    answer = find_tasks(STORE, REGISTRY, question)
    assert ask(STORE, REGISTRY, answer.interpretation).url == answer.url


def test_the_words_are_written_as_they_are_compared() -> None:
    for word in words().kinds:
        assert simple(word) == word, word
    assert not [w for w in words().body_endings if simple(w) != w]


def test_the_plain_text_leads_back_to_the_words() -> None:
    text = plain("ＣＮＩＰＡ\u3000牽頭…")
    assert text.text == "cnipa牵头..."
    assert text.words(0, 5) == "ＣＮＩＰＡ" and text.words(5, 7) == "牽頭"
    assert text.words(8, 9) == "…"


WORDS = sorted({*words().kinds, "国家知识产权局", "海关总署", "海关", "2019年", "专栏1", "专栏十十",
                "商标", "“商标”", "《", "》", "“", "，", "、", "？", "2019年计划", "条法司", "某部",
                "cnipa", "x"})  # fmt: skip


def answer_or_refuse(question: str) -> None:
    try:
        reply = ask(STORE, REGISTRY, question)
    except NotUnderstood as e:
        assert e.what and len(e.examples) >= 5
    else:
        assert reply.url.startswith("/tasks") and reply.interpretation


@settings(deadline=None, max_examples=300)
@given(st.text(max_size=60))
def test_any_text_is_answered_or_refused(question: str) -> None:
    answer_or_refuse(question)


@settings(deadline=None, max_examples=500)
@given(st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
def test_any_row_of_known_words_is_answered_or_refused(question: str) -> None:
    answer_or_refuse(question)


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(QUESTIONS)), st.integers(0, 40), st.sampled_from("龘齉爩靐麤"))
def test_no_word_that_is_not_known_is_dropped(question: str, at: int, word: str) -> None:
    """A strange character anywhere is refused, or is part of the text looked for."""
    strange = question[:at] + word + question[at:]
    try:
        understood = read(strange)
    except NotUnderstood:
        return
    assert word in dict(understood.parameters).get("q", "")


def test_local_bodies_are_asked_for_by_their_full_names(tmp_path: Path) -> None:
    """Documents of three places: a short name that several print means none of them alone."""
    for place, clause in {
        "江苏省": "省市场监管局牵头，省公安厅配合",
        "湖北省": "省市场监管局牵头，省财政厅配合",
        "深圳市": "市财政局牵头，省市场监管局配合",
    }.items():
        title = f"{place}人民政府关于印发{place}知识产权工作方案的通知"
        file = tmp_path / f"{place}.txt"
        file.write_text(f"{title}\n\n1.加强保护工作。（{clause}）\n", encoding="utf-8")
    store = store_of(*(read_document(f, REGISTRY) for f in sorted(tmp_path.iterdir())))
    names = store.names()
    for question, pair in {
        "深圳市财政局牵头的任务": ("led_by", "深圳市财政局"),
        "市财政局牵头的任务": ("led_by", "深圳市财政局"),
        "涉及江苏省公安厅的任务": ("involves", "江苏省公安厅"),
        "江苏省市场监管局牵头的任务": ("led_by", "江苏省市场监管局"),
    }.items():
        assert understand(question, REGISTRY, names, [], []).parameters == (pair,)
    three = ("江苏省市场监管局", "深圳市-省市场监管局", "湖北省市场监管局")
    with pytest.raises(NotUnderstood) as refused:
        understand("省市场监管局牵头的任务", REGISTRY, names, [], [])
    assert "、".join(three) in str(refused.value)
    with pytest.raises(NotFoundError, match="不止一个部门叫") as told:
        department("involves", "省市场监管局", store, REGISTRY)
    assert told.value.candidates == three
