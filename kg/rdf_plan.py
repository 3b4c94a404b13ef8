"""How the ontology's terms are written in RDF: literals, and the ontology laid out for writing."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from typing import Any

from msgspec import Struct

from kg.ontology import load
from kg.vocabulary import Attribute, Relation

XSD = "http://www.w3.org/2001/XMLSchema#"
A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SPECIAL = re.compile(r'["\\\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Encode = Callable[[Any], str]


def literal(value: str, language: str | None = None, datatype: str | None = None) -> str:
    """A literal as N-Quads and Turtle write it."""
    if _SPECIAL.search(value):
        value = _SPECIAL.sub(lambda m: _SHORT.get(m[0]) or f"\\u{ord(m[0]):04X}", value)
    if language:
        return f'"{value}"@{language}'
    return f'"{value}"^^<{datatype}>' if datatype else f'"{value}"'


def _encoder(attribute: Attribute) -> Encode:
    """How an attribute's values are written."""
    if attribute.scheme:
        known = {n: f"<{c.iri}>" for n, c in load().schemes[attribute.scheme].items()}
        return lambda value: known.get(value) or literal(value)
    if attribute.language:
        language = attribute.language
        return lambda value: literal(value, language)
    if attribute.datatype == "string":
        return literal
    if attribute.datatype == "boolean":
        return lambda value: f'"{str(value).lower()}"^^<{XSD}boolean>'
    if attribute.datatype == "decimal":
        return decimal
    tail = f'"^^<{XSD}{attribute.datatype}>'
    return lambda value: f'"{value}{tail}'


def decimal(value: float) -> str:
    """A number as xsd:decimal: 12, 6.3, never an exponent."""
    text = format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    return f'"{text}"^^<{XSD}decimal>'


class Term(Struct, frozen=True):
    """An attribute made ready: its predicates, its encoding, the predicate of its evidence."""

    predicates: tuple[str, ...]
    encode: Encode
    evidence: str
    implies: dict[str, str]


class Carrier(Struct, frozen=True):
    """A relation made ready; `head` is what an edge class writes about itself."""

    predicate: str
    slug: str
    type: str
    edge_from: str
    edge_to: str
    distinct_by: tuple[str, ...]
    terms: dict[str, Term]


class Observed(Struct, frozen=True):
    """An attribute that is a Data Cube observation."""

    name: str
    year: str
    kind: str
    slug: str


class Plan(Struct, frozen=True):
    """The ontology, laid out for writing."""

    types: dict[str, str]
    terms: dict[str, dict[str, Term]]
    relations: dict[str, Carrier]
    observed: dict[str, tuple[Observed, ...]]
    units: dict[str, str]


def _term(attribute: Attribute) -> Term:
    codes = load().schemes.get(attribute.scheme or "", {})
    return Term(
        predicates=tuple(f"<{p}> " for p in (attribute.iri, *attribute.also)),
        encode=_encoder(attribute),
        evidence=f" <{attribute.evidence}> " if attribute.evidence else "",
        implies={n: f"{A} <{c.implies}>" for n, c in codes.items() if c.implies},
    )


def _carrier(relation: Relation, terms: dict[str, Term]) -> Carrier:
    edge = load().classes[relation.edge] if relation.edge else None
    return Carrier(
        predicate=f" <{relation.iri}> ",
        slug=edge.name.lower() if edge else "",
        type=f" {A} <{edge.iri}>" if edge else "",
        edge_from=f" <{relation.edge_from}> ",
        edge_to=f" <{relation.edge_to}> ",
        distinct_by=relation.distinct_by,
        terms=terms,
    )


@lru_cache(maxsize=1)
def plan() -> Plan:
    """The product's ontology, laid out once."""
    ontology = load()
    terms = {
        c: {name: _term(a) for name, a in ontology.attributes_of(c).items()}
        for c in ontology.classes
    }
    kinds = {c.iri: c.notation for c in ontology.schemes["valueKinds"].values()}
    return Plan(
        types={c.name: f"{A} <{c.iri}>" for c in ontology.classes.values()},
        terms=terms,
        relations={
            r.type: _carrier(r, terms[r.edge] if r.edge else {})
            for r in ontology.relations.values()
        },
        observed={
            label: tuple(
                Observed(a.name, a.observed_in or "", f"<{a.observes}>", kinds[a.observes])
                for a in ontology.attributes_of(label).values()
                if a.observes
            )
            for label in ontology.nodes
        },
        units={n: f"<{c.iri}>" for n, c in ontology.schemes["units"].items()},
    )
