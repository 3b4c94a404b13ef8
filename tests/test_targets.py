"""Figures still to be reached: what counts, what is history or a condition, and the quote."""

from __future__ import annotations

import pytest

from kg.registry import load_registry
from loaders.pipeline import extract


def targets(sentence: str) -> list[tuple[str, float, str, str | None]]:
    e = extract(f"一、重点任务\n（一）推进建设。{sentence}（科技部牵头）\n", "n", load_registry())
    assert all(e.targets[i].quote in sentence for i in range(len(e.targets)))
    return [(t.subject, t.value, t.unit, t.by) for t in e.targets]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "服务业增加值占比由2020年的7.8%提升到2025年的10%。",
            [("服务业增加值占比", 10, "%", "2025年")],
        ),
        (
            "到2023年、2025年，标准化率分别达到80%和100%。",
            [("标准化率", 80, "%", "2023年"), ("标准化率", 100, "%", "2025年")],
        ),
        (
            "小学、初中优质学校覆盖率分别达到60%、70%。",
            [
                ("小学、初中优质学校覆盖率", 60, "%", None),
                ("小学、初中优质学校覆盖率", 70, "%", None),
            ],
        ),
        (
            "城镇新增就业6500人以上，城镇调查失业率控制在5.5%以内，发放创业担保贷款1亿元。",
            [
                ("城镇新增就业", 6500, "人", None),
                ("城镇调查失业率", 5.5, "%", None),
                ("创业担保贷款", 1, "亿元", None),
            ],
        ),
        (
            "建成5G基站1万个，失业人员再就业3万人。",
            [("5G基站", 1, "万个", None), ("失业人员再就业", 3, "万人", None)],
        ),
        (
            "到2020年，长江、黄河、辽河等七大重点流域水质优良（达到或优于Ⅲ类）比例总体达到70%以上。",
            [("长江、黄河、辽河等七大重点流域水质优良（达到或优于Ⅲ类）比例", 70, "%", "2020年")],
        ),
        ("污泥无害化处置率应于2020年底前达到90%以上。", [("污泥无害化处置率", 90, "%", "2020年")]),
        (
            "到2020年，万元产值用水量比2013年下降35%。",
            [("万元产值用水量比2013年", 35, "%", "2020年")],
        ),
        (
            "2024年，城镇调查失业率5.5%左右，粮食产量稳定在1.3万亿斤以上。",
            [("城镇调查失业率", 5.5, "%", "2024年"), ("粮食产量", 1.3, "万亿斤", "2024年")],
        ),
        ("养老服\n务中心覆盖率达到100%。", [("养老服务中心覆盖率", 100, "%", None)]),
        (
            "到2025年建成国家级平台1个、省级平台32个，培训10万人次。",
            [
                ("国家级平台", 1, "个", "2025年"),
                ("省级平台", 32, "个", "2025年"),
                ("培训", 10, "万人次", "2025年"),
            ],
        ),
        ("2019年城镇新增就业1100万人以上。", [("城镇新增就业", 1100, "万人", "2019年")]),
        (
            "建设100家示范企业和50个示范园区。",
            [("示范企业", 100, "家", None), ("示范园区", 50, "个", None)],
        ),
        (
            "培育知识产权服务和咨询机构200家。",
            [("知识产权服务和咨询机构", 200, "家", None)],
        ),
        ("新增建设用地控制在100万亩以内。", [("新增建设用地", 100, "万亩", None)]),
        ("每年培养1000名以上知识产权人才。", [("知识产权人才", 1000, "名", None)]),
    ],
)
def test_things_to_be_made_are_targets(
    sentence: str, expected: list[tuple[str, float, str, str | None]]
) -> None:
    assert targets(sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "“十三五”期间累计建成基站71.8万个，先后建成平台3个。",
        "对新增就业岗位100个以上的企业给予补贴。",
        "完成第3次全国土地调查。",
        "完成3个方面的工作。",
        "建立1个月一调度的机制。",
        "同一企业当年度最多不超过10名。",
        "由市财政局等9部门组成。",
    ],
)
def test_history_conditions_and_ordinals_are_no_targets(sentence: str) -> None:
    assert targets(sentence) == []
