"""The Cypher of the docs on a real Neo4j, and the same patterns on both engines."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from api.stores import load_bundled
from kg.config import Settings
from kg.console.cypher import CypherConsole
from kg.console.limits import Limits
from kg.store.embedded import EmbeddedStore
from kg.store.neo4j import Neo4jStore
from tests.cypher.pages import Example, Same, examples, same
from tests.neo4j.support import BASE
from tests.sparql.support import new_store

SECONDS = 30.0
# Patterns that would go back over a relationship if an engine let them.
PATTERNS = [
    "MATCH (a:Department {name:'海关总署'})<-[:INVOLVES]-(t)-[:INVOLVES]->(b:Department) "
    "RETURN count(*) AS n",
    "MATCH (a:Department)<-[:INVOLVES]-(t:Task)-[:INVOLVES]->(b:Department) "
    "WITH a, count(DISTINCT b) AS k RETURN a.name AS name, k AS k ORDER BY k DESC, name LIMIT 20",
    "MATCH (t:Task {id:'ip-2019-89'})-[:INVOLVES]->(a), (t)-[:INVOLVES]->(b) RETURN count(*) AS n",
    "MATCH (t:Task {id:'ip-2019-89'})-[:INVOLVES]->(a), (t)-[r:INVOLVES]->(b) "
    "WHERE r.role = 'lead' OR b.name = '公安部' RETURN count(*) AS n",
    "MATCH (t:Task)-[:INVOLVES*2]-(u) WHERE t.id = 'ip-2019-46' RETURN count(*) AS n",
    "MATCH (t:Task {id:'ip-2019-46'})-[:INVOLVES|LED_BY*1..2]-(u) RETURN count(*) AS n",
    "MATCH (t:Task {id:'ip-2019-46'})-[:LED_BY]->(d)<-[:LED_BY]-(o) RETURN count(*) AS n",
    "MATCH (t:Task {id:'ip-2019-46'})-[:LED_BY]->(d) MATCH (d)<-[:LED_BY]-(o) RETURN count(*) AS n",
    "MATCH (d:Department {name:'公安部'}) OPTIONAL MATCH (d)<-[:LED_BY]-(t)-[:INVOLVES]->(e) "
    "WHERE e.name STARTS WITH '国家' OR e.name = '公安部' RETURN count(e) AS n",
    "MATCH (t:Task) WHERE EXISTS { MATCH (t)-[:INVOLVES]->(x)<-[:INVOLVES]-(u:Task) "
    "WHERE x.name = '海关总署' } RETURN count(t) AS n",
    "MATCH (t:Task {id:'ip-2019-46'})-[:INVOLVES]->(d), (d)<-[:INVOLVES]-(u)-[:INVOLVES]->(e) "
    "RETURN count(*) AS n",
]


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedStore]:
    """The five documents without a server."""
    folder = tmp_path_factory.mktemp("pages") / "store"
    load_bundled(str(folder), Settings(base_iri=BASE))
    store = new_store(folder, read_only=True)
    yield store
    store.close()


@pytest.fixture(scope="module")
def console() -> Iterator[CypherConsole]:
    made = CypherConsole(Limits(seconds=SECONDS))
    yield made
    made.close()


def on_neo4j(store: Neo4jStore, query: str) -> tuple[list[str], list[Any]]:
    table = store.console.read(query, {}, 10_000, SECONDS)
    assert not table.truncated
    return list(table.columns), json.loads(msgspec.json.encode(table.rows))


@pytest.mark.parametrize("example", examples("cypher"), ids=lambda e: str(e.number))
def test_cypher_of_the_page(corpus: Neo4jStore, example: Example) -> None:
    columns, rows = on_neo4j(corpus, example.neo4j or example.query)
    assert columns == example.columns and len(rows) == len(example.rows)
    if not example.neo4j:
        assert rows == example.rows


@pytest.mark.parametrize("door", same(), ids=lambda s: s.question)
def test_the_same_question(corpus: Neo4jStore, door: Same) -> None:
    _, rows = on_neo4j(corpus, door.cypher)
    assert sorted(row[0] for row in rows) == sorted(door.tasks)


@pytest.mark.parametrize("query", PATTERNS)
def test_no_relationship_is_used_twice_on_either_engine(
    corpus: Neo4jStore, embedded: EmbeddedStore, console: CypherConsole, query: str
) -> None:
    here = json.loads(console.ask(embedded, query, limit=10_000))
    columns, rows = on_neo4j(corpus, query)
    assert (here["columns"], here["rows"]) == (columns, rows)


# Columns without AS, which each engine would call something else.
UNNAMED = [
    "MATCH (t:Task {id:'ip-2019-46'})-[r]->(:Department) RETURN type(r), count(*) ORDER BY type(r)",
    "MATCH (d:Department {name:'公安部'}) RETURN  d.name ,  size( d.name )",
    "MATCH (d:Department {name:'公安部'}) RETURN DISTINCT d.id AS `a, b`, [1, 2], d.id + d.name",
    "RETURN 1 + 1, 'x, y' UNION RETURN 2 AS `1 + 1`, 'z' AS `'x, y'`",
]


@pytest.mark.parametrize("query", UNNAMED)
def test_columns_are_called_what_the_statement_calls_them(
    corpus: Neo4jStore, embedded: EmbeddedStore, console: CypherConsole, query: str
) -> None:
    here = json.loads(console.ask(embedded, query))
    assert here["columns"] == on_neo4j(corpus, query)[0]
