"""Servers for these tests; each fixture says whether the server is its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kg.store.neo4j import Neo4jStore
from tests.neo4j.server import Neo4jServer, lease, server
from tests.neo4j.support import bundled, store_at


@pytest.fixture
def leased() -> Neo4jServer:
    """An empty database."""
    return lease()


@pytest.fixture
def empty(leased: Neo4jServer) -> Iterator[Neo4jStore]:
    """A store where nothing was published."""
    store = store_at(leased)
    yield store
    store.close()


@pytest.fixture(scope="session")
def own() -> Neo4jServer:
    """One more server, for reading only: it holds the five bundled documents."""
    made = server()
    store = store_at(made)
    store.publish(bundled())
    store.close()
    return made


@pytest.fixture(scope="session")
def corpus(own: Neo4jServer) -> Iterator[Neo4jStore]:
    """The five bundled documents, for reading only."""
    store = store_at(own, read_only=True)
    yield store
    store.close()
