"""Everything a store can say, as one value to compare."""

from __future__ import annotations

from typing import Any

from kg.store.base import FACETS, Store, TaskQuery
from kg.store.keys import KINDS


def everything(store: Store) -> dict[str, Any]:
    """All that the protocol gives without being asked something special."""
    page = store.find_tasks(TaskQuery(), limit=100, facets=FACETS)
    documents = [d.id for d in store.records("document")]
    departments = [d.id for d in store.records("department")]
    return {
        "dataset": store.dataset(),
        "records": {kind: list(store.records(kind)) for kind in KINDS},
        "page": page,
        "lists": {k: store.list(k, limit=100) for k in KINDS if k != "task"},
        "names": store.names(),
        "profiles": [store.profile(d) for d in departments],
        "networks": [store.network(), *(store.network(d) for d in documents)],
        "loaded": [store.loaded(d) for d in documents],
        "found": [store.search([w], limit=100) for w in ("知识产权", "的", "。", "合作", "1")],
    }
