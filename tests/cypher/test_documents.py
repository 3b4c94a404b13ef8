"""Every query of the docs, on the five documents: the answers printed there are the answers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from rdflib import Dataset
from starlette.testclient import TestClient

from kg.export import quads
from kg.store.base import TaskQuery
from tests.cypher.pages import SAVED, Example, Same, examples, same
from tests.sparql.support import BASE

XSD = "http://www.w3.org/2001/XMLSchema#"
NUMBERS: dict[str, Any] = {
    XSD + "integer": int, XSD + "decimal": float, XSD + "boolean": lambda v: v == "true"
}  # fmt: skip
HEADLINE = (
    "MATCH (t:Task)-[:LED_BY]->(:Department {name:'国家知识产权局'}), "
    "(t)-[:INVOLVES]->(:Department {name:'海关总署'}) RETURN t"
)


def cypher(client: TestClient, query: str) -> tuple[list[str], list[list[Any]]]:
    answer = client.post("/cypher", json={"query": query})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["engine"] == "ladybug" and body["truncated"] is False
    return body["columns"], body["rows"]


def sparql(client: TestClient, query: str) -> tuple[list[str], list[list[Any]]]:
    answer = client.get("/sparql", params={"query": query})
    assert answer.status_code == 200, answer.text
    names = answer.json()["head"]["vars"]
    found = answer.json()["results"]["bindings"]
    return names, [[_value(row.get(name)) for name in names] for row in found]


def _value(term: dict[str, str] | None) -> Any:
    if term is None:
        return None
    return NUMBERS.get(term.get("datatype", ""), str)(term["value"])


@pytest.mark.parametrize("example", examples("cypher"), ids=lambda e: str(e.number))
def test_cypher_of_the_page(site: TestClient, example: Example) -> None:
    assert cypher(site, example.query) == (example.columns, example.rows)


@pytest.mark.parametrize("example", examples("sparql"), ids=lambda e: str(e.number))
def test_sparql_of_the_page(site: TestClient, example: Example) -> None:
    assert sparql(site, example.query) == (example.columns, example.rows)


def test_both_pages_ask_two_dozen_questions_and_answer_them_alike() -> None:
    one, other = examples("cypher"), examples("sparql")
    assert [e.number for e in one] == list(range(1, 25))
    assert [e.question for e in one] == [e.question for e in other]
    assert [e.rows for e in one] == [e.rows for e in other]
    assert one[0].query == HEADLINE


def test_the_saved_queries_are_those_of_the_page() -> None:
    text = re.sub(r"^//.*\n", "", SAVED.read_text("utf-8"), flags=re.MULTILINE)
    saved = [q.strip() for q in text.split(";\n") if q.strip()]
    assert saved == [e.neo4j or e.query for e in examples("cypher")]


@pytest.mark.parametrize("door", same(), ids=lambda s: s.question)
def test_the_same_question_through_every_door(site: TestClient, door: Same) -> None:
    rest = site.get(f"{door.address}&limit=100").json()
    assert rest["next"] is None
    asked = site.get("/ask", params={"q": door.question}).json()
    page = site.get(f"{door.address}&limit=100&format=html").text
    shown = set(re.findall(r'href="/tasks/([^"?#]+)"', page))
    found = {
        "rest": {t["id"] for t in rest["results"]},
        "ask": _all(site, asked["url"]),
        "cypher": {row[0] for row in cypher(site, door.cypher)[1]},
        "sparql": {row[0] for row in sparql(site, door.sparql)[1]},
    }
    assert asked["answer"]["total"] == rest["total"] == len(door.tasks)
    assert all(ids == set(door.tasks) for ids in found.values()), found
    if door.tasks:
        assert shown == {quote(t) for t in door.tasks}


def _all(client: TestClient, address: str) -> set[str]:
    found = client.get(f"{address}&limit=100").json()
    return {t["id"] for t in found["results"]}


def test_there_are_enough_doors() -> None:
    assert len(same()) >= 12


def test_rdflib_opens_the_export_in_three_lines(tmp_path: Path, corpus: Any) -> None:
    out = tmp_path / "graph.nq"
    out.write_text("".join(quads(corpus)), "utf-8")
    data = Dataset(default_union=True)
    data.parse(out, format="nquads")
    tasks = list(data.query("SELECT ?s { ?s a <https://policy-kg.github.io/ns#Task> }"))
    assert len(set(tasks)) == corpus.find_tasks(TaskQuery(), limit=0).total
    assert str(tasks[0][0]).startswith(BASE)
