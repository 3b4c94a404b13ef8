"""Each reading rule with the sentence that justifies it, and the traps of the field."""

from __future__ import annotations

import pytest

from kg.model import Task
from kg.registry import load_registry
from loaders.corpus import documents
from loaders.files import read_file
from loaders.pipeline import extract
from loaders.roles import RULES
from loaders.tasks import lead_rule

REGISTRY = load_registry()
CLOSING = "上述各项任务分工中，由多个部门负责的，列第一位的部门为牵头部门，其他为参与部门。"


def read(text: str) -> list[Task]:
    return list(extract(text, "d", REGISTRY).tasks)


def roles(clause: str, after: str = "") -> list[tuple[str, str, str]]:
    tasks = read(f"推进有关工作，落实各项措施。{clause}\n{after}")
    return [(r.department, r.role, r.basis) for r in tasks[0].responsibilities] if tasks else []


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.name)
def test_the_sentence_that_justifies_a_rule_is_printed(rule: object) -> None:
    texts = "".join(read_file(p).text for p in documents())
    assert rule.quote in texts  # type: ignore[attr-defined]


def test_explicit_lead() -> None:
    got = roles("（国家知识产权局牵头，中央宣传部、文化和旅游部、市场监管总局等按职责分工负责）")
    assert got == [
        ("国家知识产权局", "lead", "explicit"),
        ("中央宣传部", "participant", "explicit"),
        ("文化和旅游部", "participant", "explicit"),
        ("市场监管总局", "participant", "explicit"),
    ]


def test_two_leads() -> None:
    got = roles("（财政部、商务部牵头，海关总署配合）")
    assert [(d, r) for d, r, _ in got] == [
        ("财政部", "lead"), ("商务部", "lead"), ("海关总署", "participant")]  # fmt: skip


def test_a_sole_body_with_牵头_is_an_explicit_lead() -> None:
    assert roles("（知识产权局牵头负责）") == [("国家知识产权局", "lead", "explicit")]


def test_first_listed_leads_only_under_a_stated_rule() -> None:
    clause = "（发展改革委、科技部负责）"
    assert {r for _, r, _ in roles(clause)} == {"joint"}
    assert roles(clause, CLOSING) == [
        ("国家发展改革委", "lead", "first-listed"),
        ("科技部", "participant", "first-listed"),
    ]


def test_a_clause_that_says_分别负责_contests_the_rule() -> None:
    got = roles("（公安部、海关总署、知识产权局按职责分别负责）", CLOSING)
    assert {b for _, _, b in got} == {"first-listed-contested"}
    assert [r for _, r, _ in got] == ["lead", "participant", "participant"]


def test_分工负责_does_not_contest_it() -> None:
    got = roles("（公安部、海关总署按职责分工负责）", CLOSING)
    assert {b for _, _, b in got} == {"first-listed"}


def test_one_body_is_sole_with_and_without_the_rule() -> None:
    assert roles("（国家知识产权局负责）", CLOSING) == [("国家知识产权局", "sole", "sole")]


def test_an_open_list_counts_as_several() -> None:
    assert roles("（人民银行等部门负责）") == [("人民银行", "joint", "joint")]
    assert roles("（人民银行等部门负责）", CLOSING) == [("人民银行", "lead", "first-listed")]


def test_collectives_never_lead() -> None:
    got = roles("（各有关部门和单位，各省级人民政府按职责分工负责）", CLOSING)
    assert {r for _, r, _ in got} == {"joint"}
    assert roles("（各省级人民政府负责）", CLOSING) == [("各省级人民政府", "sole", "sole")]


def test_会同_is_no_牵头() -> None:
    assert {r for _, r, _ in roles("（财政部会同商务部负责）")} == {"joint"}


def test_a_rule_in_the_first_clause_holds_from_there_on() -> None:
    text = (
        "（一）甲事项。推进甲项工作。（财政部、商务部负责）\n"
        "（二）乙事项。推进乙项工作。（科技部、教育部负责。列第一位者为牵头单位，下同）\n"
        "（三）丙事项。推进丙项工作。（司法部、公安部负责）\n"
    )
    first, second, third = read(text)
    assert {r.basis for r in first.responsibilities} == {"joint"}
    assert second.responsibilities[0].role == third.responsibilities[0].role == "lead"


