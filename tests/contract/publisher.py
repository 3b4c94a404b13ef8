"""What the crash tests run in processes of their own: publishers that die, and readers."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Sequence
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from kg.model import LoadedDocument
from kg.store.base import FACETS, Store, TaskQuery
from kg.store.embedded import EmbeddedStore, folder
from tests.contract.conftest import world

READY = "ready"


def die() -> None:
    """As by ``kill -9``: nothing is flushed, closed or cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def publish(
    path: Path,
    add: Sequence[LoadedDocument],
    remove: Sequence[str],
    stage: tuple[str, int] | None,
    to_parent: Connection,
) -> None:
    """Publish; die when the n-th report of a stage comes."""
    store = EmbeddedStore(path, world())
    seen = 0

    def watch(what: str, done: int, total: int) -> None:
        nonlocal seen
        seen += bool(stage and what == stage[0])
        if stage and seen == stage[1]:
            die()

    to_parent.send(READY)
    store.publish(add, remove, watch)
    to_parent.send("done")


def publish_dying_in(
    name: str, nth: int, path: Path, add: Sequence[LoadedDocument], to_parent: Connection
) -> None:
    """Publish; die at the n-th call of `sync`, or before or after the pointer's replacement."""
    calls = 0
    real: dict[str, Callable[..., Any]] = {"sync": folder.sync, "replace": os.replace}

    def counted(*args: Any) -> Any:
        nonlocal calls
        calls += 1
        if name == "sync" and calls == nth:
            die()
        made = real[name](*args)
        if name == "replace" and nth > 0:
            die()
        return made

    if name == "sync":
        folder.sync = counted
    else:
        os.replace = counted if nth else lambda *args: die()  # type: ignore[assignment]
    publish(path, add, (), None, to_parent)


def glance(store: Store) -> Any:
    """One request's whole answer: it can belong to one version only."""
    page = store.find_tasks(TaskQuery(), limit=100, facets=FACETS)
    return page.total, [t.id for t in page.results], sorted(page.facets.items())


def read(path: Path, seconds: float, to_parent: Connection) -> None:
    """Ask again and again; send the different answers seen, and how many."""
    store = EmbeddedStore(path, world(), read_only=True)
    to_parent.send(READY)
    until, seen, n = time.monotonic() + seconds, [], 0
    while time.monotonic() < until:
        for answer in (glance(store), [t.id for t in store.records("task")], store.network()):
            n += 1
            if answer not in seen:
                seen.append(answer)
    to_parent.send((n, seen))
