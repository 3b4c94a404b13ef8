"""From a request to a response, the same way for every operation of the table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import msgspec
from fastapi import Request, Response

from api import csvs, marks, pages
from api.core import Call, Context, Operation, Pairs, Text, read_pairs, settled
from api.graphs import describe, gather
from api.negotiate import CSV, HTML, JSONLD, TURTLE, Format, choose
from api.problems import ProblemError, invalid
from api.reply import Link, respond, stream
from kg.errors import KgError, NotFoundError
from kg.params import MAX_LIMIT, collect
from kg.records import Dataset

WHOLE = str(MAX_LIMIT)  # page size behind a list that is streamed whole


def endpoint(operation: Operation) -> Callable[[Request], Response]:
    """The function the framework calls, in its thread pool."""

    def handle(request: Request) -> Response:
        context: Context = request.app.state.context
        call, query = read(operation, request, context)
        if operation.volatile:
            return _render(operation, request, call, query, _prepare(operation, call), None)
        if call.format is CSV and call.one("limit") is None:
            return _whole_csv(operation, request, call, query)
        found, dataset = settled(call.store, partial(_prepare, operation, call))
        return _render(operation, request, call, query, found, dataset)

    handle.__name__ = operation.id
    return handle


def read(operation: Operation, request: Request, context: Context) -> tuple[Call, str]:
    """The request as a checked call, and its query without `format`, as it was written."""
    raw: bytes = request.scope["query_string"]
    pairs = read_pairs(raw)
    values = collect(pairs, operation.known)
    for name in operation.required:
        if name not in values:
            raise invalid(name, f"缺少参数 {name}", f"例如 {operation.path}?{name}=…")
    wanted = values.get("format", [None])[0]
    call = Call(
        context=context,
        path=request.scope["path"],
        ids=dict(request.path_params),
        pairs=tuple(p for p in pairs if p[0] != "format"),
        format=_format(operation, wanted, request),
    )
    rest = re.sub(rb"(^|&)format=[^&]*", b"", raw).strip(b"&")
    return call, rest.decode("ascii", "replace")


def _format(operation: Operation, wanted: str | None, request: Request) -> Format:
    offered = operation.formats
    if wanted is not None:
        for fmt in offered:
            if fmt.name == wanted:
                return fmt
        names = "、".join(f.name for f in offered)
        raise invalid("format", f"该地址没有这种格式：{wanted[:60]!r}", f"可用的值：{names}")
    if len(offered) == 1:
        return offered[0]  # nothing to choose: better the only form than none
    header = ",".join(request.headers.getlist("accept"))
    chosen = choose(header, offered)
    if chosen is None:
        raise ProblemError(
            "not-acceptable",
            f"该地址不提供 Accept 头所要的格式：{header[:200]}",
            remedy="用下列格式之一，或去掉 Accept 头",
            candidates=tuple(f.media_type for f in offered),
        )
    return chosen


def _prepare(operation: Operation, call: Call) -> Any:
    """Everything a representation needs from the store: the body itself, or a page's values."""
    answer = operation.answer(call)
    if call.format is HTML and operation.view:
        template, values = operation.view(call, answer)
        return answer, template, {"titles": _titles(call, answer), **values}
    if call.format in (TURTLE, JSONLD):
        return answer, gather(call, operation, answer)
    return answer


def _titles(call: Call, answer: Any) -> dict[str, str]:
    """Titles of the documents an answer quotes, by id."""
    records = {id: call.store.get("document", id) for id in sorted(marks.quoted_documents(answer))}
    return {id: record.title for id, record in records.items() if record is not None}


def _render(
    operation: Operation,
    request: Request,
    call: Call,
    query: str,
    found: Any,
    dataset: Dataset | None,
) -> Response:
    fmt = call.format
    answer = found
    file_name = None
    if fmt is HTML and operation.view:
        answer, template, values = found
        others = pages.alternates(call.path, query, [f.name for f in operation.formats])
        body = pages.render(template, "/" + call.path.split("/")[1], others, dataset, **values)
    elif fmt in (TURTLE, JSONLD):
        answer, parts = found
        body = describe(parts, fmt).encode()
    elif fmt is CSV and operation.table:
        body = csvs.document(answer.results, operation.table)
        file_name = f"{operation.id}.csv"
    else:
        body = answer.content.encode() if isinstance(answer, Text) else msgspec.json.encode(answer)
    sha = dataset.sha256 if dataset else None
    links = _links(operation, call, query, answer)
    return respond(request, body, fmt, sha256=sha, links=links, file_name=file_name)


def _links(operation: Operation, call: Call, query: str, answer: Any) -> list[Link]:
    links = [
        (f"{pages.quoted(call.path)}?{query + '&' if query else ''}format={f.name}", "alternate",
         f.media_type)
        for f in operation.formats if f is not call.format
    ]  # fmt: skip
    following = getattr(answer, "next", None)
    if isinstance(following, str):
        links.append((following, "next", ""))
    return links


def _whole_csv(operation: Operation, request: Request, call: Call, query: str) -> Response:
    """A whole list as CSV, page after page; the first is made before the answer begins."""
    assert operation.table
    first_call = _with(call, (*call.pairs, ("limit", WHOLE)))
    first, dataset = settled(call.store, partial(operation.answer, first_call))
    if first.next is None:
        body = csvs.document(first.results, operation.table)
        return respond(
            request, body, CSV, sha256=dataset.sha256,
            links=_links(operation, call, query, None), file_name=f"{operation.id}.csv",
        )  # fmt: skip
    chunks = _chunks(operation, call, first, dataset)
    return stream(
        request, chunks, CSV, sha256=dataset.sha256,
        links=_links(operation, call, query, None), file_name=f"{operation.id}.csv",
    )  # fmt: skip


def _chunks(operation: Operation, call: Call, page: Any, dataset: Dataset) -> Iterator[bytes]:
    """The pages of a list; a last line says so where it had to be broken off."""
    assert operation.table
    writer = csvs.Writer(operation.table)
    while True:
        yield writer.rows(page.results)
        if page.next is None:
            return
        pairs = read_pairs(urlsplit(page.next).query.encode())
        try:
            page, now = settled(call.store, partial(operation.answer, _with(call, pairs)))
        except KgError as error:
            yield writer.broken_off(error.what)
            return
        if now != dataset:
            yield writer.broken_off("数据集已经更新")
            return


def _with(call: Call, pairs: Pairs) -> Call:
    return Call(call.context, call.path, call.ids, pairs, call.format)


def thing(call: Call, kind: Any, label: str) -> Any:
    """The record the path names, or a 404."""
    id = call.ids["id"]
    record = call.store.get(kind, id)
    if record is None:
        raise NotFoundError(
            f"没有这个{label}：“{id[:100]}”", remedy=f"全部{label}见 /{kind}s，那里有各自的 id"
        )
    return record
