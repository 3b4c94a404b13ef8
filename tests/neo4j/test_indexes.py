"""The full-text indexes of a first load, made at its end, and the plans of its statements."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from neo4j import GraphDatabase

from kg import cypher, facts
from kg.store.base import TaskQuery
from kg.store.neo4j import Neo4jStore, build, publish
from tests.contract.compare import everything
from tests.neo4j.server import PASSWORD, USER, Neo4jServer
from tests.neo4j.support import BASE, reference, store_at
from tests.sample import annual, guide, plan

FIRST = [plan(), guide()]
TEXT = "SHOW INDEXES YIELD name, type, state WHERE type = 'FULLTEXT' RETURN name, state"
READY = [["pkgTerms", "ONLINE"], ["taskText", "ONLINE"]]


@pytest.fixture
def bare(leased: Neo4jServer) -> Iterator[Neo4jStore]:
    """A store in a database without our full-text indexes, as on the first day."""
    for name, _ in leased.query(TEXT):
        leased.query(f"DROP INDEX {name}")
    store = store_at(leased)
    yield store
    store.close()


class Broken(Exception):
    """What ends a load in the middle."""


@pytest.mark.parametrize("one_transaction", [5000, 1])
def test_a_first_load_makes_its_text_indexes_at_the_end(
    bare: Neo4jStore,
    leased: Neo4jServer,
    one_transaction: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "ONE_TRANSACTION", one_transaction)
    seen: dict[str, Any] = {}
    bare.publish(FIRST, progress=lambda what, *_: seen.setdefault(what, leased.query(TEXT)))
    assert seen[publish.INDEX] == []
    assert sorted(seen[publish.SWITCH]) == READY
    assert everything(bare) == everything(reference(*FIRST))


@pytest.mark.parametrize("one_transaction", [5000, 1])
@pytest.mark.parametrize("stage", [build.MERGE, publish.INDEX])
def test_a_first_load_broken_off_before_its_indexes_is_made_good(
    bare: Neo4jStore,
    leased: Neo4jServer,
    stage: str,
    one_transaction: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(build, "ONE_TRANSACTION", one_transaction)

    def break_off(what: str, done: int, total: int) -> None:
        if what == stage:
            raise Broken

    with pytest.raises(Broken):
        bare.publish(FIRST, progress=break_off)
    assert everything(bare) == everything(reference())
    assert bare.find_tasks(TaskQuery(q=("商标",)), 20).total == 0
    bare.publish([annual()])
    assert sorted(leased.query(TEXT)) == READY
    assert everything(bare) == everything(reference(annual()))


def test_edges_find_their_ends_by_key_in_an_empty_database(leased: Neo4jServer) -> None:
    """The plan must not hang on counts: there are none yet, and a plan stays cached."""
    for statement in cypher.schema():
        leased.query(statement)
    store = reference(*FIRST)
    records = (*store.records("document"), *store.records("task"))
    batch = cypher.batch(facts.graphs(records, BASE))
    written = list(cypher.write(batch, fresh=True))
    asked = [w for w in written if "MATCH" in w[0]]
    ends = sorted(batch.ids())
    asked += [*cypher.clear(ends), *cypher.remove(ends), (cypher.contents(), {"documents": ["x"]})]
    with GraphDatabase.driver(leased.address, auth=(USER, PASSWORD)) as driver:
        for statement, values in asked:
            given = {"owned": cypher.OWNED, **values}
            plan = driver.execute_query("EXPLAIN " + statement, given).summary.plan
            kinds = set(operators(plan))
            assert {k for k in kinds if "Scan" in k} == set(), statement
            assert any("IndexSeek" in k for k in kinds), statement
    assert len(asked) > 8


def operators(plan: Any) -> Iterator[str]:
    yield plan["operatorType"].split("@")[0]
    for child in plan.get("children", ()):
        yield from operators(child)
