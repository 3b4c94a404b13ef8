"""`kg mcp`: read-only tools for agents over the same questions as the API.

Every answer is an envelope of the API: an empty one carries why it is empty and what is near,
so that «not stated» cannot become «no». A mistake comes back as a tool error with what is
wrong, the remedy and candidates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from importlib.metadata import version
from typing import Annotated, Any, Literal, ParamSpec

import msgspec
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import Field

from api.doors import TOOLS, advice
from kg.config import read_settings
from kg.console.sparql import SparqlConsole
from kg.errors import KgError, NotFoundError, QueryError
from kg.params import MAX_LIMIT, MAX_Q, parse
from kg.query import department_page, find_tasks
from kg.query_names import department
from kg.records import TaskRecord
from kg.registry import Registry
from kg.search import search
from kg.store.base import Store, TaskQuery

P = ParamSpec("P")
Json = dict[str, Any]
Names = Annotated[list[str] | None, Field(description="部门的 id、名称或别名；须同时满足")]
MAX_SPAN = 4_000
READ_ONLY = ToolAnnotations(
    read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False
)
INSTRUCTIONS = (
    "政策文件知识图谱：谁牵头、谁参与、依据哪句话。每个回答都附原文引语与位置。"
    "结果为空不等于“没有”：请把 why_empty、near 和 caveats 一并转告。"
    "Chinese policy documents with proof; an empty result means «not stated», never «no»."
)


def build(store: Store, registry: Registry) -> MCPServer:
    """The server over an open store; the caller closes the store."""
    tools = [
        _strict(Tool.from_function(_guarded(t), annotations=READ_ONLY, description=t.__doc__))
        for make in (_questions, _bodies, _texts, _comparisons, _queries)
        for t in make(store, registry)
    ]
    server = MCPServer(
        "policy-kg", instructions=INSTRUCTIONS, version=version("policy-kg"), tools=tools
    )
    _resources(server, store)
    return server


def _strict(tool: Tool) -> Tool:
    """The tool with every argument it does not know refused: a slip must not widen a question."""
    arguments = tool.fn_metadata.arg_model
    arguments.model_config["extra"] = "forbid"
    arguments.model_rebuild(force=True)
    closed = {**tool.parameters, "additionalProperties": False}
    return tool.model_copy(update={"parameters": closed})


def _guarded(tool: Callable[P, Json]) -> Callable[P, Json]:
    """The tool with the project's errors as tool errors."""

    @wraps(tool)
    def call(*args: P.args, **kwargs: P.kwargs) -> Json:
        try:
            return tool(*args, **kwargs)
        except KgError as e:
            raise ToolError("；".join(filter(None, [e.said, advice(e, TOOLS)]))) from e

    return call


def _plain(record: Any) -> Json:
    made: Json = msgspec.json.decode(msgspec.json.encode(record))
    return made


def _questions(store: Store, registry: Registry) -> Iterator[Callable[..., Json]]:
    def find_tasks_tool(
        led_by: str | None = None,
        involves: Names = None,
        role: Literal["lead", "participant", "sole", "joint"] | None = None,
        excludes: Names = None,
        basis: str | None = None,
        lead: Literal["none", "stated"] | None = None,
        collective: bool | None = None,
        document: str | None = None,
        year: int | None = None,
        due_by: str | None = None,
        project: str | None = None,
        q: str | None = None,
        units: bool | None = None,
        facets: str | None = None,
        limit: int | None = None,
        cursor: str | None = None,
    ) -> Json:
        """按部门、角色、文件、年份、专栏、字样查任务；参数与回答同 GET /tasks（每页至多 100 项）。

        Tasks by department, role, document, year, project, words; the envelope of GET /tasks.
        """
        given = locals().copy()
        pairs = [
            (name, str(v).lower() if isinstance(v, bool) else str(v))
            for name in _TASK_PARAMETERS
            for v in (given[name] if isinstance(given[name], list) else [given[name]])
            if v is not None
        ]
        return _plain(find_tasks(store, registry, parse(pairs, store, registry)))

    find_tasks_tool.__name__ = "find_tasks"
    yield find_tasks_tool

    def explain_responsibility(task: str) -> Json:
        """一项任务为什么这样分工：条款原文、每个部门的角色与理由、所依据的文件规则。

        Why a task's bodies have their roles: clause, role and basis of each, the rule stated.
        """
        record = _task(store, task)
        return {
            "task": record.id,
            "clause": _plain(record.clause),
            "responsibilities": [_plain(r) for r in record.responsibilities],
            "lead_rule": _plain(record.lead_rule) if record.lead_rule else None,
            "open": record.open,
            "evidence": [_plain(e) for e in record.evidence],
        }

    yield explain_responsibility


