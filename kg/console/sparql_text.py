"""SPARQL read word by word: what kind of query it is, and whether it may be run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from kg.errors import QueryError

Form = Literal["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"]
FORMS: tuple[Form, ...] = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
PROLOGUE = {"PREFIX", "BASE", "VERSION"}
UPDATES = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
DEEPEST = 200  # brackets within brackets: an engine reads them by recursion
READ_ONLY = "这里只读，不接受更新（INSERT、DELETE、LOAD、CLEAR …）"

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\r\n]*)
    | (?P<iri><[^<>"{}|^`\x00-\x20]*>)
    | (?P<string>\"\"\"(?:\"{0,2}(?:[^"\\]|\\.))*+\"\"\" | '''(?:'{0,2}(?:[^'\\]|\\.))*+'''
        | "(?:[^"\\\r\n]|\\.)*+" | '(?:[^'\\\r\n]|\\.)*+')
    | (?P<variable>[?$]\w+)
    | (?P<name>(?:[^\W\d_][\w.\-]*)?:(?:[\w:.\-]|%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?\#@%])*)
    | (?P<tag>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[{(\[]) | (?P<close>[})\]])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Reading(Struct, frozen=True):
    """What is read from a query before an engine sees it.

    `form` is None where it cannot be told: the engine then says what is wrong. `services` are
    the IRIs it would call; `default_graphs` and `named_graphs` those of its FROM and FROM
    NAMED, as far as they are whole IRIs or use a declared prefix.
    """

    form: Form | None
    services: tuple[str, ...]
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def read(query: str, allowed: tuple[str, ...] = ()) -> Reading:
    """Read a query.

    Args:
        query: the text.
        allowed: IRIs of the services that may be called.

    Raises:
        QueryError: it is an update, calls a service that is not allowed, or nests too deep.
    """
    found = _read(query)
    hidden = _read(_unescaped(query))  # \\u0053ERVICE: an engine may resolve escapes first
    for service in (*found.services, *hidden.services):
        if service not in allowed:
            raise QueryError(
                f"不向别的服务器发送查询：SERVICE {service[:200]}",
                where="query",
                remedy="去掉 SERVICE；服务的主人可用 KG_SPARQL_SERVICES 列出允许的地址",
            )
    return found


def _read(query: str) -> Reading:
    form: Form | None = None
    services: list[str] = []
    tokens = list(_tokens(query))
    depth, first, graphs = 0, True, _Graphs()
    for place, (kind, text) in enumerate(tokens):
        depth += (kind == "open") - (kind == "close")
        if depth > DEEPEST:
            raise QueryError(f"括号嵌套超过 {DEEPEST} 层", where="query", remedy="简化查询")
        word = text.casefold().upper() if kind == "word" else ""
        if not word:
            continue
        if first and word not in PROLOGUE:
            first = False
            if word in UPDATES:
                raise QueryError(READ_ONLY, where="query", remedy="用 SELECT、ASK、CONSTRUCT")
            form = next((f for f in FORMS if f == word), None)
        following = tokens[place + 1 : place + 3]
        if depth == 0:
            graphs.read(word, following)
        if word == "SERVICE":
            services.append(_target(following))
    return Reading(form, tuple(services), tuple(graphs.default), tuple(graphs.named))


class _Graphs:
    """The dataset clauses of a query, and the prefixes that their names use."""

    def __init__(self) -> None:
        self.default: list[str] = []
        self.named: list[str] = []
        self._prefixes: dict[str, str] = {}

    def read(self, word: str, following: list[tuple[str, str]]) -> None:
        """Take notice of a word and the two tokens behind it."""
        kinds, texts = [k for k, _ in following], [t for _, t in following]
        if word == "PREFIX" and kinds == ["name", "iri"]:
            self._prefixes[texts[0]] = texts[1][1:-1]
        elif word == "FROM" and following:
            named = texts[0].upper() == "NAMED"
            found = self._iri(*following[-1 if named else 0])
            (self.named if named else self.default).append(found)

    def _iri(self, kind: str, text: str) -> str:
        if kind == "iri":
            return text[1:-1]
        prefix, _, local = text.partition(":")
        return self._prefixes.get(prefix + ":", text) + local.replace("\\", "")


def _target(following: list[tuple[str, str]]) -> str:
    """What a SERVICE names: an IRI, or whatever else stands there, which is never allowed."""
    rest = [t for t in following if t[1].upper() != "SILENT"]
    if rest and rest[0][0] == "iri":
        return rest[0][1][1:-1]
    return f"（{rest[0][1] if rest else ''}）"


def _tokens(query: str) -> Iterator[tuple[str, str]]:
    for match in _TOKEN.finditer(query):
        kind = match.lastgroup or "other"
        if kind != "space":
            yield kind, match[0]


def _unescaped(query: str) -> str:
    return _ESCAPE.sub(_character, query)


def _character(match: re.Match[str]) -> str:
    code = int(match[1] or match[2], 16)
    return chr(code) if code <= 0x10FFFF else match[0]
