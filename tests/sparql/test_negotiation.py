"""Which format answers, and what the endpoint says about itself."""

from __future__ import annotations

import csv
import html
import io
import json
import re

import pyoxigraph as ox
import pytest
from starlette.testclient import TestClient

from tests.sparql.support import ANNUAL, BASE, PLAN, PREFIX, REGISTRY, refused

SD = "http://www.w3.org/ns/sparql-service-description#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV = "text/csv; charset=utf-8", "text/tab-separated-values; charset=utf-8"
TURTLE, NT, RDFXML, JSONLD = ("text/turtle; charset=utf-8", "application/n-triples",
                              "application/rdf+xml", "application/ld+json")  # fmt: skip
HTML = "text/html; charset=utf-8"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
SELECT = (
    PREFIX
    + 'SELECT ?id ?name ?n { ?d pkg:id ?id ; pkg:name ?name . BIND(2 AS ?n) \
 FILTER(?id = "公安部") }'
)
ASK, CONSTRUCT = "ASK {}", PREFIX + "CONSTRUCT { ?d pkg:id ?id } WHERE { ?d pkg:id ?id }"
DESCRIBE = f"DESCRIBE <{BASE}documents/plan>"
PARSED = {TURTLE: ox.RdfFormat.TURTLE, NT: ox.RdfFormat.N_TRIPLES,
          RDFXML: ox.RdfFormat.RDF_XML, JSONLD: ox.RdfFormat.JSON_LD}  # fmt: skip


@pytest.mark.parametrize(
    ("query", "accept", "expected"),
    [
        (SELECT, None, JSON), (SELECT, "*/*", JSON), (SELECT, JSON, JSON), (SELECT, XML, XML),
        (SELECT, "text/csv", CSV), (SELECT, "text/tab-separated-values", TSV),
        (SELECT, "application/json", "application/json"), (SELECT, "application/*", JSON),
        (SELECT, "text/*", CSV), (SELECT, BROWSER, HTML),
        (SELECT, f"{JSON};q=0.2, {XML};q=0.9", XML), (SELECT, f"{XML};q=0.5, text/csv", CSV),
        (SELECT, f"{JSON};q=0, */*", XML), (SELECT, "image/png, text/csv;q=0.1", CSV),
        (SELECT, "text/turtle, */*;q=0.1", JSON),
        (ASK, None, JSON), (ASK, XML, XML), (ASK, f"text/csv, {XML};q=0.5", XML),
        (ASK, BROWSER, HTML),
        (CONSTRUCT, None, TURTLE), (CONSTRUCT, "text/turtle", TURTLE), (CONSTRUCT, NT, NT),
        (CONSTRUCT, RDFXML, RDFXML), (CONSTRUCT, JSONLD, JSONLD),
        (CONSTRUCT, f"{RDFXML};q=0.4, {NT};q=0.5", NT), (CONSTRUCT, f"{JSON}, {NT};q=0.1", NT),
        (DESCRIBE, "*/*", TURTLE), (DESCRIBE, "text/turtle;q=0.1, application/ld+json", JSONLD),
        (DESCRIBE, BROWSER, HTML),
    ],
)  # fmt: skip
def test_the_answer_is_in_the_format_asked_for(
    web: TestClient, query: str, accept: str | None, expected: str
) -> None:
    headers = {"accept": accept} if accept else {}
    web.headers.pop("accept", None)
    for answer in (
        web.get("/sparql", params={"query": query}, headers=headers),
        web.post("/sparql", data={"query": query}, headers=headers),
    ):
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"] == expected
        assert "Accept" in answer.headers["vary"].split(", ")


