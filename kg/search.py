"""Words looked for in everything that has text; a search in vain says why, and what would do.

People type questions into the search box: where nothing holds the words, they are read as
a question (`kg.ask`) too, and offered as one.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from msgspec import Struct

from kg.ask import NotUnderstood, ask
from kg.ask_lexicon import Bodies
from kg.ids import squeeze
from kg.params import address
from kg.query_count import steady
from kg.query_lists import ListPage, address_of, read_list
from kg.records import Dataset, Hit
from kg.store.base import Store
from kg.wording import listing, quoted

WHAT = "任务、章节、专项、举措、目标和指标"
_WORDS = 8  # looked for one by one, at most


class Suggestion(Struct, frozen=True, kw_only=True):
    """What to ask instead: the words as a question, or fewer of them."""

    kind: Literal["question", "word"]
    label: str
    total: int
    url: str


class SearchAnswer(Struct, frozen=True, kw_only=True):
    """A page of finds of any kind; in vain, `why_empty` and `near` say what to do."""

    interpretation: str
    total: int
    results: tuple[Hit, ...]
    why_empty: str | None
    near: tuple[Suggestion, ...]
    dataset: Dataset
    next: str | None
    limit: int
    url: str


def search(store: Store, registry: Bodies, pairs: Iterable[tuple[str, str]]) -> SearchAnswer:
    """A page of everything whose text holds all the words of q.

    Raises:
        QueryError: no words were given, or a parameter is wrong.
    """
    asked = read_list("search", pairs, store)
    return steady(store, lambda dataset: _answer(store, registry, asked, dataset))


def _answer(store: Store, registry: Bodies, asked: ListPage, dataset: Dataset) -> SearchAnswer:
    page = store.search(asked.q, asked.limit, asked.after)
    why, near = (None, ()) if page.total else _in_vain(store, registry, asked.q)
    return SearchAnswer(
        interpretation=f"文字里含{quoted(asked.q)}的{WHAT}",
        total=page.total,
        results=page.results,
        why_empty=why,
        near=near,
        dataset=dataset,
        next=address_of("/search", asked, page.after) if page.after else None,
        limit=asked.limit,
        url=address_of("/search", asked, asked.after),
    )


def _in_vain(
    store: Store, registry: Bodies, words: tuple[str, ...]
) -> tuple[str, tuple[Suggestion, ...]]:
    """Why nothing holds the words, and what would find something."""
    asked = [w for w in dict.fromkeys(words) if squeeze(w)]
    alone = len(asked) == 1  # then it is known already that nothing holds it
    each = {w: 0 if alone else store.search((w,), 0).total for w in asked[:_WORDS]}
    missing = [f"“{w}”" for w, total in each.items() if not total]
    if missing:
        why = f"没有哪项{WHAT.replace('和', '或')}的文字里有{listing(missing, '或')}。"
    elif len(asked) > len(each):
        why = "没有一处文字同时含有全部字样。"
    else:
        why = "这些字样分开都有，但没有一处同时含有。"
    question, unread = _as_question(store, registry, " ".join(words))
    fewer = [_word(w, total) for w, total in each.items() if total]
    if question is None:
        why += unread + ("" if fewer else "检索按字面匹配，可以换成更短的字样。")
    return why, (*([question] if question else []), *fewer)


def _word(word: str, total: int) -> Suggestion:
    return Suggestion(kind="word", label=f"只检索{quoted([word])}", total=total,
                      url=address("/search", [("q", word)]))  # fmt: skip


def _as_question(store: Store, registry: Bodies, text: str) -> tuple[Suggestion | None, str]:
    """The words as a question; else what of them could not be read, if some could."""
    try:
        reply = ask(store, registry, text)
    except NotUnderstood as e:
        said = "；".join(f"“{p.text}”{p.meaning}" for p in e.unread)
        return None, f"当作问题来读，{said}。" if e.understood and said else ""
    return Suggestion(kind="question", label=f"当作问题：{reply.interpretation}",
                      total=reply.answer.total, url=address("/ask", [("q", text)])), ""  # fmt: skip


__all__ = ["SearchAnswer", "Suggestion", "search"]
