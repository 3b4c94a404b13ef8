"""``python -m kg.console.build KIND VERSION TARGET``: build one form of a version, once."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

BATCH = 64 * 1024 * 1024  # bytes of triples loaded at once


def build_sparql(version: Path, draft: Path) -> None:
    """The RDF dataset with one graph more: the default graph, in which each triple is once.

    Oxigraph 0.5 takes the union of all graphs for a list: a triple that two documents state
    would be counted twice. The files of the version are shared, not copied.
    """
    ox.Store.read_only(str(version / "rdf")).backup(str(draft))
    store = ox.Store(str(draft))
    waiting = io.BytesIO()
    for graph in list(store.named_graphs()):
        store.dump(waiting, ox.RdfFormat.N_TRIPLES, from_graph=graph)
        if waiting.tell() >= BATCH:
            _load(store, waiting)
    _load(store, waiting)
    store.flush()


def _load(store: ox.Store, waiting: io.BytesIO) -> None:
    data = waiting.getvalue()
    waiting.seek(0)
    waiting.truncate()
    store.bulk_load(data, ox.RdfFormat.N_TRIPLES, to_graph=ox.DefaultGraph())


def build_cypher(version: Path, draft: Path) -> None:
    """The property graph as a Ladybug database."""
    from kg.console import cypher_build

    cypher_build.build(version, draft)


BUILDERS: dict[str, Callable[[Path, Path], None]] = {
    "sparql": build_sparql,
    "cypher": build_cypher,
}  # from a version's folder to a draft


def main(kind: str, version: Path, target: Path) -> None:
    """Build it aside and rename it; another process may build the same and is waited for."""
    with (target.parent / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _sweep(target.parent, version.parent)
        if target.exists():
            return
        draft = target.with_name(target.name + ".part")
        BUILDERS[kind](version, draft)
        draft.replace(target)


def _sweep(folder: Path, versions: Path) -> None:
    """Drop what broken builds left, and the forms of versions that are gone."""
    for path in folder.iterdir():
        gone = not (versions / path.name.split(".")[0]).is_dir()
        if path.name != "lock" and (gone or path.name.endswith(".part")):
            with suppress(OSError):
                shutil.rmtree(path) if path.is_dir() else path.unlink()


if __name__ == "__main__":
    os.nice(5)
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
