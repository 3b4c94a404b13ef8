"""The shapes: the sample is valid, and a planted fault for each shape is found."""

from __future__ import annotations

import pytest
import rdflib
from rdflib import SH

from kg import ontology
from kg.check import Violation, check
from kg.rdf import nquads
from tests.test_graph import BASE, sample_graphs
from tests.test_rdf import MISSING, NS, PREFIX, dump, store, text


def test_the_sample_is_valid() -> None:
    assert check(nquads(sample_graphs(), BASE)) == []
    dataset = rdflib.Dataset()
    dataset.parse(data=text(), format="nquads")
    assert check(dataset) == []
    assert check(dump(store())) == []


T = f"<{BASE}tasks/plan-4.2>"
R = f"<{BASE}tasks/plan-4.2#responsibility-0>"
IPO = f"<{BASE}departments/国家知识产权局>"
SOME = f"<{BASE}departments/有关部门>"
POLICE = f"<{BASE}departments/公安部>"
DOC = f"<{BASE}documents/plan>"
E = f"<{BASE}documents/plan#char=0,12>"
S = f"<{BASE}documents/plan/text#char=0,12>"


def drop(subject: str, path: str) -> str:
    return wipe(f"{subject} {path} ?o")


def wipe(pattern: str) -> str:
    return f"DELETE WHERE {{ GRAPH ?g {{ {pattern} }} }}"


def put(triple: str) -> str:
    return f"INSERT DATA {{ GRAPH <{BASE}x> {{ {triple} }} }}"


def swap(subject: str, path: str, value: str) -> str:
    return f"{drop(subject, path)} ; {put(f'{subject} {path} {value}')}"


OBSERVED = f"<{BASE}indicators/picture-indicator-1#baseline>"
FAULTS = [
    ("每个事物有且只有一个编号", put(f'{T} pkg:id "other"')),
    ("每个事物有且只有一个编号", swap(T, "pkg:id", '"a/b"')),
    ("每个事物有且只有一个编号", drop(T, "pkg:id")),
    ("文件内容至少有一处原文依据", drop(T, "pkg:evidence")),
    ("文件内容属于且只属于一份文件", drop(T, "pkg:inDocument")),
    ("文件内容属于且只属于一份文件", put(f"{T} pkg:inDocument <{BASE}documents/annual>")),
    ("文件内容至多直接位于一个章节", put(f"{T} pkg:inSection <{BASE}sections/annual-s1>")),
    ("任务有且只有一段文字", drop(T, "pkg:text")),
    ("任务有且只有一个责任条款", put(f'{T} pkg:clause "（另一条）"@zh')),
    ("最晚完成日至多一个", put(f'{T} pkg:due "年底"')),
    ("集体主体不能牵头", put(f"{T} pkg:ledBy {SOME}")),
    ("任务涉及的主体须与其各项责任的主体一致", put(f"{T} pkg:involves {POLICE}")),
    ("任务涉及的主体须与其各项责任的主体一致", drop(T, "pkg:involves")),
    ("没有读出任何主体", wipe(f"?r pkg:task {T}")),
    ("责任属于且只属于一项任务", put(f"{R} pkg:task <{BASE}tasks/plan-4.1>")),
    ("责任有且只有一个主体", drop(R, "pkg:agent")),
    ("责任有且只有一个主体", put(f"{R} pkg:agent {SOME}")),
    ("责任有且只有一个角色：", put(f"{R} pkg:role pkg:role-joint")),
    ("责任有且只有一个角色：", swap(R, "pkg:role", "pkg:role-chief")),
    ("责任有且只有一个角色依据", drop(R, "pkg:basis")),
    ("责任有且只有一个次序", swap(R, "pkg:order", "-1")),
    ("责任至少有一处原文依据", drop(R, "pkg:evidence")),
    ("须该文件自身写明这一规则", swap(R, "pkg:basis", "pkg:basis-first-listed")),
    ("须该文件自身写明这一规则", drop(f"<{BASE}documents/annual>", "pkg:leadRule")),
    ("集体主体不能牵头", swap(R, "pkg:agent", SOME)),
    ("主体有且只有一个中文名称", drop(SOME, "pkg:name")),
    ("同一语言只有一个首选名称", put(f'{IPO} skos:prefLabel "知识产权局"@zh')),
    ("集体主体不是组织", put(f"{SOME} a org:Organization")),
    ("集体主体不是组织", put(f"{SOME} pkg:partOf {IPO}")),
    ("机构至多隶属于一个机构", put(f"{IPO} pkg:partOf {IPO} , {POLICE}")),
    ("专项工程、指标有且只有一个名称", drop(f"<{BASE}projects/picture-project-1>", "pkg:name")),
    ("专项工程至多列于一项任务之下", put(f"<{BASE}projects/picture-project-1> pkg:underTask {T}")),
    ("专项工程没有对应到任务", drop(f"<{BASE}projects/picture-project-1>", "pkg:underTask")),
    ("源文件 sha256", swap(DOC, "pkg:sourceSha256", '"no"')),
    ("规范文本 sha256", drop(DOC, "pkg:textSha256")),
    ("文件至多有一个标题", put(f'{DOC} pkg:title "另一个"@zh')),
    ("文件没有标题", drop(DOC, "pkg:title")),
    ("成文日期至多一个", put(f'{DOC} pkg:date "2021-13-40"^^xsd:date')),
    ("指标值属于且只属于一个数据集", drop(OBSERVED, "qb:dataSet")),
    ("指标值属于且只属于一个指标", drop(OBSERVED, "pkg:indicator")),
    ("指标值有且只有一个年份", put(f'{OBSERVED} d:refPeriod "1999"^^xsd:gYear')),
    ("基期、目标或累计增加值之一", drop(OBSERVED, "pkg:valueKind")),
    ("要么是十进制数，要么标明缺失", drop(OBSERVED, "m:obsValue")),
    ("要么是十进制数，要么标明缺失", swap(OBSERVED, "m:obsValue", '"6.3"')),
    ("要么是十进制数，要么标明缺失", put(f"{OBSERVED} a:obsStatus <{MISSING}>")),
    ("出自且只出自一份规范文本", drop(E, "oa:hasSource")),
    ("原文依据有且只有一个选择器", drop(E, "oa:hasSelector")),
    ("规范文本属于且只属于一份文件", drop(f"<{BASE}documents/plan/text>", "pkg:textOf")),
    ("有且只有一段引文，不为空", swap(S, "oa:exact", '""')),
    ("且在终点之前", swap(S, "oa:start", "12")),
    ("终点有且只有一个", put(f"{S} oa:end 13")),
    ("牵头须有角色为牵头或单独负责的责任", put(f"{T} pkg:ledBy {POLICE}")),
    ("任务却没有相应的牵头", drop(T, "pkg:ledBy")),
    ("算出的事物也指明据以算出的原文", put(f"<{BASE}version#topics/x> a pkg:Topic ; pkg:id 'x'")),
    ("引文的字数与起止不符", swap(S, "oa:exact", '"短"')),
]  # fmt: skip


