"""Oxigraph in a child: one read-only dataset, one query at a time, answers of bounded size.

The dataset is the form that `kg.console.build` makes: its default graph is the union of all.
"""

from __future__ import annotations

from typing import IO, Any, cast

import msgspec
import pyoxigraph as ox
from msgspec import Struct

from kg.console.wire import Answer, Reply, Start
from kg.rdf_text import PREFIXES

RESULTS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}
TRIPLES = {
    "turtle": ox.RdfFormat.TURTLE,
    "ntriples": ox.RdfFormat.N_TRIPLES,
    "rdfxml": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD,
}


class Request(Struct, frozen=True, kw_only=True):
    """One query. A dataset of None is the query's own, or the whole store.

    `format` is a key of `RESULTS` or `TRIPLES`, as fits the form of the query.
    """

    query: str
    format: str
    base_iri: str = ""
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None


class Full(Exception):
    """The answer is as large as it may become."""


class Sheet:
    """A file of bytes that refuses to grow beyond its size."""

    def __init__(self, size: int) -> None:
        self._left = size
        self._pieces: list[bytes] = []
        self.full = False

    def write(self, data: bytes) -> int:
        """Keep a piece."""
        self._left -= len(data)
        if self._left < 0:
            self.full = True
            raise Full
        self._pieces.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    @property
    def content(self) -> bytes:
        """All that was written."""
        return b"".join(self._pieces)


class Engine:
    """Answers SPARQL on one dataset."""

    def __init__(self, start: Start) -> None:
        self._size = start.limits.answer
        self._store = ox.Store.read_only(start.place) if start.place else ox.Store()
        bool(self._store.query("ASK { GRAPH ?g { ?s ?p ?o } }"))  # reads what is read first

    def answer(self, request: bytes) -> Reply:
        """Evaluate one query."""
        asked = msgspec.msgpack.decode(request, type=Request)
        sheet = Sheet(self._size)
        try:
            self._write(asked, sheet)
        except Full:
            return Reply(outcome="size")
        except SyntaxError as e:
            return Reply(outcome="malformed", message=str(e))
        except ValueError as e:
            return Reply(outcome="malformed", message=str(e))
        except (OSError, RuntimeError) as e:
            return Reply(outcome="size" if sheet.full else "failed", message=str(e))
        return Reply(body=sheet.content)

    def _write(self, asked: Request, sheet: Sheet) -> None:
        default, named = _graphs(asked.default_graphs), _graphs(asked.named_graphs)
        store = self._store
        if default and len(default) > 1:
            store, default = self._merged(default, named or []), [ox.DefaultGraph()]
        found = store.query(
            asked.query,
            base_iri=asked.base_iri or None,
            default_graph=default,
            named_graphs=named,
        )
        output = cast(IO[bytes], sheet)
        if isinstance(found, ox.QueryTriples):
            graph = dict.fromkeys(found)  # Oxigraph builds a list, and a graph is a set
            ox.serialize(graph, output, TRIPLES[asked.format], prefixes=PREFIXES)
        else:
            found.serialize(output, RESULTS[asked.format])

    def _merged(self, default: list[ox.NamedNode], named: list[ox.NamedNode]) -> ox.Store:
        """A store with these graphs, some merged into the default: Oxigraph 0.5 lines them up.

        A triple that is in several of them would be counted several times (oxigraph#1919).
        """
        store = ox.Store()
        for graph in default:
            quads = self._store.quads_for_pattern(None, None, None, graph)
            store.extend(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
        for graph in named:
            store.extend(self._store.quads_for_pattern(None, None, None, graph))
            store.add_graph(graph)
        return store


def _graphs(names: tuple[str, ...] | None) -> list[Any] | None:
    return None if names is None else [ox.NamedNode(n) for n in names]


def opened(start: Start) -> Answer:
    """The engine a child answers with."""
    return Engine(start).answer
