"""Records become nodes and edges by the ontology; what does not fit is refused."""

from __future__ import annotations

from functools import lru_cache

import pytest
from msgspec.structs import replace

from kg import facts
from kg.describe import describe
from kg.graph import (
    CATALOGUE,
    REGISTRY,
    Edge,
    Graph,
    Node,
    edge_key,
    properties,
)
from kg.graph_rules import united
from kg.merge import Part, merge
from kg.model import Correction, LeadRule, LoadedDocument
from kg.records import Evidence, Ref, SectionRecord, Statement, TaskRecord
from kg.registry import load_registry
from tests.sample import all_documents

BASE = "http://kg.example/"


def with_rule(doc: LoadedDocument) -> LoadedDocument:
    """The annual plan with words that may pass for the rule it reads by."""
    extraction = doc.extraction
    if extraction.document.id != "annual":
        return doc
    head = replace(extraction.document, lead_rule=LeadRule("first-listed", doc.text[:8], (0, 8)))
    return replace(doc, extraction=replace(extraction, document=head))


@lru_cache(maxsize=1)
def part() -> Part:
    documents = [with_rule(d) for d in all_documents()]
    return merge(documents, registry=load_registry(), base_iri=BASE)


@lru_cache(maxsize=1)
def records() -> list[facts.Record]:
    """Everything the five miniature documents say, departments included."""
    registry, p = load_registry(), part()
    bodies = {
        a.department.id: describe(a.department.id, a.department.name, a.collective, registry, BASE)
        for t in p.tasks
        for a in t.responsibilities
    }
    return [*p.documents, *bodies.values(), *p.sections, *p.tasks, *p.projects, *p.goals,
            *p.indicators, *p.targets]  # fmt: skip


def sample_graphs(given: list[facts.Record] | None = None) -> list[Graph]:
    return list(facts.graphs(given or records(), BASE, part().sections))


@pytest.fixture(scope="module")
def whole() -> Graph:
    return united(sample_graphs())


def task(id: str) -> TaskRecord:
    return next(t for t in part().tasks if t.id == id)


def edges(graph: Graph, type: str, source: str) -> list[Edge]:
    return [e for e in graph.edges if e.type == type and e.source.id == source]


def node(graph: Graph, label: str, id: str) -> Node:
    return next(n for n in graph.nodes if (n.label, n.id) == (label, id))


def test_every_record_is_a_node(whole: Graph) -> None:
    have = {(n.label, n.id) for n in whole.nodes}
    p = part()
    for label, found in [("Task", p.tasks), ("Project", p.projects), ("Goal", p.goals),
                         ("Indicator", p.indicators), ("Section", p.sections),
                         ("Document", p.documents)]:  # fmt: skip
        assert {(label, r.id) for r in found} <= have
    assert ("Collective", "有关部门") in have
    assert ("Department", "有关部门") not in have


def test_a_task_says_all_the_record_says(whole: Graph) -> None:
    record = task("plan-4.1")
    found = properties(node(whole, "Task", record.id))
    assert found["text"] == record.text and found["title"] == record.title
    assert found["open"] is True and found["basis"] == "joint"
    assert found["clause"] == record.clause.text
    assert (found["start"], found["end"], found["quote"]) == (*record.span, record.text)
    assert found["iri"] == f"{BASE}tasks/plan-4.1"


def test_due_date_and_a_users_correction_are_said() -> None:
    correction = Correction(by="编者", why="原文漏字", case="cases/1.toml")
    record = replace(task("plan-4.1"), due="2021-12-31", correction=correction)
    props = sample_graphs([record])[0].nodes[0].props
    assert props["due"] == "2021-12-31"
    assert props["correctedBy"] == "编者" and props["correctionReason"] == "原文漏字"


def test_lead_and_sole_lead_others_do_not(whole: Graph) -> None:
    led = {e.source.id: e.target.id for e in whole.edges if e.type == "LED_BY"}
    assert led == {
        "plan-4.2": "国家知识产权局",
        "plan-4.3": "国家知识产权局",
        "annual-1": "公安部",
        "annual-2": "公安部",
        "annual-3": "海关总署",
        "annual-4": "国家知识产权局",
        "guide-1": "国家知识产权局-条法司",
    }


def test_a_collective_alone_leads_nothing() -> None:
    record = task("plan-4.3")
    only = replace(
        record.responsibilities[0], department=Ref("有关部门", "有关部门"), collective=True
    )
    graph = sample_graphs([replace(record, responsibilities=(only,))])[0]
    assert not edges(graph, "LED_BY", record.id)
    assert edges(graph, "INVOLVES", record.id)[0].target.label == "Collective"


def test_two_roles_of_one_department_stay_two_edges() -> None:
    record = task("annual-2")
    first = record.responsibilities[0]
    again = replace(first, role="participant", order=3)
    twice = replace(record, responsibilities=(*record.responsibilities, again))
    found = edges(sample_graphs([twice])[0], "INVOLVES", record.id)
    mine = [e for e in found if e.target.id == first.department.id]
    assert [e.props["role"] for e in mine] == ["lead", "participant"]
    assert len({edge_key(e) for e in mine}) == 2


def test_one_body_twice_in_the_lead_is_one_led_by() -> None:
    record = task("annual-2")
    again = replace(record.responsibilities[0], order=3)
    twice = replace(record, responsibilities=(*record.responsibilities, again))
    assert len(edges(sample_graphs([twice])[0], "LED_BY", record.id)) == 1


