"""Validate a graph against the shapes of the ontology, with pySHACL."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Literal

import pyoxigraph as ox
import pyshacl
import rdflib
from msgspec import Struct
from rdflib.namespace import SH

from kg.ontology import NAMESPACE, load

WHOLE = NAMESPACE[:-1]
"""Shapes about the graph as a whole have the vocabulary as focus and the culprit as value."""

Severity = Literal["violation", "warning", "info"]
_SEVERITIES: dict[object, Severity] = {SH.Warning: "warning", SH.Info: "info"}
_ORDER: dict[str, int] = {"violation": 0, "warning": 1, "info": 2}


class Violation(Struct, frozen=True, kw_only=True):
    """One finding: at which thing, by which property, what is wrong, with which value."""

    severity: Severity
    focus: str
    path: str | None
    message: str
    value: str | None


def check(quads: str | Iterable[str] | rdflib.Dataset) -> list[Violation]:
    """What the shapes object to, gravest first.

    The shapes look at what all named graphs say together: a task that two documents state
    is one task.

    Args:
        quads: N-Quads (a text or pieces of it), or an rdflib Dataset.
    """
    _, report, _ = pyshacl.validate(_union(quads), shacl_graph=_shapes(), inference="none")
    results = [_violation(report, result) for result in report.subjects(SH.focusNode)]
    return sorted(results, key=lambda v: (_ORDER[v.severity], v.focus, v.message, v.value or ""))


@lru_cache(maxsize=1)
def _shapes() -> rdflib.Graph:
    return rdflib.Graph().parse(data=load().turtle, format="turtle")


def _union(quads: str | Iterable[str] | rdflib.Dataset) -> rdflib.Graph:
    union = rdflib.Graph()
    if isinstance(quads, rdflib.Dataset):
        for s, p, o, _ in quads.quads():
            union.add((s, p, o))
        return union
    text = quads if isinstance(quads, str) else "".join(quads)
    for quad in ox.parse(text, format=ox.RdfFormat.N_QUADS):
        union.add((_term(quad.subject), _term(quad.predicate), _term(quad.object)))
    return union


@lru_cache(maxsize=100_000)
def _term(term: Any) -> rdflib.term.Node:
    """The same term for rdflib; three times as fast as its own parser."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    datatype = None if term.language else term.datatype.value
    if datatype == rdflib.XSD.string:
        datatype = None
    return rdflib.Literal(term.value, lang=term.language, datatype=datatype)


def _violation(report: rdflib.Graph, result: rdflib.term.Node) -> Violation:
    focus, value = report.value(result, SH.focusNode), report.value(result, SH.value)
    if str(focus) == WHOLE:
        focus, value = value, None
    messages = [str(m) for m in report.objects(result, SH.resultMessage)]
    path = report.value(result, SH.resultPath)
    return Violation(
        severity=_SEVERITIES.get(report.value(result, SH.resultSeverity), "violation"),
        focus=str(focus),
        path=_path(report, path),
        message=" ".join(sorted(messages)),
        value=None if value is None or isinstance(value, rdflib.BNode) else str(value),
    )


def _path(report: rdflib.Graph, path: rdflib.term.Node | None) -> str | None:
    """A property, or ^property for its inverse."""
    if path is None or not isinstance(path, rdflib.BNode):
        return None if path is None else str(path)
    inverse = report.value(path, SH.inversePath)
    return f"^{inverse}" if inverse is not None else None
