"""Several calls for one answer: of one publication, and no total asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from kg.errors import UnavailableError
from kg.records import Dataset
from kg.store.base import Store, TaskQuery

T = TypeVar("T")
_TRIES = 5


def steady(store: Store, ask: Callable[[Dataset], T]) -> T:
    """Ask several things of one publication: once more if another came in between."""
    for _ in range(_TRIES):
        dataset = store.dataset()
        answer = ask(dataset)
        if store.dataset() == dataset:
            return answer
    raise UnavailableError("图谱正在更新，请稍后再试")


class Counts:
    """Remembers, for one answer, how many tasks satisfy which query."""

    def __init__(self, store: Store, known: dict[TaskQuery, int] | None = None) -> None:
        """`known` are totals that were learnt already."""
        self._store = store
        self._known = dict(known or {})

    def total(self, query: TaskQuery) -> int:
        """How many tasks satisfy the query."""
        if query not in self._known:
            self._known[query] = self._store.find_tasks(query, limit=0).total
        return self._known[query]
