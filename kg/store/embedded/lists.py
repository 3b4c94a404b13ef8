"""Everything but task queries, on one version: single things, lists, search, network."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import combinations
from typing import Any

from pyroaring import BitMap

from kg.model import LoadedDocument
from kg.records import (
    DepartmentProfile,
    DepartmentRecord,
    DocRef,
    DocumentCount,
    Link,
    Network,
    Partner,
    Ref,
)
from kg.store import bodies, keys, texts
from kg.store.base import Key, Kind, Page
from kg.store.embedded import tasks
from kg.store.embedded.schema import term, unpack, unpack_source
from kg.store.embedded.version import Version

MOST_DOCUMENTS, MOST_PARTNERS = 50, 20
BATCH = 200


def get(v: Version, kind: Kind, id: str) -> Any | None:
    """See `Store.get`."""
    keys.known(kind)
    if kind == "department":
        return v.by_id.get(id)
    if kind in ("task", "document"):
        found = v.one(f"SELECT record FROM {kind} WHERE id = ?", (id,))
    else:
        found = v.one("SELECT record FROM thing WHERE id = ? AND kind = ?", (id, kind))
    return unpack(kind, found[0]) if found else None


def loaded(v: Version, document: str) -> LoadedDocument | None:
    """See `Store.loaded`."""
    found = v.one("SELECT loaded FROM source WHERE id = ?", (document,))
    return unpack_source(found[0]) if found else None


def list_(v: Version, kind: Kind, limit: int, after: Key | None, document: str | None) -> Page:
    """See `Store.list`."""
    keys.listed(kind)
    keys.check(after, keys.shape_of(kind), limit)
    if kind == "department":
        return keys.page(_named(v, document), lambda d: keys.key_of(kind, d), limit, after)
    if kind == "document":
        return _documents(v, limit, after, document)
    rows = v.posting(term("kind", kind))
    if document is not None:
        own = v.place_of(document)
        block = BitMap() if own is None else BitMap(v.things.own(own))
        rows = rows & (block | v.posting(term("shared", document)))
    place, row = _start(v, kind, (*after, 0) if after else None)
    taken = v.things.take(rows, place, row, limit + 1 if limit else 0)
    records = v.read("thing", taken[:limit], kind)
    more = keys.key_of(kind, records[-1]) if len(taken) > limit and records else None
    return Page(results=tuple(records), total=len(rows), after=more)


def _named(v: Version, document: str | None) -> tuple[DepartmentRecord, ...]:
    if document is None:
        return v.departments
    found = v.all("SELECT department FROM named WHERE document = ?", (document,))
    ids = {r[0] for r in found}
    return tuple(d for d in v.departments if d.id in ids)


def _documents(v: Version, limit: int, after: Key | None, document: str | None) -> Page:
    ids = v.ids if document is None else [document] if v.place_of(document) is not None else []
    behind = ids[bisect_right(ids, str(after[0])) :] if after else ids
    shown = behind[:limit]
    found = dict(v.among("SELECT id, record FROM document WHERE id IN ({})", shown))
    return Page(
        results=tuple(unpack("document", found[id]) for id in shown),
        total=len(ids),
        after=(shown[-1],) if shown and len(behind) > limit else None,
    )


def _start(v: Version, kind: str, after: Key | None) -> tuple[int, int]:
    """Where to go on behind (document, place, id, ordinal): document's place, first row."""
    if after is None:
        return 0, v.things.bases[0] if v.ids else 0
    document = str(after[0])
    place = v.next_place(document)
    if place >= len(v.ids) or v.ids[place] != document:
        return place, v.things.bases[place] if place < len(v.ids) else 0
    own = v.things.own(place)
    found = v.one(
        "SELECT min(row) FROM thing WHERE row >= ? AND row < ? AND kind = ? "
        "AND (place, id, ordinal) > (?, ?, ?)",
        (own.start, own.stop, kind, *after[1:]),
    )[0]
    return (place, found) if found is not None else v.things.behind(place)


# -- search ------------------------------------------------------------------------------


def search(v: Version, words: tuple[str, ...], limit: int, after: Key | None) -> Page:
    """See `Store.search`; kind after kind, each in the order of its documents."""
    sets = {"task": BitMap.intersection(*v.words("task", words))}
    things = BitMap.intersection(*v.words("thing", words))
    for kind in texts.HIT_KINDS[1:]:
        sets[kind] = things & v.posting(term("kind", kind))
    found: list[texts.Searchable] = []
    first = int(after[0]) if after else 0
    for n, kind in enumerate(texts.HIT_KINDS):
        if n >= first and len(found) <= limit and limit:
            within = after[1:] if after and n == first else None
            found += _found(v, kind, sets[kind], limit + 1 - len(found), within)
    return Page(
        results=tuple(texts.hit(s, words) for s in found[:limit]),
        total=sum(map(len, sets.values())),
        after=found[limit - 1].key if limit and len(found) > limit else None,
    )


