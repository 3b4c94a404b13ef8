"""The records an ontology is read into. `kg.ontology` makes them; the forms are driven by them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
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


def faults(ontology: Ontology) -> Iterator[tuple[str, str]]:
    """What no single term shows: dangling references, labels used twice. (term, what is wrong)."""
    yield from _class_faults(ontology)
    for a in ontology.attributes.values():
        if a.scheme and not ontology.schemes.get(a.scheme):
            yield a.name, f"取值表不存在或是空的：{a.scheme}"
        if a.observed_in and a.observed_in not in ontology.attributes:
            yield a.name, f"观测年份的属性不存在：{a.observed_in}"
    for r in ontology.relations.values():
        carried = ontology.attributes_of(r.edge) if r.edge else {}
        if r.edge and not (r.edge_from and r.edge_to and set(r.distinct_by) <= set(carried)):
            yield r.edge, "边的类没有写明两端，或用来区分的不是它的属性"
    named: list[Class | Attribute | Relation] = [
        *ontology.classes.values(),
        *ontology.attributes.values(),
        *ontology.relations.values(),
    ]
    for label, total in Counter(t.zh for t in named).items():
        if total > 1:
            yield next(t.name for t in named if t.zh == label), f"标签用了两次：{label}"


def _class_faults(ontology: Ontology) -> Iterator[tuple[str, str]]:
    for c in ontology.classes.values():
        if c.form == "node" and not set(c.key) <= set(ontology.attributes_of(c.name)):
            yield c.name, "键不是它的属性"
        carried = [r for r in ontology.relations.values() if r.edge == c.name]
        if c.form == "edge" and not (len(carried) == 1 and carried[0].distinct_by):
            yield c.name, "边的类没有写明关系 edgeType 或区分 edgeDistinctBy"
