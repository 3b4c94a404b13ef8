"""What must not work through /sparql: each attempt is refused or dies alone."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

import msgspec
import pytest
import uvicorn
from rdflib import Graph
from starlette.testclient import TestClient

from api.app import create_app
from kg.config import Settings
from kg.console.limits import LimitError, Limits
from kg.console.sparql import SparqlConsole
from kg.console.sparql_engine import Request
from kg.console.sparql_text import read
from kg.console.wire import Start
from kg.console.worker import Worker
from kg.errors import QueryError
from tests import sample
from tests.sparql.support import BASE, QUICK, filled, new_store, refused, rows, serving

SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def post(client: TestClient, query: str) -> Any:
    headers = {"content-type": "application/sparql-query"}
    return client.post("/sparql", content=query, headers=headers)


UPDATES = [
    "INSERT DATA { <a:s> <a:p> 1 }", "DELETE DATA { <a:s> <a:p> 1 }", "DELETE WHERE { ?s ?p ?o }",
    "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "CLEAR ALL", "DROP ALL",
    "CREATE GRAPH <a:g>", "COPY DEFAULT TO <a:g>", "MOVE DEFAULT TO <a:g>",
    "ADD DEFAULT TO <a:g>", "LOAD <http://127.0.0.1:1/x>", "LOAD <file:///etc/passwd>",
    "LOAD SILENT <file:///etc/passwd> INTO GRAPH <a:g>",
    "PREFIX a: <a:> INSERT { ?s a:p 1 } WHERE { ?s ?p ?o }", "ASK {} ; CLEAR ALL",
    "# ASK {}\nclear all", "INSERT DATA { GRAPH <a:g> { <a:s> <a:p> 1 } } ; ASK {}",
]  # fmt: skip
SERVICES = [
    "SELECT * { SERVICE <http://127.0.0.1:{port}/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://localhost:{port}/> { ?s ?p ?o } }",
    "SELECT * { service<http://localhost:{port}/>{ ?s ?p ?o } }",
    "SELECT * { SERVICE <file:///etc/passwd> { ?s ?p ?o } }",
    "SELECT * { SERVICE <http://169.254.169.254/latest/meta-data/> { ?s ?p ?o } }",
    "SELECT * { BIND(<http://localhost:{port}/> AS ?where) SERVICE ?where { ?s ?p ?o } }",
    "PREFIX e: <http://localhost:{port}/> SELECT * { SERVICE e: { ?s ?p ?o } }",
    "BASE <http://localhost:{port}/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { SERVICE <http://localhost:{port}/> { ?s ?p ?o } } }",
    "SELECT * { # SERVICE is not here\n SERVICE <http://localhost:{port}/> { ?s ?p ?o } }",
    "SELECT * { ?s ?p '#' . SERVICE <http://localhost:{port}/> { ?s ?p ?o } }",
    "SELECT * { \\u0053ERVICE <http://localhost:{port}/> { ?s ?p ?o } }",
    "SELECT * { SERVIC\\u0045 <http://localhost:{port}/> { ?s ?p ?o } }",
]
HARMLESS = [
    "SELECT ?service { ?service ?p ?o } LIMIT 1",
    "PREFIX service: <a:> SELECT * { ?s service:service ?o }",
    "SELECT * { ?s ?p 'SERVICE <http://localhost/>' }",
    'SELECT * { ?s ?p """LOAD " SERVICE <x>""" }',
    "SELECT * { ?s <http://example.org/SERVICE> ?o } # SERVICE <x>",
    "SELECT * { ?s ?p 'it\\'s SERVICE' }",
]
BOMBS = {
    "endless join": SLOW,
    "endless path": "SELECT (COUNT(*) AS ?n) { ?a (!<a:b>|^!<a:b>)* ?b . ?c (!<a:b>|^!<a:b>)* ?d }",
    "sorted product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "distinct product": "SELECT DISTINCT ?c ?f ?i { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "grouped product": "SELECT ?c ?f ?i (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } "
                       "GROUP BY ?c ?f ?i",
    "collected product": "SELECT (GROUP_CONCAT(?c) AS ?x) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "doubled string": 'SELECT (STRLEN(?a40) AS ?n) { BIND("aaaaaaaa" AS ?a0) '
                      + " ".join(f"BIND(CONCAT(?a{i}, ?a{i}) AS ?a{i + 1})" for i in range(40))
                      + " }",
    "huge answer": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "huge graph": "CONSTRUCT { ?a ?e ?i } WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "deep expression": f"SELECT ({'!' * 30_000}true AS ?x) {{}}",
    "long sum": f"SELECT (1{'+1' * 25_000} AS ?x) {{}}",
    "long union": "SELECT * { " + "{} UNION " * 6_000 + "{} }",
    "large pattern": 'ASK { ?s ?p ?o FILTER(REGEX(STR(?o), "(a{1000}){1000}")) }',
}  # fmt: skip


@pytest.mark.parametrize("query", UPDATES)
def test_updates_are_refused(web: TestClient, query: str) -> None:
    before = rows(web.get("/sparql", params={"query": COUNT}))
    refused(post(web, query), 400)
    refused(web.get("/sparql", params={"query": query}), 400)
    refused(web.post("/sparql", data={"update": query}), 400)
    kind = {"content-type": "application/sparql-update"}
    refused(web.post("/sparql", content=query, headers=kind), 415)
    assert rows(web.get("/sparql", params={"query": COUNT})) == before


class Heard(BaseHTTPRequestHandler):
    """Takes note of every request."""

    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    do_POST = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    server = HTTPServer(("127.0.0.1", 0), Heard)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("query", SERVICES)
def test_nobody_is_called(web: TestClient, port: int, query: str) -> None:
    body = refused(post(web, query.replace("{port}", str(port))), 400)
    assert "SERVICE" in body["detail"]
    assert Heard.seen == []


@pytest.mark.parametrize("query", HARMLESS)
def test_the_word_alone_is_no_crime(web: TestClient, query: str) -> None:
    assert post(web, query).status_code == 200


def test_a_service_may_be_allowed_by_its_whole_address() -> None:
    query = "SELECT * { SERVICE <http://a.test/sparql> { ?s ?p ?o } }"
    assert read(query, ("http://a.test/sparql",)).services == ("http://a.test/sparql",)
    for other in ("http://a.test/", "http://a.test/sparql2", "http://A.test/sparql"):
        with pytest.raises(QueryError):
            read(query, (other,))
    console = SparqlConsole.of(Settings(sparql_services="http://a.test/sparql, http://b.test/"))
    assert console.services == ("http://a.test/sparql", "http://b.test/")


def test_the_kernel_refuses_what_the_reading_might_miss(tmp_path: Path, port: int) -> None:
    """A child asked directly, behind the reading of queries, still reaches nobody."""
    store = filled(tmp_path / "store")
    service = f"SELECT * {{ SERVICE <http://127.0.0.1:{port}/> {{ ?s ?p ?o }} }}"
    for network in (False, True):
        start = Start(language="sparql", place=str(store.rdf_folder), limits=Limits(),
                      network=network)  # fmt: skip
        worker = Worker(start, "")
        reply = worker.ask(msgspec.msgpack.encode(Request(query=service, format="json")))
        worker.kill()
        assert reply.outcome == "failed"
        assert bool(Heard.seen) is network  # the server listens: only the wall kept it away
    Heard.seen.clear()


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_dies_alone(web: TestClient, name: str) -> None:
    expected = rows(web.get("/sparql", params={"query": COUNT}))
    started = time.monotonic()
    answer = post(web, BOMBS[name])
    assert time.monotonic() - started < QUICK.query_seconds + 5
    if answer.status_code != 200:  # some are merely long
        body = refused(answer, answer.status_code)
        assert answer.status_code in (400, 503)
        assert answer.status_code == 400 or "上限" in body["detail"] or "中途" in body["detail"]
    assert web.get("/tasks?limit=1").status_code == 200
    assert rows(web.get("/sparql", params={"query": COUNT})) == expected


def test_the_limit_that_was_met_is_named(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    cases = {
        "时间": (Limits(seconds=1), SLOW),
        "内存": (Limits(seconds=30, memory=120), BOMBS["doubled string"]),
        "大小": (Limits(seconds=30, answer=100_000), BOMBS["huge answer"]),
    }
    for word, (limits, query) in cases.items():
        console = SparqlConsole(limits)
        with pytest.raises(LimitError, match=word):
            console.ask(store, query, "json")
        assert console.ask(store, "ASK {}", "json")
        console.close()


def test_a_thousand_slow_queries_are_bounded_while_tasks_are_answered(tmp_path: Path) -> None:
    settings = Settings(base_iri=BASE, query_seconds=2, query_memory=256, query_workers=2)
    with serving(filled(tmp_path / "store"), settings) as client:
        client.get("/sparql", params={"query": "ASK {}"})
        waits: list[float] = []
        with ThreadPoolExecutor(100) as crowd:
            slow = [crowd.submit(client.get, "/sparql", params={"query": SLOW})
                    for _ in range(1000)]  # fmt: skip
            while not all(s.done() for s in slow[:900]):
                began = time.monotonic()
                assert client.get("/tasks?limit=1").status_code == 200
                waits.append(time.monotonic() - began)
                time.sleep(0.05)
            answers = [s.result() for s in slow]
        assert {a.status_code for a in answers} == {503}
        assert all(a.headers["retry-after"] for a in answers)
        assert any("已满" in a.text for a in answers) and any("时间" in a.text for a in answers)
        assert sorted(waits)[len(waits) // 2] < 2
        assert client.get("/sparql", params={"query": "ASK {}"}).status_code == 200


def test_rdflib_asks_the_endpoint_in_three_lines(tmp_path: Path) -> None:
    app = create_app(filled(tmp_path / "store"), Settings(base_iri=BASE))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        graph = Graph("SPARQLStore")
        graph.open(f"http://127.0.0.1:{port}/sparql")
        ((found,),) = graph.query(COUNT)
        assert found.toPython() > 100
        everything = "CONSTRUCT%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D"
        whole = Graph().parse(f"http://127.0.0.1:{port}/sparql?query={everything}")
        assert len(whole) == found.toPython()
    finally:
        server.should_exit = True
        thread.join()


def test_a_publication_in_the_middle_of_queries(tmp_path: Path) -> None:
    """Every answer is of one version or of another; none fails, whatever is dropped meanwhile."""
    writer = filled(tmp_path / "store")
    annual = [d for d in sample.all_documents() if d.extraction.document.id == "annual"]
    store = new_store(tmp_path / "store", read_only=True)
    settings = Settings(base_iri=BASE, query_seconds=20, query_workers=4)
    with serving(store, settings) as client:
        ask = {"query": COUNT}
        allowed = {rows(client.get("/sparql", params=ask))[0]}
        writer.publish(remove=["annual"])
        allowed.add(rows(client.get("/sparql", params=ask))[0])
        assert len(allowed) == 2
        stop, seen = threading.Event(), set()

        def read_on() -> list[str]:
            wrong = []
            while not stop.is_set():
                answer = client.get("/sparql", params=ask)
                if answer.status_code != 200:
                    wrong.append(answer.text)
                else:
                    seen.add(rows(answer)[0])
            return wrong

        with ThreadPoolExecutor(3) as pool:
            readers = [pool.submit(read_on) for _ in range(3)]
            for turn in range(4):
                writer.publish(add=annual) if turn % 2 == 0 else writer.publish(remove=["annual"])
                time.sleep(0.5)
            stop.set()
            assert [w for r in readers for w in r.result()] == []
        assert seen <= allowed
        assert rows(client.get("/sparql", params=ask))[0] in allowed
