"""Running the application under uvicorn, with limits and logs that fit it."""

from __future__ import annotations

import logging
import re
import socket
from typing import Any

import msgspec
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.problems import MEDIA_TYPE, problem
from kg.errors import ConflictError

BIGGEST_HEAD = 1024 * 1024  # bytes of request line and headers; the app refuses from 8 kB on

_HIGH = re.compile(rb"[\x80-\xff]")


def escaped(line: bytes) -> bytes:
    """A request line with all bytes beyond ASCII percent-encoded."""
    return _HIGH.sub(lambda m: b"%%%02X" % m[0][0], line)


class Protocol(H11Protocol):
    """uvicorn's protocol, but ``curl 'http://…/tasks?led_by=公安部'`` works.

    The standard wants such bytes percent-encoded; curl sends them as they are typed.
    """

    def data_received(self, data: bytes) -> None:
        """Escape the request line while it arrives, then go on as usual."""
        between = self.cycle is None or self.cycle.response_complete
        if between and b"\n" not in self.conn.trailing_data[0]:
            line, end, rest = data.partition(b"\n")
            data = escaped(line) + end + rest
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP at all."""
        found = problem("invalid-request", "这不是有效的 HTTP/1.1 请求。", "/")
        body = msgspec.json.encode(found)
        head = (
            f"HTTP/1.1 400 Bad Request\r\nContent-Type: {MEDIA_TYPE}\r\n"
            f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        )
        self.transport.write(head.encode() + body)
        self.transport.close()


def options(host: str, port: int) -> dict[str, Any]:
    """What uvicorn is told.

    Its own parser gives up on long addresses with a bare text; so much room is left to it
    that the app itself refuses them, in the one error shape.
    """
    return {
        "host": host,
        "port": port,
        "http": Protocol,
        "h11_max_incomplete_event_size": BIGGEST_HEAD,
        "access_log": False,
        "log_level": "warning",
        "server_header": False,
        "timeout_graceful_shutdown": 10,
    }


def set_up_logs() -> None:
    """One line for each request on standard error, errors with their story beside it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("policy_kg")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def check_free(host: str, port: int) -> None:
    """See that the address can be listened on.

    Raises:
        ConflictError: somebody else listens there, or there is no such address.
    """
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as e:
        raise ConflictError(
            f"不能在这个地址监听（{e.strerror}）",
            where=f"http://{host}:{port}",
            remedy="换一个端口，例如 PORT=9000 make serve 或 kg serve --port 9000",
        ) from e


def run(app: FastAPI, host: str, port: int) -> None:
    """Serve until interrupted."""
    set_up_logs()
    uvicorn.run(app, **options(host, port))
