"""Killing a publisher at any moment: the old version or the new one answers, whole."""

from __future__ import annotations

import multiprocessing
import random
import signal
import threading
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ConflictError
from kg.store.embedded import EmbeddedStore, publish
from kg.store.memory import MemoryStore
from tests.contract import publisher
from tests.contract.compare import everything
from tests.contract.conftest import world
from tests.sample import annual, guide, infographic, plan, reprint

OLD = [plan(), guide()]
NEW = [plan(), annual(), reprint(), infographic()]
STAGES = [
    (publish.PREPARE, 1),
    (publish.COPY, 1),
    (publish.MERGE, 1),
    (publish.MERGE, 2),
    (publish.INDEXED, 1),
    (publish.VERIFY, 1),
    (publish.SWITCH, 1),
    (publish.CLEAN, 1),
]
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.contract.publisher"])


def start(target: Any, *args: Any) -> tuple[Any, Connection]:
    mine, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(target=target, args=(*args, theirs))
    process.start()
    theirs.close()
    return process, mine


@pytest.fixture(scope="module")
def states() -> list[dict[str, Any]]:
    """All that the old and the new version say, by the reference."""
    made = []
    for docs in (OLD, NEW):
        store = MemoryStore(world())
        store.publish(docs)
        made.append(everything(store))
    return made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "store"
    store = EmbeddedStore(path, world())
    store.publish(OLD)
    store.close()
    return path


def check(folder: Path, states: list[dict[str, Any]]) -> bool:
    """Whether the new version answers; either must be whole, and publishing go on."""
    store = EmbeddedStore(folder, world())
    found = everything(store)
    assert found in states
    store.publish(NEW, [] if found == states[1] else ["guide"])
    assert everything(store) == states[1]
    assert len(list((folder / "versions").iterdir())) <= 2
    assert {p.name for p in folder.iterdir()} == {"CURRENT", "lock", "versions"}
    store.publish(OLD, ["annual", "reprint", "picture"])
    assert everything(store) == states[0]
    store.close()
    return bool(found == states[1])


@pytest.mark.parametrize("stage", STAGES, ids=lambda s: f"{s[0]}{s[1]}")
def test_killed_at_a_stage(folder: Path, states: Any, stage: tuple[str, int]) -> None:
    process, _ = start(publisher.publish, folder, NEW, ["guide"], stage)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert check(folder, states) == (stage[0] == publish.CLEAN)


@pytest.mark.parametrize("nth", [1, 2, 5, 20])
def test_killed_while_writing_to_the_disk(folder: Path, nth: int) -> None:
    before = (folder / "CURRENT").read_text()
    process, _ = start(publisher.publish_dying_in, "sync", nth, folder, NEW)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    assert (folder / "CURRENT").read_text() == before
    assert EmbeddedStore(folder, world()).publish(NEW).changed


@pytest.mark.parametrize("after", [False, True])
def test_killed_beside_the_switch(folder: Path, after: bool) -> None:
    process, _ = start(publisher.publish_dying_in, "replace", int(after), folder, NEW)
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    store = EmbeddedStore(folder, world())
    assert (store.get("document", "annual") is not None) == after
    assert store.publish(NEW).changed != after


def test_killed_in_the_first_publication(tmp_path: Path, states: Any) -> None:
    folder = tmp_path / "new"
    process, _ = start(publisher.publish, folder, OLD, [], (publish.VERIFY, 1))
    process.join(60)
    store = EmbeddedStore(folder, world())
    assert not store.published
    assert store.publish(OLD).changed
    assert everything(store) == states[0]


def test_killed_at_many_moments(folder: Path, states: Any) -> None:
    random.seed(20)
    began = time.monotonic()
    process, pipe = start(publisher.publish, folder, NEW, ["guide"], None)
    assert (pipe.recv(), pipe.recv()) == (publisher.READY, "done")
    took = time.monotonic() - began
    process.join(60)
    check(folder, states)
    killed, moments = 0, 30
    for n in range(moments):
        process, pipe = start(publisher.publish, folder, NEW, ["guide"], None)
        assert pipe.recv() == publisher.READY
        time.sleep((n + random.random()) / moments * took)
        process.kill()
        process.join(60)
        killed += process.exitcode == -signal.SIGKILL
        check(folder, states)
    assert killed >= moments // 3


def test_readers_never_see_a_mixture(folder: Path) -> None:
    allowed: list[Any] = []
    for docs in (OLD, NEW):
        reference = MemoryStore(world())
        reference.publish(docs)
        allowed += [
            publisher.glance(reference),
            [t.id for t in reference.records("task")],
            reference.network(),
        ]
    readers = [start(publisher.read, folder, 3.0) for _ in range(2)]
    for _, pipe in readers:
        assert pipe.recv() == publisher.READY
    store = EmbeddedStore(folder, world())
    until, published = time.monotonic() + 2.5, 0
    while time.monotonic() < until:
        store.publish(NEW, ["guide"])
        store.publish(OLD, ["annual", "reprint", "picture"])
        published += 2
    for process, pipe in readers:
        asked, seen = pipe.recv()
        process.join(60)
        assert all(answer in allowed for answer in seen)
        assert len(seen) == len(allowed), "a reader that saw both versions"
        assert asked > published


def test_threads_share_one_store_while_it_publishes(folder: Path) -> None:
    store = EmbeddedStore(folder, world())
    allowed, wrong, stop = [publisher.glance(store)], list[Any](), threading.Event()
    reference = MemoryStore(world())
    reference.publish(NEW)
    allowed.append(publisher.glance(reference))

    def ask() -> None:
        while not stop.is_set():
            try:
                answer = publisher.glance(store)
            except Exception as e:
                wrong.append(e)
            else:
                if answer not in allowed:
                    wrong.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for t in threads:
        t.start()
    for _ in range(4):
        store.publish(NEW, ["guide"])
        store.publish(OLD, ["annual", "reprint", "picture"])
    stop.set()
    for t in threads:
        t.join()
    assert not wrong


def test_only_one_publishes_at_a_time(folder: Path) -> None:
    store = EmbeddedStore(folder, world())
    other = EmbeddedStore(folder, world())
    refused: list[ConflictError] = []

    def meanwhile(what: str, done: int, total: int) -> None:
        if what == publish.VERIFY:
            with pytest.raises(ConflictError) as e:
                other.publish([annual()])
            refused.append(e.value)
            assert other.get("task", "guide-1")

    store.publish(NEW, progress=meanwhile)
    assert str(folder) in str(refused[0])
