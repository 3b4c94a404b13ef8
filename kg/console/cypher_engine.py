"""Ladybug in a child: one read-only database, one statement at a time."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import ladybug
import msgspec
from msgspec import Struct

from kg.console.limits import MEGABYTE
from kg.console.wire import Answer, Outcome, Reply, Start, Statement

THREADS = 2
NAME = "ladybug"
_OUTCOMES: tuple[tuple[str, Outcome], ...] = (
    ("Buffer manager exception", "memory"),
    ("bad_alloc", "memory"),
    ("read-only", "refused"),
    ("Permission denied", "refused"),
    ("Cannot open file", "refused"),
)


class Table(Struct, frozen=True, kw_only=True):
    """What `POST /cypher` answers; `truncated` says that there were more rows."""

    columns: list[str]
    rows: list[Any]
    truncated: bool
    engine: str


class Engine:
    """Answers Cypher on one database."""

    def __init__(self, start: Start) -> None:
        limits = start.limits
        self._size = limits.answer
        self._database = ladybug.Database(
            start.place, read_only=True, max_num_threads=THREADS, max_db_size=start.room * MEGABYTE,
            buffer_pool_size=limits.memory * MEGABYTE // 2,
        )  # fmt: skip
        connection: Any = ladybug.Connection(self._database)
        self._connection = connection
        connection.execute("MATCH (n) RETURN n LIMIT 1").get_all()  # reads what is read first

    def answer(self, request: bytes) -> Reply:
        """Evaluate one statement."""
        asked = msgspec.msgpack.decode(request, type=Statement)
        try:
            return self._table(self._connection.execute(asked.query, asked.parameters), asked)
        except (RuntimeError, ValueError, TypeError, OverflowError) as e:
            message = str(e)
            return Reply(outcome=_outcome(message), message=message)

    def _table(self, found: Any, asked: Statement) -> Reply:
        """The rows up to the limit of number and size; the first must fit."""
        rows: list[msgspec.Raw] = []
        left = self._size
        while len(rows) < asked.limit and found.has_next():
            row = msgspec.json.encode([plain(value) for value in found.get_next()], enc_hook=str)
            left -= len(row)
            if left < 0:
                break
            rows.append(msgspec.Raw(row))
        if left < 0 and not rows:
            return Reply(outcome="size")
        truncated = left < 0 or found.has_next()
        columns = found.get_column_names()
        if len(columns) == len(asked.columns):
            columns = list(asked.columns)
        found.close()
        table = Table(columns=columns, rows=rows, truncated=truncated, engine=NAME)
        return Reply(body=msgspec.json.encode(table))


def _outcome(message: str) -> Outcome:
    return next((o for sign, o in _OUTCOMES if sign in message), "malformed")


def plain(value: Any) -> Any:
    """A value as JSON shows it; nodes, relationships and paths as objects."""
    if isinstance(value, dict):
        if "_NODES" in value:
            parts = {"nodes": value["_NODES"], "relationships": value["_RELS"]}
            return {name: [plain(v) for v in found] for name, found in parts.items()}
        if "_SRC" in value:
            return {"type": value["_LABEL"], "properties": _own(value.items())}
        if "_LABEL" in value:
            return {"labels": [value["_LABEL"]], "properties": _own(value.items())}
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, Decimal):  # sums are 128 bits wide
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _own(items: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The properties that are there; a table has columns for all."""
    return {k: plain(v) for k, v in sorted(items) if not k.startswith("_") and v is not None}


def opened(start: Start) -> Answer:
    """The engine a child answers with."""
    return Engine(start).answer
