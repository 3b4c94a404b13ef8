"""Many readers while documents are published: no error, and never a mixture of two contents."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kg.registry import load_registry
from kg.store.base import Store
from kg.store.embedded import EmbeddedStore
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests import sample
from tests.test_api_support import BASE, HEADLINE, new_client

READERS = 8
PUBLICATIONS = 6  # at least
ANSWERS = 200  # at least, while documents come and go
PATHS = (HEADLINE, "/tasks?limit=3&facets=led_by", "/departments", "/departments/海关总署",
         "/search?q=专利", "/network", "/tasks/plan-4.2", "/documents/plan", "/tasks?format=csv",
         "/?format=html", "/tasks/plan-4.2?format=turtle", "/ask?q=公安部牵头的任务")  # fmt: skip
Pair = tuple[Store, Store]  # (the readers', the writer's)


def memory(folder: Path) -> Pair:
    """One object in one process."""
    store = MemoryStore(World.of(load_registry(), BASE))
    store.publish(sample.all_documents())
    return store, store


def embedded(folder: Path) -> Pair:
    """A folder, read and written through two handles as two processes would."""
    world = World.of(load_registry(), BASE)
    writer = EmbeddedStore(folder / "store", world, read_only=False)
    writer.publish(sample.all_documents())
    return EmbeddedStore(folder / "store", world), writer


@pytest.fixture(params=[memory, embedded])
def pair(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pair]:
    make: Callable[[Path], Pair] = request.param
    stores = make(tmp_path)
    yield stores
    for store in stores:
        store.close()


def contents(client: Any) -> dict[str, str]:
    """What each address answers now."""
    return {path: client.get(path).text for path in PATHS}


def publish_until(store: Store, enough: Callable[[], bool]) -> None:
    """Take a document away and bring it back, until enough was read meanwhile."""
    annual = [d for d in sample.all_documents() if d.extraction.document.id == "annual"]
    published = 0
    while published < PUBLICATIONS or not enough():
        if published % 2:
            store.publish(remove=["annual"])
        else:
            store.publish(add=annual)
        published += 1
        time.sleep(0.03)


def test_readers_see_one_publication_or_the_other(pair: Pair) -> None:
    reading, writing = pair
    client = new_client(reading)
    states = [contents(client)]
    writing.publish(remove=["annual"])
    states.append(contents(client))
    assert all(states[0][p] != states[1][p] for p in (HEADLINE, "/network", "/tasks?format=csv"))
    allowed = {path: {state[path] for state in states} for path in PATHS}
    stop = threading.Event()
    seen: dict[str, set[str]] = {path: set() for path in PATHS}
    answers: list[str] = []

    def read(n: int) -> list[str]:
        wrong, turn = [], n
        while not stop.is_set():
            path = PATHS[turn % len(PATHS)]
            turn += 1
            answer = client.get(path)
            if answer.status_code != 200 or answer.text not in allowed[path]:
                wrong.append(f"{path} {answer.status_code} {answer.text[:300]}")
            seen[path].add(answer.text)
            answers.append(path)
        return wrong

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read, n) for n in range(READERS)]
        try:
            publish_until(writing, lambda: len(answers) >= ANSWERS)
        finally:
            stop.set()
        wrong = [w for r in readers for w in r.result()]
    assert not wrong, wrong[:3]
    assert any(len(texts) == 2 for texts in seen.values()), "the readers never saw a change"


def test_a_validator_belongs_to_what_it_came_with(pair: Pair) -> None:
    reading, writing = pair
    client = new_client(reading)
    stop = threading.Event()
    found: dict[str, set[str]] = {}
    answers: list[str] = []

    def read() -> None:
        while not stop.is_set():
            answer = client.get(HEADLINE)
            found.setdefault(answer.headers["etag"], set()).add(answer.text)
            answers.append(answer.text)

    with ThreadPoolExecutor(READERS) as pool:
        readers = [pool.submit(read) for _ in range(READERS)]
        try:
            publish_until(writing, lambda: len(answers) >= ANSWERS)
        finally:
            stop.set()
        for reader in readers:
            reader.result()
    assert found and all(len(texts) == 1 for texts in found.values())
