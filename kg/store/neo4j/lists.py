"""Everything but task queries: single things, lists, search, network, sources."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import Any

from kg.model import LoadedDocument
from kg.records import DepartmentProfile, DepartmentRecord, DocRef, DocumentCount, Network
from kg.store import bodies, keys, texts
from kg.store.base import Key, Kind, Page
from kg.store.embedded.schema import unpack, unpack_source
from kg.store.neo4j.found import View
from kg.store.neo4j.layout import (
    LAST,
    Wanted,
    behind,
    hexed,
    sort_key,
    term,
    value_of,
)

MOST_DOCUMENTS, MOST_PARTNERS = 50, 20


def encodable(text: str) -> bool:
    """Whether a text can stand in the store at all (half characters cannot)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def get(v: View, kind: Kind, id: str) -> Any | None:
    """See `Store.get`."""
    if kind == "department":
        return v.state.by_id.get(id)
    if not encodable(id):
        return None
    if kind == "document":
        found = v.ask.column(
            f"MATCH (n:PkgDocument {{id: $id}}) WHERE {v.visible()} RETURN n.record", id=id
        )
    else:
        found = v.records(kind, [id])
    return unpack(kind, found[0]) if found else None


def loaded(v: View, document: str) -> LoadedDocument | None:
    """See `Store.loaded`."""
    if not encodable(document):
        return None
    found = v.ask.column(
        f"MATCH (n:PkgSource {{id: $id}}) WHERE {v.visible()} RETURN n.loaded", id=document
    )
    return unpack_source(found[0]) if found else None


def list_(v: View, kind: Kind, limit: int, after: Key | None, document: str | None) -> Page:
    """See `Store.list`."""
    if kind == "department":
        return keys.page(_named(v, document), lambda d: keys.key_of(kind, d), limit, after)
    if kind == "document":
        return _documents(v, limit, after, document)
    wanted = Wanted([[term("kind", kind)]])
    if document is not None:
        wanted = wanted.also(term("in", document), term("shared", document))
    total = v.total(wanted)
    start = sort_key(kind) if after is None else behind(kind, *after)
    rows = v.next(wanted, total, limit + 1 if limit else 0, start, behind(kind))
    records = [unpack(kind, record) for _, record in rows[:limit]]
    more = keys.key_of(kind, records[-1]) if len(rows) > limit and records else None
    return Page(results=tuple(records), total=total, after=more)


def _named(v: View, document: str | None) -> tuple[DepartmentRecord, ...]:
    if document is None:
        return v.state.departments
    ids: set[str] = set()
    if encodable(document):
        found = v.ask.column(
            f"MATCH (n:PkgDocument {{id: $id}}) WHERE {v.visible()} RETURN n.named", id=document
        )
        ids = {id for named in found for id in named}
    return tuple(d for d in v.state.departments if d.id in ids)


def _documents(v: View, limit: int, after: Key | None, document: str | None) -> Page:
    if document is not None:
        record = get(v, "document", document)
        return keys.page([record] if record else [], lambda d: (d.id,), limit, after)
    rows = v.ask.column(
        f"MATCH (n:PkgDocument) WHERE n.sort > $start AND {v.visible()} "
        "WITH n, n.sort AS sort ORDER BY sort LIMIT $limit RETURN n.record",
        start=hexed(str(after[0])) if after else "",
        limit=limit + 1 if limit else 0,
    )
    records = tuple(unpack("document", record) for record in rows[:limit])
    more = (records[-1].id,) if len(rows) > limit and records else None
    return Page(results=records, total=v.state.sums.documents, after=more)


# -- search ------------------------------------------------------------------------------


def search(v: View, words: tuple[str, ...], limit: int, after: Key | None) -> Page:
    """See `Store.search`; all kinds stand in one order."""
    wanted = Wanted(words=words)
    total = v.total(wanted)
    start = _search_start(after)
    rows = v.next(wanted, total, limit + 1 if limit else 0, start, LAST)
    found = [_searchable(sort, record) for sort, record in rows[:limit]]
    return Page(
        results=tuple(texts.hit(s, words) for s in found),
        total=total,
        after=found[-1].key if len(rows) > limit and found else None,
    )


def _search_start(after: Key | None) -> str:
    if after is None:
        return ""
    kind = int(after[0])
    if not 0 <= kind < len(texts.HIT_KINDS):
        return LAST if kind > 0 else ""
    return sort_key(texts.HIT_KINDS[kind], *after[1:])


def _searchable(sort: str, record: bytes) -> texts.Searchable:
    kind = texts.HIT_KINDS[int(sort.partition("!")[0])]
    read = unpack(kind, record)
    return read if kind == "measure" else texts.searchables(read)[0]


# -- departments -------------------------------------------------------------------------


def profile(v: View, department: str) -> DepartmentProfile | None:
    """See `Store.profile`."""
    record = v.state.by_id.get(department)
    if record is None:
        return None
    shares = v.ask.all(
        f"MATCH (:PkgBody {{id: $id}})<-[r:PKG_NAMES]-(n:PkgDocument) WHERE {v.visible()} "
        "WITH r, n ORDER BY r.total DESC, n.sort LIMIT $most RETURN n.id, n.title, r.roles",
        id=department,
        most=MOST_DOCUMENTS,
    )
    return DepartmentProfile(
        department=record,
        by_document=tuple(
            DocumentCount(DocRef(id, title), dict(zip(bodies.ROLES, counts, strict=True)))
            for id, title, counts in shares
        ),
        partners=v.state.ranked(v.state.partners(department))[:MOST_PARTNERS],
    )


def network(v: View, document: str | None) -> Network:
    """See `Store.network`."""
    if document is None:
        return v.state.network
    wanted = Wanted([[term("doc", document)]])
    if not v.total(wanted):
        return Network((), ())
    clause, values = v.hits(wanted)
    weights: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for terms in v.ask.column(f"{clause} RETURN n.terms", **values):
        named = sorted(value_of(t) for t in terms.split(" ") if t.startswith("inv:"))
        weights.update(named)
        pairs.update(combinations(named, 2))
    return v.state.network_of(weights, ((a, b, n) for (a, b), n in pairs.items()))


def page_of_records(v: View, kind: Kind, after: str, size: int) -> list[tuple[str, bytes]]:
    """The next records of a kind in their order, as they lie there, with their keys."""
    label, end = ("PkgDocument", LAST) if kind == "document" else ("PkgItem", behind(kind))
    rows = v.ask.all(
        f"MATCH (n:{label}) WHERE n.sort > $after AND n.sort < $end "
        f"AND {v.visible()} WITH n, n.sort AS sort ORDER BY sort LIMIT $size RETURN sort, n.record",
        after=after, end=end, size=size,
    )  # fmt: skip
    return [(sort, record) for sort, record in rows]
