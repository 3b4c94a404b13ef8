"""The API over an embedded store, for the tests of both query languages; no test here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from kg.config import Settings
from kg.registry import load_registry
from kg.store.embedded import EmbeddedStore
from kg.store.world import World
from tests import sample
from tests.test_api_errors import problem

BASE = "http://127.0.0.1:8000/"
PKG = "https://policy-kg.github.io/ns#"
PREFIX = f"PREFIX pkg: <{PKG}>\n"
PLAN = f"{BASE}documents/plan#statements"
ANNUAL = f"{BASE}documents/annual#statements"
REGISTRY = f"{BASE}departments#registry"
QUICK = Settings(base_iri=BASE, query_seconds=2, query_memory=256, query_workers=2)


def new_store(folder: Path, *, read_only: bool = False) -> EmbeddedStore:
    """An embedded store, empty where nothing was published in the folder."""
    return EmbeddedStore(folder, World.of(load_registry(), BASE), read_only=read_only)


def filled(folder: Path) -> EmbeddedStore:
    """An embedded store with the miniature documents."""
    store = new_store(folder)
    store.publish(sample.all_documents())
    return store


@contextmanager
def serving(store: Any, settings: Settings = QUICK) -> Iterator[TestClient]:
    """A client of an application over a store."""
    app = create_app(store, settings)
    with TestClient(app, base_url=BASE) as client:
        yield client


def refused(answer: Any, status: int) -> dict[str, Any]:
    """The body of a refusal, its shape checked."""
    return problem(answer, status)


def rows(answer: Any) -> list[tuple[str, ...]]:
    """The rows of a SELECT answered as JSON."""
    assert answer.status_code == 200, answer.text
    found = answer.json()
    names = found["head"]["vars"]
    return [tuple(r[n]["value"] if n in r else "" for n in names)
            for r in found["results"]["bindings"]]  # fmt: skip
