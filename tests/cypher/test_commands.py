"""The commands ``kg cypher`` and ``kg sparql`` on the five documents."""

from __future__ import annotations

import json

import pytest

from api.cli import run
from kg.store.embedded import EmbeddedStore


@pytest.fixture
def store_folder(corpus: EmbeddedStore) -> str:
    return str(corpus.rdf_folder.parents[2])  # type: ignore[union-attr]


def test_the_command_cypher(store_folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    query = "MATCH (t:Task)-[:LED_BY]->(:Department {name: $name}) RETURN t.id AS id"
    call = ["cypher", query, "--param", "name=海关总署", "--store", store_folder]
    assert run([*call, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["columns"], found["rows"]) == (["id"], [["ip-2019-46"]])
    assert run(call) == 0
    shown = capsys.readouterr().out
    assert "ip-2019-46" in shown and "1 行" in shown
    assert run(["cypher", "MATCH (t:Task) RETURN t", "--limit", "2", "--store", store_folder]) == 0
    assert "2 行，还有更多" in capsys.readouterr().out
    for wrong in (["cypher", "CREATE (x)"], ["cypher", "MATCH (n"], ["cypher", "RETURN $x"],
                  ["cypher", "RETURN 1", "--param", "x"]):  # fmt: skip
        assert run([*wrong, "--store", store_folder]) == 2
        told = capsys.readouterr()
        assert told.err.startswith("错误：") and "Traceback" not in told.err and not told.out


def test_the_command_sparql(store_folder: str, capsys: pytest.CaptureFixture[str]) -> None:
    prefix = "PREFIX pkg: <https://policy-kg.github.io/ns#> "
    select = prefix + 'SELECT ?id { ?t pkg:ledBy/pkg:name "海关总署"@zh ; pkg:id ?id }'
    assert run(["sparql", select, "--json", "--store", store_folder]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [r["id"]["value"] for r in found["results"]["bindings"]] == ["ip-2019-46"]
    assert run(["sparql", select, "--store", store_folder]) == 0
    assert "ip-2019-46" in capsys.readouterr().out
    assert run(["sparql", "ASK {}", "--store", store_folder]) == 0
    assert capsys.readouterr().out == "true\n"
    construct = prefix + "CONSTRUCT { ?d pkg:id ?id } WHERE { ?d a pkg:Document ; pkg:id ?id }"
    assert run(["sparql", construct, "--store", store_folder]) == 0
    assert "@prefix pkg:" in capsys.readouterr().out
    for wrong in ("CLEAR ALL", "SELECT", "SELECT * { SERVICE <http://localhost/> {} }"):
        assert run(["sparql", wrong, "--store", store_folder]) == 2
        assert capsys.readouterr().err.startswith("错误：")
