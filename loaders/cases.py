"""Cases: a user says how a passage is to be read; their graph follows at the next load.

A case is a small JSON file, in a folder `cases` beside the documents or in KG_CASES:

    {"passage": "… the text up to and with its clause",
     "by": "who says so", "why": "the reason",
     "expect": {"tasks": [{"clause": "（…）", "open": false,
                           "responsible": [["公安部", "lead", "explicit", false]]}]}}

It speaks of every document that prints the passage. No task under `expect` says that the
passage holds none. A correction is marked on the task (`correction`), never silent. The same
files are tests: dropped into tests/cases they are picked up by the suite.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

from msgspec.structs import replace

from kg.body_forms import is_collective
from kg.errors import DataError
from kg.ids import squeeze
from kg.model import (
    Basis,
    Clause,
    Correction,
    Extraction,
    Responsibility,
    Role,
    Span,
    Task,
    Warning,
)
from kg.registry import Registry

FOLDER = "cases"


class Case:
    """One case as its file says it."""

    def __init__(self, path: Path, content: dict[str, Any]) -> None:
        self.path = path
        self.passage = squeeze(str(content["passage"]))
        if not self.passage:
            raise ValueError("passage 是空的")
        self.tasks: list[dict[str, Any]] = list(content["expect"]["tasks"])
        self.correction = Correction(
            str(content.get("by") or ""), str(content.get("why") or ""), path.name
        )


def read_cases(folder: Path) -> list[Case]:
    """The cases of a folder, in the order of their names; none if it is not there.

    Raises:
        DataError: a case cannot be read.
    """
    return [_read(path) for path in sorted(folder.glob("*.json"))]


def _read(path: Path) -> Case:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        case = Case(path, content)
        for task in case.tasks:
            for name, role, basis, _ in task["responsible"]:
                if role not in get_args(Role) or basis not in get_args(Basis):
                    raise ValueError(f"没有 {role}/{basis} 这样的角色或理由")
                if not isinstance(name, str) or not name:
                    raise ValueError("机构的名称不是文字")
            if not isinstance(task["clause"], str):
                raise ValueError("clause 不是文字")
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as e:
        reason = f"没有 {e}" if isinstance(e, KeyError) else e
        raise DataError(
            f"更正文件读不懂（{reason}）",
            where=str(path),
            remedy="见 docs/reading-rules.md 中的格式",
        ) from e
    return case


def corrected(read: Extraction, text: str, cases: Iterable[Case], registry: Registry) -> Extraction:
    """The extraction with every case applied whose passage the text prints.

    Raises:
        DataError: a case names a body that its clause does not print.
    """
    squeezed = squeeze(text)
    tasks = list(read.tasks)
    told: list[Warning] = []
    for case in cases:
        if case.passage and case.passage in squeezed:
            before = tasks
            tasks = _applied(tasks, text, case, registry)
            told.append(_told(before, tasks, text, case))
    warnings = sorted([*read.warnings, *told], key=lambda w: (w.span or (0, 0), w.code))
    tasks.sort(key=lambda t: t.span)
    return replace(read, tasks=tuple(tasks), warnings=tuple(warnings))


def _told(before: list[Task], after: list[Task], text: str, case: Case) -> Warning:
    """That a case was applied, and what it did: a correction is never silent."""
    old, new = {t.id for t in before}, {t.id for t in after}
    changed = sum(t.id in old and t.correction == case.correction for t in after)
    did = [
        f"{what} {count} 条任务"
        for what, count in (("改了", changed), ("补了", len(new - old)), ("去掉", len(old - new)))
        if count
    ]
    said = "，".join(filter(None, [case.correction.by, case.correction.why]))
    message = f"{case.path.name}：{'，'.join(did) or '与读出的相同'}（{said}）"
    return Warning("correction", message, next(_places(text, case.passage), None))


def used_cases(read: Extraction) -> set[str]:
    """The names of the case files that an extraction was corrected by."""
    return {w.message.split("：")[0] for w in read.warnings if w.code == "correction"}


def _applied(tasks: list[Task], text: str, case: Case, registry: Registry) -> list[Task]:
    for start, end in _places(text, case.passage):
        inside = [t for t in tasks if start <= t.clause.span[0] and t.clause.span[1] <= end]
        wanted = {squeeze(str(t["clause"])): t for t in case.tasks}
        kept = [t for t in tasks if t not in inside]
        for task in inside:
            want = wanted.pop(squeeze(task.clause.text), None)
            if want:
                kept.append(_rewritten(task, text, want, case, registry))
        for clause, want in wanted.items():
            kept.append(_added(text, (start, end), clause, want, case, registry))
        tasks = kept
    return tasks


def _places(text: str, passage: str) -> Iterator[Span]:
    """Where a squeezed passage stands in a text, as spans of the text."""
    at = [i for i, ch in enumerate(text) if squeeze(ch)]
    flat = "".join(squeeze(text[i])[0] for i in at)
    start = flat.find(passage)
    while start >= 0:
        yield at[start], at[start + len(passage) - 1] + 1
        start = flat.find(passage, start + 1)


def _rewritten(task: Task, text: str, want: dict[str, Any], case: Case, reg: Registry) -> Task:
    return replace(
        task,
        open=bool(want.get("open", task.open)),
        responsibilities=_responsibilities(task.clause, text, want, case, reg),
        correction=case.correction,
    )


def _added(
    text: str, passage: Span, clause: str, want: dict[str, Any], case: Case, reg: Registry
) -> Task:
    """A task that was not read: the passage up to its clause is its text."""
    inside = list(_places(text[slice(*passage)], clause))
    if not inside:
        raise DataError(
            f"原文中没有更正所写的责任分工：{want['clause']}",
            where=str(case.path),
            remedy="照原文写",
        )
    start, end = passage[0] + inside[0][0], passage[0] + inside[0][1]
    body = text[passage[0] : start].rstrip()
    made = Clause(text[start:end], (start, end))
    return Task(
        id=f"case-{case.path.stem}",
        number=want.get("number"),
        title=None,
        section=(),
        text=body,
        span=(passage[0], passage[0] + len(body)),
        clause=made,
        open=bool(want.get("open", False)),
        responsibilities=_responsibilities(made, text, want, case, reg),
        correction=case.correction,
    )


def _responsibilities(
    clause: Clause, text: str, want: dict[str, Any], case: Case, registry: Registry
) -> tuple[Responsibility, ...]:
    out = []
    for order, (name, role, basis, collective) in enumerate(want["responsible"]):
        body = None if collective or is_collective(name) else registry.resolve(name)
        span = _mention(clause, name, body.spellings if body else ())
        if span is None:
            raise DataError(
                f"责任分工中没有印出「{name}」：{clause.text}",
                where=str(case.path),
                remedy="只写原文列出的机构",
            )
        out.append(
            Responsibility(
                department=body.name if body else name,
                department_id=body.id if body else name,
                mention=text[slice(*span)],
                span=span,
                order=order,
                role=role,
                basis=basis,
                collective=bool(collective),
            )
        )
    return tuple(out)


def _mention(clause: Clause, name: str, spellings: Iterable[str]) -> Span | None:
    """Where a clause prints a body, under the longest of its names."""
    for spelling in sorted({name, *spellings}, key=len, reverse=True):
        words = r"\s*".join(map(re.escape, spelling))
        found = re.search(words, clause.text)
        if found:
            return clause.span[0] + found.start(), clause.span[0] + found.end()
    return None


def content_of(
    source: str, passage: str, task: dict[str, Any] | None, by: str, why: str
) -> dict[str, Any]:
    """What a case file says; `task` None: the passage holds no task.

    `source` and the empty rule are there for the test suite, which takes the file as it is.
    """
    return {
        "source": source,
        "why": why,
        "by": by,
        "passage": passage.rstrip("\n") + "\n",
        "expect": {"tasks": [task] if task else [], "lead_rule": None},
    }


def save(path: Path, content: dict[str, Any]) -> None:
    """Write a case.

    Raises:
        DataError: the file is there already, or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            json.dump(content, file, ensure_ascii=False, indent=1)
            file.write("\n")
    except FileExistsError as e:
        raise DataError("这个更正文件已经存在", where=str(path), remedy="改名，或先删去") from e
    except OSError as e:
        raise DataError(
            f"写不了更正文件（{e.strerror}）", where=str(path), remedy="检查文件夹和权限"
        ) from e
