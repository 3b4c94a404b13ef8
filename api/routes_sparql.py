"""``GET|POST /sparql``: the SPARQL 1.1 Protocol for queries, a description, a small console."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from email.message import Message
from typing import Any

import msgspec
from fastapi import Request, Response
from msgspec import Struct

from api import pages
from api.core import Context, Pairs, read_pairs
from api.negotiate import CSV, HTML, JSON, JSONLD, TURTLE, UTF8, Format, choose
from api.problems import ProblemError, invalid
from api.reply import respond
from kg.config import Settings
from kg.console.cypher import CypherConsole
from kg.console.description import describe
from kg.console.limits import Limits
from kg.console.pool import Gate
from kg.console.sparql import SparqlConsole
from kg.console.sparql_text import READ_ONLY, Form
from kg.store.base import Store

DIRECT, FORM = "application/sparql-query", "application/x-www-form-urlencoded"
RESULTS_JSON = Format("json", "application/sparql-results+json", "JSON")
RESULTS_XML = Format("xml", "application/sparql-results+xml", "XML")
TSV = Format("tsv", "text/tab-separated-values", "TSV", UTF8)
NTRIPLES = Format("ntriples", "application/n-triples", "N-Triples")
RDFXML = Format("rdfxml", "application/rdf+xml", "RDF/XML")
TRIPLES = (TURTLE, NTRIPLES, RDFXML, JSONLD, HTML)
OFFERED: dict[Form, tuple[Format, ...]] = {
    "SELECT": (RESULTS_JSON, RESULTS_XML, CSV, TSV, JSON, HTML),
    "ASK": (RESULTS_JSON, RESULTS_XML, JSON, HTML),
    "CONSTRUCT": TRIPLES,
    "DESCRIBE": TRIPLES,
}
# What clients write into `format`, besides our own names (SPARQLWrapper sends it by itself).
ALIASES = {"json-ld": "jsonld", "n3": "turtle", "rdf": "rdfxml", "rdf+xml": "rdfxml",
           "xml": "rdfxml", "nt": "ntriples"}  # fmt: skip
CHOOSING = {"format", "output", "results"}
KNOWN = {"query", "default-graph-uri", "named-graph-uri", *CHOOSING}
MOST_GRAPHS = 1000  # named graphs the description lists
SHOWN = 500  # rows on the page
PATIENCE = 30.0  # seconds a first query waits for its form of a new version
GRAPHS = f"SELECT DISTINCT ?g {{ GRAPH ?g {{ }} }} ORDER BY ?g LIMIT {MOST_GRAPHS}"
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>\"{}|^`\\]*")
_P = "PREFIX pkg: <https://policy-kg.github.io/ns#>\n"
SAMPLES = (
    ("国家知识产权局牵头、涉及海关总署的任务",
     _P + "SELECT ?id ?text {\n  ?task pkg:ledBy/pkg:name \"国家知识产权局\"@zh ;\n"
     "        pkg:involves/pkg:name \"海关总署\"@zh ;\n        pkg:id ?id ; pkg:text ?text .\n}"),
    ("各部门牵头任务的数目",
     _P + "SELECT ?name (COUNT(DISTINCT ?task) AS ?tasks) {\n  ?task pkg:ledBy/pkg:name ?name .\n}"
     "\nGROUP BY ?name ORDER BY DESC(?tasks) LIMIT 20"),
    ("登记表说了什么", "SELECT ?s ?p ?o {\n  GRAPH ?g { ?s ?p ?o }\n"
     "  FILTER(STRENDS(STR(?g), \"#registry\"))\n} LIMIT 20"),
)  # fmt: skip


class Consoles:
    """What answers query languages for one application."""

    def __init__(self, settings: Settings) -> None:
        self.gate = Gate(Limits.of(settings))
        self.sparql = SparqlConsole.of(settings, PATIENCE)
        self.cypher = CypherConsole.of(settings, PATIENCE)

    def close(self) -> None:
        """End what was started."""
        self.sparql.close()
        self.cypher.close()
        self.gate.close()


class Asked(Struct, frozen=True):
    """One request of the protocol; `query` None asks for the description."""

    query: str | None
    default_graphs: tuple[str, ...] | None
    named_graphs: tuple[str, ...] | None
    format: str | None


async def endpoint(request: Request) -> Response:
    """Answer one request; the work is done in a thread of its own."""
    body = await request.body()
    consoles: Consoles = request.app.state.consoles
    work = consoles.gate.submit(lambda: _answer(request, body, consoles.sparql))
    return await asyncio.wrap_future(work)


def _answer(request: Request, body: bytes, console: SparqlConsole) -> Response:
    context: Context = request.app.state.context
    store = context.store
    if not hasattr(store, "rdf_folder"):
        raise ProblemError(
            "not-implemented", "这个图谱库（Neo4j）不提供 SPARQL。",
            remedy="用 POST /cypher；或用内置存储（一个文件夹）提供服务",
        )  # fmt: skip
    asked = protocol(request, body)
    if asked.query is None:
        return _description(request, console, store, asked)
    return _result(request, console, store, asked, asked.query)


# -- what was asked ----------------------------------------------------------------------------


def protocol(request: Request, body: bytes) -> Asked:
    """Read a request as the protocol says; exactly one query, or none in a bare GET."""
    pairs = read_pairs(request.scope["query_string"])
    direct = None
    if request.method == "POST":
        kind = _media_type(request)
        if kind == FORM:
            pairs = (*pairs, *read_pairs(body))
        else:
            direct = _text(body)
    _check_names(pairs)
    queries = [v for k, v in pairs if k == "query"] + ([] if direct is None else [direct])
    if len(queries) > 1:
        raise invalid("query", f"一次只能有一个查询，这里有 {len(queries)} 个")
    bare = request.method != "POST" and all(k in CHOOSING for k, _ in pairs)
    if not queries and not bare:
        raise invalid("query", "缺少参数 query", "给一个查询；不带参数的 GET 得到服务说明")
    formats = [v for k, v in pairs if k == "format"]
    return Asked(
        queries[0] if queries else None,
        _graphs(pairs, "default-graph-uri"),
        _graphs(pairs, "named-graph-uri"),
        formats[0] if formats else None,
    )


def _media_type(request: Request) -> str:
    """The type of a body, one of the two of the protocol, in UTF-8."""
    message = Message()
    message["content-type"] = request.headers.get("content-type", "none/none")
    kind = message.get_content_type()
    if kind not in (DIRECT, FORM):
        raise ProblemError(
            "unsupported-media-type", f"POST 的内容类型应是 {DIRECT} 或 {FORM}。",
            remedy="写明 Content-Type", candidates=(DIRECT, FORM),
        )  # fmt: skip
    charset = str(message.get_param("charset") or "utf-8").strip("\"'").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise ProblemError(
            "unsupported-media-type", f"查询应以 UTF-8 编码，不是 {charset[:40]!r}。"
        )
    return kind


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise invalid("query", "查询不是有效的 UTF-8") from None


def _check_names(pairs: Pairs) -> None:
    for name, _ in pairs:
        if name == "update" or name.startswith("using-"):
            raise invalid(name[:60], READ_ONLY)
        if name not in KNOWN:
            raise invalid(name[:60], f"没有这个参数：{name[:60]}", "见 /sparql 的说明")


def _graphs(pairs: Pairs, name: str) -> tuple[str, ...] | None:
    found = tuple(v for k, v in pairs if k == name)
    for iri in found:
        if not _IRI.fullmatch(iri):
            raise invalid(name, f"不是 IRI：{iri[:200]!r}")
    return found or None


# -- what is answered ----------------------------------------------------------------------------


def _format(request: Request, wanted: str | None, offered: Sequence[Format]) -> Format:
    """The format by the parameter `format`, where it names one of those offered, or by Accept."""
    for name in (wanted, ALIASES.get(wanted or "")):
        for fmt in offered:
            if fmt.name == name:
                return fmt
    header = ",".join(request.headers.getlist("accept"))
    chosen = choose(header, offered)
    if chosen is None:
        raise ProblemError(
            "not-acceptable", f"这种查询的结果没有 Accept 头所要的格式：{header[:200]}",
            remedy="用下列格式之一，或去掉 Accept 头",
            candidates=tuple(f.media_type for f in offered),
        )  # fmt: skip
    return chosen


def _result(
    request: Request, console: SparqlConsole, store: Store, asked: Asked, query: str
) -> Response:
    form = console.read(query).form
    offered = OFFERED[form or "SELECT"]
    fmt = _format(request, asked.format, offered)
    inner = offered[0] if fmt is HTML else fmt
    body = console.ask(store, query, inner.name, asked.default_graphs, asked.named_graphs)
    if fmt is HTML:
        return _page(request, query, _shown(form, body))
    return respond(request, body, fmt)


def _description(request: Request, console: SparqlConsole, store: Store, asked: Asked) -> Response:
    fmt = _format(request, asked.format, TRIPLES)
    if fmt is HTML:
        return _page(request, SAMPLES[0][1], {})
    found = msgspec.json.decode(console.ask(store, GRAPHS, "json"))
    graphs = [row["g"]["value"] for row in found["results"]["bindings"]]
    base = str(request.base_url).rstrip("/")
    address = base if _IRI.fullmatch(base) else ""
    return respond(request, describe(f"{address}/sparql", graphs, fmt.name), fmt)


def _shown(form: Form | None, body: bytes) -> dict[str, Any]:
    """The answer as the page shows it."""
    if form in ("CONSTRUCT", "DESCRIBE"):
        return {"text": body.decode()}
    found = msgspec.json.decode(body)
    if form == "ASK":
        return {"text": "是 true" if found["boolean"] else "否 false"}
    columns = found["head"]["vars"]
    rows = found["results"]["bindings"]
    cells = [[row.get(c, {}) for c in columns] for row in rows[:SHOWN]]
    return {"columns": columns, "rows": cells, "total": len(rows)}


def _page(request: Request, query: str, answer: dict[str, Any]) -> Response:
    context: Context = request.app.state.context
    values = {"text": None, "columns": None, "rows": [], "total": 0, **answer}
    page = pages.render(
        "sparql.html", "/sparql", dataset=context.store.dataset(),
        query=query, samples=SAMPLES, base=context.settings.base_iri, **values,
    )  # fmt: skip
    return respond(request, page, HTML)