def test_the_closing_rule_speaks_of_all_above() -> None:
    rule = lead_rule(f"1.甲。（财政部、商务部负责）\n{CLOSING}\n")
    assert rule is not None and rule.quote == CLOSING


@pytest.mark.parametrize(
    "bracket",
    [
        "（国家知识产权局）",
        "（包括设计、施工、监理、检测、造价咨询等所有工程建设相关主体）",
        "（超过100人的企业达到15%）",
        "（须经交易双方确认）",
        "（具体办法由财政部会同有关部门制定）",
        "（此件公开发布）",
        "（负责人：张三）",
        "（以下简称自贸试验区）",
    ],
)
def test_brackets_that_give_no_duty_stay_out(bracket: str) -> None:
    assert read(f"推进有关工作，落实各项措施{bracket}。\n") == []


def test_carried_prefix_and_offices_of_the_issuer() -> None:
    text = (
        "国家知识产权局文件\n\n任务清单\t责任部门\t完成时间\n"
        "1.甲\t条法司，专利局审业部、自动化部，商标局\t年底前\n"
    )
    (task,) = read(text)
    assert [(r.department, r.mention) for r in task.responsibilities] == [
        ("条法司", "条法司"), ("专利局审业部", "专利局审业部"),
        ("专利局自动化部", "自动化部"), ("商标局", "商标局")]  # fmt: skip
    assert task.responsibilities[0].department_id == "国家知识产权局-条法司"
    assert {r.basis for r in task.responsibilities} == {"table"}


def test_names_with_和_inside_stay_whole() -> None:
    got = roles("（工业和信息化部和文化和旅游部与人力资源和社会保障部负责）")
    assert [d for d, _, _ in got] == ["工业和信息化部", "文化和旅游部", "人力资源社会保障部"]


def test_联席会议办公室_is_a_body_of_its_own() -> None:
    got = roles("（联席会议办公室、联席会议成员单位负责）", CLOSING)
    assert got[0][:2] == ("联席会议办公室", "lead")
    assert got[1][:2] == ("联席会议成员单位", "participant")


def test_a_clause_alone_on_its_line_belongs_to_the_text_before() -> None:
    (task,) = read("91.做好有关工作，及时发布提示。\n\n（商务部、贸促会按职责分别负责）\n")
    assert task.number == "91" and task.text.startswith("做好有关工作")


def test_a_page_break_inside_a_sentence_does_not_end_it() -> None:
    (task,) = read(
        "81.积极参与规则制定，推动《视听\n\n表演北京条约》早日生效。（外交部、商务部负责）\n"
    )
    assert task.text.startswith("积极参与") and task.text.endswith("早日生效。")


def test_a_province_keeps_its_own_bodies_apart_from_national_namesakes() -> None:
    text = (
        "浙江省人民政府办公厅关于知识产权工作的意见\n浙政办发〔2021〕9号\n"
        "（一）推进有关工作，落实措施。（省教育厅、知识产权局、国家知识产权局负责）\n"
    )
    (task,) = read(text)
    assert [(r.department, r.department_id) for r in task.responsibilities] == [
        ("省教育厅", "浙江省教育厅"), ("知识产权局", "浙江省知识产权局"),
        ("国家知识产权局", "国家知识产权局")]  # fmt: skip


def test_a_level_is_carried_to_bare_names_only_and_never_twice() -> None:
    """A document of the centre that names 省能源局 and 省发展改革委、能源局 means one 省能源局."""
    text = (
        "（一）推进有关工作，落实措施。（教育部牵头，省发展改革委、省能源局配合）\n"
        "（二）推进有关工作，落实措施。（财政部牵头，省发展改革委、能源局配合）\n"
    )
    ids = [[r.department_id for r in task.responsibilities] for task in read(text)]
    assert [i[1:] for i in ids] == [["省发展改革委", "省能源局"]] * 2


def test_who_is_said_in_passing_to_lead_or_help_is_told() -> None:
    text = (
        "（一）建立制度，由公安部牵头制定办法，推动落实。\n"
        "（二）举办论坛，外交部、商务部承办，中国贸促会协办。\n"
        "（三）建立联席会议制度，财政部为牵头单位，各有关单位参加\n"
        "（四）推进工作。列第一位的部门为牵头部门。（财政部负责）\n"
    )
    told = [w for w in extract(text, "d", REGISTRY).warnings if w.code == "duty_in_passing"]
    assert [text[slice(*w.span)] for w in told] == [
        "公安部牵头", "商务部承办，中国贸促会协办", "财政部为牵头单位"]  # fmt: skip


