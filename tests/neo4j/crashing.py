"""What the crash tests run in processes of their own: loaders that die where they are told."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from multiprocessing.connection import Connection

from kg.model import LoadedDocument
from kg.store.neo4j import Neo4jStore, Server, build
from tests.neo4j.server import PASSWORD, USER
from tests.neo4j.support import world


def die() -> None:
    """As by ``kill -9``: nothing is closed or cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def publish(
    address: str,
    add: Sequence[LoadedDocument],
    remove: Sequence[str],
    stage: tuple[str, int] | None,
    one_transaction: int,
    to_parent: Connection,
) -> None:
    """Publish; at the n-th report of a stage die, or without a stage wait to be killed."""
    build.ONE_TRANSACTION, build.STAGED = one_transaction, 5
    store = Neo4jStore(Server(address, USER, PASSWORD), world())
    seen = 0

    def watch(what: str, done: int, total: int) -> None:
        nonlocal seen
        seen += bool(stage and what == stage[0])
        if stage and seen == stage[1]:
            to_parent.send("here")
            die()

    store.publish(add, remove, watch)
    to_parent.send("done")
