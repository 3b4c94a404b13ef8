"""The five documents and the development corpus against hand-checked gold, field by field.

How the gold was made and checked: docs/gold.md. A field the scorer does not look at (basis,
title, section, goals, indicators, projects, targets, measures) is compared here.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kg.model import Extraction
from kg.registry import load_registry
from loaders.files import Source, read_file
from loaders.pipeline import extract

GOLD = Path(__file__).parent / "gold"
CORPUS = Path(__file__).parents[1] / "loaders" / "corpus"
DEV = [f"dev/{n}.{x}" for n in ("009", "039", "057") for x in ("txt", "html")]
FIVE = ["000", "001", "002", "003", "004"]


def gold_of(name: str) -> dict[str, Any]:
    stem = name.rsplit(".", 1)[0]
    return json.loads((GOLD / f"{stem}.gold.json").read_text(encoding="utf-8"))


def path_of(name: str) -> Path:
    if name.startswith("dev/"):
        return GOLD / name
    digest = gold_of(name)["document"]["sha256"]
    from hashlib import sha256

    return next(p for p in CORPUS.glob("*.txt") if sha256(p.read_bytes()).hexdigest() == digest)


@cache
def read(name: str) -> tuple[Source, Extraction]:
    source = read_file(path_of(name))
    return source, extract(source.text, "doc", load_registry())


def squeeze(text: str | None) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text or ""))


@pytest.mark.parametrize("name", [*FIVE, *DEV])
def test_scorer_finds_nothing_wrong(name: str, tmp_path: Path) -> None:
    source, extraction = read(name)
    (tmp_path / "out.json").write_bytes(msgspec.json.encode(extraction))
    (tmp_path / "out.txt").write_text(source.text, encoding="utf-8", newline="")
    gold = GOLD / f"{name.rsplit('.', 1)[0]}.gold.json"
    command = [sys.executable, GOLD / "score.py", gold, tmp_path / "out.json", tmp_path / "out.txt"]
    out = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert out["tasks"]["f1"] == out["edges"]["f1"] == 1.0, out
    assert out["wrong_edges"] == [] and out["grounding"]["not_in_text"] == 0
    matched = dict(out["of_matched_tasks"])
    of = matched.pop("of")
    assert set(matched.values()) == {of}, matched


@pytest.mark.parametrize("name", FIVE)
def test_each_task_field_by_field(name: str) -> None:
    gold = gold_of(name)["tasks"]
    mine = read(name)[1].tasks
    assert len(mine) == len(gold)
    for want, task in zip(gold, mine, strict=True):
        where = f"{name} task {want['n']}"
        assert squeeze(task.title) == squeeze(want["title"]), where
        assert list(map(squeeze, task.section)) == list(map(squeeze, want["section"])), where
        number = re.sub(r"[.．、]$", "", want["printed_number"] or "")
        assert squeeze(task.number) == squeeze(number), where
        body = squeeze(re.sub(r"\[image:[^\]]*\]", "", task.text))
        assert body.startswith(squeeze(want["text_head"])), where
        assert body.endswith(squeeze(want["text_tail"])), where
        got = [(r.department, r.role, r.basis, r.collective) for r in task.responsibilities]
        assert got == [
            (r["department"], r["role"], r["basis"], r["collective"]) for r in want["responsible"]
        ], where
        mentions = [squeeze(r.mention) for r in task.responsibilities]
        assert mentions == [squeeze(r["mention"]) for r in want["responsible"]], where
        compare_measures(want.get("measures", []), task.measures, where)


def compare_measures(want: list[dict[str, str]], got: Any, where: str) -> None:
    assert [m.actor for m in got] == [m["actor"] for m in want], where
    for w, m in zip(want, got, strict=True):
        assert squeeze(m.text).startswith(squeeze(w["text_head"])), where
        assert squeeze(m.text).endswith(squeeze(w["text_tail"])), where


@pytest.mark.parametrize("name", FIVE)
def test_projects_goals_indicators_targets(name: str) -> None:
    gold = gold_of(name)
    e = read(name)[1]
    assert [
        (p.number, p.name, list(p.measures), list(map(squeeze, p.section)), p.task)
        for p in e.projects
    ] == [
        (p["number"], p["name"], p["measures"], list(map(squeeze, p["section"])), p["task"])
        for p in gold["projects"]
    ]
    assert [(g.number, g.text, squeeze(g.detail)) for g in e.goals] == [
        (g["number"], g["text"], squeeze(g["detail"])) for g in gold["goals"]
    ]
    assert [t.quote for t in e.targets] == [t["quote"] for t in gold["targets"]]
    assert [(t.subject, t.value, t.unit, t.by) for t in e.targets] == [
        (t["subject"], t["value"], t["unit"], t["by"]) for t in gold["targets"]
    ]
    rows = json.loads(msgspec.json.encode(e.indicators))
    assert [{k: v for k, v in r.items() if k != "span"} for r in rows] == gold["indicators"]


@pytest.mark.parametrize("name", [*FIVE, *DEV])
def test_the_head_is_what_the_document_prints(name: str) -> None:
    want = gold_of(name)["document"]
    head = read(name)[1].document
    titles = {squeeze(want["title"]), squeeze(want.get("alt_title") or want["title"])}
    assert squeeze(head.title) in titles
    assert squeeze(head.issuer) == squeeze(want["issuer"])
    assert squeeze(head.number) == squeeze(want["number"])
    assert head.date == want["date"]
    rule = want["lead_rule"]
    if rule is None:
        assert head.lead_rule is None
    else:
        kind, quote = (rule["kind"], rule["quote"]) if isinstance(rule, dict) else (
            rule, want["rule_quote"])  # fmt: skip
        assert head.lead_rule is not None and head.lead_rule.kind == kind
        assert squeeze(quote) in squeeze(head.lead_rule.quote)


@pytest.mark.parametrize("name", [*FIVE, *DEV])
def test_every_span_quotes_the_canonical_text(name: str) -> None:
    source, e = read(name)
    text = source.text
    for t in e.tasks:
        assert text[slice(*t.span)] == t.text
        assert text[slice(*t.clause.span)] == t.clause.text
        assert t.title is None or (t.title_span and text[slice(*t.title_span)] == t.title)
        assert t.scope is None or (t.scope_span and text[slice(*t.scope_span)] == t.scope)
        assert t.deadline is None or (
            t.deadline_span and text[slice(*t.deadline_span)] == t.deadline
        )
        assert all(text[slice(*r.span)] == r.mention for r in t.responsibilities)
        assert all(text[slice(*m.span)] == m.text for m in t.measures)
    assert all(text[slice(*s.span)] == s.heading for s in e.sections)
    assert all(text[slice(*x.span)] == x.quote for x in e.targets)
    assert all(text[slice(*d.span)] == d.text for d in e.definitions)
    for p in e.projects:
        assert [text[slice(*s)] for s in p.measure_spans] == list(p.measures)
        assert p.name in text[slice(*p.span)]
        assert p.task is None or (p.task_span and text[slice(*p.task_span)] == p.task)
    for g in e.goals:
        assert text[slice(*g.span)].startswith(g.text)
        assert g.detail is None or (g.detail_span and text[slice(*g.detail_span)] == g.detail)
    for i in e.indicators:
        assert i.name in text[slice(*i.span)]
    head = e.document
    assert head.lead_rule is None or text[slice(*head.lead_rule.span)] == head.lead_rule.quote


@pytest.mark.parametrize("name", FIVE)
def test_ids_are_unique_and_hold_no_slash_or_blank(name: str) -> None:
    e = read(name)[1]
    ids = [t.id for t in e.tasks] + [s.id for s in e.sections]
    assert len(ids) == len(set(ids))
    assert not [i for i in ids if re.search(r"[/\s]", i)]


def test_ids_come_from_printed_numbers() -> None:
    assert read("001")[1].tasks[45].id == "doc-46"
    assert read("000")[1].tasks[0].id == "doc-4.1"
    assert [t.id for t in read("002")[1].tasks[:3]] == ["doc-1.1", "doc-1.2", "doc-2"]
    assert read("002")[1].tasks[-1].id == "doc-t22"


def test_nothing_of_the_surroundings_of_the_web_page_is_left() -> None:
    text = read("004")[0].text
    for note in gold_of("004")["notes"]:
        if note["kind"] == "must_not_contain":
            assert not [s for s in note["strings"] if s in text]
            return
    raise AssertionError("the gold lists no forbidden strings")


def test_what_could_not_be_read_is_told_with_its_place() -> None:
    source, e = read("000")
    marks = [w for w in e.warnings if w.code == "image_gap"]
    assert len(marks) == 12
    assert all(w.span and source.text[slice(*w.span)].startswith("[image") for w in marks)
    assert [w.code for w in read("001")[1].warnings].count("doubled_character") == 1
    assert any(w.code == "damaged_word" for w in read("002")[1].warnings)


def test_notes_define_two_indicators_and_leave_a_doubt() -> None:
    d = read("000")[1].definitions
    assert [(x.marks, x.term) for x in d] == [
        ("①", "每万人口高价值发明专利拥有量"),
        ("②", "知识产权质押融资登记金额"),
        ("③④", None),
    ]
    assert d[2].text == "③④为2019年值。"
