"""What the SPARQL endpoint says about itself, in RDF (SPARQL 1.1 Service Description)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kg.console.sparql_engine import TRIPLES

_SD = "http://www.w3.org/ns/sparql-service-description#"
_FORMATS = "http://www.w3.org/ns/formats/"
_A = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip


def describe(endpoint: str, graphs: Iterable[str], format: str) -> bytes:
    """The description of the service at `endpoint`, whose dataset has these named graphs.

    `format` is a key of `sparql_engine.TRIPLES`.
    """
    prefixes = {"sd": _SD, "formats": _FORMATS}
    found = ox.serialize(_triples(endpoint, graphs), format=TRIPLES[format], prefixes=prefixes)
    assert found is not None
    return found


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SD + name)


def _triples(endpoint: str, graphs: Iterable[str]) -> Iterator[ox.Triple]:
    service, dataset, default = (ox.NamedNode(endpoint + end) for end in ("", "#dataset", "#all"))
    yield ox.Triple(service, _A, _sd("Service"))
    yield ox.Triple(service, _sd("endpoint"), service)
    yield ox.Triple(service, _sd("supportedLanguage"), _sd("SPARQL11Query"))
    yield ox.Triple(service, _sd("feature"), _sd("UnionDefaultGraph"))
    for name in _RESULTS:
        yield ox.Triple(service, _sd("resultFormat"), ox.NamedNode(_FORMATS + name))
    yield ox.Triple(service, _sd("defaultDataset"), dataset)
    yield ox.Triple(dataset, _A, _sd("Dataset"))
    yield ox.Triple(dataset, _sd("defaultGraph"), default)
    yield ox.Triple(default, _A, _sd("Graph"))
    for number, name in enumerate(graphs, 1):
        named = ox.NamedNode(f"{endpoint}#graph-{number}")
        graph = ox.NamedNode(name)
        yield ox.Triple(dataset, _sd("namedGraph"), named)
        yield ox.Triple(named, _A, _sd("NamedGraph"))
        yield ox.Triple(named, _sd("name"), graph)
        yield ox.Triple(named, _sd("graph"), graph)
        yield ox.Triple(graph, _A, _sd("Graph"))
