"""Cypher on the embedded store, evaluated by Ladybug in children that can be killed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import msgspec

from kg.config import Settings
from kg.console import limits as told
from kg.console.cypher_text import READ_ONLY, adapted, check, columns
from kg.console.forms import form
from kg.console.limits import MEGABYTE, Limits
from kg.console.pool import Pool, settled
from kg.console.wire import Reply, Start, Statement
from kg.errors import QueryError, UnavailableError
from kg.store.base import Store

ROWS, MOST_ROWS = 1000, 10_000
LEAST_ROOM = 1024  # megabytes of addresses for a database


class Reader(Protocol):
    """What a store that speaks Cypher itself offers as `console`."""

    def read(self, query: str, parameters: dict[str, Any], limit: int, timeout: float) -> Any:
        """The answer of a statement, with columns, rows, truncated and engine."""


class CypherConsole:
    """Answers statements on whatever version of a store answers now."""

    def __init__(self, limits: Limits, patience: float | None = None) -> None:
        self.limits = limits
        self._patience = patience
        self._pool = Pool(self._child)

    @classmethod
    def of(cls, settings: Settings, patience: float | None = None) -> CypherConsole:
        """The console the settings describe; `patience` is how long a first use may take."""
        return cls(Limits.of(settings), patience)

    def _child(self, version: str) -> Start:
        place = form("cypher", Path(version), self._patience)
        room = LEAST_ROOM
        while room * MEGABYTE < 2 * place.stat().st_size:
            room *= 2
        return Start(
            language="cypher", place=str(place), limits=self.limits, room=room, locked=True
        )

    def ask(
        self, store: Store, query: str, parameters: dict[str, Any] | None = None, limit: int = ROWS
    ) -> bytes:
        """The answer of a statement as JSON: columns, rows, truncated, engine.

        Raises:
            QueryError: the statement is malformed, or does more than read.
            LimitError: it met a limit.
            UnavailableError: the store has no Cypher.
        """
        own: Reader | None = getattr(store, "console", None)
        if own is not None:
            found = own.read(query, parameters or {}, limit, self.limits.seconds)
            return msgspec.json.encode(found, enc_hook=str)
        check(query, parameters or {})
        request = Statement(
            query=adapted(query), parameters=parameters or {}, limit=limit, columns=columns(query)
        )
        data = msgspec.msgpack.encode(request)
        return settled(
            lambda: version_of(store), lambda v: _body(self._pool.ask(v, data), self.limits)
        )

    def close(self) -> None:
        """End the children."""
        self._pool.close()


def speaks_cypher(store: Any) -> bool:
    """Whether a store can be asked in Cypher, by itself or by the form made of it."""
    return hasattr(store, "console") or hasattr(store, "rdf_folder")


def version_of(store: Any) -> str:
    """The folder of the version that answers now.

    Raises:
        UnavailableError: there is none.
    """
    folder: Path | None = getattr(store, "rdf_folder", None)
    if folder is None:
        raise UnavailableError("这里还没有可以用 Cypher 查询的图谱", remedy="先运行 kg load")
    return str(folder.parent)


def _body(reply: Reply, limits: Limits) -> bytes:
    """What a reply holds, or the error it stands for."""
    if reply.outcome == "memory":
        raise told.too_much_memory(limits)
    if reply.outcome == "size":
        raise told.too_large(limits)
    if reply.outcome == "refused":
        raise QueryError(READ_ONLY, where="query", remedy="用 MATCH … RETURN …")
    if reply.outcome != "done":
        line = " ".join(reply.message.split())
        raise QueryError(f"查询不能执行：{line[:300]}", where="query")
    return reply.body
