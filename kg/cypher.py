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
from graphlib import CycleError, TopologicalSorter
from typing import Any, NamedTuple

from msgspec import Struct, field

from kg import terms
from kg.graph import Graph, merged, properties
from kg.ontology import load
from kg.records import Evidence

OWNED = "PolicyKg"
TEXT_INDEX = "taskText"
# For statements that only create, or look up by the index they name: however the graph has
# grown, no other plan would be better; planning them again took 6 % of the server's time.
KEEP_PLAN = "CYPHER replan=skip"
Props = dict[str, Any]
Statement = tuple[str, dict[str, Any]]
End = tuple[str, str]  # label, id


class EdgeKind(NamedTuple):
    """Edges that one statement writes: labels of both ends, type, names of properties."""

    source: str
    type: str
    target: str
    names: tuple[str, ...]


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


class Edges(Struct):
    """Edges of one kind, half as much to send as rows with names.

    `rows`: id of the node they begin at → ``[place of the target in ends, *properties]``;
    `ends`: id of a target → its place.
    """

    rows: dict[str, list[list[Any]]] = field(default_factory=dict)
    ends: dict[str, int] = field(default_factory=dict)

    def add(self, source: str, target: str, props: Props) -> None:
        """One more edge."""
        place = self.ends.setdefault(target, len(self.ends))
        self.rows.setdefault(source, []).append([place, *props.values()])


class Batch(Struct):
    """What is written together; `nodes`: label → properties."""

    nodes: dict[str, list[Props]] = field(default_factory=dict)
    edges: dict[EdgeKind, Edges] = field(default_factory=dict)

    def ids(self) -> set[End]:
        """The nodes written."""
        return {(label, row["id"]) for label, rows in self.nodes.items() for row in rows}


def batch(graphs: Iterable[Graph]) -> Batch:
    """The rows of some graphs, each thing once.

    An edge shows the words for it unless they are those of the node it begins at.
    """
    parts = list(graphs)
    found = Batch()
    said: dict[End, tuple[Evidence, ...]] = {}
    for node in merged(node for part in parts for node in part.nodes):
        found.nodes.setdefault(node.label, []).append(properties(node))
        said[node.label, node.id] = node.evidence
    for edge in (e for part in parts for e in part.edges):
        source, target = edge.source, edge.target
        words = said.get((source.label, source.id), ())
        repeated = edge.evidence and edge.evidence == words[: len(edge.evidence)]
        props = edge.props if repeated else properties(edge)
        kind = EdgeKind(source.label, edge.type, target.label, tuple(props))
        if kind not in found.edges:
            found.edges[kind] = Edges()
        found.edges[kind].add(source.id, target.id, props)
    return found


def write(found: Batch, *, fresh: bool) -> Iterator[Statement]:
    """Statements that write a batch: nodes after those their edges lead to, then edges.

    New nodes are written with their edges at once: none need be looked up again.

    Args:
        found: what is to be written; edges may lead to nodes that are there already.
        fresh: no node of the batch is there yet, bodies excepted.
    """
    left, waiting = dict(found.edges), set(found.nodes)
    for label in _order(found):
        rows = found.nodes[label]
        names = tuple(sorted({name for row in rows for name in row}))
        values: list[list[Any]] = [[row.get(name) for name in names] for row in rows]
        new = fresh and label not in BODIES
        ids = {row["id"] for row in rows}
        kinds = [k for k in sorted(left) if new and k.source == label and k.target not in waiting]
        kinds = [k for k in kinds if left[k].rows.keys() <= ids]
        edges = [left.pop(kind) for kind in kinds]
        for row, made in zip(rows, values, strict=True):
            made += [own.rows.get(row["id"], ()) for own in edges]
        ends = {f"ends{n}": list(own.ends) for n, own in enumerate(edges)}
        yield _node_statement(label, names, new, tuple(kinds)), {"rows": values, **ends}
        waiting.discard(label)
    for kind, own in sorted(left.items()):
        yield _edge_statement(kind), {"rows": list(own.rows.items()), "ends": list(own.ends)}


def _order(found: Batch) -> list[str]:
    """The labels, each after those that its edges lead to, if there is such an order."""
    needs = {
        label: {k.target for k in found.edges if k.source == label} & set(found.nodes) - {label}
        for label in sorted(found.nodes)
    }
    try:
        return list(TopologicalSorter(needs).static_order())
    except CycleError:
        return list(needs)


BODIES = (terms.COLLECTIVE, terms.DEPARTMENT)


