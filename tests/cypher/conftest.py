"""The five bundled documents in an embedded store, and an application over them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.stores import load_bundled
from kg.config import Settings
from kg.store.embedded import EmbeddedStore
from tests.sparql.support import BASE, filled, new_store, serving


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The five documents."""
    folder = tmp_path_factory.mktemp("corpus") / "store"
    load_bundled(str(folder), Settings(base_iri=BASE))
    store = new_store(folder, read_only=True)
    yield store
    store.close()


@pytest.fixture(scope="session")
def site(corpus: EmbeddedStore) -> Iterator[TestClient]:
    """The application over the five documents, with the limits users have."""
    with serving(corpus, Settings(base_iri=BASE)) as client:
        yield client


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The application over the miniature documents, with narrow limits."""
    store = filled(Path(tmp_path_factory.mktemp("cypher")) / "store")
    with serving(store) as client:
        yield client
    store.close()
