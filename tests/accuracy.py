"""Accuracy on every golden document and case, per field: `make accuracy`.

Prints a Markdown table; the README carries it. Exit status 1 if a golden task or edge is wrong.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from kg.model import Task
from kg.registry import load_registry
from loaders.files import read_bytes, read_file
from loaders.pipeline import extract
from tests import test_heldout as heldout
from tests.test_cases import CASES, _tasks, number
from tests.test_golden import DEV, FIVE, gold_of, read, squeeze

FIELDS = ("任务", "责任边", "理由", "编号", "标题", "章节", "范围", "未尽", "期限")
Score = Counter[str]


def edges(rows: list[dict[str, Any]], task: Task) -> tuple[set[Any], set[Any]]:
    """Edges of gold and of the reader, (department, role), a role that counts as right folded."""
    got = {squeeze(r.department): r.role for r in task.responsibilities}
    want = set()
    for r in rows:
        name = squeeze(r["department"])
        name = next((n for n in got if same(n, name)), name)
        role = r["role"]
        if got.get(name) == r.get("alt_role"):
            role = r["alt_role"]
        want.add((name, role))
    return want, set(got.items())


def same(a: str, b: str) -> bool:
    bare = re.compile("^(中华人民共和国|国家|国务院|中国)")
    return bare.sub("", a) == bare.sub("", b)


def golden() -> Iterator[tuple[str, list[Any], list[Task]]]:
    """Every document with an answer: its name, the tasks wanted and the tasks read."""
    for name in [*FIVE, *DEV]:
        yield Path(name).name, gold_of(name)["tasks"], list(read(name)[1].tasks)
    for path in heldout.DOCUMENTS:
        tasks = list(extract(read_file(path).text, path.stem, load_registry()).tasks)
        mine = msgspec.to_builtins({"tasks": tasks})
        yield path.name, heldout.settled(heldout.gold_of(path), mine)["tasks"], tasks


def judge(wanted: list[Any], mine: list[Task]) -> tuple[Score, Score]:
    """Right and possible counts of one document, per field; edges as hits of both sides."""
    right, possible = Counter[str](), Counter[str]()
    for want in wanted:
        clause = squeeze(want["clause"])
        task = next((t for t in mine if squeeze(t.clause.text) == clause), None)
        possible["任务"] += 1
        if task is None:
            possible["责任边"] += len(want["responsible"])
            continue
        mine.remove(task)
        right["任务"] += 1
        gold, got = edges(want["responsible"], task)
        right["责任边"] += len(gold & got)
        possible["责任边"] += len(gold | got)
        for field, ok in compare(want, task):
            possible[field] += 1
            right[field] += ok
    possible["任务"] += len(mine)
    return right, possible


def compare(want: dict[str, Any], task: Task) -> Iterator[tuple[str, bool]]:
    if "basis" in want["responsible"][0]:
        yield (
            "理由",
            [r["basis"] for r in want["responsible"]] == [r.basis for r in task.responsibilities],
        )
    yield "编号", number(task.number) == number(want["printed_number"])
    yield "标题", squeeze(task.title) == squeeze(want["title"])
    yield "章节", [squeeze(s) for s in task.section] == [squeeze(s) for s in want["section"]]
    scopes = {squeeze(want.get("scope")), squeeze(want.get("scope_effective"))}
    yield "范围", squeeze(task.scope) in scopes
    yield "未尽", task.open == bool(want.get("open_list"))
    yield "期限", squeeze(task.deadline) == squeeze(want.get("deadline"))


def cases() -> tuple[int, int]:
    """How many cases are read without any difference, of how many."""
    registry = load_registry()
    right = 0
    for path in CASES:
        case = json.loads(path.read_text(encoding="utf-8"))
        text = read_bytes(case["passage"].encode(), "case.txt").text
        got = extract(text, "case", registry)
        right += not list(_tasks(case["expect"]["tasks"], got.tasks))
    return right, len(CASES)


def table() -> tuple[list[str], bool]:
    """The lines of the table, and whether every task and edge of the gold is right."""
    lines = ["| 文件 | " + " | ".join(FIELDS) + " |", "|---" * (len(FIELDS) + 1) + "|"]
    perfect = True
    for name, wanted, mine in golden():
        right, possible = judge(wanted, mine)
        if not possible["任务"]:
            continue
        cells = [f"{right[f]}/{possible[f]}" if possible[f] else "—" for f in FIELDS]
        perfect = perfect and all(right[f] == possible[f] for f in ("任务", "责任边"))
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    right_cases, total = cases()
    return [*lines, "", f"用例（tests/cases）：{right_cases}/{total} 全对。"], perfect


def main() -> int:
    lines, perfect = table()
    print("\n".join(lines))
    return 0 if perfect else 1


if __name__ == "__main__":
    sys.exit(main())