@pytest.mark.parametrize(("message", "fault"), FAULTS)
def test_a_planted_fault_is_found(message: str, fault: str) -> None:
    made = store()
    sound = set(made)
    made.update(PREFIX + fault)
    assert set(made) != sound, "the fault was not planted"
    found = check(dump(made))
    assert [v for v in found if message in v.message], [v.message for v in found]


def test_every_shape_has_a_planted_fault() -> None:
    shapes = rdflib.Graph().parse(data=ontology.load().turtle, format="turtle")
    messages = {str(m) for m in shapes.objects(None, SH.message)}
    planted = {m for m in messages if any(message in m for message, _ in FAULTS)}
    assert messages == planted


def test_a_finding_names_thing_property_value_and_severity() -> None:
    made = store()
    made.update(PREFIX + swap(R, "pkg:role", "pkg:role-chief"))
    found = check(dump(made))
    assert Violation(
        severity="violation",
        focus=R[1:-1],
        path=NS + "role",
        message="责任有且只有一个角色：牵头、参与、单独负责或共同负责",
        value=NS + "role-chief",
    ) in found  # fmt: skip
    made.update(PREFIX + drop(f"<{BASE}projects/picture-project-1>", "pkg:underTask"))
    found = check(dump(made))
    order = ["violation", "warning", "info"].index
    assert [v.severity for v in found] == sorted((v.severity for v in found), key=order)
    assert found[-1].severity == "info" and found[-1].focus.endswith("picture-project-1")


def test_a_finding_about_the_whole_names_the_culprit() -> None:
    made = store()
    made.update(PREFIX + swap(S, "oa:exact", '"短"'))
    found = check(dump(made))
    assert [(v.focus, v.value) for v in found] == [(S[1:-1], None)]


def test_an_empty_graph_is_valid() -> None:
    assert check("") == []
