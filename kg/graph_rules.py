"""What the ontology allows: each node and edge by itself, then all of them together."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from msgspec import Struct

from kg.graph import CATALOGUE, REGISTRY, Edge, Graph, Node, Props, edge_key, merged, refuse
from kg.ontology import load
from kg.records import Evidence
from kg.vocabulary import Attribute


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
            refuse(f"本体没有这类节点：{node.label}", node.id)
        _check_props(node.props, rule, node.label, node.id)
        _check_address(node.id, node.iri)
        for name, _ in node.backing:
            if name not in rule or not rule[name].backed:
                refuse(f"{node.label} 的 {name} 不能带依据", node.id)
        grounded = node.evidence or node.graph in (REGISTRY, CATALOGUE)
        if not grounded and node.label not in rules.ungrounded:
            refuse(f"{node.label} 没有原文依据", node.id)
        _check_evidence(node.evidence, node.id)
    for edge in graph.edges:
        _check_edge(edge, rules)
    return graph


class _Rule(Struct, frozen=True):
    """What the values of one attribute must be."""

    functional: bool
    types: tuple[type, ...]
    datatype: str
    codes: frozenset[str] | None
    backed: bool
    required: frozenset[str]


class _Rules(Struct, frozen=True):
    """The ontology in the shape the checks need."""

    nodes: dict[str, dict[str, _Rule]]
    edges: dict[str, dict[str, _Rule]]
    ends: dict[str, tuple[frozenset[str], frozenset[str]]]
    ungrounded: frozenset[str]


_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "decimal": (int, float),
    "boolean": (bool,),
}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_BAD_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`\x7f]')


@lru_cache(maxsize=1)
def _rules() -> _Rules:
    ontology = load()
    relations = ontology.relations.values()
    bare = {c.name for c in ontology.classes.values() if c.ungrounded}
    return _Rules(
        nodes={label: _rules_of(label) for label in ontology.nodes},
        edges={r.type: _rules_of(r.edge) if r.edge else {} for r in relations},
        ends={r.type: (r.domain, r.range) for r in relations},
        ungrounded=frozenset(bare | {r.type for r in relations if r.ungrounded}),
    )


def _rules_of(name: str) -> dict[str, _Rule]:
    return {a.name: _rule(a) for a in load().attributes_of(name).values()}


def _rule(a: Attribute) -> _Rule:
    closed = a.scheme is not None and not a.open
    return _Rule(
        functional=a.functional,
        types=_TYPES.get(a.datatype, (str,)),
        datatype=a.datatype,
        codes=frozenset(load().schemes[a.scheme]) if closed and a.scheme else None,
        backed=a.evidence is not None,
        required=a.required,
    )


def _check_props(props: Props, rules: Mapping[str, _Rule], kind: str, id: str) -> None:
    for name, value in props.items():
        rule = rules.get(name)
        if rule is None:
            refuse(f"本体没有给 {kind} 这个属性：{name}", id)
        if rule.functional:
            _check_value(name, value, rule, kind, id)
        elif isinstance(value, tuple):
            for one in value:
                _check_value(name, one, rule, kind, id)
        else:
            refuse(f"{kind} 的 {name} 应为一列值", id)


def _check_value(name: str, value: object, rule: _Rule, kind: str, id: str) -> None:
    if type(value) not in rule.types:
        refuse(f"{kind} 的 {name} 应为一个 {rule.datatype}，不是 {value!r}", id)
    if rule.codes is not None and value not in rule.codes:
        refuse(f"{kind} 的 {name} 不在取值表中：{value!r}", id)
    if rule.datatype == "date" and not _DATE.fullmatch(str(value)):
        refuse(f"{kind} 的 {name} 应为 年-月-日，不是 {value!r}", id)


def _check_edge(edge: Edge, rules: _Rules) -> None:
    where = f"{edge.source.id} → {edge.target.id}"
    ends = rules.ends.get(edge.type)
    if ends is None:
        refuse(f"本体没有这种关系：{edge.type}", where)
    if edge.source.label not in ends[0] or edge.target.label not in ends[1]:
        refuse(f"{edge.type} 不能从 {edge.source.label} 到 {edge.target.label}", where)
    rule = rules.edges[edge.type]
    _check_props(edge.props, rule, edge.type, where)
    if len(edge.props) < len(rule):
        missing = [n for n, r in rule.items() if r.required and n not in edge.props]
        if missing:
            refuse(f"{edge.type} 缺少属性：{'、'.join(missing)}", where)
    if not edge.evidence and edge.type not in rules.ungrounded:
        refuse(f"{edge.type} 没有原文依据", where)
    _check_address(edge.target.id, edge.target.iri)
    _check_evidence(edge.evidence, where)


def _check_address(id: str, iri: str) -> None:
    if not id or _BAD_IRI.search(iri) or ":" not in iri:
        refuse(f"编号或 IRI 不合法：{iri!r}", id)


def _check_evidence(evidence: Iterable[Evidence], where: str) -> None:
    for e in evidence:
        start, end = e.span
        if start < 0 or end - start != len(e.quote) or not e.quote:
            refuse(f"起止 {start}–{end} 与引文「{e.quote[:20]}」的长度不符", where)


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
                refuse(f"{edge.type} 所连的 {end.label} 不在图中：{end.id}", where)
        key = edge_key(edge)
        if key in seen:
            refuse(f"{edge.type} 出现了两次", where)
        seen.add(key)
        start = (edge.source.label, edge.source.id)
        if edge.type in outgoing[start] and load().relations[edge.type].functional:
            refuse(f"{edge.source.label} 只能有一个 {edge.type}", where)
        outgoing[start].add(edge.type)
    for node in nodes:
        _check_complete(node, outgoing[node.label, node.id])
    return Graph(tuple(nodes), edges)


def _check_complete(node: Node, outgoing: set[str]) -> None:
    for name, rule in _rules().nodes[node.label].items():
        if node.label in rule.required and name not in node.props and name != "id":
            refuse(f"{node.label} 缺少属性：{name}", node.id)
    for relation in load().relations.values():
        if node.label in relation.required and relation.type not in outgoing:
            refuse(f"{node.label} 缺少关系：{relation.type}", node.id)
