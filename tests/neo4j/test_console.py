"""Read-only Cypher on a server: what it answers, and what must not work through it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from kg.console.limits import LimitError
from kg.errors import QueryError, UnavailableError
from kg.store.neo4j import Neo4jStore, Server
from kg.store.neo4j.console import Console, Table
from kg.store.neo4j.console_text import check
from tests.neo4j.server import PASSWORD, USER, Neo4jServer, free_port

WRITES = [
    "CREATE (x:Task {id: 'x'})", "MERGE (x:Task {id: 'x'})", "MATCH (n:Task) SET n.title = 'x'",
    "MATCH (n) DELETE n", "MATCH (n) DETACH DELETE n", "MATCH (n:Task) REMOVE n.title",
    "match (n) set n.title = 'x'", "MATCH (n) FOREACH (x IN [1] | SET n.a = x)",
    "DROP CONSTRAINT task_id", "CREATE INDEX x FOR (n:Task) ON (n.title)", "ALTER USER neo4j",
    "MATCH (n) RETURN n; MATCH (n) DETACH DELETE n", "RETURN 1 /* ; */ ; CREATE (x)",
    "RETURN 1 // harmless\n MERGE (x)", "UNWIND [1] AS x CREATE (:Task)",
    "MATCH (n:Task) CALL { WITH n SET n.title = 'x' } RETURN n",
    "MATCH (n:Task) CALL (n) { SET n.title = 'x' } IN TRANSACTIONS RETURN n",
    "UNWIND range(1, 10) AS x CALL { WITH x RETURN x AS y } IN TRANSACTIONS OF 5 ROWS RETURN y",
    "RETURN '\\u0027 CREATE (x) //'", "MATCH (n) \\u0053ET n.title = 'x'", "INSERT (:Task)",
    "MATCH (n) ſET n.title = 'x'", "EXPLAIN CREATE (x)", "PROFILE MATCH (n) RETURN n",
]  # fmt: skip
FILES = [
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD CSV WITH HEADERS FROM 'http://127.0.0.1:1/' AS row RETURN row",
    "MATCH (n:Task) LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "MATCH (n) CALL { LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row } RETURN row",
    "RETURN 1 AS x UNION LOAD CSV FROM 'file:///etc/passwd' AS x RETURN x",
    "RETURN EXISTS { LOAD CSV FROM 'file:///etc/passwd' AS x RETURN x } AS y",
    "load csv from 'ftp://127.0.0.1/' as x return x",
]
CALLS = [
    "CALL dbms.shutdown()", "CALL dbms.listConfig()", "CALL dbms.security.createUser('x', 'y')",
    "CALL dbms.listQueries()", "CALL dbms.killQuery('1')", "CALL db.clearQueryCaches()",
    "CALL dbms.setConfigValue('x', 'y')", "CALL dbms.queryJmx('*:*')", "CALL db.ping()",
    "CALL apoc.load.json('http://127.0.0.1:1/')", "CALL apoc.export.csv.all('/tmp/evil.csv', {})",
    "CALL apoc.cypher.runFile('x')", "CALL `apoc`.`load`.`json`('http://127.0.0.1:1/')",
    "CALL /* x */ apoc . load . json('x')", "RETURN apoc.util.sleep(1)", "RETURN `apoc`.x.y(1)",
    "CALL db.index.fulltext.createNodeIndex('x', ['Task'], ['text'])", "CALL gds.graph.drop('x')",
    "CALL db.createLabel('x')", "CALL tx.setMetaData({x: 1})", "CALL cdc.current()",
    "SHOW USERS", "SHOW TRANSACTIONS", "SHOW SETTINGS", "TERMINATE TRANSACTIONS 'x'",
    "USE system MATCH (n) RETURN n", "MATCH (n) USE system RETURN n", "GRANT ROLE x TO y",
    "CALL { USE system RETURN 1 AS x } RETURN x", "START DATABASE neo4j", "STOP DATABASE neo4j",
]  # fmt: skip
BROKEN = ["", " ; ", "RETURN 'x", "RETURN `x", "RETURN 1 /* x", "RETURN $x", "MATCH (n RETURN n",
          "RETURN nothing", "(" * 200, "RETURN " + "1" * 70_000]  # fmt: skip
HARMLESS = [
    "RETURN 'CREATE; DELETE' AS x", 'RETURN "LOAD CSV FROM \'/etc/passwd\'" AS x',
    "RETURN 1 AS `set`", "RETURN 1 AS x // CREATE", "RETURN /* DROP INDEX x; */ 1 AS x",
    "RETURN 'it\\'s; CREATE' AS x;", "RETURN 1 AS x ; ; ", "RETURN 'a//b' AS x",
    "RETURN {set: 1, load: 2}.load AS x", "MATCH (n:Load) RETURN n", "CALL db.labels()",
    "MATCH (t:Task) CALL (t) { MATCH (t)-[:LED_BY]->(d) RETURN d } RETURN d.name",
    "CALL db.index.fulltext.queryNodes('taskText', '海关') YIELD node RETURN node.id",
    "RETURN date('2021-10-28').year AS year, duration.between(date(), date()) AS d",
    "MATCH (t:Task) WHERE EXISTS { (t)-[:LED_BY]->() } RETURN count(*)",
    "MATCH (t:Task) RETURN COLLECT { MATCH (t)-[:LED_BY]->(d) RETURN d.name } AS names",
]  # fmt: skip
BOMBS = {
    "endless join": "MATCH (a:Task), (b:Task), (c:Task), (d:Task), (e:Task) "
                    "WHERE a.id + b.id = c.id + d.id + e.id RETURN count(*)",
    "endless numbers": "UNWIND range(1, 100000000000) AS x WITH x WHERE x % 7 = 8 RETURN count(x)",
    "a list as wide as the world": "RETURN range(1, 1000000000) AS x",
    "collected numbers": "UNWIND range(1, 1000000000) AS x RETURN size(collect(x))",
    "a doubling string": "RETURN reduce(s = 'a', x IN range(1, 40) | s + s) AS x",
    "a doubling string, measured": "RETURN size(reduce(s = 'a', x IN range(1, 40) | s + s)) AS x",
}  # fmt: skip


@pytest.fixture(scope="module")
def console(corpus: Neo4jStore) -> Iterator[Console]:
    yield corpus.console
    corpus.console.close()


def nodes(at: Neo4jServer) -> Any:
    return at.query("MATCH (n) RETURN count(n)")


@pytest.mark.parametrize("query", [*WRITES, *FILES, *CALLS])
def test_what_does_more_than_read_is_refused(query: str) -> None:
    with pytest.raises(QueryError) as error:
        check(query)
    assert error.value.where == "query" and error.value.remedy


@pytest.mark.parametrize("query", BROKEN)
def test_what_is_no_query_is_told(console: Console, query: str) -> None:
    with pytest.raises(QueryError):
        console.read(query)


@pytest.mark.parametrize("query", HARMLESS)
def test_words_in_strings_names_and_comments_are_no_crime(console: Console, query: str) -> None:
    assert console.read(query).engine == "neo4j"


def test_the_server_refuses_what_the_reading_of_words_would_miss(
    console: Console, own: Neo4jServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = nodes(own)
    monkeypatch.setattr("kg.store.neo4j.console.check", lambda query, given: query)
    for query in ("CREATE (x:Task {id: 'x'})", "MATCH (n:Task) SET n.title = 'x' RETURN n",
                  "CREATE INDEX x FOR (n:Task) ON (n.title)"):  # fmt: skip
        with pytest.raises(QueryError, match="只读"):
            console.read(query)
    assert nodes(own) == before


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_dies_alone(console: Console, own: Neo4jServer, name: str) -> None:
    began = time.monotonic()
    with pytest.raises(LimitError):
        console.read(BOMBS[name], timeout=4.0)
    assert time.monotonic() - began < 30
    assert console.read("RETURN 1 AS x").rows == [[1]]
    if name not in SENT_ON:
        assert gone(own, BOMBS[name])


# The server notices only between two values that nobody reads any more.
SENT_ON = {"a list as wide as the world"}


def gone(at: Neo4jServer, query: str) -> bool:
    """Whether a killed statement is gone from the server after a moment."""
    for _ in range(40):
        rows = at.query("SHOW TRANSACTIONS YIELD currentQuery RETURN currentQuery")
        if query not in {row[0] for row in rows}:
            return True
        time.sleep(0.25)
    return False


def test_rows_are_capped_and_it_is_said(console: Console) -> None:
    found = console.read("UNWIND range(1, 1000000000) AS x RETURN x", limit=3)
    assert (found.rows, found.truncated) == ([[1], [2], [3]], True)
    found = console.read("UNWIND [1, 2, 3] AS x RETURN x", limit=3)
    assert (found.rows, found.truncated) == ([[1], [2], [3]], False)
    for limit in (0, -1, 10_001):
        with pytest.raises(QueryError):
            console.read("RETURN 1", limit=limit)


def test_the_headline(console: Console, corpus: Neo4jStore) -> None:
    found = console.read(
        "MATCH (t:Task)-[:LED_BY]->(:Department {name: $a}), "
        "(t)-[:INVOLVES]->(:Department {name: $b}) RETURN t",
        {"a": "国家知识产权局", "b": "财政部"},
    )
    assert isinstance(found, Table) and found.columns == ["t"]
    assert found.rows
    node = found.rows[0][0]
    assert node["labels"] == ["Task"]
    record = corpus.get("task", node["properties"]["id"])
    assert (record.text, record.iri) == (node["properties"]["text"], node["properties"]["iri"])


def test_nodes_relationships_and_paths_are_objects(console: Console) -> None:
    query = "MATCH p = (t:Task)-[r:INVOLVES]->(d:Department) RETURN t, r, d, p, labels(t) LIMIT 1"
    task, edge, body, path, labels = console.read(query).rows[0]
    assert edge["type"] == "INVOLVES"
    assert set(edge["properties"]) >= {"role", "basis", "order", "quote", "start", "end"}
    assert path == {"nodes": [task, body], "relationships": [edge]}
    assert body["properties"]["name"] and "Task" in labels


def test_values_are_json(console: Console) -> None:
    found = console.read(
        "RETURN null AS n, 1.5 AS f, true AS b, [1, 'x'] AS l, {a: 1} AS m, "
        "date('2021-10-28') AS d, 0.0 / 0.0 AS nan, point({x: 1, y: 2}) AS p, "
        "duration({days: 1}) AS t, $p AS given",
        {"p": {"x": [1, None]}},
    )
    assert found.rows[0][:7] == [None, 1.5, True, [1, "x"], {"a": 1}, "2021-10-28", "nan"]
    assert found.rows[0][7:] == [[1.0, 2.0], "P1D", {"x": [1, None]}]


def test_a_server_that_is_away_is_told() -> None:
    away = Console(Server(f"bolt://127.0.0.1:{free_port()}", USER, PASSWORD))
    began = time.monotonic()
    with pytest.raises(UnavailableError, match="bolt://127"):
        away.read("RETURN 1")
    assert time.monotonic() - began < 30
    away.close()


def test_no_password_in_the_list_of_processes(console: Console) -> None:
    from pathlib import Path

    console.read("RETURN 1")
    child = console._idle[0]
    command = Path(f"/proc/{child.pid}/cmdline").read_bytes()
    environment = Path(f"/proc/{child.pid}/environ").read_bytes()
    assert PASSWORD.encode() not in command + environment