def test_a_reprint_adds_evidence_and_no_task(whole: Graph) -> None:
    found = node(whole, "Task", "plan-4.1")
    assert [e.document for e in found.evidence] == ["plan", "reprint"]
    assert found.graph == "plan"
    assert [e.target.id for e in edges(whole, "IN_DOCUMENT", "plan-4.1")] == ["plan"]
    repeated = edges(whole, "REPEATED_IN", "plan-4.1")
    assert [(e.target.id, e.graph) for e in repeated] == [("reprint", "reprint")]
    assert not [n for n in whole.nodes if n.id.startswith("reprint-4")]
    for edge in edges(whole, "INVOLVES", "plan-4.1"):
        assert [e.document for e in edge.evidence] == ["plan", "reprint"]
        assert properties(edge)["documents"] == ["plan", "reprint"]


def test_what_follows_from_a_rule_is_marked(whole: Graph) -> None:
    derived = {e.source.id for e in whole.edges if e.type == "LED_BY" and e.derived}
    assert derived == {"annual-2", "annual-4"}
    assert all(e.derived for e in whole.edges if e.type in ("REPRINT_OF", "DERIVED_FROM"))


def test_sections_projects_measures_and_goals_hang_together(whole: Graph) -> None:
    assert [e.target.id for e in edges(whole, "IN_SECTION", "plan-4.1")] == ["plan-s4"]
    assert [e.target.id for e in edges(whole, "IN_SECTION", "plan-s4")] == ["plan-s1"]
    project = next(n for n in whole.nodes if n.label == "Project")
    assert [e.target.id for e in edges(whole, "UNDER_TASK", project.id)] == ["plan-4.1"]
    measure = node(whole, "Measure", f"{project.id}-m1")
    assert measure.iri == f"{project.iri}#measure-1"
    assert [e.target.id for e in edges(whole, "MEASURE_OF", measure.id)] == [project.id]
    actors = [n.props["actor"] for n in whole.nodes if n.id == "guide-t1-m1"]
    assert actors == ["各地区"]
    goal = next(n for n in whole.nodes if n.label == "Goal")
    assert {e.document for e in goal.evidence} == {"plan", "picture"}
    assert [name for name, _ in goal.backing] == ["detail"]


def test_a_heading_that_is_no_section_is_kept(whole: Graph) -> None:
    project = next(n for n in whole.nodes if n.label == "Project")
    placed = edges(whole, "IN_SECTION", project.id)
    assert placed or project.props["heading"] == "一、全面加强知识产权保护"


def test_a_repeated_heading_is_the_last_before_the_task() -> None:
    record = task("plan-4.3")
    own = next(s for s in part().sections if s.id == "plan-s4")
    later = replace(own, id="later", evidence=(Evidence("plan", (9000, 9001), "x"),))
    between = replace(
        own, id="between", evidence=(Evidence("plan", (record.span[0] - 1, record.span[0]), "x"),)
    )
    sections: list[SectionRecord] = [later, own, between]
    graph = next(facts.graphs([record], BASE, sections))
    assert edges(graph, "IN_SECTION", record.id)[0].target.id == "between"


def test_the_missing_value_has_a_year_and_nothing_else(whole: Graph) -> None:
    rate = next(n for n in whole.nodes if n.props.get("name") == "服判息诉率")
    assert rate.props["baselineYear"] == 2020 and "baselineValue" not in rate.props
    assert rate.props["targetValue"] == 85 and "increase" not in rate.props


def test_a_definition_lies_in_the_graph_of_the_document_that_gives_it() -> None:
    pieces = [n for g in sample_graphs() for n in g.nodes if "definition" in n.props]
    assert [p.graph for p in pieces] == ["plan"]
    assert all(e.document == "plan" for p in pieces for _, e in p.backing)


def test_registry_and_catalogue_have_graphs_of_their_own() -> None:
    pieces = [n for g in sample_graphs() for n in g.nodes]
    official = [n for n in pieces if "official" in n.props]
    assert official and all(n.graph == REGISTRY for n in official)
    assert all(n.props["knownFrom"] for n in official)
    titled = [n for n in pieces if n.label == "Document" and "title" in n.props]
    assert titled and all(n.graph == CATALOGUE for n in titled)
    units = [e for g in sample_graphs() for e in g.edges if e.type == "PART_OF"]
    assert units and all(e.graph == REGISTRY for e in units)


def test_registered_bodies_are_named_by_the_registry_only() -> None:
    known = {a.department.id for a in task("plan-4.2").responsibilities} - {"有关部门"}
    graph = next(facts.graphs([task("plan-4.2")], BASE, (), known))
    assert [n.id for n in graph.nodes if n.label != "Task"] == ["有关部门"]


def test_the_printed_wins_and_what_an_editor_says_otherwise_stays() -> None:
    record = next(d for d in part().documents if d.id == "plan")
    shown = Evidence("plan", (0, 12), "一、全面加强知识产权保护")
    catalogued = record.statements["title"]
    printed = Statement(value=shown.quote, origin="printed", evidence=shown)
    both = replace(record, statements=record.statements | {"title": (*catalogued, printed)})
    own, edited = next(facts.graphs([both], BASE)).nodes
    assert own.props["title"] == shown.quote and own.graph == "plan"
    assert ("title", shown) in own.backing
    assert edited.props["editorial"] == (f"title：{catalogued[0].value}",)


def test_every_stated_thing_carries_its_words(whole: Graph) -> None:
    texts = {d.extraction.document.id: d.text for d in all_documents()}
    for thing in (*whole.nodes, *whole.edges):
        label = thing.label if isinstance(thing, Node) else thing.type
        named_elsewhere = label in ("Document", "Department", "Collective")
        if named_elsewhere or label in ("PART_OF", "REPRINT_OF", "DERIVED_FROM"):
            continue
        assert thing.evidence, thing
        assert thing.evidence[0].document == thing.graph
        for e in thing.evidence:
            assert texts[e.document][slice(*e.span)] == e.quote
