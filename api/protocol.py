"""HTTP/1.1 as people write it: addresses in plain UTF-8, refusals in the one error shape."""

from __future__ import annotations

import re

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from api.problems import MEDIA_TYPE, problem

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
        if self.conn.their_state is h11.IDLE and b"\n" not in self.conn.trailing_data[0]:
            line, end, rest = data.partition(b"\n")
            data = escaped(line) + end + rest
        super().data_received(data)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP at all."""
        found = problem("invalid-request", "这不是有效的 HTTP/1.1 请求。", "/")
        headers = [
            (b"content-type", MEDIA_TYPE.encode()),
            (b"connection", b"close"),
        ]
        for event in (
            h11.Response(status_code=400, headers=headers, reason=b"Bad Request"),
            h11.Data(data=msgspec.json.encode(found)),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
