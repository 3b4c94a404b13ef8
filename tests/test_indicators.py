"""Indicator tables in a box of text: rows parted by blanks, bounds told, unread rows reported."""

from __future__ import annotations

from kg.model import Extraction, Value
from kg.registry import load_registry
from loaders.pipeline import extract

BOX = """“十四五”全民健康信息化规划

二、总体目标
——治理体系基本健全。

专栏1 “十四五”全民健康信息化主要指标
序号 指标 2020年 2025年 属性
1 电子病历应用水平分级评价3级及以上医院比例（%） 43 60 预期性
2 城镇调查失业率（%） — <5.5 预期性
3 城镇新增就业（万人） 1186 5500以上（五年累计） 预期性
4 人均预期寿命（岁） 77.93 提高1岁 预期性

三、主要任务
（一）推动数据共享。到2025年，接入率达到95%。（国家卫生健康委牵头）

专栏2 互联互通提升工程
——智慧医院。
"""


def read() -> Extraction:
    return extract(BOX, "n", load_registry())


def test_rows_of_a_text_box_are_indicators_with_their_quote() -> None:
    first, second, third = read().indicators
    assert (first.number, first.unit) == (1, "%")
    assert first.name == "电子病历应用水平分级评价3级及以上医院比例"
    assert (first.baseline, first.target) == (Value(2020, 43), Value(2025, 60))
    assert first.span is not None
    assert BOX[slice(*first.span)].startswith("1 电子病历")
    assert second.baseline == Value(2020, None)
    assert third.unit == "万人"


def test_words_around_a_number_are_told_in_a_note() -> None:
    _, second, third = read().indicators
    assert second.target == Value(2025, 5.5)
    assert second.notes == ("2025年印作“<5.5”",)
    assert third.target == Value(2025, 5500)
    assert third.notes == ("2025年印作“5500以上（五年累计）”",)


def test_a_row_that_is_not_read_is_reported_at_its_place() -> None:
    (found,) = [w for w in read().warnings if w.code == "row_unread"]
    assert found.span is not None
    assert "提高1岁" in BOX[slice(*found.span)]


def test_an_indicator_box_is_no_project_and_holds_no_targets() -> None:
    e = read()
    assert [p.name for p in e.projects] == ["互联互通提升工程"]
    start, end = BOX.index("序号"), BOX.index("三、主要任务")
    assert not [t for t in e.targets if t.span and start <= t.span[0] < end]
    assert [t.value for t in e.targets] == [95]


def test_goals_are_the_lines_below_a_stated_aim_and_no_principles() -> None:
    text = (
        "某省方案\n\n一、总体要求\n坚持以下原则。\n——坚持统筹。协同推进。\n"
        "到2025年，建成强省。\n——保护明显提升。满意度达到82分。\n——运用明显提升。\n"
        "二、主要任务\n——开展行动。\n三、发展目标\n1.创新更强。\n"
    )
    found = extract(text, "d", load_registry()).goals
    assert [g.text for g in found] == ["保护明显提升", "运用明显提升", "创新更强"]


def test_a_table_in_a_box_is_read_once_and_a_yearly_rate_is_no_increase() -> None:
    text = (
        "专栏1 “十四五”主要指标\n序号\t指标\t2020年\t2025年\t年均增长（%）\n"
        "1\t地区生产总值（亿元）\t1000\t1500\t8.5\n注：按2020年价。\n"
    )
    (found,) = extract(text, "d", load_registry()).indicators
    assert (found.name, found.increase) == ("地区生产总值", None)
