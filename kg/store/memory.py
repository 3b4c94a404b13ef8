"""The plain reference: it fixes what each question means, and is never clever.

Every question looks at every record. Other stores are compared with this one.
"""

from __future__ import annotations

import builtins
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from kg.families import keys as family_keys
from kg.model import LoadedDocument
from kg.records import (
    Dataset,
    DepartmentProfile,
    DepartmentRecord,
    DocRef,
    DocumentCount,
    Link,
    Network,
    Partner,
    Ref,
    TaskRecord,
)
from kg.store import bodies, changes, digest, keys, proof, texts
from kg.store import facets as facet_rules
from kg.store.base import (
    Facet,
    FacetValue,
    Key,
    Kind,
    Page,
    Progress,
    Receipt,
    TaskPage,
    TaskQuery,
)
from kg.store.families import families
from kg.store.match import Matcher, named_by
from kg.store.world import World

__all__ = ["MemoryStore"]


@dataclass(frozen=True)
class _State:
    """One publication: everything a reader may see, replaced as a whole."""

    dataset: Dataset
    sources: dict[str, LoadedDocument] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    records: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    @property
    def tasks(self) -> tuple[TaskRecord, ...]:
        return self.records.get("task", ())

    @property
    def departments(self) -> tuple[DepartmentRecord, ...]:
        return self.records.get("department", ())

    @property
    def matcher(self) -> Matcher:
        return Matcher(bodies.below(self.departments))


class MemoryStore:
    """All records in lists; see `kg.store.base.Store` for what is asked."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._writing = threading.Lock()
        self._state = _State(digest.dataset({}, world.digest))

    def dataset(self) -> Dataset:
        """See `Store.dataset`."""
        return self._state.dataset

    def publish(
        self,
        add: Sequence[LoadedDocument] = (),
        remove: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Receipt:
        """See `Store.publish`; everything is merged again, then one reference switches."""
        with self._writing:
            state = self._state
            change = changes.plan(state.digests, changes.asked(add, remove))
            if change.any:
                state = self._build(state, change, progress)
            receipt = Receipt(
                changed=change.any,
                dataset=state.dataset,
                added=change.added,
                replaced=change.replaced,
                unchanged=change.unchanged,
                removed=change.removed,
                totals=totals(state.records),
            )
            self._state = state
            return receipt

    def _build(self, old: _State, change: changes.Changes, progress: Progress | None) -> _State:
        sources = {i: d for i, d in old.sources.items() if i not in change.removed}
        digests = {i: d for i, d in old.digests.items() if i not in change.removed}
        sources.update(change.write)
        digests.update(change.digests)
        groups = families({i: family_keys(d) for i, d in sources.items()})
        parts = []
        for n, group in enumerate(groups):
            parts.append(self._world.merge([sources[i] for i in group]))
            if progress:
                progress("合并", n + 1, len(groups))
        records: dict[str, tuple[Any, ...]] = {
            kind: _ordered(kind, [r for p in parts for r in getattr(p, keys.plural(kind))])
            for kind in keys.KINDS
            if kind != "department"
        }
        for kind in keys.PROVED:
            proof.prove(records[kind], {i: d.text for i, d in sources.items()})
        records["department"] = bodies.records(bodies.tally(records["task"]), self._world.describe)
        if progress:
            progress("切换", 1, 1)
        return _State(digest.dataset(digests, self._world.digest), sources, digests, records)

    def find_tasks(
        self,
        query: TaskQuery,
        limit: int = 20,
        after: Key | None = None,
        facets: Sequence[Facet] = (),
    ) -> TaskPage:
        """See `Store.find_tasks`."""
        keys.check(after, keys.TASK_KEY, limit)
        facet_rules.check(facets)
        state = self._state
        matcher = state.matcher
        found = [t for t in state.tasks if matcher.matches(t, query)]
        results, more = keys.cut(found, lambda t: keys.key_of("task", t), limit, after)
        return TaskPage(
            results=results,
            total=len(found),
            after=more,
            facets={f: _facet(f, state, matcher, query, found) for f in facets},
        )

    def get(self, kind: Kind, id: str) -> Any | None:
        """See `Store.get`."""
        keys.known(kind)
        return next((r for r in self._state.records.get(kind, ()) if r.id == id), None)

    def list(
        self, kind: Kind, limit: int = 20, after: Key | None = None, document: str | None = None
    ) -> Page:
        """See `Store.list`."""
        keys.listed(kind)
        keys.check(after, keys.shape_of(kind), limit)
        items = _stated(kind, document, self._state)
        return keys.page(items, lambda r: keys.key_of(kind, r), limit, after)

    def profile(self, department: str) -> DepartmentProfile | None:
        """See `Store.profile`; collectives are nobody's partners."""
        state = self._state
        record = next((d for d in state.departments if d.id == department), None)
        if record is None:
            return None
        own = [t for t in state.tasks if department in bodies.roles_of(t)]
        partners = Counter(b for t in own for b in _bodies(t) if b.id != department)
        return DepartmentProfile(
            department=record,
            by_document=_by_document(department, own)[:50],
            partners=_partners(partners)[:20],
        )

    def names(self) -> dict[str, tuple[str, ...]]:
        """See `Store.names`."""
        return bodies.names(self._state.departments)

    def search(self, words: Sequence[str], limit: int = 20, after: Key | None = None) -> Page:
        """See `Store.search`."""
        keys.check(after, keys.HIT_KEY, limit)
        looked_for = keys.words(words)
        records = self._state.records
        things = [s for k in ("task", *keys.PLACED) for r in records.get(k, ())
                  for s in texts.searchables(r)]  # fmt: skip
        found = [s for s in things if texts.holds(s.fields, looked_for)]
        found.sort(key=lambda s: s.key)
        made = keys.page(found, lambda s: s.key, limit, after)
        return Page(
            results=tuple(texts.hit(s, looked_for) for s in made.results),
            total=made.total,
            after=made.after,
        )

    def network(self, document: str | None = None) -> Network:
        """See `Store.network`."""
        tasks = [t for t in self._state.tasks if document in (None, t.document.id)]
        nodes = Counter(b for t in tasks for b in _bodies(t))
        pairs = Counter(
            pair for t in tasks for pair in combinations(sorted(b.id for b in _bodies(t)), 2)
        )
        ordered = sorted(pairs.items(), key=lambda p: (-p[1], p[0]))
        return Network(_partners(nodes), tuple(Link(a, b, n) for (a, b), n in ordered))

    def loaded(self, document: str) -> LoadedDocument | None:
        """See `Store.loaded`."""
        return self._state.sources.get(document)

    def records(self, kind: Kind) -> Iterator[Any]:
        """See `Store.records`."""
        keys.known(kind)
        return iter(self._state.records.get(kind, ()))

    def close(self) -> None:
        """See `Store.close`; there is nothing to release."""


