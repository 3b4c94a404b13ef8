"""The RDF form of the graph, by the ontology: N-Quads lines, Turtle. Pure text, no store.

One named graph for each document (``{document}#statements``), one for what a rule or a
comparison derives from it (``{document}#derived``), one for the registry, one for the
catalogue. No blank nodes: a responsibility is ``{task}#responsibility-{order}``, a piece of
evidence ``{document}#char={start},{end}`` (RFC 5147). A relation or a word that a further
document states as well is written in that document's graph too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, lru_cache
from typing import Any

from msgspec import Struct

from kg.errors import DataError
from kg.graph import CATALOGUE, REGISTRY, Edge, Graph, Node
from kg.ids import iri
from kg.model import Evidence
from kg.ontology import NAMESPACE, load
from kg.vocabulary import Attribute, Relation

XSD = "http://www.w3.org/2001/XMLSchema#"
_OA = "http://www.w3.org/ns/oa#"
_QB = "http://purl.org/linked-data/cube#"
_SDMX = "http://purl.org/linked-data/sdmx/2009/"
_A = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
_SPECIAL = re.compile(r'["\\\n\r\x00-\x1f\x7f]')
_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

Encode = Callable[[Any], str]


def nquads(graphs: Iterable[Graph], base_iri: str) -> Iterator[str]:
    """N-Quads of graphs, one piece of text (whole lines) for each; nothing is kept.

    The same line may come twice where two graphs state the same.
    """
    write = _Writer(base_iri).write
    for graph in graphs:
        yield write(graph)


def statements_graph(base_iri: str, document: str) -> str:
    """IRI of the named graph with what a document states."""
    return iri(base_iri, "document", document) + "#statements"


def derived_graph(base_iri: str, document: str) -> str:
    """IRI of the named graph with what follows from a document by rule or comparison."""
    return iri(base_iri, "document", document) + "#derived"


def registry_graph(base_iri: str) -> str:
    """IRI of the named graph with what the registry of departments says."""
    return f"{base_iri}departments#registry"


def catalogue_graph(base_iri: str) -> str:
    """IRI of the named graph with what editors say about documents."""
    return f"{base_iri}documents#catalogue"


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
    text = f"{value:f}" if "e" in repr(value) else repr(value)
    return f'"{text}"^^<{XSD}decimal>'


class _Term(Struct, frozen=True):
    """An attribute made ready: its predicates, its encoding, the predicate of its evidence."""

    predicates: tuple[str, ...]
    encode: Encode
    evidence: str
    implies: dict[str, str]


class _Carrier(Struct, frozen=True):
    """A relation made ready; `head` is what an edge class writes about itself."""

    predicate: str
    slug: str
    type: str
    edge_from: str
    edge_to: str
    distinct_by: tuple[str, ...]
    terms: dict[str, _Term]


class _Observed(Struct, frozen=True):
    """An attribute that is a Data Cube observation."""

    name: str
    year: str
    kind: str
    slug: str


class _Plan(Struct, frozen=True):
    """The ontology, laid out for writing."""

    types: dict[str, str]
    terms: dict[str, dict[str, _Term]]
    relations: dict[str, _Carrier]
    observed: dict[str, tuple[_Observed, ...]]
    units: dict[str, str]


def _term(attribute: Attribute) -> _Term:
    codes = load().schemes.get(attribute.scheme or "", {})
    return _Term(
        predicates=tuple(f"<{p}> " for p in (attribute.iri, *attribute.also)),
        encode=_encoder(attribute),
        evidence=f" <{attribute.evidence}> " if attribute.evidence else "",
        implies={n: f"{_A} <{c.implies}>" for n, c in codes.items() if c.implies},
    )


def _carrier(relation: Relation, terms: dict[str, _Term]) -> _Carrier:
    edge = load().classes[relation.edge] if relation.edge else None
    return _Carrier(
        predicate=f" <{relation.iri}> ",
        slug=edge.name.lower() if edge else "",
        type=f" {_A} <{edge.iri}>" if edge else "",
        edge_from=f" <{relation.edge_from}> ",
        edge_to=f" <{relation.edge_to}> ",
        distinct_by=relation.distinct_by,
        terms=terms,
    )


@lru_cache(maxsize=1)
def _plan() -> _Plan:
    ontology = load()
    terms = {
        c: {name: _term(a) for name, a in ontology.attributes_of(c).items()}
        for c in ontology.classes
    }
    kinds = {c.iri: c.notation for c in ontology.schemes["valueKinds"].values()}
    return _Plan(
        types={c.name: f"{_A} <{c.iri}>" for c in ontology.classes.values()},
        terms=terms,
        relations={
            r.type: _carrier(r, terms[r.edge] if r.edge else {})
            for r in ontology.relations.values()
        },
        observed={
            label: tuple(
                _Observed(a.name, a.observed_in or "", f"<{a.observes}>", kinds[a.observes])
                for a in ontology.attributes_of(label).values()
                if a.observes
            )
            for label in ontology.nodes
        },
        units={n: f"<{c.iri}>" for n, c in ontology.schemes["units"].items()},
    )


class _Writer:
    """Writes graphs as N-Quads under one base."""

    def __init__(self, base_iri: str) -> None:
        self.base = base_iri
        self.plan = _plan()
        self._tails = {
            REGISTRY: f" <{registry_graph(base_iri)}> .\n",
            CATALOGUE: f" <{catalogue_graph(base_iri)}> .\n",
        }
        self._derived: dict[str, str] = {}
        self._documents: dict[str, str] = {}

    def write(self, graph: Graph) -> str:
        """All lines of one graph."""
        out: list[str] = []
        for node in graph.nodes:
            self._node(node, out)
        for edge in graph.edges:
            self._edge(edge, out)
        return "".join(out)

    def _tail(self, source: str) -> str:
        """The end of each line: the named graph of a source."""
        tail = self._tails.get(source)
        if tail is None:
            tail = self._tails[source] = f" <{statements_graph(self.base, source)}> .\n"
        return tail

    def _derived_tail(self, source: str) -> str:
        tail = self._derived.get(source)
        if tail is None:
            tail = self._derived[source] = f" <{derived_graph(self.base, source)}> .\n"
        return tail

    def _document(self, id: str) -> str:
        found = self._documents.get(id)
        if found is None:
            found = self._documents[id] = iri(self.base, "document", id)
        return found

    def _node(self, node: Node, out: list[str]) -> None:
        tail, subject = self._tail(node.graph), f"<{node.iri}> "
        terms = self.plan.terms[node.label]
        out.append(f"{subject}{self.plan.types[node.label]}{tail}")
        self._value(subject, terms["id"], node.id, tail, out)
        for name, value in node.props.items():
            for one in value if isinstance(value, tuple) else (value,):
                self._value(subject, terms[name], one, tail, out)
        for words in node.evidence:
            self._evidence(subject, f"<{NAMESPACE}evidence> ", words, out)
        for name, words in node.backing:
            self._evidence(subject, terms[name].evidence, words, out)
        if node.label == "Document" and node.graph == node.id:
            out.append(f"<{node.iri}/text> {_A} <{NAMESPACE}Text>{tail}"
                       f"<{node.iri}/text> <{NAMESPACE}textOf> <{node.iri}>{tail}")  # fmt: skip
        for observed in self.plan.observed[node.label]:
            self._observation(node, observed, tail, out)

    def _value(self, subject: str, term: _Term, value: Any, tail: str, out: list[str]) -> None:
        text = term.encode(value)
        for predicate in term.predicates:
            out.append(f"{subject}{predicate}{text}{tail}")
        if term.implies and value in term.implies:
            out.append(f"{subject}{term.implies[value]}{tail}")

    def _edge(self, edge: Edge, out: list[str]) -> None:
        relation = self.plan.relations[edge.type]
        triple = f"<{edge.source.iri}>{relation.predicate}<{edge.target.iri}>"
        tail_of = self._derived_tail if edge.derived else self._tail
        out.append(triple + tail_of(edge.graph))
        for words in edge.evidence:
            if words.document != edge.graph:
                out.append(triple + tail_of(words.document))
        if relation.slug:
            self._carried(edge, relation, out)

    def _carried(self, edge: Edge, relation: _Carrier, out: list[str]) -> None:
        """The resource of an edge that has properties of its own."""
        tail = self._tail(edge.graph)
        marks = "-".join([str(edge.props[name]) for name in relation.distinct_by])
        subject = f"<{edge.source.iri}#{relation.slug}-{marks}> "
        out.append(
            f"{subject}{relation.type}{tail}"
            f"{subject}{relation.edge_from}<{edge.source.iri}>{tail}"
            f"{subject}{relation.edge_to}<{edge.target.iri}>{tail}"
        )
        for name, value in edge.props.items():
            self._value(subject, relation.terms[name], value, tail, out)
        for words in edge.evidence:
            self._evidence(subject, f"<{NAMESPACE}evidence> ", words, out)

    def _evidence(self, subject: str, predicate: str, e: Evidence, out: list[str]) -> None:
        """Link to a piece of a document's text and say what it is, in that document's graph."""
        doc, tail = self._document(e.document), self._tail(e.document)
        start, end = e.span
        piece = f"<{doc}#char={start},{end}>"
        selector = f"<{doc}/text#char={start},{end}>"
        number = f'"^^<{XSD}nonNegativeInteger>{tail}'
        out.append(
            f"{subject}{predicate}{piece}{tail}"
            f"{piece} {_A} <{NAMESPACE}Evidence>{tail}"
            f"{piece} <{_OA}hasSource> <{doc}/text>{tail}"
            f"{piece} <{_OA}hasSelector> {selector}{tail}"
            f"{selector} {_A} <{NAMESPACE}Selector>{tail}"
            f"{selector} <{_OA}exact> {literal(e.quote, 'zh')}{tail}"
            f'{selector} <{_OA}start> "{start}{number}'
            f'{selector} <{_OA}end> "{end}{number}'
        )

    def _observation(self, node: Node, o: _Observed, tail: str, out: list[str]) -> None:
        """A value of a year; a year without a value is a value that is missing, not 0."""
        value, year = node.props.get(o.name), node.props.get(o.year)
        if year is None or (value is None and o.slug == "increase"):
            return
        subject = f"<{node.iri}#{o.slug}> "
        data = f"<{self._document(node.graph)}#indicators>"
        lines = [
            f"{subject}{self.plan.types['Observation']}",
            f"{subject}<{_QB}dataSet> {data}",
            f"{data} {_A} <{_QB}DataSet>",
            f"{data} <{_QB}structure> <{NAMESPACE}indicatorStructure>",
            f"{subject}<{NAMESPACE}indicator> <{node.iri}>",
            f"{subject}<{NAMESPACE}valueKind> {o.kind}",
            f'{subject}<{_SDMX}dimension#refPeriod> "{year}"^^<{XSD}gYear>',
        ]
        if value is None:
            status = f"<{_SDMX}code#obsStatus-M>"
            lines.append(f"{subject}<{_SDMX}attribute#obsStatus> {status}")
        else:
            lines.append(f"{subject}<{_SDMX}measure#obsValue> {decimal(float(str(value)))}")
        unit = node.props.get("unit")
        if unit is not None:
            shown = self.plan.units.get(str(unit)) or literal(str(unit), "zh")
            lines.append(f"{subject}<{_SDMX}attribute#unitMeasure> {shown}")
        out.extend(line + tail for line in lines)
