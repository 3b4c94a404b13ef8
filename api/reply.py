"""From a body to an HTTP response: validators, negotiation headers, compression, HEAD."""

from __future__ import annotations

import gzip
from collections.abc import Iterator, Sequence

import msgspec
from fastapi import Request, Response
from starlette.responses import StreamingResponse

from api import pages, problems
from api.about import program_version
from api.negotiate import HTML, Format, encoding_accepted, wants_html

WORTH_COMPRESSING = 1400  # bytes: below this a packet carries it anyway
Link = tuple[str, str, str]  # (address, relation, media type or "")


def etag_of(sha256: str, fmt: Format) -> str:
    """The entity tag: which content, which program, which representation."""
    return f'"{sha256[:20]}-{program_version()}-{fmt.name}"'


def matches(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names this entity tag (weak comparison, RFC 9110 13.1.2)."""
    if header is None:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags


def _headers(fmt: Format, etag: str | None, links: Sequence[Link]) -> dict[str, str]:
    headers = {
        "Content-Type": fmt.content_type,
        "Vary": "Accept, Accept-Encoding",
        "Cache-Control": "no-cache" if etag else "no-store",
    }
    if etag:
        headers["ETag"] = etag
    if links:
        headers["Link"] = ", ".join(
            f'<{url}>; rel="{rel}"' + (f'; type="{media}"' if media else "")
            for url, rel, media in links
        )
    return headers


def respond(
    request: Request,
    body: bytes,
    fmt: Format,
    *,
    sha256: str | None = None,
    links: Sequence[Link] = (),
    file_name: str | None = None,
) -> Response:
    """A finished body; 304 where the client has it already, no body for HEAD.

    `sha256` names the content the body was made from; None means it must not be cached.
    """
    packed = len(body) >= WORTH_COMPRESSING and encoding_accepted(
        request.headers.get("accept-encoding"), "gzip"
    )
    etag = etag_of(sha256, fmt) if sha256 else None
    if etag and packed:
        etag = etag[:-1] + '-gzip"'
    headers = _headers(fmt, etag, links)
    if etag and matches(request.headers.get("if-none-match"), etag):
        del headers["Content-Type"]
        return Response(status_code=304, headers=headers)
    if packed:
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    if file_name:
        headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return _finish(request, body, 200, headers)


def stream(
    request: Request,
    chunks: Iterator[bytes],
    fmt: Format,
    *,
    sha256: str,
    links: Sequence[Link] = (),
    file_name: str,
) -> Response:
    """A body of unknown length, sent while it is made."""
    headers = _headers(fmt, etag_of(sha256, fmt), links)
    if matches(request.headers.get("if-none-match"), headers["ETag"]):
        del headers["Content-Type"]
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="{file_name}"'
    if request.method == "HEAD":
        bare = Response(headers=headers)
        del bare.headers["Content-Length"]  # 0 would be wrong, and the length is not known yet
        return bare
    return StreamingResponse(chunks, headers=headers)


def refuse(
    request: Request, problem: problems.Problem, headers: dict[str, str] | None = None
) -> Response:
    """A problem as a response: JSON, or a page where the reader is a browser."""
    html = problem.status != 406 and wants_html(request.headers.get("accept"))
    body = pages.problem_page(problem) if html else msgspec.json.encode(problem)
    all_headers = {
        "Content-Type": HTML.content_type if html else problems.MEDIA_TYPE,
        "Vary": "Accept",
        "Cache-Control": "no-store",
        **({"Retry-After": "5"} if problem.status == 503 else {}),
        **(headers or {}),
    }
    return _finish(request, body, problem.status, all_headers)


def _finish(request: Request, body: bytes, status: int, headers: dict[str, str]) -> Response:
    headers["Content-Length"] = str(len(body))
    sent = b"" if request.method == "HEAD" else body
    return Response(sent, status_code=status, headers=headers)
