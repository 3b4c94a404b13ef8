"""Chinese questions without a language model: how each was read, and its answer.

A question is cut into known pieces (`kg.ask_tokens`) and read into the parameters of
`/tasks` (`kg.ask_read`). What is not understood is said; it is never dropped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from kg.ask_lexicon import Bodies, Lexicon, build
from kg.ask_read import Reader
from kg.ask_row import Row
from kg.ask_text import Plain, plain
from kg.ask_tokens import Token, tokens
from kg.ask_words import examples
from kg.errors import NotFoundError, QueryError
from kg.model import Span
from kg.params import Pairs, parse, url
from kg.query import Answer, find_tasks
from kg.query_count import steady
from kg.query_names import everything
from kg.records import DocumentRecord, ProjectRecord
from kg.store.base import Store
from kg.wording import facet_lines

MAX_QUESTION = 300
_CONTENT = frozenset({"body", "document", "project", "year", "due_by", "text", "relation", "bare_role",
                      "no_lead", "no_lead_verb", "stated_lead", "noun", "which", "who",
                      "units"})  # fmt: skip
_MOST_SHOWN = 5


class Piece(Struct, frozen=True):
    """Some words of the question, where they stand, and how they were read."""

    text: str
    span: Span
    meaning: str


class Understood(Struct, frozen=True, kw_only=True):
    """A question as parameters of `/tasks`; `count`: it asks how many."""

    question: str
    parameters: Pairs
    pieces: tuple[Piece, ...]
    count: bool = False


class Reply(Struct, frozen=True, kw_only=True):
    """The answer to a question in words; `statement` says it in one sentence."""

    question: str
    interpretation: str
    url: str
    statement: str
    answer: Answer
    understood: tuple[Piece, ...]


class NotUnderstood(QueryError):
    """A question that cannot be read whole: what was read, what was not, what works."""

    def __init__(
        self,
        question: str,
        *,
        understood: tuple[Piece, ...] = (),
        unread: tuple[Piece, ...] = (),
        what: str = "",
    ) -> None:
        self.question = question
        self.understood = understood
        self.unread = unread
        self.examples = examples()
        said = "；".join(f"“{_short(p.text)}”：{p.meaning}" for p in unread)
        super().__init__(
            f"没有读懂这个问题{'：' + (what or said) if what or said else ''}",
            where="q",
            remedy="可以这样问：" + "；".join(self.examples),
            candidates=self.examples,
        )


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:40] + "…"


def understand(
    question: str,
    registry: Bodies,
    names: Mapping[str, tuple[str, ...]],
    documents: Sequence[DocumentRecord] = (),
    projects: Sequence[ProjectRecord] = (),
) -> Understood:
    """Read a question.

    Raises:
        NotUnderstood: some words are not understood, or it asks for something else.
    """
    return read(question, build(registry, names, documents, projects), registry)


def read(question: str, lexicon: Lexicon, registry: Bodies) -> Understood:
    """Read a question with a lexicon that was built before."""
    if len(question) > MAX_QUESTION:
        raise NotUnderstood("", what=f"问题过长（最多 {MAX_QUESTION} 个字）")
    text = plain(question)
    row = tokens(text, lexicon)
    reading = Reader(Row(row, text.text)).read()
    pieces = tuple(_piece(text, t, meaning) for t, meaning in _in_order(reading.said))
    if reading.problems:
        unread = tuple(
            _piece(text, t, why + _hint(text, t, registry))
            for t, why in _in_order(dict(reversed(reading.problems)))
        )
        failed = {t for t, _ in reading.problems}
        read_well = tuple(_piece(text, t, m) for t, m in _in_order(reading.said) if t not in failed)
        raise NotUnderstood(question, understood=read_well, unread=unread)
    if not any(t.kind in _CONTENT for t in row):
        raise NotUnderstood(question, what="里面没有部门、角色、文件、专项、年份或引号中的字样")
    return Understood(
        question=question, parameters=reading.pairs(), pieces=pieces, count=reading.counts
    )


def _in_order(said: Mapping[Token, str]) -> list[tuple[Token, str]]:
    return sorted(said.items(), key=lambda entry: entry[0].start)


def _piece(text: Plain, token: Token, meaning: str) -> Piece:
    return Piece(text.words(token.start, token.end), text.span(token.start, token.end), meaning)


def _hint(text: Plain, token: Token, registry: Bodies) -> str:
    if token.kind != "unknown_body":
        return ""
    likely = [b.name for b in registry.candidates(text.words(token.start, token.end))]
    return "；是不是" + "、".join(likely[:5]) if likely else ""


def ask(store: Store, registry: Bodies, question: str) -> Reply:
    """Read a question and answer it.

    Raises:
        NotUnderstood: it cannot be read whole, or names what is not in the graph.
    """
    understood = read(question, _lexicon(store, registry), registry)
    try:
        asked = parse(understood.parameters, store, registry)
    except (QueryError, NotFoundError) as e:
        raise NotUnderstood(question, understood=understood.pieces, what=e.what) from e
    answer = find_tasks(store, registry, asked)
    return Reply(
        question=question,
        interpretation=answer.interpretation,
        url=url(asked),
        statement=_statement(answer),
        answer=answer,
        understood=understood.pieces,
    )


def _statement(answer: Answer) -> str:
    """The answer in a sentence: how many, and what was asked to be told apart."""
    told = [f"{answer.interpretation}：{answer.total}项。"]
    if answer.total:
        told += facet_lines(answer.facets, _MOST_SHOWN)
    elif answer.why_empty:
        told.append(answer.why_empty)
    return "".join(told)


def _lexicon(store: Store, registry: Bodies) -> Lexicon:
    """The lexicon of what the store holds now; built anew when its content changes."""
    return steady(store, lambda now: _built(_Source(store, registry, now.sha256)))


class _Source:
    """A store and a registry at one content; equal if both and the content are the same."""

    def __init__(self, store: Store, registry: Bodies, sha256: str) -> None:
        self.store = store
        self.registry = registry
        self._key = (id(store), id(registry), sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Source) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


@lru_cache(maxsize=4)
def _built(source: _Source) -> Lexicon:
    store = source.store
    return build(
        source.registry,
        store.names(),
        list(everything(store, "document")),
        list(everything(store, "project")),
    )


__all__ = ["NotUnderstood", "Piece", "Reply", "Understood", "ask", "understand"]
