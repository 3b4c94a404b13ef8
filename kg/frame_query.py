"""SPARQL and Cypher answers as plain rows, evaluated by `kg.console`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kg.config import read_settings
from kg.console.cypher import MOST_ROWS, CypherConsole
from kg.console.sparql import SparqlConsole
from kg.errors import QueryError
from kg.store.base import Store

XSD = "http://www.w3.org/2001/XMLSchema#"
_READ: dict[str, Callable[[str], Any]] = {
    XSD + "integer": int,
    XSD + "decimal": float,
    XSD + "double": float,
    XSD + "boolean": lambda text: text in ("true", "1"),
}
Table = tuple[list[list[Any]], Any, list[str]]  # rows, index, columns: as pandas.DataFrame takes


class Query:
    """Answers queries on one store; its processes start with the first query."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._sparql: SparqlConsole | None = None
        self._cypher: CypherConsole | None = None

    def close(self) -> None:
        """End the processes."""
        for console in (self._sparql, self._cypher):
            if console is not None:
                console.close()

    def sparql(self, query: str) -> Table:
        """Rows of a SELECT, one column a variable; an ASK is one row of one column.

        Raises:
            QueryError, UnavailableError: as `SparqlConsole.ask`; QueryError for other forms.
        """
        if self._sparql is None:
            self._sparql = SparqlConsole.of(read_settings())
        form = self._sparql.read(query).form
        if form in ("CONSTRUCT", "DESCRIBE"):
            raise QueryError(
                f"{form} 的答案是图，不是表", where="query", remedy="用 SELECT，或 kg sparql"
            )
        answer = json.loads(self._sparql.ask(self.store, query, "json"))
        if "boolean" in answer:
            return [[answer["boolean"]]], None, ["ask"]
        names = list(answer["head"]["vars"])
        rows = answer["results"]["bindings"]
        return [[_value(row.get(name)) for name in names] for row in rows], None, names

    def cypher(self, query: str, parameters: Mapping[str, Any]) -> Table:
        """Rows of a read-only Cypher query.

        Raises:
            QueryError: malformed, it would write, or it has more rows than can be given.
            UnavailableError: the store has no Cypher.
        """
        if self._cypher is None:
            self._cypher = CypherConsole.of(read_settings())
        found = self._cypher.ask(self.store, query, dict(parameters), MOST_ROWS)
        answer = json.loads(found)
        if answer["truncated"]:
            raise QueryError(
                f"答案多于 {MOST_ROWS} 行，没有截断后给出",
                where="query",
                remedy="用 SKIP 和 LIMIT 分批取",
            )
        return [list(row) for row in answer["rows"]], None, list(answer["columns"])


def _value(term: Mapping[str, str] | None) -> Any:
    """A term of the JSON results: numbers and truth values as such, the rest as text."""
    if term is None:
        return None
    return _READ.get(term.get("datatype", ""), str)(term["value"])
