"""Cypher read word by word: only a statement that reads, and only one, gets to an engine."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence

from kg.console.computed import refuse_computed
from kg.console.cypher_headings import headings
from kg.console.cypher_trails import Trails
from kg.errors import QueryError

FIRST = {"MATCH", "OPTIONAL", "WITH", "UNWIND", "RETURN", "CALL"}
REFUSED = {
    "CREATE", "MERGE", "SET", "DELETE", "DETACH", "REMOVE", "DROP", "ALTER", "INSERT", "FOREACH",
    "LOAD", "COPY", "EXPORT", "IMPORT", "INSTALL", "UNINSTALL", "ATTACH", "USE", "CHECKPOINT",
    "BEGIN", "COMMIT", "ROLLBACK", "TRANSACTION", "PROJECT_GRAPH", "DROP_PROJECTED_GRAPH",
}  # fmt: skip
CALLABLE = {"SHOW_TABLES", "TABLE_INFO", "SHOW_FUNCTIONS", "SHOW_INDEXES", "DB_VERSION"}
RESERVED = {"order", "end", "starts", "ends"}  # names of properties that Ladybug keeps for itself
DEEPEST = 100  # brackets within brackets: engines read them by recursion
READ_ONLY = "这里只读：不能写入，不能读写文件，不能装载扩展"

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
    | (?P<broken>["'`]|/\*)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
Token = tuple[str, str]


def check(query: str, parameters: Container[str] = ()) -> None:
    """Refuse whatever does more than read, and parameters that are used and not given.

    Raises:
        QueryError: it writes, reads or writes files, calls a procedure that is not allowed,
            is more than one statement, or is none.
    """
    tokens = _tokens(query)
    while tokens and tokens[-1][0] == "stop":
        tokens.pop()
    if not tokens:
        raise _refused("没有查询语句", "例如 MATCH (t:Task) RETURN t.id LIMIT 5")
    if any(kind == "stop" for kind, _ in tokens):
        raise _refused("一次只能有一个语句", "去掉分号之后的部分")
    if tokens[0][0] != "word" or _keyword(tokens[0]) not in FIRST:
        raise _refused(f"{READ_ONLY}，也不能以 {tokens[0][1][:40]} 开头", "用 MATCH … RETURN …")
    _check_depth(tokens)
    refuse_computed(tokens)
    for place, token in enumerate(tokens):
        if token[0] == "word":
            _check_word(tokens, place)
        elif token[0] == "parameter" and token[1][1:].strip("`") not in parameters:
            raise _refused(f"没有给出参数 {token[1][:60]}", "在 parameters 里给出它的值")


def adapted(query: str) -> str:
    """The statement as Ladybug spells it, where Neo4j spells it otherwise.

    Properties whose names are reserved words are quoted, ``type()`` is ``label()``, no
    relationship is used twice (`cypher_trails`), and there are no semicolons at the end;
    `check` has seen that there are none elsewhere.

    Raises:
        QueryError: it would mean something else there.
    """
    pieces = _pieces(query)
    solid = [n for n, (kind, _) in enumerate(pieces) if kind != "space"]
    texts = ["", *(pieces[n][1] for n in solid), ""]
    for place, n in enumerate(solid, 1):
        kind, text = pieces[n]
        before, after = texts[place - 1], texts[place + 1]
        if kind == "word" and text.lower() in RESERVED:
            if before == "." or (before in ("{", ",") and after == ":"):
                pieces[n] = ("quoted", f"`{text}`")
        elif kind == "word" and text.lower() == "type" and after == "(":
            pieces[n] = ("word", "label")
    return "".join(text for _, text in Trails(pieces).rewritten())


def columns(query: str) -> tuple[str, ...]:
    """What the columns of the answer are called (`cypher_headings`); none if it cannot be told."""
    return headings(_pieces(query))


def _pieces(query: str) -> list[Token]:
    found = [(m.lastgroup or "other", m[0]) for m in _TOKEN.finditer(query)]
    return [piece for piece in found if piece[0] != "stop"]


def _tokens(query: str) -> list[Token]:
    found = [(m.lastgroup or "other", m[0]) for m in _TOKEN.finditer(query)]
    for kind, text in found:
        if kind == "broken":
            raise _refused(f"有没有结束的字符串、名称或注释：{text}", "补上结尾")
    return [t for t in found if t[0] != "space"]


def _check_depth(tokens: Sequence[Token]) -> None:
    depth = 0
    for kind, text in tokens:
        depth += (kind == "open") - (kind == "close")
        depth += text == "NOT"
        if depth > DEEPEST:
            raise _refused(f"括号嵌套超过 {DEEPEST} 层", "简化查询")


def _check_word(tokens: Sequence[Token], place: int) -> None:
    word = _keyword(tokens[place])
    if word == "CALL":
        name = _keyword(tokens[place + 1]) if place + 1 < len(tokens) else ""
        called = place + 2 < len(tokens) and tokens[place + 2][1] == "("
        if name not in CALLABLE or not called:
            raise _refused(
                f"不能调用 CALL {name[:60]}", f"可以调用的只有：{'、'.join(sorted(CALLABLE))}"
            )
    elif word in REFUSED and not _is_property(tokens, place):
        raise _refused(f"{READ_ONLY}（{word}）", f"若 {word} 是名称，写成 `{tokens[place][1]}`")


def _is_property(tokens: Sequence[Token], place: int) -> bool:
    """Whether a word is what is asked of a thing: ``t.set``, never a clause."""
    if place < 2 or tokens[place - 1][1] != ".":
        return False
    before = tokens[place - 2]
    return before[0] in ("word", "quoted", "close")


def _keyword(token: Token) -> str:
    """A word as an engine compares it, without regard to case."""
    return token[1].casefold().upper()


def _refused(what: str, remedy: str) -> QueryError:
    return QueryError(what, where="query", remedy=remedy)
