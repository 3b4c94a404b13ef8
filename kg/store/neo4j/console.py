"""Read-only Cypher on a Neo4j server, for `POST /cypher`: walls on every side.

The text is read word by word (`console_text`); the transaction can only read and has a time
limit; the statement is run by a process that is killed at its limits of time and memory;
rows and bytes are counted, and the answer says when it was cut.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from kg.console import limits as told
from kg.console import wire
from kg.console.limits import Limits
from kg.console.worker import Worker
from kg.errors import QueryError, UnavailableError
from kg.store.neo4j.console_child import LATE, Table, Target
from kg.store.neo4j.console_text import READ_ONLY, check
from kg.store.neo4j.server import Server

ROOT = Path(__file__).resolve().parents[3]
MOST_ROWS = 10_000
MEMORY, ANSWER = 256, 16 * 1024 * 1024
READY = 2  # children kept ready
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "SSL_CERT_FILE", "SSL_CERT_DIR")


class Console:
    """Answers statements, each in a child of its own for as long as it takes."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._idle: list[_Child] = []

    def read(
        self,
        query: str,
        parameters: Mapping[str, Any] | None = None,
        limit: int = 1000,
        timeout: float = 10.0,
    ) -> Table:
        """The rows of a statement that reads.

        Raises:
            QueryError: it is malformed, or does more than read; the reason stands in it.
            LimitError: it took too long or too much memory, or one row is too large.
            UnavailableError: the server is away.
        """
        given = dict(parameters or {})
        if not 1 <= limit <= MOST_ROWS:
            raise QueryError(f"limit 应为 1–{MOST_ROWS}", where="limit")
        query = check(query, given)
        limits = Limits(seconds=timeout, memory=MEMORY, answer=ANSWER)
        asked = wire.Statement(query=query, parameters=given, limit=limit)
        try:
            request = msgspec.msgpack.encode(asked)
        except (TypeError, ValueError, OverflowError) as e:
            raise QueryError(f"参数的值不能发送：{e}", where="parameters") from e
        child = self._take(limits)
        try:
            reply = child.ask(request)
        finally:
            self._give_back(child)
        return self._settled(reply, limits)

    def _settled(self, reply: wire.Reply, limits: Limits) -> Table:
        line = " ".join(reply.message.split())[:300]
        if reply.outcome == "done":
            return msgspec.json.decode(reply.body, type=Table)
        if reply.outcome == "refused":
            raise QueryError(READ_ONLY, where="query", remedy="用 MATCH … RETURN …")
        if reply.outcome == "malformed":
            raise QueryError(f"查询不能执行：{line}", where="query")
        if reply.outcome == "memory":
            raise told.too_much_memory(limits)
        if reply.outcome == "size":
            raise told.too_large(limits)
        if reply.message == LATE:
            raise told.too_long(limits)
        raise UnavailableError(
            f"Neo4j 没有答复：{line}", where=self._server.where, remedy="检查服务器；稍后再试"
        )

    def _take(self, limits: Limits) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.alive and child.start.limits == limits:
                    return child
                child.kill()
        return _Child(self._server.target(limits))

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if child.alive and len(self._idle) < READY:
                self._idle.append(child)
            else:
                child.kill()

    def close(self) -> None:
        """End the children that are idle."""
        with self._lock:
            while self._idle:
                self._idle.pop().kill()


class _Child(Worker):
    """A child that is told over standard input what to connect to."""

    def __init__(self, target: Target) -> None:
        self.start = wire.Start(language="cypher", place="", limits=target.limits, network=True)
        self.version = ""
        self._ready = False
        self._told = b""
        environment = {k: v for k, v in os.environ.items() if k in _KEPT}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.store.neo4j.console_child"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            cwd="/", env={**environment, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip
        self.kill = weakref.finalize(self, _end, self._process)
        self._send(msgspec.json.encode(target))


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()


__all__ = ["Console", "Table"]
