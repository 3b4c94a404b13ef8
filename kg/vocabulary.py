"""The records an ontology is read into. `kg.ontology` makes them; the forms are driven by them."""

from __future__ import annotations

import re
from functools import cached_property
from typing import Literal

from msgspec import Struct

Form = Literal["node", "edge", "resource", "abstract"]


class Class(Struct, frozen=True, kw_only=True):
    """A class; `parents` are all its ancestors within the vocabulary.

    `aligned` are the standard classes it is declared a subclass of; `ungrounded` says that
    no quote can be asked for it.
    """

    name: str
    iri: str
    zh: str
    en: str
    comment: str
    form: Form
    key: tuple[str, ...]
    parents: tuple[str, ...]
    aligned: tuple[str, ...]
    ungrounded: bool


class Attribute(Struct, frozen=True, kw_only=True):
    """A property whose value is a literal or, if `scheme` is set, a concept of that list.

    `also` are the standard properties written beside it; `evidence` is the property that
    links a thing to the words that state this one; `observes` and `observed_in` make it a
    Data Cube observation of that kind, in the year of that other attribute.
    """

    name: str
    iri: str
    zh: str
    en: str
    comment: str
    domain: frozenset[str]
    required: frozenset[str]
    functional: bool
    datatype: str
    language: str | None
    scheme: str | None
    open: bool
    also: tuple[str, ...]
    evidence: str | None
    observes: str | None
    observed_in: str | None


class Relation(Struct, frozen=True, kw_only=True):
    """A property between nodes: a triple, and a relationship of type `type`.

    If a class carries it (`edge`), the relationship has that class's attributes, and
    `distinct_by` says which of them tell two edges between the same ends apart.
    """

    name: str
    type: str
    iri: str
    zh: str
    en: str
    comment: str
    domain: frozenset[str]
    range: frozenset[str]
    required: frozenset[str]
    functional: bool
    ungrounded: bool
    edge: str | None = None
    edge_from: str | None = None
    edge_to: str | None = None
    distinct_by: tuple[str, ...] = ()


class Concept(Struct, frozen=True, kw_only=True):
    """A value of a code list; `notation` is how the API and the property graph write it.

    `implies` is a standard class that a thing so classified also belongs to; `derives` marks
    a basis that is a rule's consequence and not printed.
    """

    iri: str
    notation: str
    zh: str
    en: str
    implies: str | None
    derives: bool


class Ontology(Struct, frozen=True, kw_only=True, dict=True):
    """The whole vocabulary: classes, attributes and code lists by name, relations by type."""

    version: str
    classes: dict[str, Class]
    attributes: dict[str, Attribute]
    relations: dict[str, Relation]
    schemes: dict[str, dict[str, Concept]]
    turtle: str

    @cached_property
    def nodes(self) -> tuple[str, ...]:
        """The labels of the property graph, sorted."""
        return tuple(sorted(c.name for c in self.classes.values() if c.form == "node"))

    def attributes_of(self, name: str) -> dict[str, Attribute]:
        """The attributes a class may have, its ancestors' included."""
        return {a.name: a for a in self.attributes.values() if name in a.domain}


def relationship_type(name: str) -> str:
    """The mechanical rule: lowerCamelCase of RDF to the property graph's UPPER_SNAKE_CASE."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).upper()
