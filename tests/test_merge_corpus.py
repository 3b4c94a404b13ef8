"""The five bundled documents, read and merged: what they share, and what they leave open."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from msgspec import structs

from kg.facts import graphs
from kg.graph_rules import united
from kg.merge import Part
from kg.model import LoadedDocument
from loaders import corpus
from loaders.pipeline import read_document
from tests.merging import BASE, REGISTRY, merged, quotes

PLAN, PICTURE, PAGE = "ip-plan-14-5", "ip-plan-14-5-infographic", "ip-plan-14-5-reprint"


@pytest.fixture(scope="module")
def docs() -> list[LoadedDocument]:
    return [read_document(path, REGISTRY) for path in corpus.documents()]


@pytest.fixture(scope="module")
def part(docs: list[LoadedDocument]) -> Part:
    return merged(*docs)


def test_the_web_page_is_a_reprint_of_the_plans_last_14_tasks(part: Part) -> None:
    page = next(d for d in part.documents if d.id == PAGE)
    assert page.reprint_of and page.reprint_of.id == PLAN
    assert (page.tasks, page.shared_tasks) == (0, 14)
    plan = [t for t in part.tasks if t.document.id == PLAN]
    assert [len(t.evidence) for t in plan] == [1] * 25 + [2] * 14
    assert all(len(r.evidence) == len(t.evidence) for t in plan for r in t.responsibilities)
    assert not [s for s in part.sections if s.document.id == PAGE]


def test_without_a_catalogue_the_ties_are_the_same(docs: list[LoadedDocument]) -> None:
    bare = merged(*(structs.replace(d, catalogue=None) for d in docs))
    ties = {d.id: (d.reprint_of or d.derived_from) for d in bare.documents}
    assert {id: tie.id for id, tie in ties.items() if tie} == {PAGE: PLAN, PICTURE: PLAN}


def test_the_pictures_projects_stand_under_the_plans_tasks(part: Part) -> None:
    assert [p.number for p in part.projects] == list(range(1, 16))
    assert all(p.under and p.under.id.startswith(f"{PLAN}-") for p in part.projects)
    assert all(p.under and p.under.name.rstrip("。") == p.task for p in part.projects)
    assert not next(d for d in part.documents if d.id == PICTURE).warnings
    assert sum(len(t.projects) for t in part.tasks) == 15


def test_the_pictures_four_goals_are_the_plans(part: Part) -> None:
    goals = [g for g in part.goals if g.document.id in (PLAN, PICTURE)]
    assert [[e.document for e in g.evidence] for g in goals] == [[PLAN, PICTURE]] * 4
    assert all(g.detail and len(g.detail_evidence) == 1 for g in goals)


def test_indicators_keep_their_years_and_tell_the_doubt(part: Part) -> None:
    assert len(part.indicators) == 8
    assert {i.baseline.year for i in part.indicators if i.baseline} == {2020}
    defined = [i.number for i in part.indicators if i.definition]
    doubtful = [i.number for i in part.indicators if any("③④" in n for n in i.notes)]
    assert (defined, doubtful) == ([1, 3], [2, 4, 5, 6, 7])
    assert all(e.document == PLAN for i in part.indicators for e in i.note_evidence)


def test_every_quote_is_at_its_span(docs: list[LoadedDocument], part: Part) -> None:
    texts = {d.extraction.document.id: d.text for d in docs}
    found = quotes(part)
    assert len(found) > 900
    assert all(texts[e.document][slice(*e.span)] == e.quote for e in found)


def test_any_order_of_loading_gives_the_same(docs: list[LoadedDocument], part: Part) -> None:
    chance = random.Random(0)
    for _ in range(10):
        assert merged(*chance.sample(docs, len(docs))) == part


def test_a_local_body_has_one_name_whatever_its_documents_print(tmp_path: Path) -> None:
    for n, clause in enumerate(("（省市场监管局负责）", "（市场监管局、财政厅负责）")):
        file = tmp_path / f"y{n}.txt"
        text = f"江苏省{'质量标准'[2 * n : 2 * n + 2]}工作方案\n\n一、任务\n1.推进第{n}项建设，完善机制。{clause}\n"
        file.write_text(text, encoding="utf-8")
    found = merged(*(read_document(f, REGISTRY) for f in sorted(tmp_path.iterdir())))
    ends = [(a.department.id, a.department.name) for t in found.tasks for a in t.responsibilities]
    assert ends == [
        ("江苏省市场监管局", "江苏省市场监管局"), ("江苏省市场监管局", "江苏省市场监管局"),
        ("江苏省财政厅", "江苏省财政厅"),
    ]  # fmt: skip
    assert united(graphs((*found.documents, *found.sections, *found.tasks), BASE, found.sections))