_TASK_PARAMETERS = (
    "led_by", "involves", "role", "excludes", "basis", "lead", "collective", "document", "year",
    "due_by", "project", "q", "units", "facets", "limit", "cursor",
)  # fmt: skip


def _task(store: Store, id: str) -> TaskRecord:
    record: TaskRecord | None = store.get("task", id)
    if record is None:
        raise NotFoundError(f"没有这项任务：{id[:100]}", remedy="用 find_tasks 查到编号")
    return record


def _bodies(store: Store, registry: Registry) -> Iterator[Callable[..., Json]]:
    def resolve_department(name: str) -> Json:
        """把任何写法的部门名称认成图谱中的部门，并给出它的任务数和密切伙伴。

        A department by any of its names, with its counts and closest partners.
        """
        id, _ = department("name", name, store, registry)
        return _plain(department_page(store, registry, id))

    yield resolve_department


def _texts(store: Store, registry: Registry) -> Iterator[Callable[..., Json]]:
    def search_text(q: str, limit: int = 20) -> Json:
        """在任务、章节、专栏、举措、目标、指标中按字面查找；空格表示同时含有。

        Literal search over everything that has text; blanks mean AND.
        """
        if len(q) > MAX_Q:
            raise QueryError(f"q 超过 {MAX_Q} 字", where="q")
        size = str(min(max(limit, 1), MAX_LIMIT))
        return _plain(search(store, registry, [("q", q), ("limit", size)]))

    yield search_text

    def get_document_span(document: str, start: int, end: int) -> Json:
        """取一份文件正文的一段（至多 4000 字），用来核对引文。

        A stretch of a document's canonical text, to check a quote (4,000 characters at most).
        """
        loaded = store.loaded(document)
        if loaded is None:
            raise NotFoundError(f"没有这份文件：{document[:100]}", remedy="见 /documents")
        if not 0 <= start < end <= len(loaded.text) or end - start > MAX_SPAN:
            raise QueryError(
                f"位置不对：[{start}, {end})",
                remedy=f"正文长 {len(loaded.text)} 字，一次至多 {MAX_SPAN} 字",
            )
        return {"document": document, "span": [start, end], "quote": loaded.text[start:end]}

    yield get_document_span


def _comparisons(store: Store, registry: Registry) -> Iterator[Callable[..., Json]]:
    def compare_documents(first: str, second: str) -> Json:
        """两份文件各由谁牵头几项：部门、两边的任务数。

        Who leads how many tasks in two documents, side by side.
        """
        counts: dict[str, dict[str, int]] = {}
        for document in (first, second):
            if store.get("document", document) is None:
                raise NotFoundError(f"没有这份文件：{document[:100]}", remedy="见 /documents")
            page = store.find_tasks(TaskQuery(document=document), 0, None, ("led_by", "involves"))
            for facet, values in page.facets.items():
                for value in values:
                    row = counts.setdefault(value.name, {})
                    row[f"{facet}:{document}"] = value.total
        return {"first": first, "second": second, "departments": counts}

    yield compare_documents

    def indicator_series(name: str) -> Json:
        """一项指标的基期、目标、累计增加，照印；缺失即 null，并附定义和存疑。

        An indicator's values as printed; missing is null, with its definition and doubts.
        """
        found = [i for i in store.records("indicator") if name in (i.id, i.name) or name in i.name]
        if not found:
            names = tuple(i.name for i in store.records("indicator"))
            raise NotFoundError(f"没有这项指标：{name[:100]}", candidates=names[:8])
        return {"indicators": [_plain(i) for i in found]}

    yield indicator_series


def _queries(store: Store, registry: Registry) -> Iterator[Callable[..., Json]]:
    console = SparqlConsole.of(read_settings())

    def run_sparql(query: str) -> Json:
        """只读 SPARQL（SELECT 或 ASK），给出 SPARQL 1.1 JSON 结果；有时间、内存和大小的上限。

        A read-only SPARQL query with limits of time, memory and size; embedded stores only.
        """
        if console.read(query).form not in ("SELECT", "ASK"):
            raise QueryError("这里只回答 SELECT 和 ASK", where="query", remedy="改写成 SELECT")
        answer: Json = msgspec.json.decode(console.ask(store, query, "json"))
        return answer

    yield run_sparql


def _resources(server: MCPServer, store: Store) -> None:
    @server.resource("policy-kg://documents/{document}/text/{start}/{end}")
    def document_span(document: str, start: str, end: str) -> str:
        """文件正文的一段 · a stretch of a document's text."""
        loaded = store.loaded(document)
        if loaded is None or not (start.isdecimal() and end.isdecimal()):
            raise ValueError(f"没有这一段：{document} [{start}, {end})")
        return loaded.text[int(start) : min(int(end), int(start) + MAX_SPAN)]
