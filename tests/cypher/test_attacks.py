"""What must not work through /cypher: each attempt is refused or dies alone."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from kg.config import Settings
from kg.console.cypher import CypherConsole
from kg.console.cypher_text import check
from kg.console.forms import form
from kg.console.limits import LimitError, Limits
from kg.console.wire import Start, Statement
from kg.console.worker import Worker
from kg.errors import QueryError
from tests.sparql.support import BASE, QUICK, filled, refused, serving

COUNT = "MATCH (n) RETURN count(n) AS n"
SLOW = "MATCH (a), (b), (c), (d), (e) WHERE a.id + b.id = c.id + d.id + e.id RETURN count(*)"
WRITES = [
    "CREATE (x:Task {id: 'x'})", "MERGE (x:Task {id: 'x'})", "MATCH (n:Task) SET n.title = 'x'",
    "MATCH (n) DELETE n", "MATCH (n) DETACH DELETE n", "MATCH (n:Task) REMOVE n.title",
    "MATCH (n) WITH n SET n.title = 'x' RETURN n", "match (n) set n.title = 'x'",
    "MATCH (n) FOREACH (x IN [1] | SET n.a = x)", "DROP TABLE Task", "ALTER TABLE Task DROP title",
    "CREATE NODE TABLE Evil(id STRING PRIMARY KEY)", "CREATE SEQUENCE s", "CREATE MACRO m() AS 1",
    "BEGIN TRANSACTION", "COMMIT", "ROLLBACK", "CHECKPOINT", "COMMENT ON TABLE Task IS 'x'",
    "MATCH (n) RETURN n; MATCH (n) DETACH DELETE n", "RETURN 1 /* ; */ ; CREATE (x)",
    "RETURN 1 // harmless\n MERGE (x)", "RETURN '\\'' SET x = '", "UNWIND [1] AS x CREATE (:Task)",
    "MATCH (n:Task) WITH n /* x */ SET/* y */n.title = 'x'", "MATCH (n) ſET n.title = 'x'",
]  # fmt: skip
FILES = [
    "LOAD FROM '/etc/passwd' RETURN *", "LOAD FROM \"/etc/passwd\" (header=false) RETURN *",
    "LOAD WITH HEADERS (x STRING) FROM '/etc/passwd' RETURN x", "load from 'x.csv' return *",
    "LOAD FROM '../../../../etc/passwd' RETURN *", "LOAD FROM df RETURN *",
    "LOAD FROM 'http://127.0.0.1:1/x.csv' RETURN *", "LOAD FROM 's3://bucket/x.parquet' RETURN *",
    "LOAD CSV FROM 'file:///etc/passwd' AS row RETURN row",
    "LOAD CSV FROM 'http://127.0.0.1:1/' AS row RETURN row",
    "MATCH (n:Document) LOAD FROM '/etc/passwd' RETURN *",
    "MATCH (n) WITH n LIMIT 1 LOAD FROM '/etc/passwd' RETURN *",
    "COPY Task FROM '/etc/passwd'", "COPY (MATCH (n) RETURN n.id) TO '/tmp/evil.csv'",
    "COPY (MATCH (n) RETURN n.id) TO '/tmp/evil.parquet'", "EXPORT DATABASE '/tmp/evil'",
    "IMPORT DATABASE '/tmp/evil'", "ATTACH '/tmp/evil.db' AS e (dbtype duckdb)", "DETACH e",
    "USE e", "RETURN 1 UNION LOAD FROM '/etc/passwd' RETURN *",
]  # fmt: skip
CALLS = [
    "INSTALL httpfs", "INSTALL json FROM 'http://127.0.0.1:1/'", "LOAD httpfs", "LOAD EXTENSION 'x'",
    "LOAD EXTENSION '/tmp/evil.so'", "UNINSTALL json", "UPDATE json", "FORCE INSTALL json",
    "CALL threads=64", "CALL timeout=0", "CALL spill_to_disk=true", "CALL home_directory='/tmp'",
    "CALL file_search_path='/etc'", "CALL progress_bar=true", "CALL enable_multi_writes=true",
    "CALL read_csv_serial('/etc/passwd') RETURN *", "CALL file_info() RETURN *",
    "CALL disk_info() RETURN *", "CALL storage_info('Task') RETURN *",
    "CALL show_attached_databases() RETURN *", "CALL current_setting('threads') RETURN *",
    "CALL project_graph('g', ['Task'], ['LED_BY'])", "CALL clear_warnings()",
    "CALL create_fts_index('Task', 'i', ['text'])", "CALL dbms.shutdown()",
    "CALL apoc.load.json('http://127.0.0.1:1/')", "CALL db.labels()",
    "MATCH (n) CALL threads=4 RETURN n", "CALL { MATCH (n) RETURN n } RETURN n",
    "CALL `read_csv_serial`('/etc/passwd') RETURN *", "CALL /* x */ threads /* y */ = 4",
    "EXPLAIN CREATE (x)", "PROFILE MATCH (n) RETURN n", "EXPLAIN LOAD FROM '/etc/passwd' RETURN *",
]  # fmt: skip
HARMLESS = [
    "RETURN 'CREATE; DELETE' AS x", 'RETURN "LOAD FROM \'/etc/passwd\'" AS x',
    "RETURN 1 AS `set`", "RETURN 1 AS x // CREATE", "RETURN /* DROP TABLE Task; */ 1 AS x",
    "RETURN 'it\\'s; CREATE' AS x;", "RETURN 1 AS x ; ; ", "RETURN 'a//b' AS x",
    "RETURN '/*' AS x, '*/' AS y", "CALL db_version() RETURN *", "CALL table_info('Task') RETURN *",
    "RETURN {`create`: 1}.`create` AS x", "MATCH (creates:Task) RETURN count(creates) AS created",
]  # fmt: skip
BOMBS = {
    "endless join": SLOW,
    "endless path": "MATCH (a)-[*1..30]-(b) RETURN count(*)",
    "all trails": "MATCH p = (a)-[* TRAIL 1..20]-(b) RETURN length(p), count(*)",
    "product": "MATCH (a), (b), (c), (d) RETURN count(a.id + b.id + c.id + d.id)",
    "huge rows": "MATCH (a), (b), (c) RETURN a, b, c",
    "sorted product": "MATCH (a), (b), (c) RETURN a.text + b.text + c.text AS x ORDER BY x",
    "distinct product": "MATCH (a), (b), (c) RETURN count(DISTINCT a.id + b.id + c.id)",
    "collected product": "MATCH (a), (b), (c) RETURN size(collect(a.id + b.id + c.id))",
    "numbers": "UNWIND range(1, 1000000000) AS x RETURN sum(x)",
    "collected numbers": "UNWIND range(1, 100000000) AS x RETURN collect(x)",
    "long string": "RETURN repeat('a', 1000000000) AS x",
    "longer string": "RETURN size(repeat(repeat('a', 100000), 100000)) AS x",
    "padded string": "RETURN size(lpad('a', 2000000000, 'b')) AS x",
    "long sum": f"RETURN 1{'+1' * 25_000} AS x",
    "long list": f"RETURN [{'1,' * 25_000}1] AS x",
    "many matches": "MATCH (n) " * 3_000 + "RETURN n",
    "regular expression": "RETURN regexp_matches(repeat('a', 100000), '(a{1000}){1000}') AS x",
}  # fmt: skip


def ask(client: TestClient, query: str) -> Any:
    return client.post("/cypher", json={"query": query})


def count(client: TestClient) -> int:
    return int(ask(client, COUNT).json()["rows"][0][0])


@pytest.mark.parametrize("query", [*WRITES, *FILES, *CALLS])
def test_what_does_more_than_read_is_refused(web: TestClient, query: str) -> None:
    with pytest.raises(QueryError):
        check(query)
    answer = ask(web, query)
    body = refused(answer, 400)
    assert body["errors"][0]["pointer"] == "/query"
    assert "root:" not in answer.text


def test_nothing_was_written(web: TestClient) -> None:
    assert count(web) > 0 and ask(web, "MATCH (t:Task {id: 'x'}) RETURN t").json()["rows"] == []
    assert not [p for p in Path("/tmp").glob("evil*")]


@pytest.mark.parametrize("query", HARMLESS)
def test_words_in_strings_names_and_comments_are_no_crime(web: TestClient, query: str) -> None:
    answer = ask(web, query)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(
    "query",
    ["RETURN 'x", 'RETURN "x', "RETURN `x", "RETURN 1 /* x", "RETURN '\\", "", ";", "// x",
     "RETURN " + "(" * 300 + "1" + ")" * 300, "RETURN " + "[" * 5000, "RETURN " + "NOT " * 9000 + "true",
     "RETURN " + "{a:" * 3000, "RETURN \x00", "RETURN \ud800 AS x", "🙂", "RETURN '\\u0027'"],
)  # fmt: skip
def test_odd_texts_are_answered(web: TestClient, query: str) -> None:
    answer = web.post("/cypher", content=msgspec.json.encode({"query": query})
                      if "\ud800" not in query else b'{"query": "RETURN \\ud800"}',
                      headers={"content-type": "application/json"})  # fmt: skip
    assert answer.status_code in (200, 400)
    assert ask(web, "RETURN 1 AS x").status_code == 200


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_dies_alone(web: TestClient, name: str) -> None:
    expected, started = count(web), time.monotonic()
    answer = ask(web, BOMBS[name])
    assert time.monotonic() - started < QUICK.query_seconds + 5
    assert len(answer.content) < 20_000_000
    if answer.status_code != 200:  # some are merely long
        body = refused(answer, answer.status_code)
        assert answer.status_code in (400, 503)
        assert answer.status_code == 400 or "上限" in body["detail"] or "中途" in body["detail"]
    assert web.get("/tasks?limit=1").status_code == 200
    assert count(web) == expected


def test_the_limit_that_was_met_is_named(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    cases = {
        "时间": (Limits(seconds=1), SLOW),
        "内存": (Limits(seconds=30, memory=150), BOMBS["collected numbers"]),
        "大小": (Limits(seconds=30, answer=1000), "RETURN repeat('a', 5000) AS x"),
    }
    for word, (limits, query) in cases.items():
        console = CypherConsole(limits)
        with pytest.raises(LimitError, match=word):
            console.ask(store, query)
        assert console.ask(store, "RETURN 1 AS x")
        console.close()


def test_rows_beyond_the_size_are_cut_and_told(tmp_path: Path) -> None:
    console = CypherConsole(Limits(answer=2000))
    found = msgspec.json.decode(
        console.ask(
            filled(tmp_path / "store"), "UNWIND range(1, 5000) AS x RETURN repeat('a', 100)"
        )
    )
    console.close()
    assert found["truncated"] is True and 1 < len(found["rows"]) < 20


@pytest.mark.parametrize(
    "query",
    ["LOAD FROM '{file}' RETURN *", "COPY (MATCH (n:Document) RETURN n.id) TO '{folder}/o.csv'",
     "EXPORT DATABASE '{folder}/out'", "INSTALL json", "CREATE (x:Task {id: 'x'})",
     "CREATE NODE TABLE Evil(id STRING PRIMARY KEY)", "COPY Document FROM '{file}'",
     "LOAD EXTENSION '{file}'", "ATTACH '{file}' AS e (dbtype lbug)"],
)  # fmt: skip
def test_the_kernel_refuses_what_the_reading_might_miss(tmp_path: Path, query: str) -> None:
    """A child asked directly, behind the reading of statements, reaches no file and writes none."""
    version = filled(tmp_path / "store").rdf_folder.parent  # type: ignore[union-attr]
    secret = tmp_path / "secret.csv"
    secret.write_text("secret\n")
    before = sorted(p for p in tmp_path.rglob("*"))
    place = form("cypher", version)
    sizes = place.stat()
    start = Start(language="cypher", place=str(place), limits=Limits(), room=1024, locked=True)
    worker = Worker(start, "")
    text = query.replace("{file}", str(secret)).replace("{folder}", str(tmp_path))
    reply = worker.ask(msgspec.msgpack.encode(Statement(query=text, limit=10)))
    assert reply.outcome != "done" and b"secret" not in reply.body
    worker.kill()
    after = place.stat()
    assert (after.st_size, after.st_mtime_ns) == (sizes.st_size, sizes.st_mtime_ns)
    derived = place.parent
    assert {p for p in tmp_path.rglob("*") if derived not in p.parents} - set(before) <= {derived}


def test_no_secret_of_the_parent_reaches_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_NEO4J_PASSWORD", "secret-in-the-environment")
    store = filled(tmp_path / "store")
    worker = Worker(Start(language="sparql", place=str(store.rdf_folder), limits=Limits()), "")
    environment = Path(f"/proc/{worker.pid}/environ").read_bytes()
    worker.kill()
    assert b"secret-in-the-environment" not in environment


def test_many_slow_queries_are_bounded_while_tasks_are_answered(tmp_path: Path) -> None:
    settings = Settings(base_iri=BASE, query_seconds=2, query_memory=256, query_workers=2)
    with serving(filled(tmp_path / "store"), settings) as client:
        ask(client, COUNT)
        with ThreadPoolExecutor(60) as crowd:
            slow = [crowd.submit(ask, client, SLOW) for _ in range(300)]
            while not all(s.done() for s in slow[:250]):
                assert client.get("/tasks?limit=1").status_code == 200
                time.sleep(0.05)
            answers = [s.result() for s in slow]
        assert {a.status_code for a in answers} == {503}
        assert any("已满" in a.text for a in answers) and any("上限" in a.text for a in answers)
        assert count(client) > 0
