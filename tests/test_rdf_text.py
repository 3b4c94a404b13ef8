"""Turtle, JSON-LD and the provenance of a load."""

from __future__ import annotations

import json

import pyoxigraph as ox
import rdflib

from kg import facts
from kg.rdf import json_ld, provenance, turtle, turtle_pieces
from kg.records import Dataset
from tests.test_graph import BASE, sample_graphs, task
from tests.test_rdf import AWKWARD, ends, odd, plain, rows, store, text


def triples(quads: str) -> set[tuple[str, ...]]:
    return {quad[:-1] for quad in plain(quads)}


def read_turtle(turtle_text: str) -> set[tuple[str, ...]]:
    return {
        (t.subject.value, t.predicate.value, *ends(t.object))
        for t in ox.parse(turtle_text, format=ox.RdfFormat.TURTLE)
    }


def test_turtle_says_the_same() -> None:
    awkward = [odd(id, AWKWARD) for id in ("a b", "x#y", "甲，乙（丙）", "1.2.")]
    for graphs in (sample_graphs(), awkward):
        assert read_turtle(turtle(graphs, BASE)) == triples(text(graphs))
        assert read_turtle("".join(turtle_pieces(graphs, BASE))) == triples(text(graphs))
        assert len(rdflib.Graph().parse(data=turtle(graphs, BASE), format="turtle")) == len(
            triples(text(graphs))
        )


def test_turtle_of_one_task_is_readable() -> None:
    shown = turtle(facts.graphs([task("annual-2")], BASE), BASE)
    assert f"@base <{BASE}> ." in shown
    assert "\n<tasks/annual-2> a pkg:Task ;\n" in shown
    assert "    pkg:ledBy <departments/公安部> ;\n" in shown
    assert "<tasks/annual-2#responsibility-0> a pkg:Responsibility ;" in shown
    assert "pkg:open false" in shown and "pkg:order 0" in shown


def test_json_ld_says_the_same() -> None:
    shown = json_ld(sample_graphs(), BASE)
    read = rdflib.Graph().parse(data=shown, format="json-ld")
    assert len(read) == len(triples(text()))
    things = {thing["@id"]: thing for thing in json.loads(shown)["@graph"]}
    assert things["tasks/annual-2"]["@type"] == ["pkg:Task"]


def test_another_base_gives_the_same_with_that_base() -> None:
    graph = facts.graphs([task("plan-4.1")], "https://example.org/kg")
    assert read_turtle(turtle(graph, "https://example.org/kg"))


def test_provenance_depends_on_content_only() -> None:
    files = [("plan", "ab" * 32), ("annual", "cd" * 32)]
    made = Dataset("2021.1", "ef" * 32)
    first = provenance(made, "policy-kg 0.1.0", files, BASE)
    assert first == provenance(made, "policy-kg 0.1.0", files[::-1], BASE)
    assert "endedAtTime" not in first
    stamped = provenance(made, "policy-kg 0.1.0", files, BASE, at="2021-10-28T00:00:00Z")
    assert len(plain(stamped)) == len(plain(first)) + 1
    assert {g for *_, g in plain(first)} == {BASE + "version#provenance"}
    used = rows(store(first), "SELECT ?h { ?l a pkg:Load . ?s a pkg:Source ; pkg:sha256 ?h }")
    assert used == {(sha256,) for _, sha256 in files}