@pytest.mark.parametrize(
    ("query", "accept"),
    [(SELECT, "image/png"), (SELECT, "text/turtle"), (SELECT, f"{JSON};q=0"), (ASK, "text/csv"),
     (ASK, "text/turtle"), (CONSTRUCT, JSON), (CONSTRUCT, "text/csv"), (DESCRIBE, XML)],
)  # fmt: skip
def test_otherwise_406_with_the_formats_there_are(web: TestClient, query: str, accept: str) -> None:
    answer = web.get("/sparql", params={"query": query}, headers={"accept": accept})
    body = refused(answer, 406)
    assert body["candidates"] and accept not in body["candidates"]
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("query", "name", "expected"),
    [(SELECT, "xml", XML), (SELECT, "tsv", TSV), (SELECT, "html", HTML), (ASK, "json", JSON),
     (CONSTRUCT, "xml", RDFXML), (CONSTRUCT, "rdf+xml", RDFXML), (CONSTRUCT, "json-ld", JSONLD),
     (CONSTRUCT, "n3", TURTLE), (SELECT, "nonsense", JSON)],
)  # fmt: skip
def test_the_parameter_format_wins(web: TestClient, query: str, name: str, expected: str) -> None:
    params = {"query": query, "format": name, "output": name, "results": name}
    answer = web.get("/sparql", params=params, headers={"accept": "*/*"})
    assert answer.headers["content-type"] == expected


def test_datatypes_and_languages_are_kept(web: TestClient) -> None:
    def text(accept: str) -> str:
        return web.get("/sparql", params={"query": SELECT}, headers={"accept": accept}).text

    row = json.loads(text(JSON))["results"]["bindings"][0]
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    assert row == {
        "id": {"type": "literal", "value": "公安部"},
        "name": {"type": "literal", "value": "公安部", "xml:lang": "zh"},
        "n": {"type": "literal", "value": "2", "datatype": integer},
    }
    assert f'<literal datatype="{integer}">2</literal>' in text(XML)
    assert '<literal xml:lang="zh">公安部</literal>' in text(XML)
    assert list(csv.reader(io.StringIO(text("text/csv"))))[1] == ["公安部", "公安部", "2"]
    lines = text("text/tab-separated-values").splitlines()
    assert lines == ["?id\t?name\t?n", '"公安部"\t"公安部"@zh\t2']


@pytest.mark.parametrize("kind", [TURTLE, NT, RDFXML, JSONLD])
def test_all_graph_formats_say_the_same(web: TestClient, kind: str) -> None:
    def triples(accept: str) -> set[ox.Triple]:
        params = {"query": CONSTRUCT}
        answer = web.get("/sparql", params=params, headers={"accept": accept.split(";")[0]})
        return {q.triple for q in ox.parse(answer.content, PARSED[answer.headers["content-type"]])}

    assert triples(kind) == triples(NT) != set()


def test_a_constructed_graph_is_a_set(web: TestClient) -> None:
    query = "CONSTRUCT { <a:s> <a:p> 1 } WHERE { ?s ?p ?o }"
    answer = web.get("/sparql", params={"query": query}, headers={"accept": NT})
    assert answer.text.count("\n") == 1


@pytest.mark.parametrize("kind", [TURTLE, NT, RDFXML, JSONLD])
def test_service_description(web: TestClient, kind: str) -> None:
    """GET returns RDF, names this endpoint, and is built as the vocabulary wants it."""
    answer = web.get("/sparql", headers={"accept": kind.split(";")[0]})
    assert answer.status_code == 200 and answer.headers["content-type"] == kind
    graph = ox.Store()
    graph.extend(ox.parse(answer.content, PARSED[kind]))

    def objects(subject: str, name: str) -> set[str]:
        found = graph.quads_for_pattern(ox.NamedNode(subject), ox.NamedNode(SD + name), None)
        return {str(q.object.value) for q in found}

    service = f"{BASE}sparql"
    assert objects(service, "endpoint") == {service}
    assert objects(service, "supportedLanguage") == {SD + "SPARQL11Query"}
    assert objects(service, "feature") == {SD + "UnionDefaultGraph"}
    assert len(objects(service, "resultFormat")) == 8
    (dataset,) = objects(service, "defaultDataset")
    (default,) = objects(dataset, "defaultGraph")
    assert graph.query(f"ASK {{ <{default}> a <{SD}Graph> . <{dataset}> a <{SD}Dataset> }}")
    names = {n for g in objects(dataset, "namedGraph") for n in objects(g, "name")}
    assert {PLAN, ANNUAL, REGISTRY} <= names
    assert web.get("/sparql").headers["content-type"] == TURTLE