@cache
def _node_statement(
    label: str, names: tuple[str, ...], fresh: bool, kinds: tuple[EdgeKind, ...] = ()
) -> str:
    """Nodes as they are to be, new ones with edges; a body is only added to.

    Where a node of this label and id is not ours, MERGE with both labels creates another
    and the constraint refuses it: nothing foreign is ever taken over.
    """
    props = ", ".join(f"{name}: row[{n}]" for n, name in enumerate(names))
    if fresh:
        ends = "".join(f"{_ends(kind, f'ends{n}')}\n" for n, kind in enumerate(kinds))
        edges = "".join(
            f"\nFOREACH (e IN row[{len(names) + n}] | "
            f"FOREACH (m IN [ends{n}[e[0]]] | CREATE (n)-{_edge(kind)}->(m)))"
            for n, kind in enumerate(kinds)
        )
        return (
            f"{KEEP_PLAN} {ends}UNWIND $rows AS row CREATE (n:{label}:{OWNED} {{{props}}}){edges}"
        )
    how = "+=" if label in BODIES else "="
    key = f"{{id: row[{names.index('id')}]}}"
    return f"UNWIND $rows AS row MERGE (n:{label}:{OWNED} {key}) SET n {how} {{{props}}}"


@cache
def _edge_statement(kind: EdgeKind) -> str:
    """Edges between nodes that are there."""
    return (
        f"{KEEP_PLAN} {_ends(kind, 'ends')}\n"
        f"UNWIND $rows AS row MATCH {_found('n', kind.source, 'row[0]')}\n"
        "UNWIND row[1] AS e WITH n, e, ends[e[0]] AS m\n"
        f"CREATE (n)-{_edge(kind)}->(m)"
    )


def _ends(kind: EdgeKind, name: str) -> str:
    """Each target is looked up once; an edge's row names it by its place among them."""
    return (
        f"CALL {{ UNWIND ${name} AS id MATCH {_found('m', kind.target, 'id')} "
        f"RETURN collect(m) AS {name} }}"
    )


def _edge(kind: EdgeKind) -> str:
    props = ", ".join(f"{name}: e[{n}]" for n, name in enumerate(kind.names, 1))
    return f"[:{kind.type}{f' {{{props}}}' if props else ''}]"


def _found(name: str, label: str, id: str) -> str:
    """One of our nodes by its key.

    The hint keeps the plan independent of what the server happens to have counted: in an
    empty or just emptied database a walk through the label seems as cheap, and stays cached.
    """
    return f"({name}:{label}:{OWNED} {{id: {id}}}) USING INDEX {name}:{label}(id)"


def contents() -> str:
    """What is there of some documents: the nodes in them and they themselves."""
    return (
        f"UNWIND $documents AS id MATCH {_found('d', terms.DOCUMENT, 'id')} "
        f"OPTIONAL MATCH (n:{OWNED})-[:{terms.IN_DOCUMENT}]->(d) "
        "RETURN id AS document, [l IN labels(n) WHERE l <> $owned][0] AS label, n.id AS id"
    )


def clear(ends: Iterable[End]) -> Iterator[Statement]:
    """Take away the relationships that begin at some nodes and lead to ours."""
    types = "|".join(sorted(load().relations))
    for label, ids in _by_label(ends):
        yield (
            f"UNWIND $ids AS id MATCH {_found('n', label, 'id')} "
            f"MATCH (n)-[r:{types}]->(:{OWNED}) DELETE r",
            {"ids": ids},
        )


def remove(ends: Iterable[End]) -> Iterator[Statement]:
    """Take away some nodes."""
    for label, ids in _by_label(ends):
        yield (
            f"UNWIND $ids AS id MATCH {_found('n', label, 'id')} DETACH DELETE n",
            {"ids": ids},
        )


def replace_bodies(found: Batch) -> Iterator[Statement]:
    """Write bodies as their records say, with what they are part of."""
    for label, rows in sorted(found.nodes.items()):
        names = tuple(sorted({name for row in rows for name in row}))
        props = ", ".join(f"{name}: row[{n}]" for n, name in enumerate(names))
        yield (
            f"UNWIND $rows AS row MERGE (n:{label}:{OWNED} {{id: row[{names.index('id')}]}}) "
            f"SET n = {{{props}}}",
            {"rows": [[row.get(name) for name in names] for row in rows]},
        )
    yield from clear(found.ids())
    yield from write(Batch(edges=found.edges), fresh=False)


def _by_label(ends: Iterable[End]) -> list[tuple[str, list[str]]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for label, id in ends:
        found[label].append(id)
    return sorted((label, sorted(ids)) for label, ids in found.items())


__all__ = ["KEEP_PLAN", "OWNED", "TEXT_INDEX", "Batch", "EdgeKind", "Edges", "batch", "clear",
           "contents", "remove", "replace_bodies", "schema", "write"]  # fmt: skip
