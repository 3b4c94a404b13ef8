"""Things of the graph as Turtle and JSON-LD, from the one RDF form of `kg.rdf`."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from api.core import Call, Operation
from api.negotiate import TURTLE, Format
from kg import facts, rdf
from kg.ids import PLURAL
from kg.query_names import everything
from kg.records import SectionRecord


class Thing(Struct, frozen=True):
    """A record and what else is needed to write it down."""

    record: Any
    sections: tuple[SectionRecord, ...]
    base: str


def gather(call: Call, operation: Operation, answer: Any) -> Thing:
    """Everything the RDF of a thing takes from the store."""
    assert operation.kind
    record = getattr(answer, "department", answer)  # a department's page holds its record
    document = getattr(record, "document", None)
    sections = tuple(everything(call.store, "section", document.id)) if document else ()
    return Thing(record, sections, record.iri.rpartition(f"{PLURAL[operation.kind]}/")[0])


def describe(thing: Thing, fmt: Format) -> str:
    """All that is said of one thing, in the format asked for."""
    text = rdf.turtle(facts.graphs([thing.record], thing.base, thing.sections), thing.base)
    return text if fmt is TURTLE else json_ld(text)


def json_ld(turtle: str) -> str:
    """The same triples as JSON-LD, expanded: a list of things, all names whole IRIs."""
    triples = ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)
    data = ox.serialize(triples, format=ox.RdfFormat.JSON_LD)
    assert data is not None
    return data.decode()
