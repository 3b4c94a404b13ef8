"""Names in brackets behind another: 中央宣传部（国家版权局）, 省委组织部（省委人才办）.

Whom the document means there is one body: the registered one before the bracket, or one of
its own if the registry has none (contract, section 3: one department a name, as printed).
Whoever asks for one of the two names alone is told of the other, with the way to its tasks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.body import normalise
from kg.params import Question, url
from kg.query_count import Counts
from kg.query_names import Names
from kg.records import DepartmentRecord
from kg.store.base import Store, TaskQuery

_BRACKET = re.compile(r"(?P<head>[^（(]+)[（(](?P<inside>[^（()）]+)[)）]")
_BETWEEN = re.compile(r"[、，,；;]")


def in_brackets(store: Store, registry: Names, counts: Counts, ids: Iterable[str]) -> list[str]:
    """One sentence for each name of these bodies that stands in another's, with a bracket."""
    asked = tuple(ids)
    if not asked:
        return []
    printed = [(p, its) for p, its in store.names().items() if "（" in p or "(" in p]
    if not printed:
        return []
    called = {id: _called(store, registry, id) for id in asked}
    return [
        _said(store, counts, id, spelled, hosts[0])
        for id in asked
        for spelled, hosts in printed
        if id not in hosts and _parts(spelled) & called[id]
    ]


def _parts(printed: str) -> set[str]:
    """The names in a printed name: before the bracket, and in it."""
    found = _BRACKET.fullmatch(printed)
    if found is None:
        return set()
    return {normalise(part) for part in (found["head"], *_BETWEEN.split(found["inside"]))}


def _called(store: Store, registry: Names, id: str) -> set[str]:
    body = registry.resolve(id)
    record: DepartmentRecord | None = store.get("department", id)
    names = (id, *(body.spellings if body else ()), *(record.mentions if record else ()))
    return {normalise(name) for name in names}


def _said(store: Store, counts: Counts, id: str, printed: str, host: str) -> str:
    own, other = (store.get("department", one) for one in (id, host))
    query = TaskQuery(involves=(host,))
    return (
        f"文件里有“{printed}”这样的写法，按{other.name if other else host}计，"
        f"没有计入{own.name if own else id}；"
        f"涉及前者的任务共{counts.total(query)}项：{url(Question(query=query))}"
    )


__all__ = ["in_brackets"]
