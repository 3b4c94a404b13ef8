"""Tasks of one version: filters as set algebra, pages in order, facets by cardinality."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import reduce
from itertools import islice
from operator import and_

from pyroaring import BitMap

from kg.records import TaskRecord
from kg.store import bodies, keys, texts
from kg.store import facets as facet_rules
from kg.store.base import Facet, Key, TaskPage, TaskQuery
from kg.store.embedded.schema import term, unpack
from kg.store.embedded.terms import ALL, COLLECTIVE, LEAD, PROJECTS
from kg.store.embedded.version import Version

CHUNK = 500


def find(
    v: Version, query: TaskQuery, limit: int, after: Key | None, facets: Sequence[Facet]
) -> TaskPage:
    """See `Store.find_tasks`."""
    keys.check(after, keys.TASK_KEY, limit)
    facet_rules.check(facets)
    rows = answer(v, query)
    found, more = page(v, rows, limit, after)
    counts = {f: _COUNTERS[f](v, query, rows) for f in facets}
    return TaskPage(
        results=tuple(found),
        total=len(rows),
        after=more,
        facets={f: facet_rules.top(c, _labels(v, f, c)) for f, c in counts.items()},
    )


def page(
    v: Version, rows: BitMap, limit: int, after: Key | None
) -> tuple[list[TaskRecord], Key | None]:
    """The next tasks among `rows`, and the key to go on from."""
    taken = v.tasks.take(rows, *start_behind(v, after), limit + 1 if limit else 0)
    found: list[TaskRecord] = v.read("task", taken[:limit], "task")
    return found, keys.key_of("task", found[-1]) if len(taken) > limit else None


def start_behind(v: Version, after: Key | None) -> tuple[int, int]:
    """Where to go on behind a key: place of the document, first row in it."""
    if after is None:
        return 0, v.tasks.bases[0] if v.ids else 0
    document, position = str(after[0]), int(after[1])
    place = v.next_place(document)
    if place >= len(v.ids) or v.ids[place] != document:
        return place, v.tasks.bases[place] if place < len(v.ids) else 0
    own = v.tasks.own(place)
    found = v.one(
        "SELECT min(row) FROM task WHERE row >= ? AND row < ? AND position > ?",
        (own.start, own.stop, position),
    )[0]
    return (place, found) if found is not None else v.tasks.behind(place)


# -- filters -----------------------------------------------------------------------------


def answer(v: Version, q: TaskQuery) -> BitMap:
    """The rows of all tasks that satisfy the query."""
    needed = [*_body_sets(v, q), *_clause_sets(v, q), *_other_sets(v, q)]
    everything = v.posting(ALL)
    rows = reduce(and_, sorted(needed, key=len)) if needed else everything
    unwanted = [meant(v, q, "inv", d) for d in q.excludes]
    if q.lead == "none":
        unwanted.append(v.posting(LEAD))
    if q.collective is False:
        unwanted.append(v.posting(COLLECTIVE))
    for without in unwanted:
        rows = rows - without
    return rows


def meant(v: Version, q: TaskQuery, kind: str, department: str, *role: str) -> BitMap:
    """The tasks of a body, and with `units` those of its units."""
    own = frozenset({department})
    ids = v.below.get(department, own) if q.units else own
    sets = [v.posting(term(kind, id, *role)) for id in ids]
    return sets[0] if len(sets) == 1 else BitMap.union(*sets)


def _body_sets(v: Version, q: TaskQuery) -> list[BitMap]:
    role = (q.role,) if q.role else ()
    sets = [meant(v, q, "inv", d, *role) for d in q.involves]
    if q.role and not q.involves:
        sets.append(v.posting(term("role", q.role)))
    if q.led_by is not None:
        sets.append(meant(v, q, "led", q.led_by))
    return sets


def _clause_sets(v: Version, q: TaskQuery) -> list[BitMap]:
    wanted = []
    if q.basis is not None:
        wanted.append(term("basis", q.basis))
    if q.lead == "stated":
        wanted.append(LEAD)
    if q.collective:
        wanted.append(COLLECTIVE)
    return [v.posting(t) for t in wanted]


def _other_sets(v: Version, q: TaskQuery) -> list[BitMap]:
    sets = [v.posting(term("project", p)) for p in q.project]
    sets += v.words("task", texts.wanted(q.q))
    if q.document is not None:
        sets.append(v.block(q.document))
    if q.year is not None:
        sets.append(v.posting(term("year", str(q.year))))
    if q.due_by is not None:
        days = [v.posting(term("due", day)) for day in v.values("due") if day <= q.due_by]
        sets.append(BitMap.union(BitMap(), *days))
    return sets


# -- facets ------------------------------------------------------------------------------


def _count_leaders(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    ids = [d.id for d in v.departments]
    return {id: rows.intersection_cardinality(meant(v, q, "led", id)) for id in ids}


def _count_involved(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    role = (q.role,) if q.role else ()
    ids = [d.id for d in v.departments]
    return {id: rows.intersection_cardinality(meant(v, q, "inv", id, *role)) for id in ids}


def _count_roles(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    counts: dict[str, int] = {}
    for role in bodies.ROLES:
        sets = [meant(v, q, "inv", d, role) for d in q.involves]
        sets = sets or [v.posting(term("role", role))]
        counts[role] = len(reduce(and_, sets, rows))
    return counts


def _count_terms(v: Version, kind: str, rows: BitMap) -> dict[str, int]:
    values = v.values(kind)
    return {x: rows.intersection_cardinality(v.posting(term(kind, x))) for x in values}


def _count_bases(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    return _count_terms(v, "basis", rows)


def _count_years(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    return _count_terms(v, "year", rows)


def _count_leads(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    stated = rows.intersection_cardinality(v.posting(LEAD))
    return {"stated": stated, "none": len(rows) - stated}


def _count_documents(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    if 2 * len(rows) <= len(v.ids):
        found = Counter(map(v.tasks.document_of, rows))
        return {v.ids[place]: n for place, n in found.items()}
    blocks = map(v.tasks.own, range(len(v.ids)))
    return {
        id: rows.range_cardinality(own.start, own.stop)
        for id, own in zip(v.ids, blocks, strict=True)
    }


def _count_projects(v: Version, q: TaskQuery, rows: BitMap) -> dict[str, int]:
    counts: Counter[str] = Counter()
    having = iter(rows & v.posting(PROJECTS))
    while chunk := list(islice(having, CHUNK)):
        marks = ",".join("?" * len(chunk))
        sql = f"SELECT project, count(*) FROM task_project WHERE row IN ({marks}) GROUP BY project"
        counts.update(dict(v.all(sql, chunk)))
    return counts


_COUNTERS = {
    "led_by": _count_leaders,
    "involves": _count_involved,
    "role": _count_roles,
    "basis": _count_bases,
    "lead": _count_leads,
    "document": _count_documents,
    "year": _count_years,
    "project": _count_projects,
}


def _labels(v: Version, facet: Facet, counts: dict[str, int]) -> dict[str, str]:
    """Names for the values that may be shown."""
    kind = facet_rules.labelled(facet)
    if kind == "department":
        return {d.id: d.name for d in v.departments}
    shown = [value.value for value in facet_rules.top(counts, {})]
    if kind == "document":
        return dict(v.among("SELECT id, title FROM document WHERE id IN ({})", shown))
    if kind == "project":
        sql = "SELECT id, record FROM thing WHERE kind = 'project' AND id IN ({})"
        return {id: unpack("project", blob).name for id, blob in v.among(sql, shown)}
    return {}
