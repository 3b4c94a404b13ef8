"""Things of the graph as Turtle and JSON-LD, from the one RDF form of `kg.rdf`."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox

from api.core import Call, Operation
from api.negotiate import TURTLE
from kg import facts, rdf
from kg.ids import PLURAL
from kg.query_names import everything


def describe(call: Call, operation: Operation, answer: Any) -> str:
    """All that is said of one thing, in the format asked for."""
    assert operation.kind
    record = getattr(answer, "department", answer)  # a department's page holds its record
    base = record.iri.rpartition(f"{PLURAL[operation.kind]}/")[0]
    document = getattr(record, "document", None)
    sections = list(everything(call.store, "section", document.id)) if document else []
    text = rdf.turtle(facts.graphs([record], base, sections), base)
    return text if call.format is TURTLE else json_ld(text)


def json_ld(turtle: str) -> str:
    """The same triples as JSON-LD, expanded: a list of things, all names whole IRIs."""
    triples = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    data = ox.serialize(triples, format=ox.RdfFormat.JSON_LD)
    assert data is not None
    return data.decode()
