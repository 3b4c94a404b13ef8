"""Commands for the two query languages: sparql, cypher."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import typer
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from api.cli_load import StoreOption
from api.stores import existing_store
from kg.config import read_settings
from kg.console.cypher import MOST_ROWS, ROWS, CypherConsole
from kg.console.sparql import SparqlConsole
from kg.errors import QueryError

Json = Annotated[bool, typer.Option("--json", help="打印 API 的答案 · the API's answer")]
Params = Annotated[
    list[str] | None, typer.Option("--param", help="参数 名=值，可重复；值按 JSON 读，否则为文字")
]
Limit = Annotated[int, typer.Option(help="至多几行", min=1, max=MOST_ROWS)]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("sparql")(sparql)
    app.command("cypher")(cypher)


def sparql(
    query: Annotated[str, typer.Argument(help="SPARQL 1.1 查询；- 从标准输入读")],
    as_json: Json = False,
    store: StoreOption = None,
) -> None:
    """用 SPARQL 查询（只读，限内置存储）。

    Query in SPARQL, read-only, on the embedded store.
    """
    text = _text(query)
    console = SparqlConsole.of(read_settings())
    form = console.read(text).form
    graph = form in ("CONSTRUCT", "DESCRIBE")
    format = ("jsonld" if as_json else "turtle") if graph else "json"
    try:
        with existing_store(store) as s:
            body = console.ask(s, text, format)
    finally:
        console.close()
    if graph or as_json:
        _print(body)
        return
    found = msgspec.json.decode(body)
    if form == "ASK":
        print("true" if found["boolean"] else "false")
        return
    columns = found["head"]["vars"]
    rows = [[r.get(c, {}).get("value") for c in columns] for r in found["results"]["bindings"]]
    _table(columns, rows, False)


def cypher(
    query: Annotated[str, typer.Argument(help="Cypher 查询；- 从标准输入读")],
    as_json: Json = False,
    param: Params = None,
    limit: Limit = ROWS,
    store: StoreOption = None,
) -> None:
    """用 Cypher 查询（只读）：kg cypher "MATCH (t:Task) RETURN t.id LIMIT 5"。

    Query in Cypher, read-only; no server is needed.
    """
    console = CypherConsole.of(read_settings())
    try:
        with existing_store(store) as s:
            body = console.ask(s, _text(query), _parameters(param or []), limit)
    finally:
        console.close()
    if as_json:
        _print(body)
        return
    found = msgspec.json.decode(body)
    _table(found["columns"], found["rows"], found["truncated"])


def _text(query: str) -> str:
    return sys.stdin.read() if query == "-" else query


def _parameters(given: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for pair in given:
        name, sign, value = pair.partition("=")
        if not sign or not name:
            raise QueryError(
                f"不是 名=值：{pair!r}", where="--param", remedy="例如 --param n=海关总署"
            )
        try:
            found[name] = msgspec.json.decode(value)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found[name] = value
    return found


def _print(body: bytes) -> None:
    sys.stdout.buffer.write(body if body.endswith(b"\n") else body + b"\n")


def _table(columns: Sequence[str], rows: Sequence[Sequence[Any]], truncated: bool) -> None:
    """Rows for a reader; whole lines where the output is no terminal."""
    console = Console(width=None if sys.stdout.isatty() else 100_000)
    table = Table(*columns, box=box.SIMPLE_HEAD, show_edge=False)
    for row in rows:
        table.add_row(*[_cell(value) for value in row])
    if columns:
        console.print(table)
    more = "，还有更多（--limit）" if truncated else ""
    print(f"{len(rows)} 行{more}")


def _cell(value: Any) -> Text:
    if value is None:
        return Text()
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return Text(" ".join(text.split()))
