"""Cypher for a Neo4j server read word by word: only what reads the graph gets there.

The server itself refuses writes in a transaction that reads; it would not refuse a file, an
address, the administration or the queries of others, so these are refused here.
"""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from kg.console.computed import refuse_computed
from kg.errors import QueryError

LONGEST = 60_000
DEEPEST = 100
FIRST = {"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL"}
REFUSED = {
    "CREATE", "MERGE", "SET", "DELETE", "DETACH", "NODETACH", "REMOVE", "DROP", "ALTER", "INSERT",
    "FOREACH", "LOAD", "USE", "TRANSACTIONS", "TRANSACTION", "SHOW", "TERMINATE", "GRANT", "DENY",
    "REVOKE", "RENAME", "PERIODIC", "COMMIT", "ROLLBACK", "BEGIN", "EXPLAIN",
    "PROFILE", "ENABLE", "DEALLOCATE", "REALLOCATE",
}  # fmt: skip
CALLABLE = {
    "db.labels", "db.relationshiptypes", "db.propertykeys", "db.schema.visualization",
    "db.schema.nodetypeproperties", "db.schema.reltypeproperties", "dbms.components",
    "db.index.fulltext.querynodes", "db.index.fulltext.queryrelationships",
}  # fmt: skip
FUNCTIONS = {"date", "datetime", "localdatetime", "localtime", "time", "duration", "point"}
READ_ONLY = "这里只读：不能写入，不能读文件和网址，不能管理服务器"

_TOKEN = re.compile(
    r"""
      (?P<space>\s+|//[^\r\n]*|/\*.*?\*/)
    | (?P<string>"(?:[^"\\]|\\.)*+" | '(?:[^'\\]|\\.)*+')
    | (?P<quoted>`(?:[^`]|``)*+`)
    | (?P<parameter>\$(?:\w+|`[^`]*`))
    | (?P<number>\d\w*(?:\.\d\w*)?)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[{(\[]) | (?P<close>[})\]])
    | (?P<stop>;)
    | (?P<broken>["'`\\]|/\*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
Token = tuple[str, str]


def check(query: str, parameters: Container[str] = ()) -> str:
    """Refuse whatever does more than read the graph; the statement, without semicolons.

    Raises:
        QueryError: it writes, reads files or addresses, calls what is not allowed, looks at
            the server, is more than one statement, or uses a parameter that is not given.
    """
    tokens = _tokens(query)
    while tokens and tokens[-1][0] == "stop":
        tokens.pop()
    if not tokens:
        raise _refused("没有查询语句", "例如 MATCH (t:Task) RETURN t.id LIMIT 5")
    if any(kind == "stop" for kind, _ in tokens):
        raise _refused("一次只能有一个语句", "去掉分号之后的部分")
    if tokens[0][0] != "word" or _keyword(tokens[0][1]) not in FIRST:
        raise _refused(f"{READ_ONLY}，也不能以 {tokens[0][1][:40]} 开头", "用 MATCH … RETURN …")
    refuse_computed(tokens)
    for place, (kind, text) in enumerate(tokens):
        if kind == "parameter" and text[1:].strip("`") not in parameters:
            raise _refused(f"没有给出参数 {text[:60]}", "在 parameters 里给出它的值")
        if kind in ("word", "quoted"):
            _check_word(tokens, place)
    return "".join(m[0] for m in _TOKEN.finditer(query) if m.lastgroup != "stop")


def _tokens(query: str) -> list[Token]:
    if len(query) > LONGEST:
        raise _refused(f"查询超过 {LONGEST} 个字", "把数据放进 parameters")
    if "\\u" in query.lower():
        # Neo4j reads \uXXXX before anything else: it could end a string or make a keyword.
        raise _refused("查询里不用 \\u 写字", "直接写那个字，或放进 parameters")
    found = [(m.lastgroup or "other", m[0]) for m in _TOKEN.finditer(query)]
    depth = 0
    for kind, text in found:
        if kind == "broken":
            raise _refused(f"有没有结束的字符串、名称或注释：{text}", "补上结尾")
        depth += (kind == "open") - (kind == "close")
        if depth > DEEPEST:
            raise _refused(f"括号嵌套超过 {DEEPEST} 层", "简化查询")
    return [t for t in found if t[0] != "space"]


def _check_word(tokens: Sequence[Token], place: int) -> None:
    kind, text = tokens[place]
    word = _keyword(text) if kind == "word" else ""
    if word == "CALL" and not _is_name(tokens, place):
        _check_call(tokens, place)
    elif word in REFUSED and not _is_name(tokens, place):
        raise _refused(f"{READ_ONLY}（{word}）", f"若 {word} 是名称，写成 `{text}`")
    elif _at(tokens, place + 1) == "(" and _at(tokens, place - 1) == ".":
        name = _dotted(tokens, place)
        if name.split(".")[0] not in FUNCTIONS and name not in CALLABLE:
            raise _refused(f"不能调用 {name[:80]}", "可以用 Cypher 自带的函数")


def _check_call(tokens: Sequence[Token], place: int) -> None:
    """A subquery, or a procedure that is allowed."""
    after = _at(tokens, place + 1)
    if after in ("{", "("):
        return
    end = place + 1
    while _at(tokens, end + 1) == ".":
        end += 2
    name = _dotted(tokens, end) if end < len(tokens) else ""
    if name not in CALLABLE:
        raise _refused(
            f"不能调用 CALL {name[:80]}", f"可以调用的只有：{'、'.join(sorted(CALLABLE))}"
        )


def _dotted(tokens: Sequence[Token], place: int) -> str:
    """The whole name that ends at a place, as the server compares it."""
    parts = [tokens[place][1]]
    while place >= 2 and tokens[place - 1][1] == ".":
        place -= 2
        parts.append(tokens[place][1])
    return ".".join(p.strip("`").strip().casefold() for p in reversed(parts))


def _is_name(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word names a label, a type, a property or a key, and is no clause."""
    return _at(tokens, place - 1) in (".", ":", "|", "&", "!") or (
        _at(tokens, place + 1) == ":" and _at(tokens, place - 1) in ("{", ",")
    )


def _at(tokens: Sequence[Token], place: int) -> str:
    return tokens[place][1] if 0 <= place < len(tokens) else ""


def _keyword(text: str) -> str:
    return text.casefold().upper()


def _refused(what: str, remedy: str) -> QueryError:
    return QueryError(what, where="query", remedy=remedy)
