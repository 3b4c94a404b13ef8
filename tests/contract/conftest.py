"""Stores by backend: every case of the suite runs on each of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from kg.registry import load_registry
from kg.store.base import Store
from kg.store.embedded import EmbeddedStore
from kg.store.memory import MemoryStore
from kg.store.neo4j import Neo4jStore, Server
from kg.store.world import World
from tests.neo4j.server import PASSWORD, USER, Neo4jServer, lease
from tests.neo4j.server import server as own_server
from tests.sample import all_documents

BASE = "http://kg.test/"
MakeStore = Callable[[], Store]
BACKENDS = ("memory", "embedded", "neo4j")


@cache
def world() -> World:
    return World.of(load_registry(), BASE)


def neo4j_store(server: Neo4jServer) -> Store:
    return Neo4jStore(Server(server.address, USER, PASSWORD), world())


def maker(backend: str, folder: Path) -> MakeStore:
    """A function that makes a new, empty store of this backend each time."""
    made = iter(range(10_000))
    if backend == "memory":
        return lambda: MemoryStore(world())
    if backend == "neo4j":
        return lambda: neo4j_store(lease())
    return lambda: EmbeddedStore(folder / f"store {next(made)}", world())


@pytest.fixture(params=BACKENDS)
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[MakeStore]:
    make, made = maker(request.param, tmp_path), []

    def new() -> Store:
        made.append(make())
        return made[-1]

    yield new
    for store in made:
        store.close()


@pytest.fixture
def store(new_store: MakeStore) -> Store:
    """An empty store of its own."""
    return new_store()


@pytest.fixture(scope="session", params=BACKENDS)
def full(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The five miniature documents; for reading only."""
    folder = tmp_path_factory.mktemp("full")
    store = (
        neo4j_store(own_server()) if request.param == "neo4j" else maker(request.param, folder)()
    )
    store.publish(all_documents())
    return store
