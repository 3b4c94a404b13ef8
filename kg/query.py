"""Composed questions: an answer with how it was read, what is near, and what to beware of.

Only the store protocol is used, and few of its calls: every store answers alike, and no
question looks at all tasks.
"""

from __future__ import annotations

from msgspec import Struct

from kg import wording
from kg.params import Question, url
from kg.query_caveats import caveats
from kg.query_count import Counts, steady
from kg.query_empty import why_empty
from kg.query_lists import (
    DepartmentPage,
    ListAnswer,
    NetworkAnswer,
    department_page,
    list_things,
    network,
)
from kg.query_names import Names
from kg.query_near import Tier, near
from kg.records import Dataset, TaskRecord
from kg.store.base import FacetValue, Store


class Answer(Struct, frozen=True, kw_only=True):
    """The envelope of an answer about tasks (contract, section 4)."""

    interpretation: str
    total: int
    results: tuple[TaskRecord, ...]
    why_empty: str | None
    near: tuple[Tier, ...]
    caveats: tuple[str, ...]
    dataset: Dataset
    next: str | None
    facets: dict[str, tuple[FacetValue, ...]]
    limit: int
    url: str
    interpretation_en: str


def find_tasks(store: Store, registry: Names, question: Question) -> Answer:
    """The tasks that satisfy a question, in its envelope."""
    return steady(store, lambda dataset: _answer(store, registry, question, dataset))


def _answer(store: Store, registry: Names, question: Question, dataset: Dataset) -> Answer:
    page = store.find_tasks(
        question.query, limit=question.limit, after=question.after, facets=question.facets
    )
    counts = Counts(store, {question.query: page.total})
    tiers = near(store, counts, question)
    return Answer(
        interpretation=wording.interpretation(question),
        interpretation_en=wording.interpretation_en(question),
        total=page.total,
        results=page.results,
        why_empty=None if page.total else why_empty(store, counts, question, tiers),
        near=tiers,
        caveats=caveats(store, registry, counts, question, page, tiers),
        dataset=dataset,
        next=url(question, page.after) if page.after else None,
        facets=page.facets,
        limit=question.limit,
        url=url(question),
    )


__all__ = ["Answer", "DepartmentPage", "ListAnswer", "NetworkAnswer", "Tier",
           "department_page", "find_tasks", "list_things", "network",
           "steady"]  # fmt: skip