def test_scope_and_standing_scope() -> None:
    text = (
        "（一）放宽限制，优化环境。（负责部门：商务部；适用范围：所有自贸试验区，"
        "以下除标注适用于特定自贸试验区的措施外，适用范围均为所有自贸试验区）\n"
        "（二）支持储备模式。（负责部门：发展改革委、粮食和储备局，适用范围：浙江自贸试验区）\n"
    )
    first, second = read(text)
    assert first.scope == "所有自贸试验区" and second.scope == "浙江自贸试验区"


def test_a_bracket_that_cannot_be_read_is_reported() -> None:
    e = extract("推进有关工作。（财政部和各方面的共同努力负责）\n", "d", REGISTRY)
    assert e.tasks == () and [w.code for w in e.warnings] == ["clause_unread"]


def test_a_clause_by_level_of_government_is_reported_and_no_level_is_a_body() -> None:
    clause = "（省级层面由财政厅牵头，教育厅参与；市县层面由各市、县政府负责）"
    e = extract(f"推进有关工作，落实措施。{clause}\n", "d", REGISTRY)
    assert e.tasks == () and [w.code for w in e.warnings] == ["clause_unread"]


def test_a_bracket_may_begin_此项工作由() -> None:
    assert roles("（此项工作由财政部牵头，教育部配合）") == [
        ("财政部", "lead", "explicit"), ("教育部", "participant", "explicit"),
    ]  # fmt: skip


def test_an_unknown_body_is_kept_as_printed_and_told() -> None:
    e = extract("推进有关工作，落实措施。（财政部、雄安新区管委会负责）\n", "d", REGISTRY)
    assert [r.department for r in e.tasks[0].responsibilities] == ["财政部", "雄安新区管委会"]
    assert [w.code for w in e.warnings] == ["unknown_body"]


def test_an_unknown_body_is_told_once_where_it_stands_first() -> None:
    clause = "（市水务局、市林业局负责）"
    e = extract(f"推进有关工作，落实措施。{clause}\n" * 3, "d", REGISTRY)
    assert [w.message[8:13] for w in e.warnings] == ["市水务局」", "市林业局」"]
    assert all("（共 3 处）" in w.message for w in e.warnings)
    assert [w.span for w in e.warnings] == [r.span for r in e.tasks[0].responsibilities]


def test_brackets_of_names_without_a_duty_are_told_and_stay_out() -> None:
    for names in (
        ("财政部",),
        ("财政部、教育部",),
        ("财政部", "教育部", "公安部"),
        ("财政部、教育部", "公安部、商务部", "科技部"),
    ):
        items = "".join(f"{i}.加强管理。（{n}）\n" for i, n in enumerate(names, 1))
        e = extract("一、任务\n" + items, "d", REGISTRY)
        assert e.tasks == () and [w.code for w in e.warnings] == ["names_only"] * len(names)
        assert [("一、任务\n" + items)[slice(*w.span)] for w in e.warnings] == [
            f"（{n}）" for n in names
        ]


def test_brackets_of_names_are_clauses_where_the_document_says_so() -> None:
    items = "1.加强管理。（财政部、教育部）\n2.搞好服务，方便群众。（公安部）\n"
    first = extract(f"任务分解中，列第一位的责任单位为牵头单位。\n一、任务\n{items}", "d", REGISTRY)
    assert [[(r.role, r.basis) for r in t.responsibilities] for t in first.tasks] == [
        [("lead", "first-listed"), ("participant", "first-listed")], [("sole", "sole")],
    ]  # fmt: skip
    listed = extract(f"各项任务后括号内为责任单位。\n一、任务\n{items}", "d", REGISTRY)
    assert [[r.basis for r in t.responsibilities] for t in listed.tasks] == [
        ["joint", "joint"], ["sole"],
    ]  # fmt: skip
    later = "1.甲。（财政部、教育部）\n2.乙。（科技部、司法部，列第一位的为牵头单位，下同）\n3.丙。（公安部、商务部）\n"
    from_there = extract(f"一、任务\n{later}", "d", REGISTRY)
    assert [t.responsibilities[0].department for t in from_there.tasks] == ["科技部", "公安部"]
    lead = extract(f"各项任务后括号内为牵头单位。\n一、任务\n{items}", "d", REGISTRY)
    assert lead.tasks == () and [w.code for w in lead.warnings] == ["names_only"] * 2


