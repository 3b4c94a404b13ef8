"""Commands that ask: tasks, ask."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import msgspec
import typer

from api.cli_load import StoreOption
from api.csvs import TASKS, Writer
from api.doors import at_terminal
from api.stores import existing_store, registry_of
from kg.ask import ask as ask_store
from kg.config import read_settings
from kg.errors import QueryError
from kg.params import MAX_LIMIT, parse
from kg.query import Answer, find_tasks
from kg.records import TaskRecord
from kg.registry import Registry
from kg.store.base import Store
from kg.wording import BASIS_ZH, ROLE_ZH, corrected, facet_lines

Json = Annotated[bool, typer.Option("--json", help="打印 API 的完整答案 · the API's answer")]
Names = list[str] | None
MOST_VALUES = 10  # of a facet, in an answer to be read


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("tasks")(tasks)
    app.command("ask")(ask)


def tasks(
    led_by: Annotated[str | None, typer.Option(help="由该部门牵头或单独负责（任何名称）")] = None,
    involves: Annotated[Names, typer.Option(help="名单中有该部门；可重复，须同时满足")] = None,
    role: Annotated[str | None, typer.Option(help="lead|participant|sole|joint")] = None,
    basis: Annotated[
        str | None,
        typer.Option(help="explicit|first-listed|first-listed-contested|sole|joint|table"),
    ] = None,
    lead: Annotated[str | None, typer.Option(help="none：没有写明牵头；stated：有")] = None,
    excludes: Annotated[Names, typer.Option(help="名单中没有该部门；可重复")] = None,
    collective: Annotated[bool, typer.Option(help="名单中有“有关部门”一类的泛称")] = False,
    document: Annotated[str | None, typer.Option(help="文件的编号或标题")] = None,
    year: Annotated[str | None, typer.Option(help="文件的年份")] = None,
    due_by: Annotated[str | None, typer.Option(help="期限不晚于此日，如 2021-12-31")] = None,
    project: Annotated[str | None, typer.Option(help="专栏的编号或名称")] = None,
    q: Annotated[str | None, typer.Option(help="标题或正文中的字样；空格表示同时含有")] = None,
    units: Annotated[bool, typer.Option(help="内设机构的任务也算上级部门的")] = False,
    facets: Annotated[str | None, typer.Option(help="同时统计：led_by,document,…")] = None,
    limit: Annotated[int | None, typer.Option(help="每页项数，1 到 100，默认 20")] = None,
    cursor: Annotated[str | None, typer.Option(help="下一页的位置")] = None,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="以 CSV 打印全部结果")] = False,
    store: StoreOption = None,
) -> None:
    """按部门、角色、文件、年份、专栏、字样查任务；不给条件即全部任务。

    Find tasks; without a filter, all of them.
    """
    if as_json and as_csv:
        raise QueryError("--json 与 --csv 只能用一个", where="kg tasks", remedy="去掉其中一个")
    flags = {"units": units, "collective": collective}
    single = {"led_by": led_by, "role": role, "basis": basis, "lead": lead, "document": document,
              "year": year, "due_by": due_by, "project": project, "q": q, "facets": facets,
              "cursor": cursor,
              "limit": None if limit is None else str(limit)}  # fmt: skip
    pairs = [(k, v) for k, v in single.items() if v is not None]
    pairs += [(k, "true") for k, v in flags.items() if v]
    pairs += [("involves", d) for d in involves or []] + [("excludes", d) for d in excludes or []]
    registry = registry_of(read_settings())
    with existing_store(store) as s:
        if as_csv:
            _csv(s, registry, pairs)
            return
        answer = find_tasks(s, registry, parse(pairs, s, registry))
    if as_json:
        _json(answer)
    else:
        show(answer)


def _csv(store: Store, registry: Registry, pairs: list[tuple[str, str]]) -> None:
    """Every result, page after page."""
    writer = Writer(TASKS)
    asked = [p for p in pairs if p[0] != "limit"] + [("limit", str(MAX_LIMIT))]
    question = parse(asked, store, registry)
    after = question.after
    while True:
        page = store.find_tasks(question.query, limit=MAX_LIMIT, after=after)
        sys.stdout.buffer.write(writer.rows(page.results))
        after = page.after
        if after is None:
            return


def ask(
    question: Annotated[str, typer.Argument(help="中文问题 · a question in Chinese")],
    as_json: Json = False,
    store: StoreOption = None,
) -> None:
    """用中文提问，例如：kg ask "海关总署参与、公安部牵头的任务"。

    Ask in Chinese; shows how the question was read.
    """
    with existing_store(store) as s:
        answer = ask_store(s, registry_of(read_settings()), question)
    if as_json:
        _json(answer)
        return
    print(f"理解为：{answer.interpretation}\n即：{at_terminal(answer.url)}\n")
    show(answer.answer)


def _json(answer: Any) -> None:
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(answer), indent=1) + b"\n")


def show(answer: Answer) -> None:
    """Print an answer to be read: tasks with quote, place and reason, then near and caveats."""
    print(f"{answer.interpretation}：{answer.total} 项")
    if answer.why_empty:
        print(f"\n{at_terminal(answer.why_empty)}")
    elif answer.facets:
        print(*facet_lines(answer.facets, MOST_VALUES), sep="\n")
    for task in answer.results:
        _task(task)
    if answer.next:
        print(
            f"\n… 显示 {len(answer.results)} 项，共 {answer.total} 项；"
            "--limit 100 多看，--csv 看全部"
        )
    for tier in answer.near:
        print(f"\n◆ {tier.label}：{tier.total} 项  {at_terminal(tier.url)}")
        for task in tier.results:
            _task(task)
    for caveat in answer.caveats:
        print(f"\n※ {at_terminal(caveat)}")


def _task(task: TaskRecord) -> None:
    first = " ".join(task.text.split())
    number = f"第{task.number}项 " if task.number else ""
    print(f"\n· {task.id}  {number}{task.title or first[:60]}")
    print(f"  {task.document.title} › {' › '.join(task.section)}")
    bodies = "；".join(f"{ROLE_ZH[r.role]} {r.department.name}" for r in task.responsibilities)
    basis = BASIS_ZH[task.responsibilities[0].basis]
    print(f"  {bodies}（依据：{corrected(task.correction) if task.correction else basis}）")
    for e in task.responsibilities[0].evidence[:1]:
        start, end = task.clause.span
        print(f"  原文 {e.document} [{start}, {end})：{' '.join(task.clause.text.split())}")
