"""The service about itself: health, versions, counters, problems, its own description."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, unquote

import msgspec
from msgspec import Struct

from api import csvs, openapi
from api.about import ontology_version, program_version
from api.core import Call, Context, Operation, Pairs, Text
from api.metrics import OPTIONS
from api.negotiate import HTML, JSON, Format
from api.problems import KINDS
from kg.errors import KgError, NotFoundError, UnavailableError
from kg.ids import iri
from kg.records import Dataset
from kg.store.base import TaskQuery

METRICS = Format("text", "text/plain", "文本", OPTIONS)
TOO_LONG = {"getNetwork", "home"}  # no example answer of these in the description


class Health(Struct, frozen=True):
    """The process lives."""

    status: str


class Ready(Struct, frozen=True):
    """The store answers and holds documents."""

    status: str
    documents: int
    tasks: int


class Version(Struct, frozen=True):
    """Which program, which ontology, which content, which kind of store."""

    program: str
    ontology: str
    dataset: Dataset
    store: str


class ProblemKind(Struct, frozen=True):
    """What a problem's `type` points at."""

    type: str
    status: int
    title: str
    english: str
    meaning: str


def healthz(call: Call) -> Health:
    """`GET /healthz`: the store is not asked."""
    return Health("ok")


def readyz(call: Call) -> Ready:
    """`GET /readyz`: the store answers and is not empty."""
    documents = call.store.list("document", limit=1).total
    if not documents:
        raise UnavailableError("图谱库里还没有文件", remedy="先运行 kg load")
    return Ready("ready", documents, call.store.find_tasks(TaskQuery(), limit=0).total)


def version(call: Call) -> Version:
    """`GET /version`."""
    kind = type(call.store).__name__.removesuffix("Store").lower()
    return Version(program_version(), ontology_version(), call.store.dataset(), kind)


def metrics(call: Call) -> Text:
    """`GET /metrics`: answers also where the store is away."""
    info = {"kg_program_info": {"version": program_version()}}
    gauges = {"kg_store_up": 0.0}
    try:
        dataset = call.store.dataset()
        info["kg_dataset_info"] = {"version": dataset.version, "sha256": dataset.sha256}
        gauges["kg_store_up"] = 1.0
        gauges["kg_tasks"] = float(call.store.find_tasks(TaskQuery(), limit=0).total)
    except KgError:
        pass  # kg_store_up says so
    return Text(call.context.metrics.render(info, gauges))


def problem_kind(call: Call) -> ProblemKind:
    """`GET /problems/{name}`: what one kind of problem means."""
    name = call.ids["name"]
    kind = KINDS.get(name)
    if kind is None:
        raise NotFoundError(f"没有这类问题：“{name[:60]}”", candidates=tuple(KINDS))
    return ProblemKind(f"/problems/{name}", kind.status, kind.title, kind.english, kind.meaning)


def description(call: Call) -> dict[str, Any]:
    """`GET /openapi.json`, with examples of the data at hand."""
    return describe(call.context)


def describe(context: Context) -> dict[str, Any]:
    """The OpenAPI document; without examples where the store is away."""
    examples: dict[str, dict[str, Any]] = {}
    for operation in context.operations:
        try:
            examples[operation.id] = _example(context, operation)
        except KgError:
            continue
    return openapi.document(context.operations, program_version(), examples)


def _example(context: Context, operation: Operation) -> dict[str, Any]:
    """Real values for one operation: its parameters and the answer they give."""
    found: dict[str, Any] = dict(operation.trial or {})
    ids: dict[str, str] = {}
    names = openapi.path_names(operation)
    if names == ["id"]:
        ids["id"] = _first_id(context, operation.path.split("/")[1].removesuffix("s"))
    elif names:
        ids["name"] = "not-found"
    found |= ids
    if (found or operation.volatile) and operation.formats[0] is JSON:
        pairs: Pairs = tuple((k, v) for k, v in (operation.trial or {}).items())
        if "limit" in operation.known and "limit" not in found:
            pairs = (*pairs, ("limit", "1"))
        if operation.id not in TOO_LONG and operation.id != "getOpenapi":
            answer = operation.answer(Call(context, operation.path, ids, pairs))
            found["(answer)"] = msgspec.to_builtins(answer)
    return found


def _first_id(context: Context, kind: Any) -> str:
    if kind == "task":
        results = context.store.find_tasks(TaskQuery(), limit=1).results
    else:
        results = context.store.list(kind, limit=1).results
    if not results:
        raise NotFoundError("没有例子")
    return str(results[0].id)


def docs(call: Call) -> dict[str, Any]:
    """`GET /docs`: the description as a page that needs no script and no other host."""
    return describe(call.context)


def docs_view(call: Call, spec: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """The description for readers."""
    tables = {n: c.zh for t in csvs.ALL for n, c in t.items()}
    shown = [
        _shown(path, method, op)
        for path, methods in spec["paths"].items()
        for method, op in methods.items()
    ]
    base = call.context.settings.base_iri.rstrip("/")
    return "docs.html", {"spec": spec, "operations": shown, "columns": tables, "base": base}


def _shown(path: str, method: str, op: dict[str, Any]) -> dict[str, Any]:
    parameters = op.get("parameters", [])
    trial = _trial(path, parameters)
    return {
        "id": op["operationId"],
        "path": path,
        "method": method.upper(),
        "summary": op["summary"],
        "description": op.get("description", ""),
        "formats": list(op["responses"].get("200", {}).get("content", {})),
        "parameters": [{**p, "values": _values(p["schema"])} for p in parameters],
        "trial": trial,
        "trial_words": unquote(trial),
    }


def _values(schema: dict[str, Any]) -> str:
    inner = schema.get("items", schema)
    if "enum" in inner:
        return "、".join(inner["enum"])
    if inner["type"] == "integer":
        return f"{inner['minimum']}–{inner['maximum']}"
    return "文字"


def _trial(path: str, parameters: list[dict[str, Any]]) -> str:
    """An address to try; empty where there is no real value for its path."""
    given = []
    for p in parameters:
        value = p.get("example")
        if p["in"] == "path":
            if value is None:
                return ""
            path = path.replace("{" + p["name"] + "}", iri("/", "task", value).split("/", 2)[2])
        elif value is not None:
            value = value[0] if isinstance(value, list) else value
            given.append(f"{p['name']}={quote(str(value))}")
    return path + ("?" + "&".join(given) if given else "")


def _service(path: str, id: str, summary: str, answer: Any, result: Any, **more: Any) -> Operation:
    return Operation(
        path, id, summary, answer, result, tag="service", volatile=True,
        **{"formats": (JSON,), **more},
    )  # fmt: skip


OPERATIONS = (
    _service("/healthz", "getHealth", "进程是否活着", healthz, Health),
    _service("/readyz", "getReadiness", "图谱库能否回答", readyz, Ready),
    _service("/version", "getVersion", "程序、词汇、数据集的版本", version, Version),
    _service("/metrics", "getMetrics", "Prometheus 计数", metrics, str, formats=(METRICS,)),
    _service(
        "/problems/{name}", "getProblemKind", "一类问题的说明", problem_kind, ProblemKind,
        formats=(JSON, HTML), view=lambda call, kind: ("problem_kind.html", {"kind": kind}),
    ),
    _service("/openapi.json", "getOpenapi", "OpenAPI 3.1", description, dict),
    _service("/docs", "getDocs", "接口说明（网页）", docs, str, formats=(HTML,), view=docs_view),
)  # fmt: skip
