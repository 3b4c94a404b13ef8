"""The challenge set: small passages of every level and field, with the right answer beside them.

A case (`tests/cases/*.json`) holds `passage`, `source`, `why` and `expect`. The answers follow
the contract, not the reader: a failing case is a wrong reading until the contract says otherwise.
A field that a case leaves out is not compared; `clause: null` neither. `clause` may be a list of
readings that the contract leaves open, and `alt` holds other values that count, with the reason.
`lead_rule` must overlap the sentence that states the rule. Departments are given by their
canonical names, those of the registry where it knows them; tasks are paired in order.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from kg.model import Extraction, Task
from kg.registry import Registry, load_registry
from loaders.files import read_bytes
from loaders.pipeline import extract

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))
_ENDS = "。；;，,、.：: "
_DIGITS = dict(zip("零〇一二两三四五六七八九", (0, 0, 1, 2, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))


@cache
def _registry() -> Registry:
    return load_registry()


def squeeze(text: str | None) -> str | None:
    """Without white space, width, and stops at the ends; nothing printed is None."""
    if text is None:
        return None
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).strip(_ENDS) or None


def number(printed: str | None) -> str | None:
    """The value of a printed number: （二十一） and 21. are 21."""
    text = squeeze(printed)
    if text is None:
        return None
    arabic = re.sub(r"\D", "", text)
    if arabic:
        return arabic
    total = unit = 0
    for ch in text:
        if ch in _DIGITS:
            unit = _DIGITS[ch]
        elif ch == "十":
            total, unit = total + (unit or 1) * 10, 0
    return str(total + unit)


def _who(rows: list[list[Any]]) -> list[tuple[str, str, str, bool]]:
    return [(squeeze(d) or "", role, basis, collective) for d, role, basis, collective in rows]


def _shown(rows: list[tuple[str, str, str, bool]]) -> str:
    return " | ".join(f"{d} {role}/{basis}{'*' if c else ''}" for d, role, basis, c in rows)


def _accepted(want: dict[str, Any], field: str) -> list[Any]:
    """The right value of a field and the other values that count."""
    first = want[field]
    given = first if field == "clause" and isinstance(first, list) else [first]
    return [*given, *want.get("alt", {}).get(field, [])]


def _task_differences(want: dict[str, Any], got: Task) -> Iterator[str]:
    for field, value in (
        ("number", number(got.number)),
        ("title", squeeze(got.title)),
        ("clause", squeeze(got.clause.text)),
        ("scope", squeeze(got.scope)),
        ("deadline", squeeze(got.deadline)),
        ("section", [squeeze(s) for s in got.section]),
    ):
        if field not in want or (field == "clause" and want[field] is None):
            continue
        plain = number if field == "number" else squeeze
        right = _accepted(want, field)
        allowed = [[squeeze(s) for s in r] if field == "section" else plain(r) for r in right]
        if value not in allowed:
            yield f"{field}: {value!r}, not {allowed[0]!r}"
    if got.open != want["open"]:
        yield f"open: {got.open}, not {want['open']}"
    actual = _who([[r.department, r.role, r.basis, r.collective] for r in got.responsibilities])
    answers = [_who(rows) for rows in _accepted(want, "responsible")]
    if actual not in answers:
        yield f"responsible:\n      is   {_shown(actual)}\n      want {_shown(answers[0])}"


def _clause_of(want: dict[str, Any]) -> str:
    clause = want["clause"]
    return (clause[0] if isinstance(clause, list) else clause) or "（未比对）"


def _tasks(want: list[dict[str, Any]], got: tuple[Task, ...]) -> Iterator[str]:
    """Differences task by task; a task missed or invented is named by its clause."""
    for w, g in _paired(want, list(got)):
        if g is None and w is not None:
            yield f"missed {w['number']}: {_clause_of(w)}"
        elif w is None and g is not None:
            yield f"invented {g.number}: {g.clause.text!r}"
        elif w is not None and g is not None:
            found = list(_task_differences(w, g))
            if found:
                yield f"task {w['number']}: {_clause_of(w)}"
                yield from (f"   {line}" for line in found)


def _paired(
    want: list[dict[str, Any]], got: list[Task]
) -> Iterator[tuple[dict[str, Any] | None, Task | None]]:
    """Pair in order if there are as many, else by clause or number as far as possible."""
    if len(want) == len(got):
        yield from zip_longest(want, got)
        return
    left = list(got)
    for w in want:
        clauses = [squeeze(c) for c in _accepted(w, "clause")]
        fits = [g for g in left if squeeze(g.clause.text) in clauses] or [
            g for g in left if number(g.number) == number(w["number"]) is not None
        ]
        if fits:
            left.remove(fits[0])
        yield w, fits[0] if fits else None
    yield from ((None, g) for g in left)


def _rule(want: str | None, got: Extraction) -> Iterator[str]:
    rule = got.document.lead_rule
    if want is None or rule is None:
        if want is not None or rule is not None:
            yield f"lead_rule: {rule and rule.quote!r}, not {want!r}"
        return
    a, b = squeeze(want) or "", squeeze(rule.quote) or ""
    if a not in b and b not in a:
        yield f"lead_rule: {rule.quote!r}, not {want!r}"


def _others(want: dict[str, Any], got: Extraction) -> Iterator[str]:
    """Goals, projects and targets, where a case says something of them."""
    said: dict[str, list[Any]] = {
        "goals": [squeeze(g.text) for g in got.goals],
        "projects": [[p.number, squeeze(p.name)] for p in got.projects],
        "targets": [[t.value, squeeze(t.unit)] for t in got.targets],
    }
    for field, value in said.items():
        if field in want and value not in [want[field], *want.get("alt", {}).get(field, [])]:
            yield f"{field}: {value!r}, not {want[field]!r}"


def _grounding(text: str, got: Extraction) -> Iterator[str]:
    """Every span must quote its text."""
    quotes = []
    if got.document.lead_rule:
        quotes.append((got.document.lead_rule.span, got.document.lead_rule.quote))
    for t in got.tasks:
        quotes += [(t.span, t.text), (t.clause.span, t.clause.text)]
        quotes += [(r.span, r.mention) for r in t.responsibilities]
        quotes += [(m.span, m.text) for m in t.measures]
        spans = ((t.title_span, t.title), (t.scope_span, t.scope), (t.deadline_span, t.deadline))
        quotes += [(span, quote) for span, quote in spans if span and quote is not None]
    quotes += [(t.span, t.quote) for t in got.targets]
    for span, quote in quotes:
        if text[slice(*span)] != quote:
            yield f"span {span}: {text[slice(*span)]!r} is not {quote!r}"


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_case(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    want = case["expect"]
    text = read_bytes(case["passage"].encode(), "case.txt").text
    got = extract(text, "case", _registry())
    wrong = [
        *_tasks(want["tasks"], got.tasks),
        *_rule(want["lead_rule"], got),
        *_others(want, got),
        *_grounding(text, got),
    ]
    if wrong:
        shown = "\n".join(f"   {line}" for line in wrong)
        pytest.fail(f"{path.stem}：{case['why']}\n{shown}", pytrace=False)


def test_every_case_says_where_from_and_why() -> None:
    for path in CASES:
        case = json.loads(path.read_text(encoding="utf-8"))
        assert case["source"] and case["why"] and case["passage"].endswith("\n"), path.stem
        assert {"tasks", "lead_rule"} <= case["expect"].keys(), path.stem
        for task in case["expect"]["tasks"]:
            assert {"number", "clause", "open", "responsible"} <= task.keys(), path.stem
