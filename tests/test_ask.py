"""Chinese questions: what each is read as, what is refused, and that nothing is dropped."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.ask import NotUnderstood, Understood, ask, understand
from kg.ask_text import plain, simple
from kg.ask_words import examples, words
from kg.params import parse
from kg.query import find_tasks
from kg.registry import load_registry
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import Writer, all_documents, annual, task
from tests.sample import loaded as document

REGISTRY = load_registry()
STORE = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
STORE.publish(all_documents())
DOCUMENTS = STORE.list("document", limit=100).results
PROJECTS = STORE.list("project", limit=100).results

A, B, P = "led_by=国家知识产权局", "involves=海关总署", "公安部"
ONE = "project=" + PROJECTS[0].id


def read(question: str) -> Understood:
    return understand(question, REGISTRY, STORE.names(), DOCUMENTS, PROJECTS)


# Each question, the parameters it is read as, and «#» where it asks how many.
QUESTIONS: dict[str, str] = {
    "国家知识产权局牵头、涉及海关总署的任务": f"{A} {B}",
    "涉及海关总署、国家知识产权局牵头的任务": f"{A} {B}",
    "国家知识产权局牵头的任务中，涉及海关总署的有哪些": f"{A} {B}",
    "國家知識產權局牽頭、涉及海關總署的任務": f"{A} {B}",
    "ＣＮＩＰＡ牵头、涉及General Administration of Customs的任务": f"{A} {B}",
    "由China National Intellectual Property Administration主办的任务": A,
    "哪些任务由国家知识产权局负责而且海关也参与？": f"{A} {B} role=participant",
    "知识产权局牵头、海关总署参与的任务有几项？": f"{A} {B} role=participant #",
    "请问国知局牵头负责的任务都有哪些": A,
    "海关总署单独负责的任务": f"{B} role=sole",
    "只由海关总署负责的有多少": f"{B} role=sole #",
    "公安部和海关总署共同负责的任务有多少": f"involves={P} {B} role=joint #",
    "公安部会同海关总署的任务": f"involves={P} {B} role=joint",
    "海关总署配合公安部的任务": f"led_by={P} {B} role=participant",
    "财政部以及海关总署都参与的任务": f"involves=财政部 {B} role=participant",
    "公安部、海关总署都涉及的任务": f"involves={P} {B}",
    "国家知识产权局和公安部牵头的任务": f"{A} involves={P} role=lead",
    "国家知识产权局和公安部负责的任务": f"involves=国家知识产权局 involves={P}",
    "牵头部门是公安部、参与部门有海关总署的任务": f"led_by={P} {B} role=participant",
    "海关总署有哪些任务": B,
    "海关总署": B,
    "与海关总署有关的任务": B,
    "责任部门包括海关总署的任务": B,
    "国家知识产权局牵头但不涉及财政部的任务": f"{A} excludes=财政部",
    "除海关总署以外，财政部参与的任务": "involves=财政部 role=participant excludes=海关总署",
    "没有海关总署参与的、国家知识产权局牵头的任务": f"{A} excludes=海关总署",
    "2019年计划里公安部牵头几项": f"led_by={P} document=annual #",
    "二〇一九年公安部牵头的任务": f"led_by={P} year=2019",
    "2019年推进计划中海关总署在哪些任务中牵头": "led_by=海关总署 document=annual",
    "十四五规划中提到“商标”的任务有多少": "document=plan q=商标 #",
    "《“十四五”知识产权规划》里没有写明牵头部门的任务": "lead=none document=plan",
    "2021年的工作指引里条法司负责的任务": "led_by=国家知识产权局-条法司 document=guide",
    "一图读懂里的任务": "document=picture",
    "关于专利立法的任务": "q=专利立法",
    "提到商标和专利的任务": "q=商标 专利",
    "提到“商标”、“专利”而且由知识产权局牵头的任务": f"{A} q=商标 专利",
    "与专利政策有关、由国家知识产权局牵头的任务": f"{A} q=专利政策",
    "提到海关的任务": "q=海关",
    "“龙腾”": "q=龙腾",
    "专栏1下的任务由谁负责？": "project=1 facets=led_by",
    "第一个专栏的任务": "project=1",
    "「商业秘密保护工程」涉及哪些部门": f"{ONE} facets=involves",
    "谁牵头涉及海关总署的任务？": f"{B} facets=led_by",
    "国家知识产权局牵头的任务有哪些部门参与": f"{A} role=participant facets=involves",
    "哪个部门牵头的任务最多": "facets=led_by",
    "海关总署参与了哪些文件的任务": f"{B} role=participant facets=document",
    "国家知识产权局及其内设机构牵头的任务": f"{A} units=true",
    "不包括内设机构，国家知识产权局牵头的任务": A,
    "有关部门参与的任务": "involves=有关部门 role=participant",
    "单独负责的任务有多少": "role=sole #",
    "一共有多少任务": "#",
    "海关总署在公安部牵头的任务中参与的有几项": f"led_by={P} {B} role=participant #",
    "国家知识产权局和海关总署谁牵头": f"involves=国家知识产权局 {B} facets=led_by",
    "谁和海关总署共同负责": f"{B} role=joint facets=involves",
    "国家知识产权局、公安部共同牵头的任务": f"{A} involves={P} role=lead",
    "哪些任务和海关总署有关": B,
    "提到“规划”的任务": "q=规划",
    "提到《2019年推进计划》的任务": "q=2019年推进计划",
    "涉及“海关总署”的任务": B,
    "关于商业秘密保护工程的任务": ONE,
    "与“专利政策”有关的任务有几项": "q=专利政策 #",
    "专利政策方面的任务": "q=专利政策",
    "提到“专利 政策”的任务": "q=专利政策",
    "哪些任务既涉及海关总署又涉及公安部": f"{B} involves={P}",
    "地方各级人民政府负责的任务": "involves=地方各级人民政府",
    "有关部门牵头的任务": "led_by=有关部门",
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_questions_are_read(question: str) -> None:
    understood = read(question)
    wanted = QUESTIONS[question].split(" ") if QUESTIONS[question] else []
    said = [f"{name}={value}" for name, value in understood.parameters]
    assert " ".join([*said, *(["#"] if understood.count else [])]) == " ".join(wanted)


# Each question that must be refused, and what must be named as not understood.
REFUSED: dict[str, str] = {
    "为什么国家知识产权局牵头的任务这么多": "为什么",
    "公安部什么时候完成任务": "什么时候",
    "你觉得海关总署牵头得好不好": "好不好",
    "海关总署的预算是多少": "预算",
    "去年公安部牵头的任务": "去年",
    "2019年以前公安部牵头的任务": "2019年",
    "到2021年的任务": "到",
    "国家知识产权局牵头的重要任务": "重要",
    "海关总署重点任务": "重点",
    "水利厅牵头的任务": "水利厅",
    "涉及水利厅的任务": "水利厅",
    "国家知识产权局或海关总署牵头的任务": "或",
    "公安部不牵头的任务": "不牵头",
    "不是公安部牵头的任务": "不是",
    "海关总署参与但没有牵头的任务": "没有牵头",
    "没有提到“商标”的任务": "没有提到",
    "标题中含“商标”的任务": "标题中",
    "国家知识产权局是什么": "是什么",
    "公安部牵头的任务有多少部门": "有多少部门",
    "涉及海关和公安部牵头的任务": "牵头",
    "国家知识产权局牵头、财政部参与、涉及科技部的任务": "参与",
    "公安部分别和海关总署牵头的任务": "分别",
    "tasks led by CNIPA": "tasks led by",
    "今天天气": "今天天气",
    "提到的任务": "提到",
    "谁": "谁",
    "工信部牵头的任务最多": "最多",
    "没有公安部牵头的任务": "牵头",
    "最少的部门": "最少",
    "国家知识产权局牵头的任务和海关总署牵头的任务": "和",
    "国家知识产权局牵头的和海关总署参与的任务": "和",
    "国家知识产权局牵头、公安部牵头的任务": "公安部",
    "配合海关总署的任务": "配合",
    "海关总署不涉及2019年的任务": "不涉及",
    "公安部牵头，不包括“商标”的任务": "不包括",
    "只涉及海关总署的任务": "只",
    "海关总署参与和配合的任务": "配合",
    "国家知识产权局参与海关总署的任务": "参与",
    "2019年和2021年的任务": "2021年",
    "海关总署单独牵头的任务": "牵头",
    "“商标": "“商标",
}


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
