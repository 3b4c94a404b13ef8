"""Sends batches in a thread of its own, while the next ones are made."""

from __future__ import annotations

import threading
from queue import Queue
from types import TracebackType

from kg.cypher import Batch
from kg.store.neo4j.server import Server
from kg.store.neo4j.writer import Counters, Rows, write_graph

Work = tuple[Rows, Batch | None]


class Sender:
    """At most two batches wait, so memory is bounded on both sides.

    With `graph` the graph proper of a batch's documents is written in the same transaction.
    """

    def __init__(self, server: Server, counters: Counters, *, graph: bool) -> None:
        self._server, self._counters, self._graph = server, counters, graph
        self._waiting: Queue[Work | None] = Queue(maxsize=2)
        self._failed: list[BaseException] = []
        self._thread = threading.Thread(target=self._send_all, daemon=True, name="neo4j-sender")

    def __enter__(self) -> Sender:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._failed.append(e or RuntimeError())
        self._waiting.put(None)
        self._thread.join()
        if kind is None and self._failed:
            raise self._failed[0]

    def put(self, rows: Rows) -> None:
        """Hand over a batch; an earlier one's failure comes out here."""
        if self._failed:
            raise self._failed[0]
        self._waiting.put((rows, rows.graph() if self._graph else None))

    def _send_all(self) -> None:
        while (work := self._waiting.get()) is not None:
            if self._failed:
                continue
            try:
                self._send(*work)
            except BaseException as e:
                self._failed.append(e)

    def _send(self, rows: Rows, batch: Batch | None) -> None:
        with self._server.told(), self._server.writing() as transaction:
            rows.write(transaction, self._counters)
            if batch is not None:
                write_graph(transaction, rows.ids, batch, self._counters)
