"""SPARQL on the embedded store, evaluated in children that can be killed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from kg.config import Settings
from kg.console import limits as told
from kg.console.forms import form
from kg.console.limits import Limits
from kg.console.pool import Pool, settled
from kg.console.sparql_engine import Request
from kg.console.sparql_text import Reading, read
from kg.console.wire import Reply, Start
from kg.errors import QueryError, UnavailableError
from kg.store.base import Store

Graphs = Sequence[str] | None


class SparqlConsole:
    """Answers queries on whatever version of a store answers now."""

    def __init__(
        self,
        limits: Limits,
        base_iri: str = "",
        services: tuple[str, ...] = (),
        patience: float | None = None,
    ) -> None:
        self.limits = limits
        self.services = services
        self._base = base_iri
        self._patience = patience
        self._pool = Pool(self._child)

    @classmethod
    def of(cls, settings: Settings, patience: float | None = None) -> SparqlConsole:
        """The console the settings describe; `patience` is how long a first use may take."""
        services = tuple(s.strip() for s in settings.sparql_services.split(",") if s.strip())
        return cls(Limits.of(settings), settings.base_iri, services, patience)

    def _child(self, version: str) -> Start:
        place = str(form("sparql", Path(version), self._patience)) if version else ""
        return Start(
            language="sparql", place=place, limits=self.limits, network=bool(self.services)
        )

    def read(self, query: str) -> Reading:
        """What kind of query it is.

        Raises:
            QueryError: it is not one this console runs.
        """
        return read(query, self.services)

    def ask(
        self,
        store: Store,
        query: str,
        format: str,
        default_graphs: Graphs = None,
        named_graphs: Graphs = None,
    ) -> bytes:
        """The answer of a query, in a format of `sparql_engine`.

        A dataset given here replaces the query's own; without either, the default graph is
        the union of all graphs.

        Raises:
            QueryError: the query is malformed, or not one this console runs.
            LimitError: it met a limit.
            UnavailableError: the store has no SPARQL.
        """
        reading = self.read(query)
        if default_graphs is None and named_graphs is None and len(reading.default_graphs) > 1:
            default_graphs, named_graphs = reading.default_graphs, reading.named_graphs
        given = default_graphs is not None or named_graphs is not None
        request = Request(
            query=query,
            format=format,
            base_iri=self._base,
            default_graphs=tuple(default_graphs or ()) if given else None,
            named_graphs=tuple(named_graphs or ()) if given else None,
        )
        data = msgspec.msgpack.encode(request)
        return settled(
            lambda: version_of(store), lambda v: _body(self._pool.ask(v, data), self.limits)
        )

    def close(self) -> None:
        """End the children."""
        self._pool.close()


def version_of(store: Any) -> str:
    """The folder of the version that answers now; empty if nothing was published.

    Raises:
        UnavailableError: the store has none.
    """
    if not hasattr(store, "rdf_folder"):
        raise UnavailableError(
            "这个图谱库不提供 SPARQL", remedy="用内置存储（一个文件夹），或用 Cypher"
        )
    folder: Path | None = store.rdf_folder
    return str(folder.parent) if folder else ""


def _body(reply: Reply, limits: Limits) -> bytes:
    """What a reply holds, or the error it stands for."""
    if reply.outcome == "malformed":
        raise QueryError(f"查询不合 SPARQL 语法：{_short(reply.message)}", where="query")
    if reply.outcome == "size":
        raise told.too_large(limits)
    if reply.outcome != "done":
        raise UnavailableError(f"查询没有算完：{_short(reply.message)}")
    return reply.body


def _short(message: str) -> str:
    """The message of an engine, without its endless lists of what could have stood there."""
    line = " ".join(message.split())
    return line if len(line) <= 200 else line[:200] + "…"
