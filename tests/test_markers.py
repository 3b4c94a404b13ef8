"""Lines that begin with their number and a figure are items; torn decimals and 1.1 are not."""

from __future__ import annotations

import pytest

from kg.registry import load_registry
from loaders.markers import counted, run_on
from loaders.outline import read_outline
from loaders.pipeline import extract


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["10.人才项目。", "11.121人才梯队项目。"], {1}),
        (["（一）完善网络", "1.2025年底前建成基站。"], {1}),
        (["3．2026年起推进试点。"], {0}),
        (["2.建设中心。", "", "　　3.5G网络延伸。", "4、6G试点。"], {2, 3}),
        (["1.5G应用推广。", "2.推广云服务。"], {0}),
        (["1.5G应用推广。", "（二）推广云服务。"], set()),
        (["2.建设中心，投资", "3.5亿元用于设备更新。"], set()),  # torn by a line break
        (["1 总则", "1.1 目的", "1.2 依据", "2 体系", "2.1 机构"], set()),
        (["2.总则。", "2.1 目的。", "2.2 依据。"], set()),
        (["5.规范。", "7.8亿元用于更新。"], set()),
        (["2.5亿元。"] * 3, set()),
    ],
)
def test_a_number_before_a_figure(lines: list[str], expected: set[int]) -> None:
    assert counted(lines) == expected


def test_the_number_is_kept_as_printed_and_out_of_the_text() -> None:
    text = "一、重点任务\n10.建平台。（科技部负责）\n11.121梯队项目。培养人才。（教育部牵头）\n"
    blocks = [b for b in read_outline(text).blocks if b.kind == "item"]
    assert [(b.marker, b.text[:5]) for b in blocks] == [("10", "建平台。（"), ("11", "121梯队")]
    tasks = extract(text, "n", load_registry()).tasks
    assert [(t.number, t.title) for t in tasks][1] == ("11", "121梯队项目。")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("1.甲。（财政部负责）2.乙。（科技部负责）。3.5G专利。（公安部负责）", ["2.乙", "3.5"]),
        ("本计划。 一 制度 1.甲。(财政部负责) 2.乙。(科技部负责) 3.丙。(公安部负责)",
         ["1.甲", "2.乙", "3.丙"]),
        ("本计划。（财政部负责）5.乙。（科技部负责）6.丙。（公安部负责）", ["5.乙", "6.丙"]),
        ("意见。1.甲。责任单位：财政部、科技部。2.乙。责任单位：公安部。3.丙。牵头部门：司法部。",
         ["1.甲", "2.乙", "3.丙"]),
        ("1.甲（一期）2.5万吨。（财政部负责）", []),
        ("1.甲（一期）2.4GHz设备。（财政部负责）", []),
        ("1.甲（一期）2.5公里、2.0版。（财政部负责）", []),
        ("1.甲。（财政部负责）2.2025年底前完成乙。（科技部负责）", ["2.2025年"]),
        ("1.甲（一期）3.乙。（财政部负责）", []),
        ("甲（一期）2.乙。（财政部负责）", []),
        ("（一）甲。1.乙。（财政部负责）2.丙。（科技部负责）3.丁。（公安部负责）", []),  # one paragraph
        ("1\t甲（一期）2.乙\t财政部", []),
    ],
)  # fmt: skip
def test_items_that_follow_each_other_in_one_line(line: str, expected: list[str]) -> None:
    assert [line[a : a + len(e)] for a, e in zip(run_on(line), expected, strict=True)] == expected


def test_each_item_of_a_line_is_a_task_with_its_own_number() -> None:
    text = "一、任务\n1.建平台。（科技部负责）2.强管理，重实效。（教育部、公安部负责）\n"
    tasks = extract(text, "n", load_registry()).tasks
    assert [(t.number, t.text) for t in tasks] == [("1", "建平台。"), ("2", "强管理，重实效。")]


def test_many_lines_take_no_longer_than_their_number() -> None:
    lines = ["1.5G应用推广。"] * 20_000
    assert counted(lines) == frozenset()
