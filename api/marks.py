"""Texts cut into pieces for a page: where the clause stands, where a name, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from kg.ids import iri
from kg.model import Basis, Role, Span
from kg.records import Evidence, TaskRecord
from kg.wording import ROLE_ZH, corrected

BASES: dict[Basis, str] = {
    "explicit": "责任条款明文写了“牵头”",
    "first-listed": "文件规定列第一位的部门牵头",
    "first-listed-contested": "文件规定列第一位的部门牵头，但条款自己写明分别负责，因而有争议",
    "sole": "责任条款只写了这一个",
    "joint": "责任条款并列，没有写谁牵头",
    "table": "表格“责任部门”一栏所列，没有写谁牵头",
}


_LISTS = "tasks|departments|documents|projects|goals|indicators|targets|sections|search|network"
ADDRESS = re.compile(rf"(/(?:{_LISTS})(?:\?[!-~]+)?)(?![!-~])")


class Piece(Struct, frozen=True):
    """A run of text: plain, inside the clause, or a name in it."""

    text: str
    kind: str = "plain"
    note: str = ""


class Body(Struct, frozen=True):
    """A body as a link; a collective actor is a page like any other."""

    name: str
    href: str


class Reason(Struct, frozen=True):
    """Bodies of one role and why they have it."""

    label: str
    bodies: tuple[Body, ...]
    reason: str


def path(kind: str, id: str) -> str:
    """The address of a thing from the root; the same path as its IRI."""
    return iri("/", kind, id)


def passage_path(document: str, span: Span) -> str:
    """The address of a page that shows a passage where it stands."""
    return f"{path('document', document)}/passage?span={span[0]},{span[1]}#passage"


def task_name(task: TaskRecord) -> str:
    """What to call a task: its number and title, or the beginning of its text."""
    words = (task.title or task.text).strip().split("\n")[0]
    words = words if len(words) <= 40 else words[:40] + "…"
    mark = f"{task.number} " if task.number else ""
    return f"{mark}{words}"


def notes(task: TaskRecord) -> dict[Span, str]:
    """What is told of each name in the clause."""
    return {
        r.span: f"{r.department.name}：{ROLE_ZH[r.role]}（{why(r.role, r.basis, task)}）"
        for r in task.responsibilities
    }


def pieces(text: str, offset: int, clause: Span, told: Mapping[Span, str]) -> list[Piece]:
    """Cut `text`, which stands at `offset`, at the clause and the names inside it.

    `told`: where each name stands, and what is told of it.
    Spans that lie outside the text, or overlap one before, are left unmarked.
    """
    found: list[Piece] = []
    at = offset

    def plain(end: int) -> None:
        """Text up to `end`, cut where the clause begins and ends."""
        nonlocal at
        for edge in (*sorted(e for e in clause if at < e < end), end):
            inside = clause[0] <= at < clause[1]
            if edge > at:
                run = text[at - offset : edge - offset]
                found.append(Piece(run, "clause" if inside else "plain"))
            at = max(at, edge)

    for (start, end), note in sorted(told.items()):
        if at <= start < end <= offset + len(text):
            plain(start)
            found.append(Piece(text[start - offset : end - offset], "name", note))
            at = end
    plain(offset + len(text))
    return found


def clause_pieces(task: TaskRecord) -> list[Piece]:
    """The clause of a task with its names marked."""
    return pieces(task.clause.text, task.clause.span[0], task.clause.span, notes(task))


def task_pieces(task: TaskRecord, text: str) -> list[Piece]:
    """The task as it stands in its document, through its clause where that is near."""
    start, end = task.span
    clause_start, clause_end = task.clause.span
    if end <= clause_start <= end + 200:
        end = clause_end
    return pieces(text[start:end], start, task.clause.span, notes(task))


def task_reasons(task: TaskRecord) -> list[Reason]:
    """Who has which role in a task, and why, in words."""
    grouped: dict[tuple[Role, Basis], list[Body]] = {}
    for r in task.responsibilities:
        body = Body(r.department.name, path("department", r.department.id))
        grouped.setdefault((r.role, r.basis), []).append(body)
    return [
        Reason(ROLE_ZH[role], tuple(bodies), why(role, basis, task))
        for (role, basis), bodies in grouped.items()
    ]


def why(role: Role, basis: Basis, task: TaskRecord) -> str:
    """The reason for a role, in words."""
    if task.correction:
        return corrected(task.correction)
    if role == "participant":
        return "条款所列的其他部门" + ("；名单以“等”字未尽" if task.open else "")
    words = BASES[basis]
    if basis.startswith("first-listed") and task.lead_rule:
        words += f"（“{task.lead_rule.quote}”）"
    return words + ("；名单以“等”字未尽" if task.open else "")


def linked(words: str) -> list[tuple[str, str]]:
    """Words with the addresses in them as links: (words, address or "")."""
    found = []
    for n, part in enumerate(ADDRESS.split(words)):
        if part:
            found.append(("查看", part) if n % 2 else (part, ""))
    return found


def quoted_documents(answer: object) -> set[str]:
    """Ids of all documents whose words an answer quotes."""
    if isinstance(answer, Evidence):
        return {answer.document}
    if isinstance(answer, (tuple, list)):
        return set().union(*map(quoted_documents, answer))
    if isinstance(answer, Struct):
        return quoted_documents([getattr(answer, name) for name in answer.__struct_fields__])
    return set()
