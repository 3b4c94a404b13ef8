"""The five bundled documents answer in the same words from Neo4j as from the embedded store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from api.app import create_app
from kg import query
from kg.config import Settings
from kg.params import parse
from kg.query_names import Names
from kg.store.base import FACETS, Store
from kg.store.embedded import EmbeddedStore
from kg.store.neo4j import Neo4jStore
from tests.contract.compare import everything
from tests.neo4j.support import BASE, bundled, world

QUESTIONS = 300
WORDS = ["海关", "专利", "知识产权", "保护", "商标 审查", "关", "“", "100", "２０２１", "地理标志"]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    store = EmbeddedStore(Path(tmp_path_factory.mktemp("answers")) / "store", world())
    store.publish(bundled())
    yield store
    store.close()


def generated(store: Store) -> list[list[tuple[str, str]]]:
    """Questions as they come to /tasks, from what the documents hold."""
    source = random.Random(5)
    bodies = [d.name for d in store.records("department")]
    popular = bodies[:25]
    documents = [d.id for d in store.records("document")]

    def one() -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        chosen: dict[str, Any] = {
            "led_by": lambda: source.choice(popular),
            "involves": lambda: source.choice(source.choice([popular, bodies])),
            "role": lambda: source.choice(["lead", "participant", "sole", "joint"]),
            "basis": lambda: source.choice(["explicit", "first-listed", "sole", "joint", "table"]),
            "lead": lambda: "none",
            "document": lambda: source.choice(documents),
            "year": lambda: source.choice(["2019", "2021"]),
            "q": lambda: source.choice(WORDS),
            "units": lambda: "true",
        }
        for name in source.sample(list(chosen), source.choice([1, 1, 2, 2, 3])):
            found.append((name, chosen[name]()))
        if source.random() < 0.3:
            found += [("facets", f) for f in source.sample(list(FACETS), 3)]
        return [*found, ("limit", source.choice(["1", "3", "20"]))]

    return [one() for _ in range(QUESTIONS)]


def asked(store: Store, pairs: list[tuple[str, str]], names: Names) -> bytes:
    return msgspec.json.encode(query.find_tasks(store, names, parse(pairs, store, names)))


def test_generated_questions_have_the_same_json(corpus: Neo4jStore, embedded: Store) -> None:
    names = world().registry
    found = 0
    for pairs in generated(embedded):
        ours, theirs = (asked(s, pairs, names) for s in (corpus, embedded))
        assert ours == theirs, pairs
        found += b'"total":0,' not in ours[:200]
    assert found > QUESTIONS // 4


def test_everything_else_is_the_same(corpus: Neo4jStore, embedded: Store) -> None:
    ours, theirs = everything(corpus), everything(embedded)
    for name in theirs:
        assert ours[name] == theirs[name], name


PATHS = (
    "/tasks?facets=led_by&facets=year", "/tasks?led_by=国家知识产权局&involves=海关总署",
    "/tasks?format=csv&limit=100", "/departments", "/departments/海关总署", "/departments/条法司",
    "/projects", "/goals", "/indicators", "/targets", "/sections", "/documents", "/network",
    "/search?q=专利", "/search?q=海关&limit=3", "/ask?q=国家知识产权局牵头、涉及海关总署的任务",
    "/version", "/?format=html", "/tasks/没有", "/tasks?led_by=海关", "/tasks?leed_by=x",
)  # fmt: skip


def test_every_route_answers_alike(corpus: Neo4jStore, embedded: Store) -> None:
    clients = [
        TestClient(create_app(s, Settings(base_iri=BASE)), base_url=BASE)
        for s in (corpus, embedded)
    ]
    documents = [d.id for d in embedded.records("document")]
    tasks = [t.id for t in embedded.records("task")][::40]
    more = [f"/tasks/{id}" for id in tasks] + [f"/documents/{id}" for id in documents]
    more += [f"/documents/{documents[0]}/text", f"/network?document={documents[0]}"]
    for path in (*PATHS, *more):
        ours, theirs = (c.get(path) for c in clients)
        assert (ours.status_code, _body(ours)) == (theirs.status_code, _body(theirs)), path


def _body(answer: Any) -> str:
    """The answer, less what differs with every request or names the kind of store."""
    text = str(answer.text)
    if answer.headers.get("content-type", "").startswith("application"):
        body = answer.json()
        for name in ("store", "instance", "request_id"):
            if isinstance(body, dict):
                body.pop(name, None)
        return msgspec.json.encode(body).decode()
    return text
