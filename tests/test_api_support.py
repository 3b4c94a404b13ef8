"""The API over the miniature documents, for all tests of it; no test here."""

from __future__ import annotations

from functools import cache
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from kg.config import Settings
from kg.registry import load_registry
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests import sample

BASE = "http://127.0.0.1:8000/"
HEADLINE = "/tasks?led_by=国家知识产权局&involves=海关总署"
LISTS = ("/tasks", "/departments", "/projects", "/goals", "/indicators", "/targets",
         "/sections", "/documents", "/search?q=专利")  # fmt: skip
THINGS = ("/tasks/plan-4.2", "/departments/公安部", "/documents/plan")
PAGES = ("/", "/ask?q=国家知识产权局牵头、涉及海关总署的任务", "/docs", "/network", *LISTS, *THINGS)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def filled_store() -> MemoryStore:
    """A memory store with the five miniature documents."""
    store = MemoryStore(World.of(load_registry(), BASE))
    store.publish(sample.all_documents())
    return store


def new_client(store: Any | None = None) -> TestClient:
    """A client of a fresh application."""
    app = create_app(store or filled_store(), Settings(base_iri=BASE))
    return TestClient(app, base_url=BASE, raise_server_exceptions=True)


@cache
def client() -> TestClient:
    """The client that tests share which change nothing."""
    return new_client()


def get(url: str, accept: str = "*/*", **headers: str) -> Any:
    """GET with an Accept header."""
    return client().get(url, headers={"accept": accept, **headers})


def first_ids() -> dict[str, str]:
    """The path of the first thing of every list that has one."""
    found = {}
    for path in LISTS:
        results = get(path).json()["results"]
        if results:
            found[path] = results[0]["iri"].removeprefix(BASE.rstrip("/"))
    return found
