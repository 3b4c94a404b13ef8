"""The RDF form of the graph, by the ontology: N-Quads, Turtle, the provenance of a load. Pure.

One named graph for each document (``{document}#statements``), one for what a rule or a
comparison derives from it (``{document}#derived``), one for the registry, one for the
catalogue. No blank nodes: a responsibility is ``{task}#responsibility-{order}``, a piece of
evidence ``{document}#char={start},{end}`` (after RFC 5147). A relation or a word that a
further document states as well is written in that document's graph too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from kg.graph import CATALOGUE, COMPUTED, REGISTRY, Edge, Graph, Node
from kg.ids import iri
from kg.ontology import NAMESPACE, load
from kg.rdf_plan import XSD, A, Carrier, Observed, Term, decimal, literal, plan
from kg.rdf_text import PREFIXES, grouped, jsonld, turtle_body, turtle_head
from kg.records import Dataset, Evidence
from kg.terms import DOCUMENT

_OA, _QB, _PROV, _DCAT = (PREFIXES[p] for p in ("oa", "qb", "prov", "dcat"))
_SDMX = "http://purl.org/linked-data/sdmx/2009/"


def nquads(graphs: Iterable[Graph], base_iri: str) -> Iterator[str]:
    """N-Quads of graphs, one piece of text (whole lines) for each; nothing is kept.

    The same line may come twice where two graphs state the same.
    """
    write = _Writer(base_iri).write
    for graph in graphs:
        yield write(graph)


def turtle(graphs: Iterable[Graph], base_iri: str) -> str:
    """Turtle of a few graphs: what all sources say of these things, each triple once."""
    triples = grouped(t for graph in graphs for t in _triples(graph, base_iri))
    return turtle_head(base_iri) + "".join(turtle_body(triples, base_iri))


def turtle_pieces(graphs: Iterable[Graph], base_iri: str) -> Iterator[str]:
    """Turtle of any number of graphs, piece by piece; a triple may come twice."""
    yield turtle_head(base_iri)
    for graph in graphs:
        yield "".join(turtle_body(grouped(_triples(graph, base_iri)), base_iri))


def json_ld(graphs: Iterable[Graph], base_iri: str) -> str:
    """JSON-LD of a few graphs, as `turtle`."""
    return jsonld(grouped(t for g in graphs for t in _triples(g, base_iri)), base_iri)


def _triples(graph: Graph, base_iri: str) -> Iterator[ox.Triple]:
    for text in nquads([graph], base_iri):
        for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
            yield quad.triple


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


def computed_graph(base_iri: str) -> str:
    """IRI of the named graph with what is computed and no document states."""
    return f"{base_iri}version#computed"


def provenance_graph(base_iri: str) -> str:
    """IRI of the named graph with how this version came to be."""
    return f"{base_iri}version#provenance"


def provenance(
    dataset: Dataset,
    software: str,
    documents: Iterable[tuple[str, str]],
    base_iri: str,
    at: str | None = None,
) -> str:
    """N-Quads that say from which files, by which software, this version was made.

    Args:
        dataset: the version and the sha256 of the content.
        software: name and version of the program.
        documents: id and sha256 of the source bytes, of each document.
        base_iri: the prefix of all IRIs.
        at: when the load ended (xsd:dateTime); the only thing here that is not content.
    """
    here = f"{base_iri}version"
    made, load_, program = f"<{here}#dataset>", f"<{here}#load>", f"<{here}#software>"
    lines = [
        f"{made} {A} <{NAMESPACE}Release>",
        f"{made} {A} <{_DCAT}Dataset>",
        f"{made} <{_DCAT}version> {literal(dataset.version)}",
        f"{made} <{NAMESPACE}sha256> {literal(dataset.sha256)}",
        f"{made} <{NAMESPACE}ontologyVersion> {literal(load().version)}",
        f"{made} <{_PROV}wasGeneratedBy> {load_}",
        f"{load_} {A} <{NAMESPACE}Load>",
        f"{load_} <{_PROV}generated> {made}",
        f"{load_} <{_PROV}wasAssociatedWith> {program}",
        f"{program} {A} <{NAMESPACE}Software>",
        f"{program} <{NAMESPACE}softwareVersion> {literal(software)}",
    ]
    if at is not None:
        lines.append(f"{load_} <{_PROV}endedAtTime> {literal(at, datatype=XSD + 'dateTime')}")
    for id, sha256 in sorted(documents):
        lines += _origin(id, sha256, load_, base_iri)
    tail = f" <{provenance_graph(base_iri)}> .\n"
    return "".join(line + tail for line in lines)


def _origin(id: str, sha256: str, load_: str, base_iri: str) -> list[str]:
    """Where one document's graph comes from: load, text, source file."""
    doc, graph = iri(base_iri, "document", id), statements_graph(base_iri, id)
    return [
        f"{load_} <{_PROV}used> <{doc}#source>",
        f"<{doc}#source> {A} <{NAMESPACE}Source>",
        f"<{doc}#source> <{NAMESPACE}sha256> {literal(sha256)}",
        f"<{doc}/text> <{_PROV}wasDerivedFrom> <{doc}#source>",
        f"<{graph}> <{_PROV}wasGeneratedBy> {load_}",
        f"<{graph}> <{_PROV}wasDerivedFrom> <{doc}/text>",
    ]


