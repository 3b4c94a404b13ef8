"""Pictures of a plan, and the records that come of a merge."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs

from kg.describe import describe
from kg.errors import DataError
from kg.model import (
    LeadRule,
    Project,
)
from tests import sample
from tests.merging import (
    BASE,
    REGISTRY,
    TEXTS,
    entry,
    head,
    listing,
    merged,
    reprints,
    saying,
    told,
)
from tests.sample import IPO, Writer

# --- pictures of a plan ------------------------------------------------------------------


def test_a_picture_is_drawn_from_the_plan_of_its_title() -> None:
    part = merged(*sample.all_documents())
    tied = {d.id: d.derived_from.id for d in part.documents if d.derived_from}
    assert tied == {"picture": "plan"}


@pytest.mark.parametrize(
    "title",
    [
        "图解：某某事业发展规划",
        "《某某事业发展规划》解读",
        "一图读懂《某某事业发展规划》",
        "某某事业发展规划 图解",
    ],
)
def test_words_that_make_a_picture(title: str) -> None:
    a, b = listing("a", TEXTS, title="某某事业发展规划"), listing("b", [], title=title)
    part = merged(a, b)
    assert [d.derived_from and d.derived_from.id for d in part.documents] == [None, "a"]


def test_a_picture_may_say_so_before_its_title_or_in_the_catalogue() -> None:
    a, title = listing("a", TEXTS, title="某某事业发展规划"), "某某事业发展规划"
    w = Writer()
    w.put("一图读懂\n")
    b = head(sample.loaded("b", w, []), title=title, title_span=w.put(title))
    b = structs.replace(b, text=w.text)
    assert merged(a, b).documents[1].derived_from
    plain = listing("b", [], title=title)
    assert merged(a, plain).documents[1].derived_from is None
    assert merged(a, entry(plain, title=title, kind="图解")).documents[1].derived_from


def test_a_picture_of_a_reprint_is_a_picture_of_the_root() -> None:
    a = listing("a", TEXTS)
    b = listing("b", TEXTS[:5], title="某某事业发展规划")
    c = listing("c", [], title="图解某某事业发展规划")
    part = merged(a, b, c)
    assert part.documents[2].derived_from == part.documents[1].reprint_of
    assert part.documents[2].derived_from and part.documents[2].derived_from.id == "a"


def test_a_copy_of_a_picture_adds_evidence_to_the_plans_goal() -> None:
    copy = sample.infographic()
    copy = entry(head(copy, id="picture2"), title="一图读懂“十四五”知识产权规划", kind="图解")
    part = merged(sample.plan(), sample.infographic(), copy)
    assert reprints(part) == {"picture2": "picture"}
    (goal,) = part.goals
    assert [e.document for e in goal.evidence] == ["plan", "picture", "picture2"]
    assert [[e.document for e in i.evidence] for i in part.indicators] == [
        ["picture", "picture2"]
    ] * 2
    assert [p.document.id for p in part.projects] == ["picture"]


def test_a_goal_in_the_same_words_is_one() -> None:
    (goal,) = merged(*sample.all_documents()).goals
    assert (goal.document.id, goal.detail) == ("plan", "法治化水平不断提高。")
    assert [e.document for e in goal.evidence] == ["plan", "picture"]
    assert [e.document for e in goal.detail_evidence] == ["plan"]


def test_a_goal_of_another_number_or_detail_is_another() -> None:
    picture = sample.infographic()
    (goal,) = picture.extraction.goals
    for change in ({"number": 2}, {"detail": "别的。"}, {"text": "别的"}):
        changed = saying(picture, goals=(structs.replace(goal, **change),))
        assert len(merged(sample.plan(), changed).goals) == 2


def test_a_project_stands_under_the_plans_task() -> None:
    part = merged(*sample.all_documents())
    (project,) = part.projects
    assert project.under and (project.under.id, project.under.name) == (
        "plan-4.1",
        "健全法律法规。",
    )
    assert [e.quote for e in project.measure_evidence] == ["健全商业秘密保护政策"]
    task = next(t for t in part.tasks if t.id == "plan-4.1")
    assert [(p.id, p.name) for p in task.projects] == [("picture-project-1", "商业秘密保护工程")]


@pytest.mark.parametrize(
    "change", [{"task": "别的事"}, {"section": ("二、别的",)}, {"task": "健全法律"}]
)
def test_a_project_whose_task_is_not_found_is_told(change: dict[str, Any]) -> None:
    picture = sample.infographic()
    (project,) = picture.extraction.projects
    changed = saying(picture, projects=(structs.replace(project, **change),))
    part = merged(sample.plan(), changed)
    assert part.projects[0].under is None
    (warning,) = told(part, "picture")
    assert warning.code == "project-task" and warning.span == project.task_span
    assert "没有" in warning.message and "商业秘密保护工程" in warning.message


def test_a_project_that_fits_two_tasks_stands_under_none() -> None:
    plan = sample.plan()
    first, second, *rest = plan.extraction.tasks
    twin = structs.replace(second, title=first.title)
    part = merged(saying(plan, tasks=(first, twin, *rest)), sample.infographic())
    assert part.projects[0].under is None
    assert "2 项" in told(part, "picture")[0].message


def test_a_project_without_the_plan_is_told_and_one_without_a_task_is_not() -> None:
    picture = sample.infographic()
    assert told(merged(picture), "picture")
    (project,) = picture.extraction.projects
    changed = saying(picture, projects=(structs.replace(project, task=None, task_span=None),))
    assert told(merged(sample.plan(), changed), "picture") == ()


def test_a_plans_own_projects_stand_under_its_own_tasks() -> None:
    plan = sample.plan()
    first = plan.extraction.tasks[0]
    box = Project(
        number=1, name="工程", measures=(), section=first.section, task=first.title, span=first.span
    )
    part = merged(saying(plan, projects=(box, box)))
    assert [p.under and p.under.id for p in part.projects] == ["plan-4.1"] * 2
    assert [p.id for p in part.projects] == ["plan-project-1", "plan-project-1-2"]


def test_a_note_that_names_the_indicator_defines_it() -> None:
    first, second = merged(*sample.all_documents()).indicators
    assert first.definition == "①“高价值发明专利拥有量”是指有效发明专利数量。"
    assert [(e.document, e.quote) for e in first.definition_evidence] == [
        ("plan", first.definition)
    ]
    assert second.definition is None and second.definition_evidence == ()


def test_an_unmarked_remark_changes_no_year_and_is_told() -> None:
    picture = sample.infographic()
    first, second = picture.extraction.indicators
    third = structs.replace(first, number=3, name="质押融资金额")
    part = merged(sample.plan(), saying(picture, indicators=(first, second, third)))
    defined, missing, doubtful = sorted(part.indicators, key=lambda i: i.number)
    assert (defined.notes, missing.notes) == ((), ())
    assert doubtful.baseline == third.baseline
    (note,) = doubtful.notes
    assert "③④为2019年值。" in note and "未作改动" in note
    assert [(e.document, e.quote) for e in doubtful.note_evidence] == [("plan", "③④为2019年值。")]


def test_an_indicators_own_definition_comes_first() -> None:
    picture = sample.infographic()
    first, _ = picture.extraction.indicators
    own = structs.replace(first, definition="自有定义", notes=("自注",))
    (found,) = merged(sample.plan(), saying(picture, indicators=(own,))).indicators
    assert (found.definition, found.definition_evidence) == ("自有定义", ())
    assert found.notes == ("自注",)


# --- records -----------------------------------------------------------------------------


def test_statements_say_what_is_printed_and_what_is_editorial() -> None:
    w = Writer()
    number, date = w.put("甲〔2021〕3号"), (w.put("\n")[1], w.put("二〇二一年五月六日")[1])
    doc = head(
        sample.loaded("a", w, []),
        number="甲〔2021〕3号",
        number_span=number,
        date="2021-05-06",
        date_span=date,
    )
    doc = entry(doc, title="某某规划", source="http://example.org/")
    (found,) = merged(doc).documents
    printed = {field: said[0] for field, said in found.statements.items() if said}
    assert {f: s.origin for f, s in printed.items()} == {
        "title": "catalogue",
        "number": "printed",
        "date": "printed",
        "year": "printed",
        "source": "catalogue",
    }
    evidence = printed["date"].evidence
    assert evidence and evidence.quote == "二〇二一年五月六日"
    assert printed["title"].known_from == "测试" and printed["title"].evidence is None
    assert found.title == "某某规划" and found.statements["issuer"] == ()


@pytest.mark.parametrize(
    ("printed", "said", "year"),
    [
        ({"date": "2020-01-02", "number": "甲〔2019〕1号"}, {"year": 2021}, 2021),
        ({"date": "2020-01-02", "number": "甲〔2019〕1号"}, {}, 2020),
        ({"number": "甲〔2019〕1号"}, {"date": "2020-01-02"}, 2019),
        ({}, {"date": "2020-01-02"}, 2020),
        ({}, {"number": "甲（2018）1号"}, 2018),
        ({"number": "第2018号"}, {}, None),
    ],
)
def test_a_tasks_year(printed: dict[str, Any], said: dict[str, Any], year: int | None) -> None:
    part = merged(head(listing("a", TEXTS[:1], **said), **printed))
    assert (part.tasks[0].year, part.documents[0].year) == (year, year)


def test_titles_fall_back_to_the_id() -> None:
    assert merged(listing("a", TEXTS)).documents[0].title == "a"
    assert merged(structs.replace(listing("a", TEXTS), catalogue=None)).documents[0].title == "a"


def test_the_rule_is_told_where_it_makes_the_lead() -> None:
    doc = sample.annual()
    text = doc.text + "列第一位的为牵头部门"
    rule = LeadRule("first-listed", "列第一位的为牵头部门", (len(doc.text), len(text)))
    part = merged(head(structs.replace(doc, text=text), lead_rule=rule))
    assert [t.lead_rule is not None for t in part.tasks] == [False, True, False, True]


def test_positions_follow_the_text_and_ids_are_addresses() -> None:
    doc = sample.plan()
    shuffled = saying(doc, tasks=doc.extraction.tasks[::-1])
    assert merged(shuffled) == merged(doc)
    assert [t.position for t in merged(doc).tasks] == [0, 1, 2, 3]
    assert merged(doc).tasks[0].iri == BASE + "tasks/plan-4.1"


def test_a_wrong_quote_is_refused_with_its_place() -> None:
    doc = sample.plan()
    first, *rest = doc.extraction.tasks
    for change in ({"text": "改过的话。"}, {"span": (5, 5)}, {"span": (0, 10**6)}):
        broken = saying(doc, tasks=(structs.replace(first, **change), *rest))
        with pytest.raises(DataError) as caught:
            merged(broken)
        assert "plan [" in caught.value.where and caught.value.remedy


def test_ids_that_collide_are_refused() -> None:
    doc = sample.plan()
    first, second, *_ = doc.extraction.tasks
    with pytest.raises(DataError, match="标识重复"):
        merged(saying(doc, tasks=(first, structs.replace(second, id=first.id))))
    with pytest.raises(DataError):
        merged(doc, doc)
    a, b = listing("x", ["甲。"]), listing("x-1", ["乙。"])
    (task,) = b.extraction.tasks
    with pytest.raises(DataError):
        merged(a, saying(b, tasks=(structs.replace(task, id="x-1"),)))


def test_departments_are_described_by_the_registry_with_its_source() -> None:
    found = describe(IPO, IPO, False, REGISTRY, BASE)
    assert found.registry_source and found.official and found.units and not found.collective
    unit = describe("国家知识产权局-条法司", "条法司", False, REGISTRY, BASE)
    assert unit.parent and unit.parent.id == IPO
    unknown = describe("某某委", "某某委", False, REGISTRY, BASE)
    assert (unknown.kind, unknown.registry_source, unknown.parent) == (None, None, None)
    crowd = describe("有关部门", "有关部门", True, REGISTRY, BASE)
    assert (crowd.kind, crowd.collective, crowd.registry_source) == ("collective", True, None)