def _found(
    v: Version, kind: str, rows: BitMap, n: int, after: Key | None
) -> list[texts.Searchable]:
    if kind == "task":
        taken = v.tasks.take(rows, *tasks.start_behind(v, after), n)
        return [texts.searchables(t)[0] for t in v.read("task", taken, "task")]
    taken = v.things.take(rows, *_start(v, kind, after), n)
    read = v.read("thing", taken, kind)
    return read if kind == "measure" else [texts.searchables(r)[0] for r in read]


# -- departments -------------------------------------------------------------------------


def profile(v: Version, department: str) -> DepartmentProfile | None:
    """See `Store.profile`."""
    record = v.by_id.get(department)
    if record is None:
        return None
    shares = v.all(
        "SELECT document, lead, participant, sole, joint FROM share WHERE department = ? "
        "ORDER BY total DESC, document LIMIT ?",
        (department, MOST_DOCUMENTS),
    )
    titles = dict(
        v.among("SELECT id, title FROM document WHERE id IN ({})", [s[0] for s in shares])
    )
    return DepartmentProfile(
        department=record,
        by_document=tuple(
            DocumentCount(DocRef(s[0], titles[s[0]]), dict(zip(bodies.ROLES, s[1:], strict=True)))
            for s in shares
        ),
        partners=_partners(v, department),
    )


def _partners(v: Version, department: str) -> tuple[Partner, ...]:
    found = v.all(
        "SELECT b, tasks FROM pair WHERE a = ? UNION ALL SELECT a, tasks FROM pair WHERE b = ?",
        (department, department),
    )
    found = [(id, n) for id, n in found if not v.by_id[id].collective]
    found.sort(key=lambda p: (-p[1], p[0]))
    return tuple(Partner(_ref(v, id), n) for id, n in found[:MOST_PARTNERS])


def _ref(v: Version, department: str) -> Ref:
    return Ref(department, v.by_id[department].name)


def network(v: Version, document: str | None) -> Network:
    """See `Store.network`; of the whole graph it is made once."""
    return _network(v, document) if document is not None else v.once("network", _network)


def _network(v: Version, document: str | None = None) -> Network:
    if document is None:
        weights = {d.id: d.total for d in v.departments if d.total and not d.collective}
        pairs = v.all("SELECT a, b, tasks FROM pair")
    else:
        found = v.all("SELECT department, total FROM share WHERE document = ?", (document,))
        weights = {id: total for id, total in found if not v.by_id[id].collective}
        pairs = _pairs_within(v, document, sorted(weights))
    nodes = sorted(weights.items(), key=lambda p: (-p[1], p[0]))
    edges = [p for p in pairs if p[0] in weights and p[1] in weights]
    edges.sort(key=lambda p: (-p[2], p[0], p[1]))
    return Network(
        tuple(Partner(_ref(v, id), n) for id, n in nodes), tuple(Link(*edge) for edge in edges)
    )


def _pairs_within(v: Version, document: str, ids: list[str]) -> list[tuple[str, str, int]]:
    block = v.block(document)
    rows = {id: v.posting(term("inv", id)) & block for id in ids}
    counted = ((a, b, rows[a].intersection_cardinality(rows[b])) for a, b in combinations(ids, 2))
    return [pair for pair in counted if pair[2]]


# -- everything, for exports -------------------------------------------------------------


def records(v: Version, kind: Kind) -> Iterator[Any]:
    """See `Store.records`; the iterator stays on its version."""
    keys.known(kind)
    if kind == "task":
        return _stream(v, "task", v.tasks.whole_order(), kind)
    if kind == "department":
        return iter(v.departments)
    if kind == "document":
        return (get(v, kind, id) for id in v.ids)
    rows = v.posting(term("kind", kind))
    return _stream(v, "thing", (r for r in v.things.whole_order() if r in rows), kind)


def _stream(v: Version, table: str, rows: Iterator[int], kind: str) -> Iterator[Any]:
    batch: list[int] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield from v.read(table, batch, kind)
            batch.clear()
    yield from v.read(table, batch, kind)
