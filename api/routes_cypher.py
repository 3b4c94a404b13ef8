"""``POST /cypher``: read-only Cypher, on the embedded store and on Neo4j."""

from __future__ import annotations

import asyncio
from email.message import Message
from typing import Annotated, Any

import msgspec
from fastapi import Request, Response
from msgspec import Meta, Struct

from api.core import Context
from api.negotiate import JSON
from api.problems import Fault, ProblemError
from api.reply import respond
from api.routes_sparql import Consoles
from kg.console.cypher import MOST_ROWS, ROWS, speaks_cypher
from kg.errors import QueryError


class Statement(Struct, frozen=True, forbid_unknown_fields=True):
    """The body of a request."""

    query: Annotated[str, Meta(min_length=1, max_length=60_000)]
    parameters: dict[str, Any] = {}
    limit: Annotated[int, Meta(ge=1, le=MOST_ROWS)] = ROWS


async def endpoint(request: Request) -> Response:
    """Answer one request; the work is done in a thread of its own."""
    body = await request.body()
    consoles: Consoles = request.app.state.consoles
    work = consoles.gate.submit(lambda: _answer(request, body, consoles))
    return await asyncio.wrap_future(work)


def _answer(request: Request, body: bytes, consoles: Consoles) -> Response:
    context: Context = request.app.state.context
    store = context.store
    if not speaks_cypher(store):
        raise ProblemError(
            "not-implemented", "这个图谱库不提供 Cypher。",
            remedy="用内置存储（一个文件夹）或 Neo4j 提供服务",
        )  # fmt: skip
    asked = _read(request, body)
    try:
        found = consoles.cypher.ask(store, asked.query, asked.parameters, asked.limit)
    except QueryError as e:
        raise _invalid(e.what, "/" + (e.where or "query"), e.remedy) from e
    return respond(request, found, JSON)


def _read(request: Request, body: bytes) -> Statement:
    if request.scope["query_string"]:
        raise _invalid("查询写在请求体里，地址不带参数", "")
    message = Message()
    message["content-type"] = request.headers.get("content-type", "none/none")
    if message.get_content_type() != "application/json":
        raise ProblemError(
            "unsupported-media-type", "请求体应是 JSON。",
            remedy="写明 Content-Type: application/json", candidates=("application/json",),
        )  # fmt: skip
    try:
        return msgspec.json.decode(body, type=Statement)
    except msgspec.ValidationError as e:
        what, _, place = str(e).partition(" - at `$")
        place = place.rstrip("`").replace(".", "/")
        raise _invalid(f"请求体的 {place or '/'} 不合要求（{what}）", place, FORM) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as e:
        raise _invalid(f"请求体不是 JSON：{str(e)[:200]}", "", FORM) from None


FORM = (
    'body: {"query": "MATCH … RETURN …", "parameters": {}, "limit": '
    f"{ROWS}}}；limit 1–{MOST_ROWS}"
)


def _invalid(what: str, pointer: str, remedy: str = "") -> ProblemError:
    fault = Fault(what, pointer=pointer)
    return ProblemError("invalid-request", what, remedy=remedy or None, errors=(fault,))
