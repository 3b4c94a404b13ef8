"""The whole graph as one NetworkX MultiDiGraph, for those who want all of it at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import networkx as nx

from kg.graph import Edge, Graph, Node, edge_key, merged, properties

NAMES = ("name", "title", "subject", "text")
"""Where a node's readable name stands, the first that it has."""


def multigraph(graphs: Iterable[Graph]) -> nx.MultiDiGraph:
    """All nodes and edges; nodes by IRI, which no two things share.

    Nodes carry `kind` (the label of the property graph), `id`, `name` and what the graph
    states of them; edges carry `type`, `document` (who states it), `derived` (whether it
    follows from a rule) and, for responsibilities, `role`, `basis`, `order`. `quote`, `start`
    and `end` are the words for it. What is missing is left out, never None.

    An edge whose end is nowhere described is kept; that end then has its kind and id alone.
    """
    found = nx.MultiDiGraph()
    nodes: list[Node] = []
    edges: list[Edge] = []
    for part in graphs:
        nodes.extend(part.nodes)
        edges.extend(part.edges)
    for node in merged(nodes):
        found.add_node(node.iri, **_described(node))
    for edge in edges:
        for end in (edge.source, edge.target):
            if end.iri not in found:
                found.add_node(end.iri, kind=end.label, id=end.id, iri=end.iri, name=end.id)
        more = {"type": edge.type, "document": edge.graph, "derived": edge.derived}
        key = "|".join((edge.type, *map(str, edge_key(edge)[5:])))
        found.add_edge(edge.source.iri, edge.target.iri, key, **properties(edge), **more)
    return found


def _described(node: Node) -> dict[str, Any]:
    facts = properties(node)
    name = next((str(facts[n]) for n in NAMES if n in facts), node.id)
    return {**facts, "kind": node.label, "name": name, "document": node.graph}
