"""The neutral property graph: nodes and edges by the ontology, each with who states it.

Every form (RDF, Neo4j, GraphML …) is made from these and nothing else. What the ontology does
not know, or what lacks its quote, is refused, never dropped.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, NoReturn

from msgspec import Struct

from kg.errors import DataError
from kg.ontology import load
from kg.records import Evidence

REGISTRY = "/registry"
CATALOGUE = "/catalogue"
COMPUTED = "/computed"
"""Graphs that no document states; the slash keeps them apart from document ids."""

Scalar = str | int | float | bool
Props = dict[str, Scalar | tuple[Scalar, ...]]


class End(Struct, frozen=True, gc=False):
    """Which node an edge begins or ends at."""

    label: str
    id: str
    iri: str


class Node(Struct, frozen=True, gc=False):
    """What one source states of one thing.

    `graph` is the id of the document that states it, or REGISTRY or CATALOGUE. A thing that
    two sources speak of is two of these with one id: `merged` unites them. `evidence` are
    the words for the thing; `backing` those for single properties.
    """

    label: str
    id: str
    iri: str
    props: Props
    evidence: tuple[Evidence, ...]
    graph: str
    backing: tuple[tuple[str, Evidence], ...] = ()


class Edge(Struct, frozen=True, gc=False):
    """A relation that `graph` states; `derived` if it follows from a rule or a comparison."""

    type: str
    source: End
    target: End
    props: Props
    evidence: tuple[Evidence, ...]
    graph: str
    derived: bool = False


class Graph(Struct, frozen=True, gc=False):
    """Nodes and edges: of one record, or of everything."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


def merged(nodes: Iterable[Node]) -> list[Node]:
    """Each thing once, with what all sources state of it; in order of first mention.

    Lists are united, sorted and without repeats. The node's `graph` is that of its first
    piece that a document states.

    Raises:
        DataError: two sources give a property that has one value two values.
    """
    pieces: defaultdict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in nodes:
        pieces[node.label, node.id].append(node)
    return [group[0] if len(group) == 1 else _united(group) for group in pieces.values()]


def _united(group: list[Node]) -> Node:
    props: Props = {}
    for node in group:
        for name, value in node.props.items():
            old = props.setdefault(name, value)
            if isinstance(old, tuple) and isinstance(value, tuple):
                props[name] = tuple(sorted({*old, *value}, key=str))
            elif old != value:
                refuse(f"{node.label} 的 {name} 有两个值：{old!r}、{value!r}", node.id)
        if node.iri != group[0].iri:
            refuse(f"同一编号有两个 IRI：{node.iri}", node.id)
    stated = [n for n in group if n.graph not in (REGISTRY, CATALOGUE)]
    first = (stated or group)[0]
    return Node(
        first.label,
        first.id,
        first.iri,
        props,
        tuple(dict.fromkeys(e for n in group for e in n.evidence)),
        first.graph,
        tuple(dict.fromkeys(b for n in group for b in n.backing)),
    )


def edge_key(edge: Edge) -> tuple[Any, ...]:
    """What makes two edges distinct: type, ends, and the properties the ontology names."""
    relation = load().relations[edge.type]
    own = tuple(edge.props[name] for name in relation.distinct_by)
    return edge.type, edge.source.label, edge.source.id, edge.target.label, edge.target.id, *own


def properties(thing: Node | Edge) -> dict[str, Any]:
    """The properties a property graph gives it: its own, and the words that state it.

    `quote`, `start`, `end` are its first evidence, in its own document; `quotes`,
    `documents`, `starts`, `ends` appear where further documents state it too. Lists stay
    lists.
    """
    found: dict[str, Any] = {
        k: list(v) if isinstance(v, tuple) else v for k, v in thing.props.items()
    }
    if isinstance(thing, Node):
        found |= {"id": thing.id, "iri": thing.iri}
    if thing.evidence:
        first = thing.evidence[0]
        found |= {"quote": first.quote, "start": first.span[0], "end": first.span[1]}
    if len(thing.evidence) > 1:
        found["documents"] = [e.document for e in thing.evidence]
        found["quotes"] = [e.quote for e in thing.evidence]
        found["starts"] = [e.span[0] for e in thing.evidence]
        found["ends"] = [e.span[1] for e in thing.evidence]
    return found


def refuse(what: str, where: str) -> NoReturn:
    """Raise the error for a graph that is not as the ontology says."""
    raise DataError(what, where=where, remedy="这是读取程序的错误，请连同文件报告")