def test_the_console_needs_no_other_host_and_no_script(web: TestClient) -> None:
    answer = web.get("/sparql", headers={"accept": BROWSER})
    assert answer.headers["content-type"] == HTML
    assert not re.findall(r"<script|<style|\bstyle=|\bon\w+=|src=\"http", answer.text)
    hosts = re.findall(r"(?:href|src|action)=\"(https?://[^\"]*)", answer.text)
    assert hosts == []
    for link in re.findall(r'href="(/sparql\?[^"]+)"', answer.text):
        found = web.get(link.replace("&amp;", "&"))
        assert found.status_code == 200 and "<table>" in found.text


def test_what_a_query_says_is_shown_and_not_run(web: TestClient) -> None:
    query = (
        "SELECT ('<script>alert(1)</script>' AS ?x) (<http://127.0.0.1:8000//evil.test> AS ?y) {}"
    )
    answer = web.get("/sparql", params={"query": query, "format": "html"})
    assert "<script" not in answer.text and 'href="//' not in answer.text


def test_a_refused_query_stays_in_its_page_to_be_mended(web: TestClient) -> None:
    query = 'SELECT ?x WHERE { ?x a "</textarea><b>" '
    answer = web.get("/sparql", params={"query": query}, headers={"accept": BROWSER})
    assert answer.status_code == 400 and answer.headers["content-type"] == HTML
    shown = re.search(r"<textarea[^>]*>(.*?)</textarea>", answer.text, re.S)
    assert shown and html.unescape(shown[1]).strip() == query.strip()
    assert "<b>" not in answer.text


def test_head_has_the_headers_of_get(web: TestClient) -> None:
    answer = web.head("/sparql", params={"query": ASK})
    assert answer.status_code == 200 and not answer.content
    assert answer.headers["content-type"] == JSON


@pytest.mark.parametrize(
    "url",
    ["/sparql?querry=x", "/sparql?query=ASK%7B%7D&default-graph-uri=nonsense",
     "/sparql?default-graph-uri=a:b", "/sparql?query=%ff", "/sparql?update=CLEAR%20ALL",
     "/sparql?query=ASK%7B%7D&using-graph-uri=a:b",
     "/sparql?query=ASK%7B%7D&named-graph-uri=a%20b:c"],
)  # fmt: skip
def test_bad_parameters_are_named(web: TestClient, url: str) -> None:
    assert refused(web.get(url), 400)["errors"][0]["parameter"]


def test_the_union_states_each_triple_once(web: TestClient) -> None:
    """A triple of two documents is one triple of the default graph, of a FROM pair as well."""

    def count(query: str) -> int:
        answer = web.get("/sparql", params={"query": query}, headers={"accept": JSON})
        return int(answer.json()["results"]["bindings"][0]["n"]["value"])

    everything = "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { GRAPH ?g { ?s ?p ?o } } }"
    listed = count("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }")
    assert count("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }") == count(everything) < listed
    reprint = f"{BASE}documents/plan-reprint#statements"
    graphs = {g for g in (PLAN, reprint)}
    distinct = " UNION ".join(f"{{ GRAPH <{g}> {{ ?s ?p ?o }} }}" for g in graphs)
    expected = count(f"SELECT (COUNT(*) AS ?n) {{ SELECT DISTINCT ?s ?p ?o {{ {distinct} }} }}")
    froms = "".join(f"FROM <{g}> " for g in graphs)
    assert count(f"SELECT (COUNT(*) AS ?n) {froms} {{ ?s ?p ?o }}") == expected > 0
    prefixed = f"PREFIX d: <{BASE}documents/> SELECT (COUNT(*) AS ?n) {froms} {{ ?s ?p ?o }}"
    assert count(prefixed) == expected
