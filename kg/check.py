"""Validate a graph against the shapes of the ontology, with pySHACL."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import pyshacl
import rdflib
from msgspec import Struct
from rdflib.namespace import SH

from kg.ontology import load

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
    shapes = rdflib.Graph().parse(data=load().turtle, format="turtle")
    _, report, _ = pyshacl.validate(_union(quads), shacl_graph=shapes, inference="none")
    results = [_violation(report, result) for result in report.subjects(SH.focusNode)]
    return sorted(results, key=lambda v: (_ORDER[v.severity], v.focus, v.message, v.value or ""))


def _union(quads: str | Iterable[str] | rdflib.Dataset) -> rdflib.Graph:
    union = rdflib.Graph()
    if isinstance(quads, rdflib.Dataset):
        for s, p, o, _ in quads.quads():
            union.add((s, p, o))
        return union
    text = quads if isinstance(quads, str) else "".join(quads)
    return _union(rdflib.Dataset().parse(data=text, format="nquads")) if text else union


def _violation(report: rdflib.Graph, result: rdflib.term.Node) -> Violation:
    messages = [str(m) for m in report.objects(result, SH.resultMessage)]
    path = report.value(result, SH.resultPath)
    value = report.value(result, SH.value)
    return Violation(
        severity=_SEVERITIES.get(report.value(result, SH.resultSeverity), "violation"),
        focus=str(report.value(result, SH.focusNode)),
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
