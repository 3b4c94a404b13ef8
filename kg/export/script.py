"""A Cypher script for an empty Neo4j server: cypher-shell or Browser, no parameters.

Constraints first, then nodes, then relationships, in batches; every statement MERGEs, so a
second run changes nothing. Nodes carry the label by which a later `kg load` knows its own.
What makes two relationships distinct is what the ontology says.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, Any

from kg.cypher import OWNED, schema
from kg.export.flat import clean, rows, values
from kg.export.place import spool, writing
from kg.export.select import Source
from kg.graph import Edge, Node
from kg.ontology import load

BATCH = 200  # rows a statement
CHARACTERS = 100_000  # and about so many characters
_SPECIAL = re.compile(r"\\u|[\\'\n\r\t]")
# A backslash before u is kept apart: some servers read \uXXXX before anything else.
_ESCAPED = {"\\u": "\\\\' + 'u", "\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def literal(value: Any) -> str:
    """A value as Cypher writes it."""
    if isinstance(value, str):
        return "'" + _SPECIAL.sub(lambda m: _ESCAPED[m[0]], value) + "'"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if "e" in repr(value) else repr(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{k}: {literal(v)}" for k, v in value.items()) + "}"
    return "[" + ", ".join(map(literal, value)) + "]"


def cypher(source: Source, path: Path) -> None:
    """Write the script."""
    with writing(path) as out, spool(path) as later:
        out.write(source.about.text("// "))
        out.write(
            "// 用法 usage: cypher-shell -u neo4j -f FILE；可重复运行 it may be run again\n\n"
        )
        out.writelines(f"{statement};\n" for statement in schema())
        out.write("CALL db.awaitIndexes(300);\n\n")
        nodes = _Batches(out, _nodes)
        for row in rows(source.graphs(), brief=True):
            if isinstance(row, Node):
                nodes.add(row.label, literal(values(row)))
            else:
                later.write(_row(row))
        nodes.flush()
        later.seek(0)
        edges = _Batches(out, _edges)
        for line in later:
            group, _, row_text = line.rstrip("\n").partition("\t")
            edges.add(group, row_text)
        edges.flush()


def _row(edge: Edge) -> str:
    ends = {"source": clean(edge.source.id), "target": clean(edge.target.id)}
    row = {**ends, "props": values(edge)}
    return f"{edge.source.label} {edge.type} {edge.target.label}\t{literal(row)}\n"


class _Batches:
    """Rows by what statement they go into; written when there are enough of them."""

    def __init__(self, out: IO[str], statement: Any) -> None:
        self.out, self.statement = out, statement
        self.waiting: defaultdict[str, list[str]] = defaultdict(list)
        self.size: defaultdict[str, int] = defaultdict(int)

    def add(self, group: str, row: str) -> None:
        self.waiting[group].append(row)
        self.size[group] += len(row)
        if len(self.waiting[group]) >= BATCH or self.size[group] >= CHARACTERS:
            self._write(group)

    def flush(self) -> None:
        for group in sorted(self.waiting):
            self._write(group)

    def _write(self, group: str) -> None:
        given = self.waiting.pop(group, [])
        self.size.pop(group, None)
        if given:
            self.out.writelines(_unwound(given))
            self.out.write(self.statement(group))


def _unwound(given: Iterable[str]) -> Iterator[str]:
    yield "UNWIND [\n  " + ",\n  ".join(given) + "\n] AS row\n"


def _nodes(label: str) -> str:
    return f"MERGE (n:{label} {{id: row.id}}) SET n:{OWNED}, n = row;\n\n"


def _edges(group: str) -> str:
    source, type, target = group.split(" ")
    own = ", ".join(f"{name}: row.props.{name}" for name in load().relations[type].distinct_by)
    told = f" {{{own}}}" if own else ""
    return (
        f"MATCH (a:{source} {{id: row.source}}) MATCH (b:{target} {{id: row.target}})\n"
        f"MERGE (a)-[r:{type}{told}]->(b) SET r = row.props;\n\n"
    )
