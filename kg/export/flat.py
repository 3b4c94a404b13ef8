"""The property graph as a stream of rows: each node once, each edge once, values cleaned.

Everything follows from the ontology: which columns a label or a relation has, of which
type. Only the bodies are kept in memory, for many documents speak of each.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from kg import terms
from kg.graph import Edge, End, Graph, Node, edge_key, merged, properties
from kg.ontology import load

BODIES = (terms.COLLECTIVE, terms.DEPARTMENT)
LABEL_LENGTH = 40
Type = Literal["string", "long", "double", "boolean"]
_TYPES: dict[str, Type] = {"integer": "long", "decimal": "double", "boolean": "boolean"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Column(Struct, frozen=True):
    """The type of a property, and whether it holds a list."""

    type: Type
    many: bool = False


EVIDENCE = {
    "quote": Column("string"),
    "start": Column("long"),
    "end": Column("long"),
    "documents": Column("string", True),
    "quotes": Column("string", True),
    "starts": Column("long", True),
    "ends": Column("long", True),
}


def rows(graphs: Iterable[Graph], *, brief: bool = False) -> Iterator[Node | Edge]:
    """Nodes and edges as they come, the bodies last.

    Args:
        graphs: one for each record.
        brief: leave out the words of an edge where they are those of the node it begins at,
            as the Neo4j store does.
    """
    bodies: dict[tuple[str, str], Node] = {}
    for graph in graphs:
        nodes = merged(graph.nodes)
        for node in nodes:
            if node.label in BODIES:
                _add(bodies, node)
            else:
                yield node
        said = {(n.label, n.id): n.evidence for n in nodes} if brief else {}
        for edge in graph.edges:
            own = said.get((edge.source.label, edge.source.id), ())
            repeated = edge.evidence and edge.evidence == own[: len(edge.evidence)]
            yield replace(edge, evidence=()) if repeated else edge
    yield from bodies.values()


def _add(bodies: dict[tuple[str, str], Node], node: Node) -> None:
    key = (node.label, node.id)
    old = bodies.get(key)
    bodies[key] = merged([old, node])[0] if old else node


def values(thing: Node | Edge) -> dict[str, Any]:
    """The properties of a node or an edge, without what no text format can hold."""
    return {name: clean(value) for name, value in properties(thing).items()}


def clean(value: Any) -> Any:
    """A value without control characters (but tab and line ends) and broken surrogates."""
    if isinstance(value, str):
        return _CONTROL.sub("", value)
    return [clean(v) for v in value] if isinstance(value, (list, tuple)) else value


def key_of(end: Node | End) -> str:
    """An id of a node among all nodes; ids alone are unique within their label only."""
    return clean(f"{end.label}:{end.id}")  # type: ignore[no-any-return]


def edge_id(edge: Edge) -> str:
    """An id of an edge that is the same in every export."""
    own = "".join(f" {mark}" for mark in edge_key(edge)[5:])
    return f"{key_of(edge.source)} {edge.type} {key_of(edge.target)}{own}"


def label_of(node: Node) -> str:
    """How a picture names a node: one short line."""
    for name in ("name", "title", "text", "subject"):
        words = " ".join(str(clean(node.props.get(name, ""))).split())
        if words:
            return words if len(words) <= LABEL_LENGTH else words[: LABEL_LENGTH - 1] + "…"
    return str(clean(node.id))


def kind_of(edge: Edge) -> str:
    """What tells parallel edges apart in a picture: the role, or else the type."""
    return str(edge.props.get("role", edge.type))


def edge_label(edge: Edge) -> str:
    """The kind of an edge in Chinese."""
    role = edge.props.get("role")
    return terms.ROLES[str(role)] if role in terms.ROLES else load().relations[edge.type].zh


@cache
def node_columns(label: str) -> dict[str, Column]:
    """The columns of a label: id, iri, its properties, the words for it."""
    own = {name: _column(name) for name in load().attributes_of(label) if name != "id"}
    return {"id": Column("string"), "iri": Column("string"), **own, **EVIDENCE}


@cache
def edge_columns(type: str) -> dict[str, Column]:
    """The columns of a relation: its properties, the words for it."""
    edge = load().relations[type].edge
    own = {name: _column(name) for name in load().attributes_of(edge)} if edge else {}
    return {**own, **EVIDENCE}


def all_node_columns() -> dict[str, Column]:
    """The columns of all labels together."""
    return {k: c for label in load().nodes for k, c in node_columns(label).items()}


def all_edge_columns() -> dict[str, Column]:
    """The columns of all relations together."""
    return {k: c for type in sorted(load().relations) for k, c in edge_columns(type).items()}


def _column(name: str) -> Column:
    attribute = load().attributes[name]
    return Column(_TYPES.get(attribute.datatype, "string"), not attribute.functional)


def plain(value: Any) -> str:
    """A value as text: lists joined by 、, truth in small letters, numbers without exponent."""
    if isinstance(value, list):
        return "、".join(map(plain, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)
