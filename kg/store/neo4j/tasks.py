"""Tasks: a query as one question to the index, pages in order, facets by counting terms."""

from __future__ import annotations

from collections.abc import Sequence

from kg.records import TaskRecord
from kg.store import bodies, keys, texts
from kg.store import facets as facet_rules
from kg.store.base import Facet, Key, TaskPage, TaskQuery
from kg.store.embedded.schema import unpack
from kg.store.neo4j.found import View
from kg.store.neo4j.layout import (
    COLLECTIVE,
    LEAD,
    TASK,
    Wanted,
    behind,
    due_by,
    meant,
    sort_key,
    term,
    value_of,
)

Counts = dict[str, int]


def find(
    v: View, query: TaskQuery, limit: int, after: Key | None, facets: Sequence[Facet]
) -> TaskPage:
    """See `Store.find_tasks`."""
    wanted = asked(v, query)
    total = v.total(wanted)
    start = sort_key("task") if after is None else behind("task", *after)
    end = behind("task")
    if query.document is not None and wanted.writable:
        start = max(start, sort_key("task", query.document))
        end = behind("task", query.document)
    rows = v.next(wanted, total, limit + 1 if limit else 0, start, end)
    found: list[TaskRecord] = [unpack("task", record) for _, record in rows[:limit]]
    counts = _counts(v, query, wanted, total, facets)
    return TaskPage(
        results=tuple(found),
        total=total,
        after=keys.key_of("task", found[-1]) if len(rows) > limit and found else None,
        facets={f: facet_rules.top(counts[f], _labels(v, f, counts[f])) for f in facets},
    )


def asked(v: View, q: TaskQuery) -> Wanted:
    """The question to the index; `kg.store.match` says what each filter means."""
    below = v.state.below
    groups = [meant(q, q.role or "inv", d, below) for d in q.involves]
    if q.led_by is not None:
        groups.append(meant(q, "led", q.led_by, below))
    single: list[str | None] = [
        term("role", q.role) if q.role and not q.involves else None,
        term("basis", q.basis) if q.basis is not None else None,
        LEAD if q.lead == "stated" else None,
        COLLECTIVE if q.collective else None,
        term("doc", q.document) if q.document is not None else None,
        term("year", str(q.year)) if q.year is not None else None,
        *(term("project", p) for p in q.project),
    ]
    groups += [[t] for t in single if t is not None]
    if q.due_by is not None:
        groups.append(due_by(q.due_by, v.state.sums.terms) or [term("due", "")])
    without = [t for d in q.excludes for t in meant(q, "inv", d, below)]
    without += [LEAD] if q.lead == "none" else []
    without += [COLLECTIVE] if q.collective is False else []
    words = texts.wanted(q.q)
    groups = groups or [[TASK]]
    return Wanted(groups, [t for t in without if v.state.sums.terms[t]], words)


# -- facets ------------------------------------------------------------------------------


def _counts(
    v: View, q: TaskQuery, wanted: Wanted, total: int, facets: Sequence[Facet]
) -> dict[str, Counts]:
    if not facets:
        return {}
    prefixes = {
        "led_by": "led",
        "involves": q.role or "inv",
        "role": "role",
        "basis": "basis",
        "document": "doc",
        "year": "year",
        "project": "project",
    }
    kinds = {prefixes[f] + ":" for f in facets if f in prefixes}
    found = _counted(v, wanted, total, kinds | ({LEAD} if "lead" in facets else set()))
    out: dict[str, Counts] = {}
    for f in facets:
        if f == "lead":
            out[f] = {"stated": found.get(LEAD, 0), "none": total - found.get(LEAD, 0)}
        else:
            start = prefixes[f] + ":"
            out[f] = {value_of(t): n for t, n in found.items() if t.startswith(start)}
    if q.units:
        for f in ("led_by", "involves"):
            if f in out:
                out[f] |= _above(v, q, wanted, prefixes[f], out[f])
    if "role" in out and q.involves:
        out["role"] = _roles(v, q, wanted)
    return out


def _counted(v: View, wanted: Wanted, total: int, starts: set[str]) -> Counts:
    """How many of the tasks found have each term that begins so."""
    if not total or not starts:
        return {}
    if wanted.groups == ((TASK,),) and not wanted.words and not wanted.without:
        known = v.state.sums.terms.items()
        return {t: n for t, n in known if any(t.startswith(s) for s in starts)}
    clause, values = v.hits(wanted)
    chosen = " OR ".join(f"t STARTS WITH $s{i}" for i in range(len(starts)))
    values |= {f"s{i}": start for i, start in enumerate(sorted(starts))}
    rows = v.ask.all(
        f"{clause} UNWIND split(n.terms, ' ') AS t WITH t WHERE {chosen} RETURN t, count(*)",
        **values,
    )
    return {t: n for t, n in rows}


def _above(v: View, q: TaskQuery, wanted: Wanted, kind: str, found: Counts) -> Counts:
    """Bodies that have units: a task of several of them counts once."""
    parents = [d for d, units in v.state.below.items() if len(units) > 1 and units & set(found)]
    questions = [wanted.also(*meant(q, kind, d, v.state.below)) for d in parents]
    return dict(zip(parents, v.totals(questions), strict=True))


def _roles(v: View, q: TaskQuery, wanted: Wanted) -> Counts:
    """Roles that all the bodies asked for have."""
    out: Counts = {}
    for role in bodies.ROLES:
        more = wanted
        for d in q.involves:
            more = more.also(*meant(q, role, d, v.state.below))
        out[role] = v.total(more)
    return out


def _labels(v: View, facet: Facet, counts: Counts) -> dict[str, str]:
    """Names for the values that may be shown."""
    kind = facet_rules.labelled(facet)
    if kind == "department":
        return {d.id: d.name for d in v.state.departments}
    shown = [value.value for value in facet_rules.top(counts, {})]
    if kind == "document":
        return v.documents(shown)
    if kind == "project":
        return {r.id: r.name for r in (unpack(kind, b) for b in v.records(kind, shown))}
    return {}
