"""Composed answers: near, why_empty, caveats, interpretation; checked by brute force."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations, product
from urllib.parse import parse_qsl, unquote, urlsplit

import msgspec
import pytest

from kg.errors import NotFoundError, QueryError
from kg.model import Evidence, LeadRule, LoadedDocument, TaskRecord
from kg.params import parse
from kg.query import Answer, department_page, find_tasks, list_things, network, search, steady
from kg.registry import load_registry
from kg.store.base import TaskQuery
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import all_documents, annual

REGISTRY = load_registry()
IPO, CUSTOMS, POLICE = "国家知识产权局", "海关总署", "公安部"
RULE = "列第一位的部门为牵头部门"


def with_rule(document: LoadedDocument) -> LoadedDocument:
    """The annual plan with its closing rule printed at the end."""
    start = len(document.text)
    text = document.text + RULE + "。\n"
    head = msgspec.structs.replace(
        document.extraction.document,
        lead_rule=LeadRule("first-listed", RULE, (start, start + len(RULE))),
    )
    extraction = msgspec.structs.replace(document.extraction, document=head)
    return msgspec.structs.replace(document, text=text, raw=text.encode(), extraction=extraction)


def store_of(*documents: LoadedDocument) -> MemoryStore:
    store = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    store.publish(documents)
    return store


STORE = store_of(
    *(with_rule(annual()) if d.extraction.document.id == "annual" else d for d in all_documents())
)
ALL: tuple[TaskRecord, ...] = STORE.find_tasks(TaskQuery(), limit=1000).results


def ask(*pairs: tuple[str, str], store: MemoryStore = STORE) -> Answer:
    return find_tasks(store, REGISTRY, parse(pairs, store, REGISTRY))


def follow(address: str) -> Answer:
    return ask(*parse_qsl(urlsplit(address).query, strict_parsing=True))


# --- the envelope ---------------------------------------------------------------------------


def test_the_headline_question() -> None:
    answer = ask(("led_by", "知识产权局"), ("involves", CUSTOMS))
    assert answer.interpretation == "国家知识产权局牵头、涉及海关总署的任务"
    assert (answer.total, answer.results, answer.next) == (0, (), None)
    assert [(t.tier, t.total) for t in answer.near] == [
        ("joint_no_lead", 1), ("other_lead", 1), ("generic_participants", 1), ("only_other", 1),
    ]  # fmt: skip
    assert [t.results[0].id for t in answer.near] == [
        "plan-4.1", "annual-2", "plan-4.2", "annual-3"
    ]  # fmt: skip
    assert "公安部" in answer.near[1].label
    assert answer.why_empty is not None
    assert "国家知识产权局牵头的任务有3项" in answer.why_empty
    assert "责任名单上有海关总署的任务有3项" in answer.why_empty
    assert "1项没有写明由谁牵头" in answer.why_empty
    assert answer.dataset == STORE.dataset()


def test_the_envelope_has_the_names_of_the_contract() -> None:
    data = msgspec.json.decode(msgspec.json.encode(ask(("led_by", IPO))))
    assert {"interpretation", "total", "results", "why_empty", "near", "caveats", "dataset",
            "next"} <= set(data)  # fmt: skip
    assert set(data["dataset"]) == {"version", "sha256"}
    assert data["why_empty"] is None and data["near"] == []
    tier = msgspec.json.decode(
        msgspec.json.encode(ask(("led_by", IPO), ("involves", CUSTOMS)).near[0])
    )
    assert {"tier", "label", "total", "url", "results"} <= set(tier)


def names(task: TaskRecord) -> set[str]:
    return {r.department.id for r in task.responsibilities}


def leaders(task: TaskRecord) -> set[str]:
    return {
        r.department.id
        for r in task.responsibilities
        if r.role in ("lead", "sole") and not r.collective
    }


def collective(task: TaskRecord, but: str) -> bool:
    return any(r.collective and r.department.id != but for r in task.responsibilities)


TIERS: dict[str, Callable[[TaskRecord, str, str], bool]] = {
    "joint_no_lead": lambda t, a, b: {a, b} <= names(t) and not leaders(t),
    "other_lead": lambda t, a, b: {a, b} <= names(t) and bool(leaders(t)) and a not in leaders(t),
    "generic_participants": lambda t, a, b: (
        a in leaders(t) and b not in names(t) and collective(t, b)
    ),
    "only_other": lambda t, a, b: b in names(t) and a not in names(t),
}
BODIES = sorted({id for t in ALL for id in names(t)})


@pytest.mark.parametrize(("a", "b"), list(permutations(BODIES, 2)))
def test_near_of_every_pair_is_what_looking_at_every_task_finds(a: str, b: str) -> None:
    answer = ask(("led_by", a), ("involves", b))
    exact = [t.id for t in ALL if a in leaders(t) and b in names(t)]
    assert [t.id for t in answer.results] == exact
    wanted = {
        tier: [t.id for t in ALL if holds(t, a, b)] for tier, holds in TIERS.items() if not exact
    }
    assert {t.tier: [r.id for r in t.results] for t in answer.near} == {
        tier: ids for tier, ids in wanted.items() if ids
    }
    assert [t.tier for t in answer.near] == [t for t in TIERS if wanted.get(t)]
    for tier in answer.near:
        assert [t.id for t in follow(tier.url).results] == wanted[tier.tier]
    assert bool(answer.why_empty) == (not exact)


FURTHER: list[list[tuple[str, str]]] = [
    [("document", "annual")], [("year", "2021")], [("q", "专利")], [("units", "true")],
    [("role", "participant")], [("role", "lead")], [("lead", "none")], [("lead", "stated")],
    [("basis", "explicit")], [("excludes", "财政部")], [("project", "1")], [("collective", "true")],
]  # fmt: skip


@pytest.mark.parametrize("further", FURTHER)
def test_the_tiers_keep_the_other_filters_and_never_hold_a_task_led_by_a(
    further: list[tuple[str, str]],
) -> None:
    for a, b in product([IPO, POLICE, "有关部门"], [CUSTOMS, "财政部", "国家知识产权局-条法司"]):
        answer = ask(("led_by", a), ("involves", b), *further)
        for tier in answer.near:
            found = follow(tier.url)
            assert found.total == tier.total > 0
            if further[0][0] != "units":
                assert all(TIERS[tier.tier](t, a, b) for t in found.results)
            for name, value in further:
                if name not in ("role", "lead"):
                    assert f"{name}=" in unquote(tier.url), value


def test_no_tiers_but_for_one_pair() -> None:
    assert ask(("led_by", IPO)).near == ()
    assert ask(("led_by", IPO), ("involves", CUSTOMS), ("involves", POLICE)).near == ()


# --- why nothing was found -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "said"),
    [
        ([("led_by", "有关部门")], "“有关部门”是泛称"),
        ([("led_by", "水利部")], "登记表认识水利部"),
        ([("led_by", CUSTOMS), ("year", "2030")], "2030年"),
        ([("led_by", "财政部")], "没有任何任务写明由财政部牵头"),
        ([("involves", "水利部"), ("year", "2019")], "责任名单上有水利部"),
        ([("document", "reprint")], "转载"),
        ([("document", "picture")], "图解"),
        ([("q", "没有这个词")], "“没有这个词”"),
        ([("led_by", POLICE), ("year", "2021")], "公安部牵头的任务有2项"),
        ([("led_by", POLICE), ("q", "商标")], "没有一项同时满足"),
        ([("led_by", IPO), ("lead", "none")], "没有写明牵头部门的任务有"),
    ],
)
def test_the_cause_of_an_empty_answer_is_named(pairs: list[tuple[str, str]], said: str) -> None:
    answer = ask(*pairs)
    assert answer.total == 0
    assert answer.why_empty is not None and said in answer.why_empty


def test_an_innocent_filter_is_not_blamed() -> None:
    answer = ask(("led_by", POLICE), ("year", "2021"), ("units", "true"), ("q", "法律"))
    assert answer.why_empty is not None and "“法律”" not in answer.why_empty.split("放宽")[0]


def test_an_empty_graph_says_so() -> None:
    empty = MemoryStore(World.of(REGISTRY, "http://127.0.0.1:8000/"))
    answer = ask(store=empty)
    assert answer.total == 0 and "没有任务" in (answer.why_empty or "")


# --- caveats ---------------------------------------------------------------------------------


def caveats(*pairs: tuple[str, str]) -> str:
    return "\n".join(ask(*pairs).caveats)


def test_units_that_are_not_counted_are_told_with_their_address() -> None:
    answer = ask(("led_by", IPO))
    caveat = next(c for c in answer.caveats if "内设机构" in c)
    with_units = ask(("led_by", IPO), ("units", "true"))
    assert f"共{with_units.total}项（多{with_units.total - answer.total}项）" in caveat
    assert follow(caveat.rpartition("：")[2]).total == with_units.total
    assert "内设机构" not in caveats(("led_by", IPO), ("units", "true"))
    assert "另有2项任务没有计入" in caveats(("led_by", IPO), ("involves", CUSTOMS))


def test_a_contested_lead_is_told_with_the_rule() -> None:
    said = caveats(("led_by", POLICE))
    assert "该任务由《2019年推进计划》文末规则推定牵头，但条款自身写明“分别负责”" in said
    assert RULE in said


def test_a_lead_by_rule_or_in_the_widened_sense_is_told() -> None:
    said = caveats(("led_by", IPO))
    assert "文末规则推定，条款里没有“牵头”二字" in said
    assert "role=sole" in said


def test_other_caveats_stand_where_they_apply() -> None:
    assert "以“等”结尾" in caveats(("involves", "财政部"))
    assert "reprint" in caveats(("document", "plan"))
    assert "任务表" in caveats(("document", "guide"))
    assert "字面" in caveats(("q", "商标"))
    assert "没有点名" in caveats(("excludes", CUSTOMS))
    assert "编目所记" in caveats(("year", "2019"))
    assert caveats(("q", "没有这个词"), ("document", "annual")).count("\n") == 0


# --- reading the question aloud --------------------------------------------------------------


@pytest.mark.parametrize(
    ("pairs", "zh", "en"),
    [
        ([], "全部任务", "All tasks"),
        ([("involves", POLICE), ("involves", CUSTOMS)], "涉及公安部和海关总署的任务",
         "Tasks involving 公安部 and 海关总署"),
        ([("involves", CUSTOMS), ("role", "participant")], "海关总署参与的任务",
         "Tasks involving 海关总署 as participant"),
        ([("led_by", IPO), ("involves", POLICE), ("role", "lead")],
         "国家知识产权局和公安部同为牵头部门的任务",
         "Tasks led by 国家知识产权局 involving 公安部 as lead"),
        ([("role", "joint")], "由几个部门共同负责的任务", "Tasks with joint bodies"),
        ([("excludes", CUSTOMS), ("lead", "none")], "不涉及海关总署、没有写明牵头部门的任务",
         "Tasks not naming 海关总署 without a stated lead"),
        ([("document", "plan"), ("year", "2021")], "2021年的《“十四五”知识产权规划》中的任务",
         "Tasks in 《“十四五”知识产权规划》 of 2021"),
        ([("year", "2019"), ("led_by", POLICE)], "2019年文件中公安部牵头的任务",
         "Tasks led by 公安部 of 2019"),
        ([("q", "专利 商标"), ("units", "true")],
         "标题或正文含“专利”和“商标”的任务（内设机构计入上级部门）",
         "Tasks with “专利” and “商标” in their text (units count as their parent)"),
        ([("project", "1"), ("basis", "joint"), ("collective", "true")],
         "条款列多个部门而无牵头、列有“有关部门”一类泛称、设有专栏1“商业秘密保护工程”的任务",
         "Tasks whose clause lists several bodies and no lead naming a collective actor"
         " under 专栏1“商业秘密保护工程”"),
    ],
)  # fmt: skip
def test_interpretations(pairs: list[tuple[str, str]], zh: str, en: str) -> None:
    answer = ask(*pairs)
    assert answer.interpretation == zh
    assert answer.interpretation_en == en


# --- the other lists -------------------------------------------------------------------------


def test_lists_go_on_from_page_to_page() -> None:
    seen: list[str] = []
    pairs = [("limit", "4")]
    while True:
        page = list_things(STORE, "department", pairs)
        seen += [d.id for d in page.results]
        assert page.total == len(BODIES)
        if page.next is None:
            break
        pairs = parse_qsl(urlsplit(page.next).query)
    assert sorted(seen) == BODIES
    with pytest.raises(QueryError):
        list_things(STORE, "project", pairs)  # a cursor of another list
    with pytest.raises(QueryError):
        list_things(STORE, "document", [("document", "plan")])
    assert list_things(STORE, "goal", [("document", "plan")]).total == 1


def test_search_department_and_network() -> None:
    assert search(STORE, [("q", "商标")]).total == 2
    for bad in ([], [("q", " ")], [("q", "商" * 201)], [("q", "商标"), ("year", "2019")]):
        with pytest.raises(QueryError):
            search(STORE, bad)
    page = department_page(STORE, REGISTRY, "知识产权局")
    assert page.department.id == IPO
    assert follow(page.links["led_by"]).total == 3
    for nobody in ("水利部", "没有的部", "\x1b", "", "部" * 10_000):
        with pytest.raises(NotFoundError):
            department_page(STORE, REGISTRY, nobody)
    assert "2019年推进计划" in network(STORE, [("document", "annual")]).interpretation


def test_an_answer_is_of_one_publication() -> None:
    store = store_of(annual())
    asked: list[str] = []

    def restless(dataset: object) -> int:
        asked.append("x")
        if len(asked) == 1:
            store.publish(all_documents())
        return len(asked)

    assert steady(store, restless) == 2


def test_evidence_reaches_the_answer() -> None:
    answer = ask(("document", "plan"), ("role", "joint"))
    evidence: tuple[Evidence, ...] = answer.results[0].evidence
    assert [e.document for e in evidence] == ["plan", "reprint"]
