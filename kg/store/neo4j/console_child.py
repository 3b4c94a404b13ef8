"""The process of a statement for a server: ``python -m kg.store.neo4j.console_child``.

A server may send a single value larger than this machine's memory; it then meets the limits
of this process and not of the API. What to connect to comes over standard input, so that no
list of processes shows the password.
"""

from __future__ import annotations

import base64
import math
import os
from typing import Any

import msgspec
from msgspec import Struct
from neo4j import READ_ACCESS, Driver, GraphDatabase, NotificationMinimumSeverity, Query, Session
from neo4j.exceptions import AuthError, DriverError, Neo4jError
from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point

from kg.console import fence, wire
from kg.console.limits import Limits
from kg.console.wire import Outcome, Reply, Statement
from kg.cypher import OWNED

FETCH = 100  # rows asked for at once
NAME = "neo4j"
LATE = "late"  # the message of a statement that met the time limit


class Target(Struct, frozen=True, kw_only=True):
    """What a child connects to, and what it may use."""

    uri: str
    database: str | None
    user: str
    password: str
    limits: Limits


class Table(Struct, frozen=True, kw_only=True):
    """What `POST /cypher` answers; `truncated` says that there were more rows."""

    columns: list[str]
    rows: list[Any]
    truncated: bool
    engine: str = NAME


def _open(target: Target) -> Driver:
    return GraphDatabase.driver(
        target.uri,
        auth=(target.user, target.password),
        connection_timeout=3.0,
        connection_acquisition_timeout=4.0,
        liveness_check_timeout=5.0,
        max_transaction_retry_time=0.0,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
        user_agent="policy-kg console",
    )


def answer(driver: Driver, target: Target, request: bytes) -> Reply:
    """Evaluate one statement."""
    asked = msgspec.msgpack.decode(request, type=Statement)
    try:
        with driver.session(
            database=target.database, default_access_mode=READ_ACCESS, fetch_size=FETCH
        ) as session:
            return _table(session, asked, target.limits)
    except (Neo4jError, DriverError, OSError) as e:
        late = isinstance(e, Neo4jError) and "TimedOut" in str(e.code)
        message = LATE if late else str(getattr(e, "message", None) or e)
        return Reply(outcome=_outcome(e), message=message)
    except (ValueError, TypeError, OverflowError) as e:
        return Reply(outcome="malformed", message=str(e))


def _table(session: Session, asked: Statement, limits: Limits) -> Reply:
    """The rows up to the limit of number and size; the first must fit."""
    seconds = max(0.5, limits.seconds - 0.5)
    found = session.run(Query(asked.query, timeout=seconds), asked.parameters)
    columns, rows, left, more = list(found.keys()), list[msgspec.Raw](), limits.answer, False
    for record in found:
        if len(rows) == asked.limit:
            more = True
            break
        row = msgspec.json.encode([plain(value) for value in record.values()], enc_hook=str)
        left -= len(row)
        if left < 0:
            if not rows:
                return Reply(outcome="size")
            more = True
            break
        rows.append(msgspec.Raw(row))
    table = Table(columns=columns, rows=rows, truncated=more)
    return Reply(body=msgspec.json.encode(table))


_SIGNS: tuple[tuple[str, Outcome], ...] = (
    ("MemoryPool", "memory"),
    ("OutOfMemory", "memory"),
    ("StackOverFlow", "memory"),
    ("AccessMode", "refused"),
    ("Forbidden", "refused"),
    ("Security", "refused"),
)


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, AuthError) or not isinstance(error, Neo4jError):
        return "failed"
    code, message = str(error.code), str(error.message)
    if "TimedOut" in code:
        return "failed"
    found = next((o for sign, o in _SIGNS if sign in code), None)
    if found is None and "read access mode" in message.lower():
        found = "refused"
    return found or ("malformed" if code.startswith("Neo.ClientError") else "failed")


def plain(value: Any) -> Any:
    """A value as JSON shows it; nodes, relationships and paths as objects."""
    if isinstance(value, Node):
        labels = [label for label in sorted(value.labels) if label != OWNED]
        return {"labels": labels, "properties": _own(value)}
    if isinstance(value, Relationship):
        return {"type": value.type, "properties": _own(value)}
    if isinstance(value, Path):
        return {
            "nodes": [plain(n) for n in value.nodes],
            "relationships": [plain(r) for r in value.relationships],
        }
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    iso = getattr(value, "iso_format", None)
    if iso is not None:
        return iso()
    if isinstance(value, Point):
        return [plain(v) for v in tuple(value)]
    if isinstance(value, list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def _own(thing: Any) -> dict[str, Any]:
    return {k: plain(v) for k, v in sorted(thing.items())}


def main() -> None:
    """Answer until the parent closes its end; what libraries print goes elsewhere."""
    out = os.dup(1)
    os.dup2(2, 1)
    first = wire.read(0)
    if first is None:
        return
    target = msgspec.json.decode(first, type=Target)
    fence.limit(target.limits)
    with _open(target) as driver:
        fence.close(network=True, files=True)
        wire.write(out, b"ready")
        while (request := wire.read(0)) is not None:
            fence.alarm(target.limits.seconds + 2.0)
            try:
                reply = answer(driver, target, request)
            except MemoryError:
                os._exit(wire.NO_MEMORY)
            fence.alarm(0)
            wire.write(out, msgspec.msgpack.encode(reply))


if __name__ == "__main__":
    main()
