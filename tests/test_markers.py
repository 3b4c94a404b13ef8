"""Lines that begin with their number and a figure are items; torn decimals and 1.1 are not."""

from __future__ import annotations

import pytest

from kg.registry import load_registry
from loaders.markers import counted
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


def test_many_lines_take_no_longer_than_their_number() -> None:
    lines = ["1.5G应用推广。"] * 20_000
    assert counted(lines) == frozenset()