class _Writer:
    """Writes graphs as N-Quads under one base."""

    def __init__(self, base_iri: str) -> None:
        self.base = base_iri
        self.plan = plan()
        self._tails = {
            REGISTRY: f" <{registry_graph(base_iri)}> .\n",
            CATALOGUE: f" <{catalogue_graph(base_iri)}> .\n",
            COMPUTED: f" <{computed_graph(base_iri)}> .\n",
        }
        self._derived: dict[str, str] = {}
        self._documents: dict[str, str] = {}
        self._told: set[Evidence] = set()

    def write(self, graph: Graph) -> str:
        """All lines of one graph."""
        out: list[str] = []
        self._told.clear()
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
            self._evidence(subject, f"<{NAMESPACE}evidence> ", words, node.graph, out)
        for name, words in node.backing:
            self._evidence(subject, terms[name].evidence, words, node.graph, out)
        if node.label == DOCUMENT and node.graph == node.id:
            out.append(
                f"<{node.iri}/text> {A} <{NAMESPACE}Text>{tail}"
                f"<{node.iri}/text> <{NAMESPACE}textOf> <{node.iri}>{tail}"
            )
        for observed in self.plan.observed[node.label]:
            self._observation(node, observed, tail, out)

    def _value(self, subject: str, term: Term, value: Any, tail: str, out: list[str]) -> None:
        text = term.encode(value)
        for predicate in term.predicates:
            out.append(f"{subject}{predicate}{text}{tail}")
        if term.implies and value in term.implies:
            out.append(f"{subject}{term.implies[value]}{tail}")

    def _edge(self, edge: Edge, out: list[str]) -> None:
        relation = self.plan.relations[edge.type]
        triple = f"<{edge.source.iri}>{relation.predicate}<{edge.target.iri}>"
        computed = edge.graph == COMPUTED
        tail_of = self._derived_tail if edge.derived and not computed else self._tail
        out.append(triple + tail_of(edge.graph))
        for words in edge.evidence:
            if words.document != edge.graph and not computed:
                out.append(triple + tail_of(words.document))
        if relation.slug:
            self._carried(edge, relation, out)

    def _carried(self, edge: Edge, relation: Carrier, out: list[str]) -> None:
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
            self._evidence(subject, f"<{NAMESPACE}evidence> ", words, edge.graph, out)

    def _evidence(
        self, subject: str, predicate: str, e: Evidence, source: str, out: list[str]
    ) -> None:
        """Link to a piece of a document's text and say what it is, in that document's graph.

        The link of what is computed (`source`) stays in the graph of what is computed.
        """
        doc, tail = self._document(e.document), self._tail(e.document)
        start, end = e.span
        piece = f"<{doc}#char={start},{end}>"
        link = self._tail(COMPUTED) if source == COMPUTED else tail
        out.append(f"{subject}{predicate}{piece}{link}")
        if e in self._told:
            return
        self._told.add(e)
        selector = f"<{doc}/text#char={start},{end}>"
        number = f'"^^<{XSD}integer>{tail}'
        out.append(
            f"{piece} {A} <{NAMESPACE}Evidence>{tail}"
            f"{piece} <{_OA}hasSource> <{doc}/text>{tail}"
            f"{piece} <{_OA}hasSelector> {selector}{tail}"
            f"{selector} {A} <{NAMESPACE}Selector>{tail}"
            f"{selector} <{_OA}exact> {literal(e.quote)}{tail}"
            f'{selector} <{_OA}start> "{start}{number}'
            f'{selector} <{_OA}end> "{end}{number}'
        )

    def _observation(self, node: Node, o: Observed, tail: str, out: list[str]) -> None:
        """A value of a year; a year without a value is a value that is missing, not 0."""
        value: Any = node.props.get(o.name)
        year = node.props.get(o.year)
        if year is None or (value is None and o.slug == "increase"):
            return
        subject = f"<{node.iri}#{o.slug}> "
        data = f"<{self._document(node.graph)}#indicators>"
        lines = [
            f"{subject}{self.plan.types['Observation']}",
            f"{subject}<{_QB}dataSet> {data}",
            f"{data} {A} <{_QB}DataSet>",
            f"{data} <{_QB}structure> <{NAMESPACE}indicatorStructure>",
            f"{subject}<{NAMESPACE}indicator> <{node.iri}>",
            f"{subject}<{NAMESPACE}valueKind> {o.kind}",
            f'{subject}<{_SDMX}dimension#refPeriod> "{year}"^^<{XSD}gYear>',
        ]
        if value is None:
            status = f"<{_SDMX}code#obsStatus-M>"
            lines.append(f"{subject}<{_SDMX}attribute#obsStatus> {status}")
        else:
            lines.append(f"{subject}<{_SDMX}measure#obsValue> {decimal(value)}")
        unit = node.props.get("unit")
        if unit is not None:
            shown = self.plan.units.get(str(unit)) or literal(str(unit), "zh")
            lines.append(f"{subject}<{_SDMX}attribute#unitMeasure> {shown}")
        out.extend(line + tail for line in lines)
