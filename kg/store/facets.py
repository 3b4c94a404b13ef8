"""Facet values in their order, named as people know them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from heapq import nsmallest

from kg.errors import QueryError
from kg.store.base import FACETS, Facet, FacetValue

MOST = 100


def check(facets: Sequence[str]) -> None:
    """Refuse a facet that does not exist."""
    for facet in facets:
        if facet not in FACETS:
            raise QueryError(f"没有这个分面：{facet!r}", candidates=FACETS)


def top(counts: Mapping[str, int], labels: Mapping[str, str]) -> tuple[FacetValue, ...]:
    """The values with most tasks; one without a label is its own."""
    best = nsmallest(MOST, ((-n, value) for value, n in counts.items() if n))
    return tuple(FacetValue(value, labels.get(value, value), -n) for n, value in best)


def labelled(facet: Facet) -> str | None:
    """The kind of thing whose name labels a facet's values, if any."""
    kinds = {"led_by": "department", "involves": "department"}
    return kinds.get(facet, facet if facet in ("document", "project") else None)