def test_names_in_brackets_in_mid_sentence_only_explain() -> None:
    e = extract("一、任务\n1.加强与有关部门（财政部、科技部）的沟通，推动工作。\n", "d", REGISTRY)
    assert e.tasks == () and e.warnings == ()


def sections(text: str) -> list[tuple[str | None, tuple[str, ...]]]:
    return [(t.number, t.section) for t in read(text)]


def test_an_item_ends_what_the_item_of_its_rank_before_it_began() -> None:
    text = (
        "一、重视不够。责任单位：财政部。\n（一）开展排查。\n（二）加快改造。\n"
        "二、修复滞后。（教育部负责）\n"
    )
    assert sections(text) == [("一", ()), ("二", ())]


def test_a_heading_with_a_clause_is_a_section_too() -> None:
    text = (
        "一、稳增长（财政部牵头）\n1.推进建设。（教育部负责）\n"
        "二、抓改革\n2.深化改革。（科技部负责）\n"
    )
    assert sections(text) == [("一", ()), ("1", ("一、稳增长",)), ("2", ("二、抓改革",))]


def test_columns_of_levels_are_sections_and_no_task() -> None:
    text = (
        "一级任务\t二级任务\t序号\t工作举措\t牵头部门\t责任部门\n"
        "一、便利\t（一）登记\t1\t推行改革。\t——\t财政部、教育部\n"
    )
    (task,) = read(text)
    assert (task.number, task.title, task.section) == (
        "1",
        "推行改革。",
        ("一、便利", "（一）登记"),
    )


def test_a_box_ends_at_the_next_task_and_stands_under_the_one_before() -> None:
    text = (
        "（一）优化机制。（公安部负责）\n专栏1　救援工程\n1.指挥部建设。完善设施。\n"
        "（二）加强监管。（财政部负责）\n"
    )
    e = extract(text, "d", REGISTRY)
    assert [(p.task, p.measures) for p in e.projects] == [("优化机制", ("指挥部建设。完善设施。",))]
    assert not [w for w in e.warnings if w.code == "clause_above_items"]


def test_a_listed_line_with_a_clause_is_a_task_and_no_goal() -> None:
    e = extract("（一）主要预期目标。\n1.增长5%左右。（财政部负责）\n2.更强。\n", "d", REGISTRY)
    assert [g.text for g in e.goals] == ["更强"] and len(e.tasks) == 1


def test_rules_about_persons_and_projects_are_none() -> None:
    for said in (
        "注：列第一位的为牵头市领导。",
        "列第一位的项目由所在县牵头。",
        "各牵头单位牵头，列第一位的为总牵头。",
    ):
        assert lead_rule(f"一、任务\n1.推进建设。（财政部、商务部负责）\n{said}\n") is None


def test_a_measure_with_its_number_is_the_task_of_its_row() -> None:
    text = (
        "重点任务\t序号\t具体举措\t牵头部门\n"
        "便利准入\t1\t推行改革。\t财政部\n便利准入\t2\t1.学习。2.研究。\t教育部\n"
    )
    assert [(t.number, t.title, t.section) for t in read(text)] == [
        ("1", "推行改革。", ("便利准入",)), ("2", "1.学习。2.研究。", ("便利准入",)),
    ]  # fmt: skip


def test_long_lists_parted_by_blanks_are_read_in_time_and_longer_ones_are_told() -> None:
    """Each stretch is cut once; it took 2ⁿ steps, so that this test did not end."""
    for n, read_whole in ((60, True), (400, False)):
        names = " ".join(["市财政局", "县公安局"] * (n // 2))
        e = extract(f"1.推进建设。（{names}负责）\n", "d", REGISTRY)
        assert bool(e.tasks) is read_whole
        assert read_whole or [w.code for w in e.warnings] == ["clause_unread"]
