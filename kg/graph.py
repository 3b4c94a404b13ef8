"""The neutral property graph: nodes and edges by the ontology, each with who states it.

Every form (RDF, Neo4j, GraphML …) is made from these and nothing else. What the ontology does
not know, or what lacks its quote, is refused, never dropped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from msgspec import Struct

from kg.errors import DataError
from kg.model import Evidence
from kg.ontology import load
from kg.vocabulary import Attribute

REGISTRY = "/registry"
CATALOGUE = "/catalogue"
"""Graphs that no document states; the slash keeps them apart from document ids."""

Scalar = str | int | float | bool
Props = dict[str, Scalar | tuple[Scalar, ...]]


class End(Struct, frozen=True):
    """Which node an edge begins or ends at."""

    label: str
    id: str
    iri: str


class Node(Struct, frozen=True):
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


class Edge(Struct, frozen=True):
    """A relation that `graph` states; `derived` if it follows from a rule or a comparison."""

    type: str
    source: End
    target: End
    props: Props
    evidence: tuple[Evidence, ...]
    graph: str
    derived: bool = False


class Graph(Struct, frozen=True):
    """Nodes and edges: of one record, or of everything."""

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()


def checked(graph: Graph) -> Graph:
    """The graph itself, if each node and edge by itself is as the ontology says.

    Raises:
        DataError: unknown kind or property, wrong type of value, wrong ends, no evidence
            where words must be shown, an empty span, an address with white space.
    """
    rules = _rules()
    for node in graph.nodes:
        rule = rules.nodes.get(node.label)
        if rule is None:
            _refuse(f"本体没有这类节点：{node.label}", node.id)
        _check_props(node.props, rule, node.label, node.id)
        _check_address(node.id, node.iri)
        for name, _ in node.backing:
            if name not in rule or rule[name].evidence is None:
                _refuse(f"{node.label} 的 {name} 不能带依据", node.id)
        grounded = node.evidence or node.graph in (REGISTRY, CATALOGUE)
        if not grounded and node.label not in rules.ungrounded:
            _refuse(f"{node.label} 没有原文依据", node.id)
        _check_evidence(node.evidence, node.id)
    for edge in graph.edges:
        _check_edge(edge, rules)
    return graph


class _Rules(Struct, frozen=True):
    """The ontology in the shape the checks need."""

    nodes: dict[str, dict[str, Attribute]]
    edges: dict[str, dict[str, Attribute]]
    ends: dict[str, tuple[frozenset[str], frozenset[str]]]
    ungrounded: frozenset[str]


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    ontology = load()
    relations = ontology.relations.values()
    bare = {c.name for c in ontology.classes.values() if c.ungrounded}
    return _Rules(
        nodes={label: ontology.attributes_of(label) for label in ontology.nodes},
        edges={r.type: ontology.attributes_of(r.edge) if r.edge else {} for r in relations},
        ends={r.type: (r.domain, r.range) for r in relations},
        ungrounded=frozenset(bare | {r.type for r in relations if r.ungrounded}),
    )


_TYPES: dict[str, tuple[type, ...]] = {
    "text": (str,),
    "string": (str,),
    "code": (str,),
    "date": (str,),
    "integer": (int,),
    "decimal": (int, float),
    "boolean": (bool,),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_BAD_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')


def _check_props(props: Props, rule: Mapping[str, Attribute], kind: str, id: str) -> None:
    for name, value in props.items():
        attribute = rule.get(name)
        if attribute is None:
            _refuse(f"本体没有给 {kind} 这个属性：{name}", id)
        if isinstance(value, tuple) == attribute.functional:
            shape = "只有一个值" if attribute.functional else "为一列值"
            _refuse(f"{kind} 的 {name} 应{shape}", id)
        for one in value if isinstance(value, tuple) else (value,):
            if type(one) not in _TYPES[attribute.datatype]:
                _refuse(f"{kind} 的 {name} 应为 {attribute.datatype}，不是 {one!r}", id)
            if attribute.datatype == "date" and not _DATE.fullmatch(str(one)):
                _refuse(f"{kind} 的 {name} 应为 年-月-日，不是 {one!r}", id)
            if attribute.scheme and not attribute.open and one not in _codes(attribute.scheme):
                _refuse(f"{kind} 的 {name} 不在取值表中：{one!r}", id)


@lru_cache(maxsize=64)
def _codes(scheme: str) -> frozenset[str]:
    return frozenset(load().schemes[scheme])


def _check_edge(edge: Edge, rules: _Rules) -> None:
    where = f"{edge.source.id} → {edge.target.id}"
    ends = rules.ends.get(edge.type)
    if ends is None:
        _refuse(f"本体没有这种关系：{edge.type}", where)
    if edge.source.label not in ends[0] or edge.target.label not in ends[1]:
        _refuse(f"{edge.type} 不能从 {edge.source.label} 到 {edge.target.label}", where)
    rule = rules.edges[edge.type]
    _check_props(edge.props, rule, edge.type, where)
    if len(edge.props) < len(rule):
        missing = [a.name for a in rule.values() if a.required and a.name not in edge.props]
        if missing:
            _refuse(f"{edge.type} 缺少属性：{'、'.join(missing)}", where)
    if not edge.evidence and edge.type not in rules.ungrounded:
        _refuse(f"{edge.type} 没有原文依据", where)
    _check_address(edge.target.id, edge.target.iri)
    _check_evidence(edge.evidence, where)


def _check_address(id: str, iri: str) -> None:
    if not id or _BAD_IRI.search(iri) or ":" not in iri:
        _refuse(f"编号或 IRI 不合法：{iri!r}", id)


def _check_evidence(evidence: Iterable[Evidence], where: str) -> None:
    for e in evidence:
        start, end = e.span
        if start < 0 or end - start != len(e.quote) or not e.quote:
            _refuse(f"起止 {start}–{end} 与引文「{e.quote[:20]}」的长度不符", where)


def _refuse(what: str, where: str) -> NoReturn:
    raise DataError(what, where=where, remedy="这是读取程序的错误，请连同文件报告")


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
                _refuse(f"{node.label} 的 {name} 有两个值：{old!r}、{value!r}", node.id)
        if node.iri != group[0].iri:
            _refuse(f"同一编号有两个 IRI：{node.iri}", node.id)
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


def united(graphs: Iterable[Graph]) -> Graph:
    """All of it as one graph, each thing once, checked as a whole.

    Raises:
        DataError: an edge ends nowhere, is there twice, or is one too many; a thing lacks
            a property or a relation that the ontology requires.
    """
    parts = list(graphs)
    nodes = merged(node for part in parts for node in part.nodes)
    edges = tuple(edge for part in parts for edge in part.edges)
    present = {(n.label, n.id) for n in nodes}
    seen: set[tuple[Any, ...]] = set()
    outgoing: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in edges:
        where = f"{edge.source.id} → {edge.target.id}"
        for end in (edge.source, edge.target):
            if (end.label, end.id) not in present:
                _refuse(f"{edge.type} 所连的 {end.label} 不在图中：{end.id}", where)
        key = edge_key(edge)
        if key in seen:
            _refuse(f"{edge.type} 出现了两次", where)
        seen.add(key)
        start = (edge.source.label, edge.source.id)
        if edge.type in outgoing[start] and load().relations[edge.type].functional:
            _refuse(f"{edge.source.label} 只能有一个 {edge.type}", where)
        outgoing[start].add(edge.type)
    for node in nodes:
        _check_complete(node, outgoing[node.label, node.id])
    return Graph(tuple(nodes), edges)


def edge_key(edge: Edge) -> tuple[Any, ...]:
    """What makes two edges distinct: type, ends, and the properties the ontology names."""
    relation = load().relations[edge.type]
    own = tuple(edge.props[name] for name in relation.distinct_by)
    return edge.type, edge.source.label, edge.source.id, edge.target.label, edge.target.id, *own


def _check_complete(node: Node, outgoing: set[str]) -> None:
    for attribute in _rules().nodes[node.label].values():
        if node.label in attribute.required and attribute.name not in (*node.props, "id"):
            _refuse(f"{node.label} 缺少属性：{attribute.name}", node.id)
    for relation in load().relations.values():
        if node.label in relation.required and relation.type not in outgoing:
            _refuse(f"{node.label} 缺少关系：{relation.type}", node.id)


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
