"""When the server is away, slow, hanging, wrong or read-only: told in time, and over by itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.errors import ConflictError, KgError, NotFoundError, UnavailableError
from kg.store import open_store
from kg.store.base import TaskQuery
from kg.store.neo4j import Neo4jStore, Server
from kg.store.neo4j.server import Asking
from tests.neo4j.server import PASSWORD, USER, Neo4jServer, free_port, server
from tests.neo4j.support import store_at, world
from tests.sample import all_documents, annual

LIMIT = 10.0  # seconds that any request may take


@pytest.fixture(scope="module")
def mortal() -> Iterator[Neo4jServer]:
    made = server()
    store_at(made).publish(all_documents())
    yield made
    made.stop()


@pytest.fixture
def filled(mortal: Neo4jServer) -> Iterator[Neo4jStore]:
    store = store_at(mortal)
    store.dataset()
    yield store
    store.close()


def refused(ask: Callable[[], Any], kind: type[KgError] = UnavailableError) -> KgError:
    began = time.monotonic()
    with pytest.raises(kind) as error:
        ask()
    assert time.monotonic() - began < LIMIT
    assert error.value.where and error.value.remedy
    return error.value


def back(store: Neo4jStore) -> None:
    """The store answers again, at the latest after a moment."""
    until = time.monotonic() + 30
    while True:
        try:
            assert store.find_tasks(TaskQuery()).total == 10
            return
        except UnavailableError:
            assert time.monotonic() < until
            time.sleep(0.2)


def test_away_from_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_NEO4J_PASSWORD", PASSWORD)
    for scheme in ("bolt", "neo4j"):
        address = f"{scheme}://127.0.0.1:{free_port()}"
        for read_only in (True, False):
            store = open_store(address, read_only=read_only, world=world())
            asks = [store.dataset, lambda s=store: s.find_tasks(TaskQuery())]
            for ask in asks if read_only else [*asks, store.publish]:
                error = refused(ask)
                assert error.where == address
            store.close()


def test_killed_between_requests_and_back(filled: Neo4jStore, mortal: Neo4jServer) -> None:
    mortal.kill()
    for _ in range(3):
        assert refused(filled.dataset).where == mortal.address
    mortal.restart()
    back(filled)


def test_restarted_unnoticed(filled: Neo4jStore, mortal: Neo4jServer) -> None:
    mortal.kill()
    mortal.restart()
    assert filled.find_tasks(TaskQuery()).total == 10


def test_killed_in_mid_request(filled: Neo4jStore, mortal: Neo4jServer) -> None:
    def ask(asking: Asking) -> Any:
        asking.all("MATCH (n:Task) RETURN n.id")
        mortal.kill()
        return asking.all("MATCH (n:Task) RETURN n.id")

    refused(lambda: filled.server.read(ask))
    mortal.restart()
    back(filled)


def test_hanging(filled: Neo4jStore, mortal: Neo4jServer) -> None:
    mortal.pause()
    try:
        refused(filled.dataset)
        refused(lambda: filled.find_tasks(TaskQuery(q=("海关",))))
    finally:
        mortal.go_on()
    back(filled)


def test_slow(filled: Neo4jStore) -> None:
    slow = "UNWIND range(1, 1000000000) AS x WITH x WHERE x % 7 = 8 RETURN count(x)"
    error = refused(lambda: filled.server.read(lambda ask: ask.all(slow)))
    assert "没有答完" in error.what
    back(filled)


def test_wrong_password(mortal: Neo4jServer) -> None:
    store = Neo4jStore(Server(mortal.address, USER, "not-the-password"), world())
    error = refused(store.dataset)
    assert "KG_NEO4J_PASSWORD" in error.remedy
    assert "not-the-password" not in str(error)


def test_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_NEO4J_PASSWORD", raising=False)
    error = refused(lambda: open_store("bolt://127.0.0.1:7687"))
    assert "KG_NEO4J_PASSWORD" in error.remedy


def test_no_such_database(mortal: Neo4jServer) -> None:
    store = Neo4jStore(Server(mortal.address + "/nothing", USER, PASSWORD), world())
    assert "数据库" in refused(store.dataset).what
    store.close()


def test_its_own_database_by_name(mortal: Neo4jServer) -> None:
    store = Neo4jStore(Server(mortal.address + "/neo4j", USER, PASSWORD), world())
    assert store.find_tasks(TaskQuery()).total == 10
    store.close()


def test_routing_address(mortal: Neo4jServer) -> None:
    address = mortal.address.replace("bolt://", "neo4j://")
    store = Neo4jStore(Server(address, USER, PASSWORD), world())
    assert store.find_tasks(TaskQuery()).total == 10
    store.close()


@pytest.mark.parametrize("address", ["bolt://", "neo4j://:x", "bolt://no-such-host.invalid:7687"])
def test_addresses_that_lead_nowhere(address: str) -> None:
    store = Neo4jStore(Server(address, USER, PASSWORD), world())
    assert refused(store.dataset).where == address


def test_something_else_answers_at_the_port() -> None:
    import http.server
    import threading

    class Silent(http.server.BaseHTTPRequestHandler):
        def log_message(self, *args: Any) -> None:
            pass

    other = http.server.HTTPServer(("127.0.0.1", 0), Silent)
    threading.Thread(target=other.serve_forever, daemon=True).start()
    store = Neo4jStore(Server(f"bolt://127.0.0.1:{other.server_port}", USER, PASSWORD), world())
    refused(store.dataset)
    other.shutdown()


def test_an_old_server_is_refused(mortal: Neo4jServer) -> None:
    made = Server(mortal.address, USER, PASSWORD)
    for agent in ("Neo4j/4.4.12", "Neo4j/3.5.0"):
        with pytest.raises(ConflictError, match="太旧"):
            made._refuse_old(agent)
    made._refuse_old("Neo4j/5.26.30")
    made._refuse_old("Neo4j/2025.01.0")


def test_nothing_published_is_told_to_a_reader(
    mortal: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_NEO4J_PASSWORD", PASSWORD)
    mortal.wipe()
    try:
        with pytest.raises(NotFoundError, match="kg load"):
            open_store(mortal.address, world=world())
        open_store(mortal.address, read_only=False, world=world()).close()
    finally:
        store_at(mortal).publish(all_documents())


def test_a_read_only_database(mortal: Neo4jServer) -> None:
    conf = Path(mortal.home, "conf", "neo4j.conf")
    before = conf.read_text()
    conf.write_text(before + "\nserver.databases.default_to_read_only=true\n")
    mortal.kill()
    mortal.restart()
    try:
        store = store_at(mortal)
        assert store.find_tasks(TaskQuery()).total == 10
        refused(lambda: store.publish([annual()], remove=["guide"]), ConflictError)
        assert store.find_tasks(TaskQuery()).total == 10
        store.close()
    finally:
        conf.write_text(before)
        mortal.kill()
        mortal.restart()
