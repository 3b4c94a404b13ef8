"""The graph, or what a query selects, as a file or a folder; built aside, then moved.

Turtle, N-Quads, JSON-LD, GraphML, GEXF, CSV, Cypher and Parquet come from the same records
as every answer. All are streamed: in memory are the sections and the bodies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from msgspec import Struct

from kg import facts, rdf
from kg.errors import QueryError
from kg.export import linked, markup, script, tables
from kg.export.parquet import parquet
from kg.export.place import aside, size_of, writing
from kg.export.select import KINDS, Source, base_of
from kg.records import Dataset
from kg.registry import Registry
from kg.store.base import Store


class Format(Struct, frozen=True):
    """How a format is written, and whether it is a folder."""

    write: Callable[[Source, Path], None]
    folder: bool = False


class Written(Struct, frozen=True):
    """What was written: how many tasks and bytes, of which content."""

    tasks: int
    bytes: int
    dataset: Dataset


def _text(pieces: Callable[[Source], Iterator[str]]) -> Callable[[Source, Path], None]:
    def write(source: Source, path: Path) -> None:
        with writing(path) as out:
            out.writelines(pieces(source))

    return write


FORMATS: dict[str, Format] = {
    "turtle": Format(_text(linked.turtle)),
    "nquads": Format(_text(linked.nquads)),
    "jsonld": Format(_text(linked.jsonld)),
    "graphml": Format(markup.graphml),
    "gexf": Format(markup.gexf),
    "csv": Format(tables.csv, folder=True),
    "cypher": Format(script.cypher),
    "parquet": Format(parquet, folder=True),
}


def export(
    store: Store,
    registry: Registry,
    format: str,
    out: Path,
    where: str | None = None,
    *,
    computed: bool = False,
) -> Written:
    """Write the graph, or the tasks a query selects with all they refer to.

    Args:
        store: what to write.
        registry: reads the names in `where`.
        format: one of `FORMATS`.
        out: the file or folder to write; it is there whole or not at all.
        where: a query of /tasks, «led_by=…&involves=…», or None for everything.
        computed: also what no document states (`kg.computed`), marked as such.

    Raises:
        QueryError, NotFoundError: unknown format, or a `where` that /tasks would refuse.
        DataError: it cannot be written there.
        ConflictError: another version was published meanwhile.
    """
    chosen = _chosen(format, computed)
    source = Source(store, registry, where, computed)
    with aside(out, folder=chosen.folder) as draft:
        chosen.write(source, draft)
        source.unchanged()
        size = size_of(draft)
    return Written(source.tasks, size, source.about.dataset)


def _chosen(format: str, computed: bool) -> Format:
    chosen = FORMATS.get(format)
    if chosen is None:
        raise QueryError(
            f"没有这种格式：{format}", where="--format", remedy=f"可用：{'、'.join(FORMATS)}"
        )
    if computed and format == "parquet":
        raise QueryError(
            "Parquet 只写文件所述的表",
            where="--computed",
            remedy="用 kg.open() 的 continuity()、topics()、instruments()",
        )
    return chosen


def quads(store: Store) -> Iterator[str]:
    """The whole graph as N-Quads lines, without what is told about the export."""
    records = (record for kind in KINDS for record in store.records(kind))
    base = base_of(store)
    return rdf.nquads(facts.graphs(records, base, tuple(store.records("section"))), base)


__all__ = ["FORMATS", "Format", "Written", "base_of", "export", "quads"]
