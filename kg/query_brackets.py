"""Bodies that documents name only in brackets behind another: 中央宣传部（国家版权局）.

There the body before the bracket is the actor (contract, section 3: one department a name).
Whoever asks for the one inside is told so, with the way to the tasks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.body import normalise
from kg.params import Question, url
from kg.query_count import Counts
from kg.query_names import Named, Names
from kg.records import DepartmentRecord
from kg.store.base import Store, TaskQuery

_BRACKET = re.compile(r"[（(]([^（()）]+)[)）]")
_BETWEEN = re.compile(r"[、，,；;]")


def in_brackets(store: Store, registry: Names, counts: Counts, ids: Iterable[str]) -> list[str]:
    """One sentence for each of these bodies that stands in brackets behind its ministry."""
    return [
        said
        for id in ids
        if (body := registry.resolve(id)) is not None
        and body.managed_by
        and (said := _said(store, counts, body, body.managed_by))
    ]


def _said(store: Store, counts: Counts, body: Named, managed_by: str) -> str | None:
    host: DepartmentRecord | None = store.get("department", managed_by)
    printed = _printed(body, host.mentions) if host is not None else None
    if host is None or printed is None:
        return None
    query = TaskQuery(involves=(host.id,))
    return (
        f"文件里有“{printed}”这样的写法，按{host.name}计，没有计入{body.name}；"
        f"涉及{host.name}的任务共{counts.total(query)}项：{url(Question(query=query))}"
    )


def _printed(body: Named, mentions: Iterable[str]) -> str | None:
    """The first printed name that has the body in brackets."""
    names = {normalise(name) for name in body.spellings}
    for mention in mentions:
        for bracket in _BRACKET.findall(mention):
            if names & {normalise(part) for part in _BETWEEN.split(bracket)}:
                return mention
    return None


__all__ = ["in_brackets"]
