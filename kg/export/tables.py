"""A folder of CSV: for neo4j-admin one file a label and a relation, for Gephi two.

RFC 4180 in UTF-8 without a mark at the beginning. An empty field is no value, "" an empty
text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

from kg.export.flat import (
    Column,
    edge_columns,
    edge_id,
    edge_label,
    key_of,
    kind_of,
    label_of,
    node_columns,
    plain,
    rows,
    values,
)
from kg.export.markup import WEIGHT
from kg.export.place import MARK, README, writing
from kg.export.select import Source
from kg.graph import Edge, Node

LIST = "\x1f"  # no cleaned value holds it
GEPHI_NODES, GEPHI_EDGES = "gephi-nodes.csv", "gephi-edges.csv"
_QUOTED = re.compile(r'[",\r\n]|^\s|\s$')
_GEPHI_NODE = {"Name": "name", "Year": "year", "Title": "title", "Text": "text",
               "Quote": "quote", "Iri": "iri"}  # fmt: skip
_GEPHI_EDGE = {"Role": "role", "Basis": "basis", "Order": "order", "Quote": "quote",
               "QuoteStart": "start", "QuoteEnd": "end"}  # fmt: skip


def field(value: Any) -> str:
    """One field of a row."""
    if value is None:
        return ""
    shown = plain(value)
    if shown and not _QUOTED.search(shown):
        return shown
    return '"' + shown.replace('"', '""') + '"'


def line(fields: Iterable[Any]) -> str:
    """One row."""
    return ",".join(map(field, fields)) + "\r\n"


def csv(source: Source, folder: Path) -> None:
    """Write the folder."""
    with ExitStack() as stack:
        files = _Files(folder, stack)
        nodes = files.get(GEPHI_NODES, ["Id", "Label", "Kind", "NodeId", *_GEPHI_NODE])
        edges = files.get(
            GEPHI_EDGES,
            ["Source", "Target", "Type", "Kind", "Id", "Label", "Weight", "Relation", *_GEPHI_EDGE],
        )
        for row in rows(source.graphs(), brief=True):
            given = values(row)
            if isinstance(row, Node):
                _node(files, row, given)
                shown = [key_of(row), label_of(row), row.label, given["id"]]
                nodes.write(line([*shown, *map(given.get, _GEPHI_NODE.values())]))
            else:
                _edge(files, row, given)
                shown = [key_of(row.source), key_of(row.target), "Directed", kind_of(row),
                         edge_id(row), edge_label(row), WEIGHT, row.type]  # fmt: skip
                edges.write(line([*shown, *map(given.get, _GEPHI_EDGE.values())]))
        names = sorted(files.open)
    with writing(folder / README) as out:
        out.write(_readme(source, names))


class _Files:
    """The files of the folder, each begun with its header when it is first wanted."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self.stack = folder, stack
        self.open: dict[str, IO[str]] = {}

    def get(self, name: str, header: Iterable[str]) -> IO[str]:
        found = self.open.get(name)
        if found is None:
            found = self.stack.enter_context(writing(self.folder / name))
            found.write(line(header))
            self.open[name] = found
        return found


def _header(columns: dict[str, Column]) -> list[str]:
    return [f"{name}:{c.type}{'[]' if c.many else ''}" for name, c in columns.items()]


def _fields(given: dict[str, Any], columns: dict[str, Column]) -> list[Any]:
    """Values by column; those of a list apart by a character that no value holds."""
    return [
        LIST.join(map(plain, given[name])) if c.many and name in given else given.get(name)
        for name, c in columns.items()
    ]


def _node(files: _Files, node: Node, given: dict[str, Any]) -> None:
    columns = node_columns(node.label)
    out = files.get(f"nodes-{node.label}.csv", [":ID", ":LABEL", *_header(columns)])
    out.write(line([key_of(node), node.label, *_fields(given, columns)]))


def _edge(files: _Files, edge: Edge, given: dict[str, Any]) -> None:
    columns = edge_columns(edge.type)
    header = [":START_ID", ":END_ID", ":TYPE", *_header(columns)]
    out = files.get(f"relationships-{edge.type}.csv", header)
    out.write(line([key_of(edge.source), key_of(edge.target), edge.type, *_fields(given, columns)]))


def _readme(source: Source, names: list[str]) -> str:
    nodes = [f"--nodes={n}" for n in names if n.startswith("nodes-")]
    edges = [f"--relationships={n}" for n in names if n.startswith("relationships-")]
    command = " \\\n    ".join(
        ["neo4j-admin database import full neo4j --overwrite-destination",
         "--multiline-fields=true --array-delimiter=U+001F", *nodes, *edges]
    )  # fmt: skip
    return (
        f"{MARK}\n\n{source.about.text()}\n"
        f"Neo4j（服务器停着时，在本文件夹里 · with the server stopped, in this folder）:\n\n"
        f"  {command}\n\n"
        "  列表的各项以 U+001F 分开；:ID 是「标签:编号」，不作为属性存入。\n"
        "  Items of a list are separated by U+001F; :ID is label:id and is not stored.\n\n"
        f"Gephi：文件 → 导入电子表格，先 {GEPHI_NODES}，再 {GEPHI_EDGES}（加入同一工作区，"
        "边的合并策略选「不合并」）。\n"
        f"Gephi: File → Import spreadsheet, {GEPHI_NODES} first, then {GEPHI_EDGES} "
        "(append to the workspace; edges merge strategy: don't merge).\n\n"
        "全部文件 UTF-8、RFC 4180。All files UTF-8, RFC 4180.\n"
    )
