"""The command `kg case`: a wrong reading becomes a small file, a correction and a test."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from api.stores import own_cases, registry_of
from kg.body_forms import is_collective
from kg.config import Settings, read_settings
from kg.errors import QueryError
from kg.model import Extraction, LoadedDocument, Span, Task
from kg.registry import Registry
from loaders.cases import FOLDER, Case, content_of, corrected, save
from loaders.files import read_file
from loaders.limits import within_limits
from loaders.pipeline import catalogue_entry, from_source

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
    document = _read(file, settings)
    task, place = _find(document.extraction, span, len(document.text))
    roles = [("lead", lead), ("participant", participant), ("sole", sole), ("joint", joint)]
    bodies = [(name, role) for role, names in roles for name in names or []]
    if bool(bodies) == none:
        raise QueryError(
            "没有写明正确的读法", where="kg case", remedy="给 --lead、--participant 等，或给 --none"
        )
    start, number = _passage(document, task, place)
    expected: dict[str, Any] = {
        "number": number,
        "clause": document.text[slice(*place)],
        "open": open_list,
        "responsible": [
            [name, role, basis or _basis(bodies), _collective(name, task)] for name, role in bodies
        ],
    }
    folder = out or own_cases(settings) or file.resolve().parent / FOLDER
    path = folder / f"{document.extraction.document.id}-{place[0]}.json"
    passage = document.text[start : place[1]]
    _save(path, content_of(file.name, passage, None if none else expected, by, why), document)
    left = _left_out(task, [name for name, _ in bodies], registry_of(settings)) if task else []
    if left and bodies:
        print(f"注意：责任条款还印有{'、'.join(left)}，更正没有写，更正后就不在名单上")


def _read(file: Path, settings: Settings) -> LoadedDocument:
    """The document as it is read without corrections."""
    source = within_limits(lambda: read_file(file), file)
    return from_source(source, registry_of(settings), catalogue_entry(file, source))


def _save(path: Path, content: dict[str, Any], document: LoadedDocument) -> None:
    """Apply a case once, then save it: what does not fit is told now, not at the next load."""
    registry = registry_of(read_settings())
    corrected(document.extraction, document.text, [Case(path, content)], registry)
    save(path, content)
    print(f"已存为 {path}；下次 kg load 时生效，并在图谱中注明更正")


def _left_out(task: Task, named: Iterable[str], registry: Registry) -> list[str]:
    """Bodies that the clause was read to print and the case does not speak of."""
    ids = {body.id if (body := registry.resolve(name)) else name for name in named}
    return [r.mention for r in task.responsibilities if r.department_id not in ids]


def _passage(document: LoadedDocument, task: Task | None, place: Span) -> tuple[int, str | None]:
    """Where the passage begins and the number it shows: the line's start, if it owns it."""
    line = document.text.rfind("\n", 0, task.span[0] if task else place[0]) + 1
    others = [t.clause.span for t in document.extraction.tasks if t is not task]
    if any(line <= a < place[0] for a, _ in others):
        return (task.span[0] if task else line), None
    return line, task.number if task else None


def _collective(name: str, task: Task | None) -> bool:
    """Whether a name is no body of its own (各地区, 有关部门)."""
    read = task.responsibilities if task else ()
    return is_collective(name) or any(r.collective and r.department == name for r in read)


def _find(read: Extraction, span: str, size: int) -> tuple[Task | None, Span]:
    """The task and the place of its clause, by place or by id."""
    printed = re.fullmatch(r"\[?(\d+)\s*[:：,，\-–]\s*(\d+)[\])）]?", span)
    for task in read.tasks:
        if task.id == span or (printed and task.clause.span[0] == int(printed[1])):
            return task, task.clause.span
    if printed is None or not int(printed[1]) < int(printed[2]) <= size:
        raise QueryError(
            f"没有这个位置或任务：{span}",
            where="SPAN",
            remedy=f"给 起:止（0 到 {size}），或 kg extract 所印的任务编号",
        )
    return None, (int(printed[1]), int(printed[2]))


def _basis(bodies: list[tuple[str, str]]) -> str:
    roles = {role for _, role in bodies}
    if "lead" in roles:
        return "explicit"
    return "sole" if roles == {"sole"} else "joint"
