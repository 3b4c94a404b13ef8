"""GraphML and GEXF 1.3, written as a stream; edges wait in a file until the nodes are done.

A node's `kind` is its label, an edge's its role or else its type. Columns have ids of their
own (n_… and e_…), for Gephi keeps `id` and `label` for itself.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.export.about import About
from kg.export.flat import (
    Column,
    all_edge_columns,
    all_node_columns,
    edge_id,
    edge_label,
    key_of,
    kind_of,
    label_of,
    plain,
    rows,
    values,
)
from kg.export.place import spool, writing
from kg.export.select import Source
from kg.graph import Edge, Node

_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_ATTRIBUTE = {**_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}
_IN_TEXT, _IN_ATTRIBUTE = re.compile(r"[&<>\r]"), re.compile(r'[&<>\r"\n\t]')
WEIGHT = 1.0
_STRING, _DOUBLE = Column("string"), Column("double")
GRAPHML = "http://graphml.graphdrawing.org/xmlns"
GEXF = "http://gexf.net/1.3"


def text(value: Any) -> str:
    """A value as the text of an element."""
    return _IN_TEXT.sub(lambda m: _TEXT[m[0]], plain(value))


def attribute(value: Any) -> str:
    """A value as that of an attribute, quotes included."""
    return '"' + _IN_ATTRIBUTE.sub(lambda m: _ATTRIBUTE[m[0]], plain(value)) + '"'


def node_values(node: Node) -> dict[str, Any]:
    """What both formats tell of a node."""
    return {"kind": node.label, **values(node)}


def edge_values(edge: Edge) -> dict[str, Any]:
    """What both formats tell of an edge."""
    return {"kind": kind_of(edge), "relation": edge.type, **values(edge)}


def node_columns() -> dict[str, Column]:
    """The columns of nodes in both formats."""
    return {"kind": _STRING, **all_node_columns()}


def edge_columns() -> dict[str, Column]:
    """The columns of edges in both formats."""
    return {"kind": _STRING, "relation": _STRING, **all_edge_columns()}


def _type(column: Column) -> str:
    return "string" if column.many else column.type


# --- GraphML ---------------------------------------------------------------------------------


def graphml(source: Source, path: Path) -> None:
    """Write GraphML."""
    with writing(path) as out, spool(path) as later:
        out.write(
            '<?xml version="1.0" encoding="UTF-8"?>\n'
            f'<graphml xmlns="{GRAPHML}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xsi:schemaLocation="{GRAPHML} {GRAPHML}/1.0/graphml.xsd">\n'
            f"<desc>{text(source.about.text())}</desc>\n"
        )
        out.writelines(_keys())
        out.write('<graph id="policy-kg" edgedefault="directed">\n')
        for row in rows(source.graphs()):
            if isinstance(row, Node):
                out.write(f"<node id={attribute(key_of(row))}>")
                out.write(_data("n", {"label": label_of(row), **node_values(row)}))
                out.write("</node>\n")
            else:
                more = {"label": edge_label(row), "weight": WEIGHT, **edge_values(row)}
                later.write(
                    f"<edge id={attribute(edge_id(row))} source={attribute(key_of(row.source))} "
                    f"target={attribute(key_of(row.target))}>{_data('e', more)}</edge>\n"
                )
        later.seek(0)
        shutil.copyfileobj(later, out)
        out.write("</graph>\n</graphml>\n")


def _keys() -> Iterator[str]:
    nodes = {"label": _STRING, **node_columns()}
    edges = {"label": _STRING, "weight": _DOUBLE, **edge_columns()}
    for what, mark, columns in (("node", "n", nodes), ("edge", "e", edges)):
        for name, column in columns.items():
            yield (
                f'<key id="{mark}_{name}" for="{what}" '
                f'attr.name="{name}" attr.type="{_type(column)}"/>\n'
            )


def _data(mark: str, given: dict[str, Any]) -> str:
    return "".join(f'<data key="{mark}_{k}">{text(v)}</data>' for k, v in given.items())


# --- GEXF ------------------------------------------------------------------------------------


def gexf(source: Source, path: Path) -> None:
    """Write GEXF 1.3; an edge's `kind` keeps parallel edges apart."""
    with writing(path) as out, spool(path) as later:
        out.write(f'<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="{GEXF}" version="1.3">\n')
        out.write(_meta(source.about))
        out.write('<graph defaultedgetype="directed" mode="static">\n')
        for what, mark, columns in (("node", "n", node_columns()), ("edge", "e", edge_columns())):
            out.write(f'<attributes class="{what}">\n')
            for name, column in columns.items():
                out.write(
                    f'<attribute id="{mark}_{name}" title="{name}" type="{_type(column)}"/>\n'
                )
            out.write("</attributes>\n")
        out.write("<nodes>\n")
        for row in rows(source.graphs()):
            if isinstance(row, Node):
                out.write(
                    f"<node id={attribute(key_of(row))} label={attribute(label_of(row))}>"
                    f"{_attvalues('n', node_values(row))}</node>\n"
                )
            else:
                later.write(_edge(row))
        out.write("</nodes>\n<edges>\n")
        later.seek(0)
        shutil.copyfileobj(later, out)
        out.write("</edges>\n</graph>\n</gexf>\n")


def _meta(about: About) -> str:
    return (
        f"<meta><creator>{text(about.software)}</creator>"
        f"<keywords>{text('政策、任务、部门、知识图谱')}</keywords>"
        f"<description>{text(about.text())}</description></meta>\n"
    )


def _edge(edge: Edge) -> str:
    return (
        f"<edge id={attribute(edge_id(edge))} source={attribute(key_of(edge.source))} "
        f"target={attribute(key_of(edge.target))} kind={attribute(kind_of(edge))} "
        f'label={attribute(edge_label(edge))} weight="{WEIGHT}">'
        f"{_attvalues('e', edge_values(edge))}</edge>\n"
    )


def _attvalues(mark: str, given: dict[str, Any]) -> str:
    told = "".join(f'<attvalue for="{mark}_{k}" value={attribute(v)}/>' for k, v in given.items())
    return f"<attvalues>{told}</attvalues>"
