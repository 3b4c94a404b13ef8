"""What an answer says beside its results: why it is empty, caveats, how it was read."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl

import pytest

from kg.store.memory import MemoryStore
from kg.store.world import World
from loaders.pipeline import read_document
from tests.query_support import CUSTOMS, IPO, POLICE, REGISTRY, RULE, ask, follow, store_of

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


@pytest.mark.parametrize(
    ("clause", "asked", "printed"),
    [
        ("中央宣传部（国家版权局）、公安部负责", "国家版权局", "中央宣传部（国家版权局）"),
        ("公安部、自然资源部(国家林业和草原局)负责", "国家林草局", "自然资源部(国家林业和草原局)"),
        ("中央宣传部（国家新闻出版署、国家版权局）牵头，公安部参与", "国家版权局", "中央宣传部（国家新闻出版署、国家版权局）"),
        ("中央宣传部（国家版权局）、公安部负责", "国家电影局", None),
        ("公安部、国家版权局负责", "国家版权局", None),
    ],
)  # fmt: skip
def test_a_body_in_brackets_behind_its_ministry_is_told(
    clause: str, asked: str, printed: str | None, tmp_path: Path
) -> None:
    file = tmp_path / "plan.txt"
    file.write_text(f"某规划\n一、任务\n1.加强保护工作。（{clause}）\n", encoding="utf-8")
    store = store_of(read_document(file, REGISTRY))
    answer = ask(("involves", asked), store=store)
    said = [c for c in answer.caveats if "这样的写法" in c]
    assert bool(said) == (printed is not None)
    if printed:
        assert answer.total == 0 and printed in said[0]
        assert ask(*parse_qsl(said[0].rpartition("?")[2]), store=store).total == 1


def test_a_local_body_with_a_second_name_in_brackets_is_told(tmp_path: Path) -> None:
    file = tmp_path / "plan.txt"
    text = (
        "某省规划\n一、任务\n1.聚才。（省委组织部（省委人才办）牵头）\n2.育才。（省委组织部负责）\n"
    )
    file.write_text(text, encoding="utf-8")
    store = store_of(read_document(file, REGISTRY))
    answer = ask(("led_by", "省委组织部"), store=store)
    assert answer.total == 1
    (said,) = (c for c in answer.caveats if "这样的写法" in c)
    assert "省委组织部（省委人才办）" in said and "共1项" in said


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