def totals(records: dict[str, tuple[Any, ...]]) -> dict[str, int]:
    """How many things of each kind, and how many responsibilities."""
    out = {keys.plural(kind): len(records.get(kind, ())) for kind in keys.KINDS}
    out["responsibilities"] = sum(len(t.responsibilities) for t in records.get("task", ()))
    return out


def _ordered(kind: Kind, records: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(sorted(records, key=lambda r: keys.key_of(kind, r)))


def _bodies(task: TaskRecord) -> builtins.set[Ref]:
    return {a.department for a in task.responsibilities if not a.collective}


def _partners(counted: Counter[Ref]) -> tuple[Partner, ...]:
    ordered = sorted(counted.items(), key=lambda p: (-p[1], p[0].id))
    return tuple(Partner(ref, n) for ref, n in ordered)


def _by_document(department: str, tasks: Sequence[TaskRecord]) -> tuple[DocumentCount, ...]:
    total: Counter[DocRef] = Counter(t.document for t in tasks)
    roles = Counter((t.document, r) for t in tasks for r in bodies.roles_of(t)[department])
    ordered = sorted(total, key=lambda d: (-total[d], d.id))
    return tuple(DocumentCount(d, {r: roles[d, r] for r in bodies.ROLES}) for d in ordered)


def _stated(kind: Kind, document: str | None, state: _State) -> Sequence[Any]:
    """The things of a kind that a document states, in its own words or another's."""
    all = state.records.get(kind, ())
    if document is None:
        return all
    if kind == "document":
        return [d for d in all if d.id == document]
    if kind == "department":
        named = {a.department.id for t in state.tasks for a in t.responsibilities
                 if named_by(t, a, document)}  # fmt: skip
        return [d for d in all if d.id in named]
    return [r for r in all if document in {r.document.id, *(e.document for e in r.evidence)}]


def _facet(
    name: Facet,
    state: _State,
    matcher: Matcher,
    query: TaskQuery,
    found: Sequence[TaskRecord],
) -> tuple[FacetValue, ...]:
    counts = Counter(v for t in found for v in matcher.values(name, t, query))
    kind = facet_rules.labelled(name)
    things = state.records.get(kind, ()) if kind else ()
    titled = kind == "document"
    return facet_rules.top(counts, {r.id: r.title if titled else r.name for r in things})
