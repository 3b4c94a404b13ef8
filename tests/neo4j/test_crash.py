"""A loader killed at any moment, a server killed in mid-load: the old graph answers, whole."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from msgspec.structs import astuple

from kg.cypher import OWNED
from kg.errors import ConflictError, UnavailableError
from kg.store.neo4j import Neo4jStore, build, publish
from kg.store.neo4j.layout import INNER
from kg.store.neo4j.state import Marker, marker
from tests.contract.compare import everything
from tests.neo4j import crashing
from tests.neo4j.server import Neo4jServer, server
from tests.neo4j.support import reference, store_at
from tests.sample import annual, guide, infographic, plan, reprint

OLD = [plan(), guide()]
NEW = [plan(), annual(), reprint(), infographic()]
STAGES = [
    (publish.PREPARE, 1), (build.MERGE, 1), (build.MERGE, 2), (build.VERIFY, 1),
    (publish.SWITCH, 1), (publish.CLEAN, 1),
]  # fmt: skip
PROCESSES = multiprocessing.get_context("spawn")
ONE, MANY = 5000, 1  # tasks that go into one transaction: all of them, or next to none


def killed(at: Neo4jServer, stage: tuple[str, int], one_transaction: int) -> None:
    ours, theirs = PROCESSES.Pipe()
    process = PROCESSES.Process(
        target=crashing.publish, args=(at.address, NEW, ["guide"], stage, one_transaction, theirs)
    )
    process.start()
    process.join(120)
    assert process.exitcode == -9
    assert ours.poll(1) and ours.recv() == "here"


@pytest.mark.parametrize("one_transaction", [ONE, MANY])
@pytest.mark.parametrize("stage", STAGES)
def test_a_killed_loader_leaves_the_old_graph_or_the_new(
    empty: Neo4jStore, leased: Neo4jServer, stage: tuple[str, int], one_transaction: int
) -> None:
    old, new = reference(*OLD), reference(*NEW)
    empty.publish(OLD)
    killed(leased, stage, one_transaction)
    expected = new if stage[0] == publish.CLEAN else old
    fresh = store_at(leased)
    assert everything(fresh) == everything(expected)
    assert everything(empty) == everything(expected)
    fresh.publish(NEW, remove=["guide"] if fresh.get("document", "guide") else [])
    assert everything(fresh) == everything(new)
    assert leftovers(leased) == []
    assert graph(leased) == graph_of(new)
    fresh.close()


def leftovers(at: Neo4jServer) -> list[list[object]]:
    """Inner nodes that belong to no publication any more."""
    return at.query(
        "MATCH (s:PkgStore {id: 'store'}) MATCH (n) WHERE n:PkgEnded OR n.from > s.number "
        "OR (n:PkgState AND n.from < s.number) RETURN labels(n), n.id"
    )


def graph(at: Neo4jServer) -> set[tuple[object, object]]:
    rows = at.query(
        f"MATCH (n:Task|Department|Document|Collective) WHERE n:{OWNED} "
        "RETURN [l IN labels(n) WHERE l <> $owned][0], n.id", owned=OWNED,
    )  # fmt: skip
    return {(label, id) for label, id in rows}


def graph_of(store: Any) -> set[tuple[object, object]]:
    found: set[tuple[object, object]] = {("Task", t.id) for t in store.records("task")}
    found |= {("Document", d.id) for d in store.records("document")}
    return found | {
        ("Collective" if d.collective else "Department", d.id) for d in store.records("department")
    }


def test_a_large_load_is_marked_until_it_is_complete(
    empty: Neo4jStore, leased: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "ONE_TRANSACTION", MANY)
    monkeypatch.setattr(build, "STAGED", 5)
    empty.publish(OLD)
    complete = "MATCH (s:PkgStore {id: 'store'}) RETURN s.complete"
    seen = []

    def watch(what: str, done: int, total: int) -> None:
        if what == publish.SWITCH:
            seen.append((leased.query(complete), everything(store_at(leased))))

    empty.publish(NEW, remove=["guide"], progress=watch)
    assert seen == [([[False]], everything(reference(*OLD)))]
    assert leased.query(complete) == [[True]]
    assert everything(empty) == everything(reference(*NEW))
    assert graph(leased) == graph_of(reference(*NEW))


@pytest.fixture(scope="module")
def mortal() -> Iterator[Neo4jServer]:
    made = server()
    yield made
    made.stop()


@pytest.mark.parametrize("one_transaction", [ONE, MANY])
@pytest.mark.parametrize("stage", [build.MERGE, publish.SWITCH])
def test_a_server_killed_in_mid_load_has_the_old_graph_afterwards(
    mortal: Neo4jServer, stage: str, one_transaction: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "ONE_TRANSACTION", one_transaction)
    monkeypatch.setattr(build, "STAGED", 5)
    mortal.wipe()
    store = store_at(mortal)
    store.publish(OLD)
    before = everything(store)

    def watch(what: str, done: int, total: int) -> None:
        if what == stage and mortal.process is not None:
            mortal.kill()

    with pytest.raises(UnavailableError, match="bolt://"):
        store.publish(NEW, remove=["guide"], progress=watch)
    with pytest.raises(UnavailableError, match="bolt://"):
        store.dataset()
    mortal.restart()
    assert everything(store) == before
    store.publish(NEW, remove=["guide"])
    assert everything(store) == everything(reference(*NEW))
    assert leftovers(mortal) == []
    store.close()


def test_two_loaders_at_once_one_is_told(empty: Neo4jStore, leased: Neo4jServer) -> None:
    other, told = store_at(leased), []

    def watch(what: str, done: int, total: int) -> None:
        if what == publish.SWITCH:
            with pytest.raises(ConflictError) as error:
                other.publish([annual()])
            told.append(error.value.where)

    empty.publish(OLD, progress=watch)
    assert told == [leased.address]
    other.publish([annual()])
    assert everything(empty) == everything(reference(*OLD, annual()))
    other.close()


def test_a_marker_read_during_the_switch_never_passes_for_tidy(empty: Neo4jStore) -> None:
    """The server reads properties one by one: any of them may be old, any of them new."""
    seen: dict[str, Marker] = {}

    def watch(what: str, done: int, total: int) -> None:
        found = empty.server.read(marker)
        if found is not None:
            seen[what] = found

    empty.publish(OLD)
    empty.publish([annual()], progress=watch)
    before, after = seen[publish.SWITCH], seen[publish.CLEAN]
    assert after.number == before.number + 1
    for fields in product(*((a, b) for a, b in zip(astuple(before), astuple(after), strict=True))):
        mixed = Marker(*fields)
        assert mixed.tidy == (mixed.number == before.number)
    settled = empty.server.read(marker)
    assert settled and settled.tidy and settled.number == after.number


def test_a_store_with_the_flag_of_before_is_read_and_written(
    empty: Neo4jStore, leased: Neo4jServer
) -> None:
    empty.publish(OLD)
    leased.query("MATCH (s:PkgStore {id: 'store'}) REMOVE s.tidied SET s.tidy = true")
    assert everything(empty) == everything(reference(*OLD))
    empty.publish(NEW, remove=["guide"])
    assert everything(empty) == everything(reference(*NEW)) and leftovers(leased) == []


def test_readers_never_see_a_mixture(empty: Neo4jStore, leased: Neo4jServer) -> None:
    states = [OLD, [*OLD, annual()], [*OLD, annual(), reprint()]]
    empty.publish(OLD)
    allowed = [answer(reference(*docs)) for docs in states]
    wrong: list[Any] = []
    right: list[int] = []
    stop = threading.Event()

    def read() -> None:
        store = store_at(leased, read_only=True)
        while not stop.is_set():
            try:
                found = answer(store)
            except Exception as error:  # told below, by whichever thread it came from
                found = error
            right.append(allowed.index(found)) if found in allowed else wrong.append(found)
        store.close()

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            empty.publish([annual()])
            empty.publish([reprint()])
            empty.publish(remove=["reprint"])
            empty.publish(remove=["annual"])
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert set(right) == {allowed.index(known) for known in allowed}


def answer(store: Any) -> Any:
    """One request's whole answer: it can belong to one publication only."""
    from kg.store.base import FACETS, TaskQuery

    page = store.find_tasks(TaskQuery(), limit=100, facets=FACETS)
    return page.total, [t.id for t in page.results], sorted(page.facets.items())


def test_inner_labels_are_the_only_ones_besides(empty: Neo4jStore, leased: Neo4jServer) -> None:
    empty.publish(NEW)
    labels = {row[0] for row in leased.query(
        f"MATCH (n) WHERE NOT n:{OWNED} UNWIND labels(n) AS l RETURN DISTINCT l")}  # fmt: skip
    assert labels <= set(INNER)
