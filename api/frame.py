"""What surrounds every request: limits, security headers, one log line, a count.

A plain ASGI layer, so that it also sees what the framework refuses by itself.
"""

from __future__ import annotations

import logging
from time import perf_counter

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import problems
from api.metrics import Metrics
from api.problems import ProblemError, instance_of
from api.reply import refuse
from kg.errors import KgError

MAX_ADDRESS = 8 * 1024
MAX_BODY = 64 * 1024
SECURITY = [
    (
        b"content-security-policy",
        b"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
        b"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    ),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
]
access = logging.getLogger("policy_kg.access")
errors = logging.getLogger("policy_kg.error")


class Frame:
    """The outermost layer of our own; nothing leaves it without a status and a log line."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        exchange = _Exchange(receive, send)
        started = perf_counter()
        try:
            await self._answer(scope, exchange)
        finally:
            self._record(scope, exchange, perf_counter() - started)

    async def _answer(self, scope: Scope, exchange: _Exchange) -> None:
        request = Request(scope)
        try:
            _check_size(request)
            await self.app(scope, exchange.receive, exchange.send)
        except Exception as error:
            if exchange.status:  # the answer has begun: break it off, visibly
                raise
            where = instance_of(scope["path"], scope["query_string"])
            found = problems.of_error(error, where)
            if not isinstance(error, (KgError, ProblemError)):
                errors.exception("%s %s", request.method, _printable(scope))
            elif found.status >= 500:
                errors.warning("%s %s: %s", request.method, _printable(scope), error)
            await refuse(request, found)(scope, exchange.receive, exchange.send)

    def _record(self, scope: Scope, exchange: _Exchange, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "(none)")
        status = exchange.status or 500
        self.metrics.observe(route, scope["method"], status, seconds)
        access.info(
            "%s %s %d %dB %.1fms",
            scope["method"], _printable(scope), status, exchange.sent, seconds * 1000,
        )  # fmt: skip


class _Exchange:
    """The two channels of one request, watched."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._got = 0
        self.status = 0
        self.sent = 0

    async def receive(self) -> Message:
        message = await self._receive()
        self._got += len(message.get("body", b""))
        if self._got > MAX_BODY:
            raise _too_large()
        return message

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [*message.get("headers", ()), *SECURITY]
        self.sent += len(message.get("body", b""))
        await self._send(message)


def _check_size(request: Request) -> None:
    scope = request.scope
    path = scope.get("raw_path") or scope["path"].encode()
    size = len(path) + len(scope["query_string"]) + 1
    if size > MAX_ADDRESS:
        raise ProblemError(
            "uri-too-long", f"地址有 {size} 字节，最多 {MAX_ADDRESS} 字节。", remedy="缩短参数"
        )
    length = request.headers.get("content-length", "0")
    if not length.isascii() or not length.isdigit() or int(length) > MAX_BODY:
        raise _too_large()


def _too_large() -> ProblemError:
    return ProblemError("content-too-large", f"请求体最多 {MAX_BODY} 字节。", remedy="缩短请求体")


def _printable(scope: Scope) -> str:
    """The address as one line of ASCII, cut."""
    path: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    text = (path + (b"?" + query if query else b"")).decode("ascii", "backslashreplace")
    return "".join(c if " " < c < "\x7f" else "?" for c in text[:500])
