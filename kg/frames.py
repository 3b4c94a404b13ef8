"""`kg.open(ADDRESS)`: the graph as frames and networks, for notebooks.

    import kg
    g = kg.open()                      # the default store
    g.tasks(led_by="国家知识产权局")     # a pandas frame
    g.projection(newman=True)          # a NetworkX graph

The parameters of `tasks` and `find` are those of `GET /tasks`. Ids are the graph's own: the
same on every machine and after every load. `dictionary()` says what each column means.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cached_property
from itertools import chain
from typing import Any, get_args

import pandas as pd

from kg import continuity, facts, frame_query, frame_rows, instruments, network, topics
from kg.computed import graphs as computed_graphs
from kg.config import read_settings
from kg.frame_columns import COLUMNS, PRINTED, WHOLE
from kg.network_graph import multigraph
from kg.params import MAX_LIMIT, parse
from kg.query import Answer, find_tasks
from kg.records import TaskRecord
from kg.registry import Registry
from kg.store import open_store
from kg.store.base import Kind, Store
from kg.store.world import World


class Opened:
    """An open store with its frames and networks; also a context manager."""

    def __init__(self, store: Store, registry: Registry) -> None:
        self.store = store
        self.registry = registry

    def __enter__(self) -> Opened:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Release the store and what evaluates its queries."""
        self._query.close()
        self.store.close()

    # -- questions -------------------------------------------------------------------------

    def find(self, **parameters: Any) -> Answer:
        """One page of `/tasks` with its interpretation, near answers and caveats.

        Raises:
            QueryError, NotFoundError: as `GET /tasks`.
        """
        return find_tasks(self.store, self.registry, self._question(parameters))

    def records(self, **parameters: Any) -> Iterator[TaskRecord]:
        """All tasks of a question, page after page."""
        query = self._question(parameters).query
        after = None
        while True:
            page = self.store.find_tasks(query, MAX_LIMIT, after)
            yield from page.results
            after = page.after
            if after is None:
                return

    def _question(self, parameters: dict[str, Any]) -> Any:
        return parse(list(_pairs(parameters)), self.store, self.registry)

    def text(self, document: str) -> str:
        """The canonical text that all spans of a document count in.

        Raises:
            NotFoundError: no such document.
        """
        return instruments.loaded(self.store, document).text

    # -- frames ----------------------------------------------------------------------------

    def tasks(self, **parameters: Any) -> pd.DataFrame:
        """Tasks as a frame; all of them without parameters."""
        return _frame("tasks", map(frame_rows.task, self.records(**parameters)))

    def responsibilities(self, **parameters: Any) -> pd.DataFrame:
        """One row a body and task."""
        rows = (row for t in self.records(**parameters) for row in frame_rows.responsibilities(t))
        return _frame("responsibilities", rows)

    def departments(self) -> pd.DataFrame:
        """Bodies and collectives with their counts, the most named first."""
        return self._all("departments", "department", frame_rows.department)

    def projects(self) -> pd.DataFrame:
        """Special projects and the tasks they stand under."""
        return self._all("projects", "project", frame_rows.project)

    def indicators(self) -> pd.DataFrame:
        """Indicators in long form: one row a value."""
        rows = (row for i in self.store.records("indicator") for row in frame_rows.values(i))
        return _frame("indicators", rows)

    def goals(self) -> pd.DataFrame:
        """Goals."""
        return self._all("goals", "goal", frame_rows.goal)

    def targets(self) -> pd.DataFrame:
        """Quantitative targets of running text."""
        return self._all("targets", "target", frame_rows.target)

    def documents(self) -> pd.DataFrame:
        """Documents."""
        return self._all("documents", "document", frame_rows.document)

    def _all(self, name: str, kind: Kind, row: Callable[[Any], dict[str, Any]]) -> pd.DataFrame:
        return _frame(name, map(row, self.store.records(kind)))

    # -- what is computed, and never stated by a document -----------------------------------

    def instruments(self) -> pd.DataFrame:
        """Laws, rules and plans that the documents name; see `kg.instruments`."""
        return _frame("instruments", map(frame_rows.mention, instruments.of_store(self.store)))

    def topics(self) -> pd.DataFrame:
        """Topics of tasks by a list of words; see `kg.topics`."""
        return _frame("topics", map(frame_rows.tag, topics.of_store(self.store)))

    def continuity(self, threshold: float = continuity.THRESHOLD) -> pd.DataFrame:
        """Candidates for tasks that continue in a later document; see `kg.continuity`."""
        found = continuity.candidates(self.store, threshold)
        return _frame("continuity", map(frame_rows.candidate, found))

    # -- query languages --------------------------------------------------------------------

    @cached_property
    def _query(self) -> frame_query.Query:
        return frame_query.Query(self.store)

    def sparql(self, query: str) -> pd.DataFrame:
        """The answer of a SPARQL SELECT or ASK, one column a variable.

        Raises:
            QueryError: malformed, or neither SELECT nor ASK.
            UnavailableError: the store has no SPARQL, or the query met a limit.
        """
        return pd.DataFrame(*self._query.sparql(query))

    def cypher(self, query: str, **parameters: Any) -> pd.DataFrame:
        """The answer of a read-only Cypher query.

        Raises:
            QueryError: malformed, or it would write.
            UnavailableError: the store has no Cypher, or the query met a limit.
        """
        return pd.DataFrame(*self._query.cypher(query, parameters))

    # -- networks --------------------------------------------------------------------------

    def projection(
        self, *, newman: bool = False, without: Collection[str] = (), **parameters: Any
    ) -> network.Graph:
        """Departments joined by shared tasks; see `kg.network.projection`."""
        members = network.members_of(self.records(**parameters))
        return network.projection(network.without(members, *without), newman=newman)

    def bipartite(self, **parameters: Any) -> network.Graph:
        """Departments and tasks; see `kg.network.bipartite`."""
        tasks = list(self.records(**parameters))
        bodies = network.members_of(tasks)
        return network.bipartite(zip((t.id for t in tasks), bodies, strict=True))

    def graph(self, *, computed: bool = False) -> network.Graph:
        """Everything documents, registry and catalogue state; see `kg.network_graph`.

        With `computed` also candidates, instruments and topics, whose `document` is
        ``/computed`` and whose edges are `derived`; see `kg.computed`.
        """
        records = (record for kind in get_args(Kind) for record in self.store.records(kind))
        sections = tuple(self.store.records("section"))
        document = next(iter(self.store.records("document")), None)
        base_iri = document.iri.rsplit("documents/", 1)[0] if document else ""
        more = computed_graphs(self.store, base_iri) if computed else ()
        return multigraph(chain(facts.graphs(records, base_iri, sections), more))


def _pairs(parameters: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for name, value in parameters.items():
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                yield name, str(one).lower() if isinstance(one, bool) else str(one)


def _frame(name: str, rows: Iterable[dict[str, Any]]) -> pd.DataFrame:
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS[name]))
    whole = (WHOLE & set(frame.columns)) - PRINTED.get(name, set())
    return frame.astype(dict.fromkeys(sorted(whole), "Int64"))


def dictionary() -> pd.DataFrame:
    """What each column of each frame means, in Chinese and English."""
    rows = [
        {"frame": frame, "column": column, "zh": zh, "en": en}
        for frame, columns in COLUMNS.items()
        for column, (zh, en) in columns.items()
    ]
    return pd.DataFrame(rows)


def open_graph(address: str | None = None) -> Opened:
    """Open the graph at an address, or the one the settings name.

    Raises:
        NotFoundError: nothing was loaded there; run `kg load` first.
    """
    settings = read_settings()
    registry = World.from_settings(settings).registry
    return Opened(open_store(address or settings.store), registry)


__all__ = ["COLUMNS", "Opened", "dictionary", "open_graph"]
