"""OpenAPI 3.1 from the table of operations: schemas of the very records that are encoded."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import msgspec

from api.core import Operation
from api.negotiate import JSON, JSONLD
from api.problems import KINDS, Problem
from kg.params import DEFAULT_LIMIT, MAX_LIMIT, MAX_Q, Param

REF = "#/components/schemas/{name}"
# Control characters that are no white space, private use (that of the higher planes as well,
# left out here: regular expression tools choke on such ranges).
_REFUSED = r"\u0000-\u0008\u000e-\u001b\u007f-\u0084\u0086-\u009f\ue000-\uf8ff"
WORDS = f"^[^{_REFUSED}]*[^\\s{_REFUSED}][^{_REFUSED}]*$"  # not only white space
DESCRIPTION = (
    "政策文件的知识图谱：谁牵头、谁参与、依据哪句话。只读。默认回答 JSON，按 Accept 头或 format= "
    "另有网页、CSV、Turtle、JSON-LD；列表都有 results、total、next；出错一律是 RFC 9457 "
    "application/problem+json（浏览器得到同样内容的网页）。各地址和字段在 1.x 版内只增不改；operationId 固定不变。"
)
TAGS = {"graph": "图谱", "documents": "文件", "questions": "提问与检索", "service": "服务"}


def document(
    operations: Sequence[Operation], version: str, examples: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    """The whole description; `examples` holds real values by operation id."""
    shown = [o for o in operations if o.result is not None]
    typed = [o for o in shown if o.result not in (str, dict)]
    schemas, components = _schemas(typed)
    paths: dict[str, dict[str, Any]] = {}
    for operation in shown:
        found = _operation(operation, schemas.get(operation.id), examples.get(operation.id, {}))
        paths.setdefault(operation.path, {})[operation.method.lower()] = found
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "policy-kg",
            "version": version,
            "summary": "Policy documents as a knowledge graph with exact quotes",
            "description": DESCRIPTION,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": name, "description": zh} for name, zh in TAGS.items()],
        "paths": paths,
        "components": {"schemas": components, "responses": {"Problem": _problem_response()}},
    }


def _schemas(operations: Sequence[Operation]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The schema of each operation's answer by its id, and the shared components.

    Every field is always encoded, so every property is required. An envelope whose results
    are of any kind becomes one envelope for each kind of result.
    """
    types = [t for o in operations for t in (o.result, o.item) if t is not None]
    found, components = msgspec.json.schema_components([*types, Problem], ref_template=REF)
    of_type = dict(zip(types, found, strict=False))
    for schema in components.values():
        if "properties" in schema:
            schema["required"] = list(schema["properties"])
    schemas = {}
    for o in operations:
        schemas[o.id] = of_type[o.result]
        if o.item is not None:
            name = o.item.__name__.removesuffix("Record") + "List"
            envelope = copy.deepcopy(components[o.result.__name__])
            envelope["title"] = name
            envelope["properties"]["results"]["items"] = of_type[o.item]
            components[name] = envelope
            schemas[o.id] = {"$ref": REF.format(name=name)}
    return schemas, components


def _operation(operation: Operation, schema: Any, examples: dict[str, Any]) -> dict[str, Any]:
    parameters = [_path_parameter(operation, name, examples) for name in path_names(operation)]
    parameters += [_query_parameter(operation, p, examples) for p in operation.known.values()]
    found: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.summary,
        "tags": [operation.tag],
        "responses": _responses(operation, schema, examples),
    }
    if parameters:
        found["parameters"] = parameters
    if operation.description:
        found["description"] = operation.description
    return found


def path_names(operation: Operation) -> list[str]:
    """The names in the path's template."""
    return [p[1:-1] for p in operation.path.split("/") if p.startswith("{")]


def _path_parameter(operation: Operation, name: str, examples: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "in": "path",
        "required": True,
        "description": "编号" if name == "id" else "名称",
        "schema": {"type": "string", "minLength": 1, "pattern": r"^[^/]+$"},
    }
    if name in examples:
        found["example"] = examples[name]
    return found


def _query_parameter(
    operation: Operation, param: Param, examples: dict[str, Any]
) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": param.name,
        "in": "query",
        "required": param.name in operation.required,
        "description": f"{param.zh} · {param.en}",
        "schema": schema_of(param, operation.longest),
    }
    if param.type == "list":
        found["style"], found["explode"] = "form", True
    if param.name in examples:
        value = examples[param.name]
        found["example"] = [value] if param.repeatable and isinstance(value, str) else value
    return found


def schema_of(param: Param, longest: int = MAX_Q) -> dict[str, Any]:
    """The JSON Schema of a parameter's value."""
    one = _one(param, longest)
    return {"type": "array", "items": one, "maxItems": 20} if param.repeatable else one


def _one(param: Param, longest: int) -> dict[str, Any]:
    if param.type in ("choice", "flag", "list"):
        return {"type": "string", "enum": list(param.values)}
    if param.type == "number":
        return {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
    if param.type == "year":
        return {"type": "string", "pattern": "^[0-9]{4}$"}
    if param.type == "date":
        return {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
    if param.type == "span":
        return {"type": "string", "pattern": r"^[0-9]{1,12},[0-9]{1,12}$"}
    if param.type == "cursor":
        return {"type": "string", "minLength": 1, "maxLength": 1000}
    return {"type": "string", "minLength": 1, "maxLength": longest, "pattern": WORDS}


def _responses(operation: Operation, schema: Any, examples: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {}
    for fmt in operation.formats:
        content[fmt.media_type] = {"schema": {"type": "array" if fmt is JSONLD else "string"}}
        if fmt is JSON:
            content[fmt.media_type] = {"schema": schema or {"type": "object"}}
            if "(answer)" in examples:
                content[fmt.media_type]["example"] = examples["(answer)"]
    responses: dict[str, Any] = {"200": {"description": "回答", "content": content}}
    if not operation.volatile:
        responses["200"]["headers"] = {
            "ETag": {"description": "数据集与格式的标记", "schema": {"type": "string"}},
            "Link": {"description": "其他格式与下一页", "schema": {"type": "string"}},
        }
        responses["304"] = {"description": "与 If-None-Match 所给的相同"}
    if operation.errors and operation.errors[0] == 501:
        responses = {}
    statuses = {400, 405, 406, 413, 414, 500, 503, *operation.errors}
    if path_names(operation):
        statuses.add(404)
    for status in sorted(statuses):
        responses[str(status)] = {"$ref": "#/components/responses/Problem"}
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    return responses


def _problem_response() -> dict[str, Any]:
    return {
        "description": "出错：" + "；".join(f"{k.status} {k.title}" for k in KINDS.values()),
        "content": {
            "application/problem+json": {"schema": {"$ref": REF.format(name="Problem")}},
            "text/html": {"schema": {"type": "string"}},
        },
    }
