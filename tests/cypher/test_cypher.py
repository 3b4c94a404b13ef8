"""``POST /cypher`` and ``kg cypher`` on the embedded store: shapes, limits, form, publications."""

from __future__ import annotations

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kg import facts
from kg.config import Settings
from kg.console import forms
from kg.console.computed import COMPUTED
from kg.console.cypher import CypherConsole
from kg.console.cypher_text import columns
from kg.console.limits import Limits
from kg.errors import UnavailableError
from kg.graph import properties
from kg.graph_rules import united
from kg.ontology import load
from kg.store.embedded import EmbeddedStore
from tests import sample
from tests.sparql.support import BASE, filled, new_store, refused, serving
from tests.test_api_support import client as memory_client


def ask(client: TestClient, query: str, limit: int = 1000, **parameters: Any) -> Any:
    body = {"query": query, "parameters": parameters, "limit": limit}
    answer = client.post("/cypher", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


def test_columns_rows_truncated_engine(web: TestClient) -> None:
    found = ask(web, "MATCH (d:Document) RETURN d.id AS id ORDER BY id")
    assert set(found) == {"columns", "rows", "truncated", "engine"}
    assert (found["columns"], found["engine"], found["truncated"]) == (["id"], "ladybug", False)
    assert found["rows"][0] == ["annual"]
    cut = ask(web, "MATCH (d:Document) RETURN d.id AS id ORDER BY id", limit=2)
    assert (len(cut["rows"]), cut["truncated"]) == (2, True)


def test_nodes_relationships_and_paths_are_objects(web: TestClient) -> None:
    query = ("MATCH p = (t:Task {id: 'plan-4.2'})-[r:INVOLVES {order: 0}]->(d:Department) "
             "RETURN t, r, d, p, label(r) AS type, t.scope AS nothing")  # fmt: skip
    task, relation, body, path, kind, nothing = ask(web, query)["rows"][0]
    assert set(task) == {"labels", "properties"} and task["labels"] == ["Task"]
    assert task["properties"]["id"] == "plan-4.2"
    assert task["properties"]["iri"] == f"{BASE}tasks/plan-4.2"
    assert set(relation) == {"type", "properties"} and relation["type"] == kind == "INVOLVES"
    assert {"role", "basis", "order", "quote", "start", "end"} <= set(relation["properties"])
    assert body["labels"] == ["Department"] and nothing is None
    assert path == {"nodes": [task, body], "relationships": [relation]}
    assert None not in [*task["properties"].values(), *relation["properties"].values()]


def test_names_that_ladybug_reserves_need_no_quotes(web: TestClient) -> None:
    words = {"iri", "quote", "start", "end", "documents", "quotes", "starts", "ends"}
    for label in set(load().nodes) - COMPUTED:
        for name in sorted({*load().attributes_of(label), *words}):
            ask(web, f"MATCH (n:{label}) RETURN n.{name} AS x LIMIT 1")
    for relation in load().relations.values():
        named = relation.edge if relation.type not in COMPUTED else None
        for name in sorted(load().attributes_of(named)) if named else ():
            ask(web, f"MATCH ()-[r:{relation.type}]->() RETURN r.{name} AS x LIMIT 1")
    query = (
        "MATCH ()-[r:INVOLVES {order: 0, role: 'lead'}]->() RETURN type(r) AS t, r.end - r.start"
    )
    assert ask(web, query)["rows"][0][0] == "INVOLVES"
    case = "RETURN CASE WHEN true THEN 1 ELSE 0 END AS x ORDER BY x"
    assert ask(web, case)["rows"] == [[1]]


def test_parameters_of_all_kinds(web: TestClient) -> None:
    query = "UNWIND $ids AS id MATCH (d:Document {id: id}) RETURN id, $n + 1 AS n, $b AS b, $t AS t"
    found = ask(web, query, ids=["plan", "annual"], n=1, b=True, t="引'号\"")
    assert sorted(found["rows"]) == [["annual", 2, True, "引'号\""], ["plan", 2, True, "引'号\""]]


def test_it_is_the_graph_by_the_one_rule(corpus: EmbeddedStore, site: TestClient) -> None:
    """Every node and edge of the neutral graph, with its properties, and nothing else."""
    records = [r for kind in ("task", "project", "goal", "indicator", "target", "section",
                              "document", "department")
               for r in corpus.records(kind)]  # type: ignore[arg-type]  # fmt: skip
    sections = tuple(corpus.records("section"))
    graph = united(facts.graphs(records, BASE, sections))
    expected = {(n.label, n.id): _flat(properties(n)) for n in graph.nodes}
    found = ask(site, "MATCH (n) RETURN n", limit=10_000)["rows"]
    assert {(n["labels"][0], n["properties"]["id"]): _flat(n["properties"]) for [n] in found} == (
        expected
    )
    query = "MATCH (a)-[r]->(b) RETURN a.id, type(r), b.id, r.order AS o"
    relations = ask(site, query, limit=10_000)["rows"]
    edges = [[e.source.id, e.type, e.target.id, e.props.get("order")] for e in graph.edges]
    assert sorted(map(str, relations)) == sorted(map(str, edges))
    labels = {row[1] for row in ask(site, "CALL show_tables() RETURN *")["rows"]}
    assert labels == set(load().nodes) | set(load().relations)


def _flat(values: dict[str, Any]) -> dict[str, Any]:
    return {k: float(v) if isinstance(v, int) and not isinstance(v, bool) else v
            for k, v in values.items()}  # fmt: skip


@pytest.mark.parametrize(
    ("body", "status", "pointer"),
    [
        (b"{", 400, ""), (b"", 400, ""), (b"[]", 400, ""), (b"{}", 400, ""),
        (b"\xff\xfe", 400, ""), (b"[" * 30_000, 400, ""),
        (b'{"query": 1}', 400, "/query"), (b'{"query": ""}', 400, "/query"),
        (b'{"query": "RETURN 1", "limit": 0}', 400, "/limit"),
        (b'{"query": "RETURN 1", "limit": 10001}', 400, "/limit"),
        (b'{"query": "RETURN 1", "limit": "5"}', 400, "/limit"),
        (b'{"query": "RETURN 1", "parameters": []}', 400, "/parameters"),
        (b'{"query": "RETURN 1", "parametres": {}}', 400, ""),
        (b'{"query": "RETURN $x"}', 400, "/query"), (b'{"query": "MATCH (n"}', 400, "/query"),
        (b'{"query": "RETURN"}', 400, "/query"), (b'{"query": "MATCH (n:No) RETURN n"}', 400, "/query"),
        (b'{"query": "RETURN 1/0"}', 400, "/query"), (b'{"query": "nonsense"}', 400, "/query"),
        (b'{"query": "RETURN 1; RETURN 2"}', 400, "/query"), (b'{"query": " // "}', 400, "/query"),
        (b'{"query": "RETURN \\"x"}', 400, "/query"),
        (b'{"query": "MATCH (n:Task:Goal) RETURN n"}', 400, "/query"),
        (b'{"query": "MATCH (n:Instrument) RETURN n"}', 400, "/query"),
        (b'{"query": "MATCH ()-[:INVOLVES|MAY_CONTINUE_IN]->(n) RETURN n"}', 400, "/query"),
        (b'{"query": "MATCH (a)-[:LED_BY]->(b)<-[:LED_BY]-(c) RETURN *"}', 400, "/query"),
        (b'{"query": "MATCH (a)-[:LED_BY*]->(b)<-[:LED_BY]-(c) RETURN a"}', 400, "/query"),
    ],
)  # fmt: skip
def test_a_bad_request_is_pointed_at(
    web: TestClient, body: bytes, status: int, pointer: str
) -> None:
    answer = web.post("/cypher", content=body, headers={"content-type": "application/json"})
    found = refused(answer, status)
    assert [e["pointer"] for e in found["errors"]] == [pointer]


def test_other_methods_types_and_sizes(web: TestClient) -> None:
    body = {"query": "RETURN 1 AS x"}
    refused(web.get("/cypher"), 405)
    refused(web.put("/cypher", json=body), 405)
    refused(web.post("/cypher", content=b"RETURN 1"), 415)
    refused(web.post("/cypher", data={"query": "RETURN 1"}), 415)
    refused(web.post("/cypher?query=x", json=body), 400)
    refused(web.post("/cypher", json={"query": "RETURN 1 //" + "x" * 70_000}), 413)
    kind = {"content-type": "application/json; charset=utf-8"}
    answer = web.post("/cypher", content=b'{"query": "RETURN 1 AS x"}', headers=kind)
    assert answer.json()["rows"] == [[1]]


def test_a_store_without_cypher_says_so() -> None:
    refused(memory_client().post("/cypher", json={"query": "RETURN 1"}), 501)


def test_a_store_that_speaks_cypher_itself_is_asked(tmp_path: Path) -> None:
    class Console:
        def read(self, query: str, parameters: Any, limit: int, timeout: float) -> Any:
            return {"columns": ["x"], "rows": [[query, parameters, limit, timeout]],
                    "truncated": False, "engine": "neo4j"}  # fmt: skip

    store = filled(tmp_path / "store")
    store.console = Console()  # type: ignore[attr-defined]
    with serving(store) as client:
        found = ask(client, "RETURN $a", limit=5, a=1)
        assert (found["rows"], found["engine"]) == ([["RETURN $a", {"a": 1}, 5, 2.0]], "neo4j")


def test_the_form_lies_beside_the_version_and_follows_it(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    version = store.rdf_folder.parent  # type: ignore[union-attr]
    before = sorted(p.name for p in version.rglob("*"))
    with serving(store) as client:
        documents = "MATCH (d:Document) RETURN count(d) AS n"
        (n,) = ask(client, documents)["rows"][0]
        first = [p.name for p in (tmp_path / "store" / forms.FOLDER).iterdir()]
        assert any(name.startswith(f"{version.name}.cypher-") for name in first)
        assert sorted(p.name for p in version.rglob("*")) == before
        store.publish(remove=["annual"])
        assert ask(client, documents)["rows"] == [[n - 1]]
        store.publish(add=sample.all_documents())
        assert ask(client, documents)["rows"] == [[n]]
        names = {p.name.split(".")[0] for p in (tmp_path / "store" / forms.FOLDER).iterdir()}
        kept = {p.name for p in (tmp_path / "store" / "versions").iterdir()}
        assert names - {"lock"} <= kept and version.name not in names


def test_a_broken_build_leaves_nothing_that_would_be_taken_for_a_form(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    version = store.rdf_folder.parent  # type: ignore[union-attr]
    folder = tmp_path / "store" / forms.FOLDER
    folder.mkdir()
    (folder / f"{version.name}.cypher-x.part").write_bytes(b"half")
    (folder / "000000-gone.cypher-1").write_bytes(b"old")
    console = CypherConsole(Limits())
    assert json.loads(console.ask(store, "RETURN 1 AS x"))["rows"] == [[1]]
    console.close()
    names = sorted(p.name for p in folder.iterdir())
    assert len(names) == 2 and names[1] == "lock"


def test_a_form_that_cannot_be_built_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(tmp_path / "store")
    monkeypatch.setattr(forms, "ENGINES", {"cypher": "policy-kg"})
    (store.rdf_folder.parent / "manifest.json").rename(tmp_path / "away")  # type: ignore[union-attr]
    console = CypherConsole(Limits())
    with pytest.raises(UnavailableError, match="没能"):
        console.ask(store, "RETURN 1")
    (tmp_path / "away").rename(store.rdf_folder.parent / "manifest.json")  # type: ignore[union-attr]
    assert console.ask(store, "RETURN 1 AS x")
    console.close()


def test_a_folder_that_cannot_be_written_is_no_obstacle(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = filled(tmp_path / "store")
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setattr(forms.tempfile, "tempdir", str(temporary))
    (tmp_path / "store" / forms.FOLDER).write_text("in the way")
    console = CypherConsole(Limits())
    assert json.loads(console.ask(store, "RETURN 1 AS x"))["rows"] == [[1]]
    console.close()
    (folder,) = temporary.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_first_question_does_not_wait_for_ever(tmp_path: Path) -> None:
    store = filled(tmp_path / "store")
    console = CypherConsole(Limits(), patience=0.0)
    with pytest.raises(UnavailableError, match="准备"):
        console.ask(store, "RETURN 1")
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            assert console.ask(store, "RETURN 1 AS x")
            break
        except UnavailableError:
            time.sleep(0.2)
    else:
        pytest.fail("the form was never ready")
    console.close()


def test_a_publication_in_the_middle_of_queries(tmp_path: Path) -> None:
    writer = filled(tmp_path / "store")
    annual = [d for d in sample.all_documents() if d.extraction.document.id == "annual"]
    store = new_store(tmp_path / "store", read_only=True)
    settings = Settings(base_iri=BASE, query_seconds=20)
    with serving(store, settings) as client:
        query = "MATCH (t:Task) RETURN count(t) AS n"
        allowed = {ask(client, query)["rows"][0][0]}
        writer.publish(remove=["annual"])
        allowed.add(ask(client, query)["rows"][0][0])
        stop, seen = threading.Event(), set()

        def read_on() -> None:
            while not stop.is_set():
                seen.add(ask(client, query)["rows"][0][0])

        with ThreadPoolExecutor(2) as pool:
            readers = [pool.submit(read_on) for _ in range(2)]
            for turn in range(3):
                writer.publish(add=annual) if turn % 2 == 0 else writer.publish(remove=["annual"])
                time.sleep(0.5)
            stop.set()
            for reader in readers:
                reader.result()
        assert seen <= allowed and len(allowed) == 2


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("MATCH (t) RETURN t.id, count( * )", ["t.id", "count( * )"]),
        ("MATCH (t) RETURN DISTINCT t.id AS id , t.title as `a``b` ORDER BY id", ["id", "a`b"]),
        ("MATCH (t) WITH t, 1 AS one RETURN [t.id, one], {a: 1, b: 2} LIMIT 2",
         ["[t.id, one]", "{a: 1, b: 2}"]),
        ("MATCH (t) WHERE EXISTS { MATCH (t)-->(x) RETURN x } RETURN t", ["t"]),
        ("RETURN 1 AS a UNION RETURN 2 AS a", ["a"]),
        ("MATCH (t) RETURN *", []),
        ("MATCH (t) RETURN *, 1", []),
        ("RETURN", []),
    ],
)  # fmt: skip
def test_columns_are_called_as_the_statement_writes_them(query: str, names: list[str]) -> None:
    assert list(columns(query)) == names


def test_an_unnamed_column_is_headed_by_its_words(web: TestClient) -> None:
    found = ask(web, "MATCH (:Task)-[r]->(:Department) RETURN type(r), count(*) ORDER BY type(r)")
    assert found["columns"] == ["type(r)", "count(*)"]
    everything = ask(web, "MATCH (d:Document) RETURN * LIMIT 1")
    assert everything["columns"] == ["d"]
