"""The 20 tests of the query side of the W3C's SPARQL 1.1 Protocol suite, from its descriptions.

Named after the entries of sparql/sparql11/protocol/manifest.ttl; their data sets are graphs
of our own here.
"""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.sparql.support import ANNUAL, BASE, PLAN, REGISTRY, refused, rows

FORM = {"content-type": "application/x-www-form-urlencoded"}
DIRECT = {"content-type": "application/sparql-query"}
A, B, C = PLAN, ANNUAL, REGISTRY
IN_A, IN_B, IN_C = (f"<{BASE}documents/plan>", f"<{BASE}documents/annual>",
                    f"<{BASE}departments/公安部>")  # fmt: skip
BOTH = f"ASK {{ {IN_A} a ?type . {IN_B} a ?type . }}"
NAMED = f"ASK {{ GRAPH ?g1 {{ {IN_A} a ?type }} GRAPH ?g2 {{ {IN_B} a ?type }} }}"
FULL = (f"ASK {{ {IN_C} a ?type GRAPH ?g1 {{ {IN_A} a ?t1 }} GRAPH ?g2 {{ {IN_B} a ?t2 }} "
        f"FILTER NOT EXISTS {{ {IN_A} a ?t3 }} }}")  # fmt: skip


def true(answer: Any, expected: bool = True) -> None:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert answer.json() == {"head": {}, "boolean": expected}


def default(*graphs: str) -> list[tuple[str, str]]:
    return [("default-graph-uri", g) for g in graphs]


def named(*graphs: str) -> list[tuple[str, str]]:
    return [("named-graph-uri", g) for g in graphs]


def url(*pairs: tuple[str, str]) -> str:
    from urllib.parse import urlencode

    return "/sparql?" + urlencode(pairs)


def test_query_post_form(web: TestClient) -> None:
    true(web.post(url(*default(A)), content="query=ASK%20%7B%7D", headers=FORM))


def test_query_dataset_default_graphs_get(web: TestClient) -> None:
    true(web.get(url(("query", BOTH), *default(A, B))))
    true(web.get(url(("query", BOTH), *default(A))), False)


def test_query_dataset_default_graphs_post(web: TestClient) -> None:
    true(web.post(url(*default(A, B)), content=BOTH, headers=DIRECT))
    true(web.post(url(*default(B)), content=BOTH, headers=DIRECT), False)


def test_query_dataset_named_graphs_post(web: TestClient) -> None:
    true(web.post(url(*named(A, B)), content=NAMED, headers=DIRECT))
    true(web.post(url(*named(A)), content=NAMED, headers=DIRECT), False)


def test_query_dataset_named_graphs_get(web: TestClient) -> None:
    true(web.get(url(("query", NAMED), *named(A, B))))
    true(web.get(url(("query", NAMED), *named(B))), False)


def test_query_dataset_full(web: TestClient) -> None:
    true(web.post(url(*default(C), *named(A, B)), content=FULL, headers=DIRECT))
    true(web.post(url(*default(A), *named(A, B)), content=FULL, headers=DIRECT), False)


def test_query_multiple_dataset(web: TestClient) -> None:
    """The dataset of the protocol wins over the query's own."""
    query = f"ASK FROM <{B}> {{ {IN_A} a ?type FILTER NOT EXISTS {{ {IN_B} a ?other }} }}"
    true(web.post(url(*default(A)), content=query, headers=DIRECT))
    true(web.post("/sparql", content=query, headers=DIRECT), False)
    graphs = f"SELECT DISTINCT ?g FROM NAMED <{B}> {{ GRAPH ?g {{ ?s ?p ?o }} }}"
    assert rows(web.get(url(("query", graphs)))) == [(B,)]
    assert rows(web.get(url(("query", graphs), *named(A)))) == [(A,)]
    assert rows(web.get(url(("query", graphs), *default(A)))) == []


def test_query_get(web: TestClient) -> None:
    true(web.get("/sparql?query=ASK%20%7B%7D"))


def test_query_content_type_select(web: TestClient) -> None:
    answer = web.get(url(("query", "SELECT (1 AS ?value) {}")))
    assert answer.headers["content-type"] == "application/sparql-results+json"
    assert rows(answer) == [("1",)]


def test_query_content_type_ask(web: TestClient) -> None:
    true(web.get(url(("query", "ASK {}"))))


def test_query_content_type_describe(web: TestClient) -> None:
    answer = web.get(url(("query", f"DESCRIBE {IN_A}")))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"


def test_query_content_type_construct(web: TestClient) -> None:
    answer = web.get(url(("query", "CONSTRUCT { <a:s> <a:p> 1 } WHERE {}")))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/turtle; charset=utf-8"
    assert "<a:s> <a:p> 1 ." in answer.text


def test_query_post_direct(web: TestClient) -> None:
    true(web.post("/sparql", content="ASK {}", headers=DIRECT))


def test_bad_query_method(web: TestClient) -> None:
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        answer = web.request(method, "/sparql?query=ASK%20%7B%7D", headers=FORM)
        refused(answer, 405)
        assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD", "POST"}


def test_bad_multiple_queries(web: TestClient) -> None:
    two = url(("query", "ASK {}"), ("query", "SELECT * {}"))
    refused(web.get(two), 400)
    refused(web.post("/sparql", content="query=ASK%20%7B%7D&query=ASK%7B%7D", headers=FORM), 400)
    refused(web.post(url(("query", "ASK {}")), content="ASK {}", headers=DIRECT), 400)
    refused(web.post(url(("query", "ASK {}")), content="query=ASK%7B%7D", headers=FORM), 400)


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "application/sparql-update",
                                  "application/sparql-results+json", "nonsense"])  # fmt: skip
def test_bad_query_wrong_media_type(web: TestClient, kind: str) -> None:
    refused(web.post("/sparql", content="ASK {}", headers={"content-type": kind}), 415)


def test_bad_query_missing_form_type(web: TestClient) -> None:
    refused(web.post("/sparql", content="query=ASK%20%7B%7D"), 415)


def test_bad_query_missing_direct_type(web: TestClient) -> None:
    refused(web.post("/sparql", content="ASK {}"), 415)


def test_bad_query_non_utf8(web: TestClient) -> None:
    utf16 = {"content-type": "application/sparql-query; charset=UTF-16"}
    refused(web.post("/sparql", content="ASK {}".encode("utf-16"), headers=utf16), 415)
    refused(web.post("/sparql", content="ASK {}".encode("utf-16"), headers=DIRECT), 400)
    latin = "SELECT ('é' AS ?x) {}".encode("latin-1")
    refused(web.post("/sparql", content=latin, headers=DIRECT), 400)


@pytest.mark.parametrize("query", ["ASK {", "SELECT", "", "nonsense", "ASK {} ASK {}",
                                   "SELECT ?x { undeclared:x a ?x }", "ASK { ?s ?p ' }"])  # fmt: skip
def test_bad_query_syntax(web: TestClient, query: str) -> None:
    body = refused(web.get(url(("query", query))), 400)
    assert [e["parameter"] for e in body["errors"]] == ["query"]
