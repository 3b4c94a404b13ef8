"""The property graph in Cypher: constraints, indexes and parameterised statements. Pure.

Everything follows from the ontology by one rule: a class of form node is a label, an
attribute a property, a relation a relationship, an edge class that relationship with
properties. No driver is imported here and no value ever stands inside a statement.

All nodes also carry the label `OWNED`, so that in a database that holds other things only
these are found, changed and removed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from msgspec import Struct, field

from kg import terms
from kg.graph import Edge, Graph, Node, edge_key, merged, properties
from kg.ontology import load

OWNED = "PolicyKg"
TEXT_INDEX = "taskText"
Row = dict[str, Any]
Statement = tuple[str, dict[str, Any]]
End = tuple[str, str]  # label, id


def schema() -> list[str]:
    """One uniqueness constraint for the key of each label, and the index for Chinese text."""
    ontology = load()
    found = [
        f"CREATE CONSTRAINT {label.lower()}_id IF NOT EXISTS "
        f"FOR (n:{label}) REQUIRE {_key_of(label)} IS UNIQUE"
        for label in ontology.nodes
    ]
    return [*found, text_index()]


def _key_of(label: str) -> str:
    names = [f"n.{name}" for name in load().classes[label].key]
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


def text_index() -> str:
    """The full-text index for explorers: Chinese by overlapping pairs of characters."""
    ontology = load()
    content = [c for c in ontology.nodes if "Content" in ontology.classes[c].parents]
    names = sorted(
        {
            a.name
            for c in content
            for a in ontology.attributes_of(c).values()
            if a.datatype == "text" and a.functional and a.name in _SEARCHED
        }
    )
    return (
        f"CREATE FULLTEXT INDEX {TEXT_INDEX} IF NOT EXISTS FOR (n:{'|'.join(content)}) "
        f"ON EACH [{', '.join(f'n.{name}' for name in names)}] "
        "OPTIONS {indexConfig: {`fulltext.analyzer`: 'cjk'}}"
    )


_SEARCHED = {"title", "text", "name", "detail", "definition", "subject"}


class Batch(Struct):
    """Nodes by label and edges by the label they begin at, ready to be written together.

    An edge's row names its target by its place in `ends`, so that each target is looked up
    once and not once for each edge.
    """

    nodes: dict[str, list[Row]] = field(default_factory=dict)
    edges: dict[str, dict[str, dict[str, list[Row]]]] = field(default_factory=dict)

    @property
    def ends(self) -> set[End]:
        """All nodes that edges lead to."""
        return {
            (group.split(" ")[1], row["to"])
            for starts in self.edges.values()
            for groups in starts.values()
            for group, rows in groups.items()
            for row in rows
        }

    def ids(self) -> set[End]:
        """The nodes written."""
        return {(label, row["id"]) for label, rows in self.nodes.items() for row in rows}


def batch(graphs: Iterable[Graph]) -> Batch:
    """The rows of some graphs, each thing once.

    An edge shows the words for it unless they are those of the node it begins at.
    """
    parts = list(graphs)
    nodes = merged(node for part in parts for node in part.nodes)
    said = {(n.label, n.id): n for n in nodes}
    found = Batch()
    for node in nodes:
        found.nodes.setdefault(node.label, []).append(properties(node))
    seen: set[tuple[Any, ...]] = set()
    for edge in (e for part in parts for e in part.edges):
        key = edge_key(edge)
        if key not in seen:
            seen.add(key)
            starts = found.edges.setdefault(edge.source.label, {})
            groups = starts.setdefault(edge.source.id, {})
            row = {"to": edge.target.id, "props": _edge_properties(edge, said)}
            groups.setdefault(f"{edge.type} {edge.target.label}", []).append(row)
    return found


def _edge_properties(edge: Edge, said: dict[End, Node]) -> Row:
    source = said.get((edge.source.label, edge.source.id))
    if (
        source is not None
        and edge.evidence
        and edge.evidence == source.evidence[: len(edge.evidence)]
    ):
        return dict(edge.props)
    return properties(edge)


def write(found: Batch, *, fresh: bool) -> Iterator[Statement]:
    """Statements that write a batch: nodes in the order of labels, then all edges.

    Args:
        found: what is to be written; edges may lead to nodes that are there already.
        fresh: no node of the batch is there yet, bodies excepted.
    """
    for label, rows in sorted(found.nodes.items()):
        yield _node_statement(label, fresh and label not in BODIES), {"rows": rows}
    for label, starts in sorted(found.edges.items()):
        groups = sorted({g for groups in starts.values() for g in groups})
        ends: defaultdict[str, dict[str, int]] = defaultdict(dict)
        rows = [_start_row(id, own, ends) for id, own in starts.items()]
        given = {f"to_{target}": list(ids) for target, ids in ends.items()}
        yield _edge_statement(label, tuple(groups)), {"rows": rows, **given}


BODIES = (terms.COLLECTIVE, terms.DEPARTMENT)


def _start_row(id: str, groups: dict[str, list[Row]], ends: dict[str, dict[str, int]]) -> Row:
    row: Row = {"id": id}
    for group, edges in groups.items():
        places = ends[group.split(" ")[1]]
        row[group.replace(" ", "_")] = [
            {"at": places.setdefault(e["to"], len(places)), "props": e["props"]} for e in edges
        ]
    return row


@cache
def _node_statement(label: str, fresh: bool) -> str:
    """Nodes as they are to be; a body is only added to, its record follows by itself.

    Where a node of this label and id is not ours, MERGE with both labels creates another
    and the constraint refuses it: nothing foreign is ever taken over.
    """
    if fresh:
        return f"UNWIND $rows AS row CREATE (n:{label}:{OWNED}) SET n = row"
    how = "+=" if label in BODIES else "="
    return f"UNWIND $rows AS row MERGE (n:{label}:{OWNED} {{id: row.id}}) SET n {how} row"


@cache
def _edge_statement(label: str, groups: tuple[str, ...]) -> str:
    targets = sorted({group.split(" ")[1] for group in groups})
    lines = [
        f"CALL {{ UNWIND $to_{t} AS id MATCH (m:{t}:{OWNED} {{id: id}}) "
        f"RETURN collect(m) AS to_{t} }}"
        for t in targets
    ]
    lines += ["UNWIND $rows AS row", f"MATCH (n:{label}:{OWNED} {{id: row.id}})"]
    for group in groups:
        type, target = group.split(" ")
        lines.append(
            f"FOREACH (e IN row.{type}_{target} | FOREACH (m IN [to_{target}[e.at]] | "
            f"CREATE (n)-[r:{type}]->(m) SET r = e.props))"
        )
    return "\n".join(lines)


def contents() -> str:
    """What is there of some documents: the nodes in them and they themselves."""
    return (
        f"UNWIND $documents AS id MATCH (d:{terms.DOCUMENT}:{OWNED} {{id: id}}) "
        f"OPTIONAL MATCH (n:{OWNED})-[:{terms.IN_DOCUMENT}]->(d) "
        "RETURN id AS document, [l IN labels(n) WHERE l <> $owned][0] AS label, n.id AS id"
    )


def clear(ends: Iterable[End]) -> Iterator[Statement]:
    """Take away the relationships that begin at some nodes and lead to ours."""
    types = "|".join(sorted(load().relations))
    for label, ids in _by_label(ends):
        yield (
            f"UNWIND $ids AS id MATCH (:{label}:{OWNED} {{id: id}})-[r:{types}]->(:{OWNED}) "
            "DELETE r",
            {"ids": ids},
        )


def remove(ends: Iterable[End]) -> Iterator[Statement]:
    """Take away some nodes."""
    for label, ids in _by_label(ends):
        yield (
            f"UNWIND $ids AS id MATCH (n:{label}:{OWNED} {{id: id}}) DETACH DELETE n",
            {"ids": ids},
        )


def replace_bodies(found: Batch) -> Iterator[Statement]:
    """Write bodies as their records say, with what they are part of."""
    for label, rows in sorted(found.nodes.items()):
        yield (
            f"UNWIND $rows AS row MERGE (n:{label}:{OWNED} {{id: row.id}}) SET n = row",
            {"rows": rows},
        )
    yield from clear((label, row["id"]) for label, rows in found.nodes.items() for row in rows)
    yield from write(Batch(edges=found.edges), fresh=False)


def _by_label(ends: Iterable[End]) -> list[tuple[str, list[str]]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for label, id in ends:
        found[label].append(id)
    return sorted((label, sorted(ids)) for label, ids in found.items())


__all__ = ["OWNED", "TEXT_INDEX", "Batch", "batch", "clear", "contents", "remove",
           "replace_bodies", "schema", "write"]  # fmt: skip
