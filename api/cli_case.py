"""The command `kg case`: a wrong reading becomes a small file, a correction and a test."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer

from api.stores import own_cases, registry_of
from kg.config import read_settings
from kg.errors import QueryError
from kg.model import Extraction, Span, Task
from loaders.cases import FOLDER, save
from loaders.pipeline import read_document

Names = list[str] | None


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("case")(case)


def case(
    file: Annotated[Path, typer.Argument(help="文件")],
    span: Annotated[
        str, typer.Argument(help="责任分工的位置：起:止（kg extract 所印），或任务编号")
    ],
    by: Annotated[str, typer.Option(help="谁这样认为")],
    why: Annotated[str, typer.Option(help="为什么")],
    lead: Annotated[Names, typer.Option(help="牵头；可重复")] = None,
    participant: Annotated[Names, typer.Option(help="参与；可重复")] = None,
    sole: Annotated[Names, typer.Option(help="单独负责")] = None,
    joint: Annotated[Names, typer.Option(help="共同负责；可重复")] = None,
    basis: Annotated[str, typer.Option(help="理由；不给则按角色取")] = "",
    open_list: Annotated[bool, typer.Option("--open", help="名单以“等”结尾")] = False,
    none: Annotated[bool, typer.Option("--none", help="这里没有任务")] = False,
    out: Annotated[Path | None, typer.Option(help="写到哪个文件夹；默认文件旁的 cases")] = None,
) -> None:
    """把读错之处存成更正文件：下次加载时更正自己的图谱（注明更正），也可作为测试用例。

    Save a wrong reading as a case: it corrects the graph at the next load, marked as such.
    """
    settings = read_settings()
    document = read_document(file, registry_of(settings))
    task, place = _find(document.extraction, span)
    roles = [("lead", lead), ("participant", participant), ("sole", sole), ("joint", joint)]
    bodies = [(name, role) for role, names in roles for name in names or []]
    if bool(bodies) == none:
        raise QueryError(
            "没有写明正确的读法", where="kg case", remedy="给 --lead、--participant 等，或给 --none"
        )
    start = task.span[0] if task else document.text.rfind("\n", 0, place[0]) + 1
    clause = document.text[slice(*place)]
    reason = basis or _basis(bodies)
    expected: dict[str, Any] = {
        "clause": clause,
        "open": open_list,
        "responsible": [[name, role, reason, False] for name, role in bodies],
    }
    folder = out or own_cases(settings) or file.resolve().parent / FOLDER
    path = folder / f"{document.extraction.document.id}-{place[0]}.json"
    save(path, document.text[start : place[1]], None if none else expected, by, why)
    print(f"已存为 {path}；下次 kg load 时生效，并在图谱中注明更正")


def _find(read: Extraction, span: str) -> tuple[Task | None, Span]:
    """The task and the place of its clause, by place or by id."""
    printed = re.fullmatch(r"\[?(\d+)\s*[:：,，\-–]\s*(\d+)[\])）]?", span)
    for task in read.tasks:
        if task.id == span or (printed and task.clause.span[0] == int(printed[1])):
            return task, task.clause.span
    if printed is None:
        raise QueryError(
            f"没有这个位置或任务：{span}",
            where="SPAN",
            remedy="给 起:止，或 kg extract 所印的任务编号",
        )
    return None, (int(printed[1]), int(printed[2]))


def _basis(bodies: list[tuple[str, str]]) -> str:
    roles = {role for _, role in bodies}
    if "lead" in roles:
        return "explicit"
    return "sole" if roles == {"sole"} else "joint"
