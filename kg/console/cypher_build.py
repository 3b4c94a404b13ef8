"""A Ladybug database of a published version: the property graph, by the ontology's one rule.

A class of form node is a table of nodes, an attribute a column, a relation a table of
relationships between the classes of its domain and range; what a property graph shows of
words (quote, start, end …) are columns too. The rows are those that go to Neo4j.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, get_args

import ladybug

from kg import facts, terms
from kg.cypher import EdgeKind, Edges, batch
from kg.graph import Graph, Node, merged, properties
from kg.ontology import load
from kg.store.base import Kind
from kg.store.embedded import lists
from kg.store.embedded.folder import Folder
from kg.store.embedded.version import Version
from kg.vocabulary import Attribute

ROWS = 20_000  # written at once
POOL = 1 << 30
GATHERED = {terms.DEPARTMENT, terms.COLLECTIVE, terms.DOCUMENT, terms.INDICATOR}
"""Labels of things that several records speak of."""

_TYPES = {"integer": "INT64", "decimal": "DOUBLE", "boolean": "BOOLEAN"}
_WORDS = {
    "quote": "STRING", "start": "INT64", "end": "INT64", "documents": "STRING[]",
    "quotes": "STRING[]", "starts": "INT64[]", "ends": "INT64[]",
}  # fmt: skip
Columns = dict[str, str]


def build(version: Path, draft: Path) -> None:
    """Build the database of the version in a folder as the file `draft`."""
    manifest = Folder(version.parents[1]).manifest(version.name)
    source = Version(version, manifest)
    database = ladybug.Database(str(draft), buffer_pool_size=POOL)
    with ladybug.Connection(database) as connection:
        writer = _Writer(connection)
        writer.create()
        writer.nodes(_graphs(source, manifest.base_iri))
        writer.edges(_graphs(source, manifest.base_iri))
        connection.execute("CHECKPOINT")
    database.close()
    source.close()


def _graphs(source: Version, base_iri: str) -> Iterator[Graph]:
    sections = tuple(lists.records(source, "section"))
    for kind in get_args(Kind):
        yield from facts.graphs(lists.records(source, kind), base_iri, sections)


def columns_of(label: str) -> Columns:
    """The columns of the nodes with a label, and their types; the key first."""
    given = {a.name: _type(a) for a in load().attributes_of(label).values()}
    return {"id": "STRING", "iri": "STRING"} | given | _WORDS


def columns_of_edge(type: str) -> Columns:
    """The columns of the relationships of a type."""
    edge = load().relations[type].edge
    given = {a.name: _type(a) for a in load().attributes_of(edge).values()} if edge else {}
    return given | _WORDS


def _type(attribute: Attribute) -> str:
    """Dates and codes stay as they are written, as in Neo4j."""
    single = _TYPES.get(attribute.datatype, "STRING")
    return single if attribute.functional else f"{single}[]"


def tables() -> Iterator[str]:
    """The statements that create all tables."""
    for label in load().nodes:
        yield f"CREATE NODE TABLE {label}({_declared(columns_of(label))}, PRIMARY KEY(id))"
    for relation in sorted(load().relations.values(), key=lambda r: r.type):
        pairs = [(a, b) for a in sorted(relation.domain) for b in sorted(relation.range)]
        nodes = set(load().nodes)
        ends = [f"FROM {a} TO {b}" for a, b in pairs if a in nodes and b in nodes]
        own = _declared(columns_of_edge(relation.type))
        yield f"CREATE REL TABLE {relation.type}({', '.join(ends)}, {own})"


def _declared(columns: Columns) -> str:
    return ", ".join(f"`{name}` {type}" for name, type in columns.items())


def _given(columns: Columns) -> str:
    return ", ".join(f"CAST(r.`{name}` AS {type})" for name, type in columns.items())


class _Writer:
    """Writes rows, many at once."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._waiting: defaultdict[tuple[str, ...], list[dict[str, Any]]] = defaultdict(list)

    def create(self) -> None:
        for statement in tables():
            self._connection.execute(statement)

    def nodes(self, graphs: Iterable[Graph]) -> None:
        """All nodes; of what several records speak of, each once."""
        shared: list[Node] = []
        for graph in graphs:
            for node in graph.nodes:
                if node.label in GATHERED:
                    shared.append(node)
                else:
                    self._add((node.label,), columns_of(node.label), properties(node))
        for node in merged(shared):
            self._add((node.label,), columns_of(node.label), properties(node))
        self._flush()

    def edges(self, graphs: Iterable[Graph]) -> None:
        """All relationships."""
        for graph in graphs:
            for kind, edges in batch([graph]).edges.items():
                self._edges_of(kind, edges)
        self._flush()

    def _edges_of(self, kind: EdgeKind, edges: Edges) -> None:
        ends = list(edges.ends)
        columns = {"from": "STRING", "to": "STRING"} | columns_of_edge(kind.type)
        for id, rows in edges.rows.items():
            for place, *props in rows:
                values = {
                    "from": id,
                    "to": ends[place],
                    **dict(zip(kind.names, props, strict=True)),
                }
                self._add((kind.type, kind.source, kind.target), columns, values)

    def _add(self, table: tuple[str, ...], columns: Columns, values: dict[str, Any]) -> None:
        rows = self._waiting[table]
        rows.append({name: _value(values.get(name), type) for name, type in columns.items()})
        if len(rows) >= ROWS:
            self._write(table)

    def _flush(self) -> None:
        for table in list(self._waiting):
            self._write(table)

    def _write(self, table: tuple[str, ...]) -> None:
        rows = self._waiting.pop(table)
        if len(table) == 1:
            columns, ends = columns_of(table[0]), ""
        else:
            columns = {"from": "STRING", "to": "STRING"} | columns_of_edge(table[0])
            ends = f' (from="{table[1]}", to="{table[2]}")'
        self._connection.execute(
            f"COPY {table[0]} FROM (UNWIND $rows AS r RETURN {_given(columns)}){ends}",
            {"rows": rows},
        )


def _value(value: Any, type: str) -> Any:
    if value is None:
        return None
    return float(value) if type == "DOUBLE" else value
