"""The list of departments, or those of them that go by a name."""

from __future__ import annotations

from api.core import Call
from kg.errors import QueryError
from kg.ids import squeeze
from kg.params import MAX_Q, Param, address, limit_of
from kg.query import ListAnswer, list_things
from kg.query_cursor import decode_cursor, encode_cursor
from kg.query_names import candidates, clean, document
from kg.records import DepartmentRecord
from kg.store.base import Key

Q_NAME = Param(
    name="q", type="text", zh=f"名称、全称、别名或英文名中的字样，最多 {MAX_Q} 字",
    en="part of a name, full name, alias or English name",
)  # fmt: skip
STEP = 1000  # departments fetched at a time: there are hundreds, not millions


def departments(call: Call) -> ListAnswer:
    """`GET /departments`, with `q` those whose names hold the words."""
    if call.one("q") is None:
        return list_things(call.store, "department", call.pairs)
    words = tuple(squeeze(w) for w in clean("q", call.one("q") or "", MAX_Q).split())
    asked = call.one("document")
    where = document(asked, call.store) if asked is not None else None
    filters = (("q", " ".join(words)), *([("document", where[0])] if where else []))
    limit = limit_of(call.one("limit"))
    after = _after(call, filters)
    named = [d for d in _all(call, where[0] if where else None) if _called(d, words)]
    rest = [d for d in named if after is None or (-d.total, d.id) > after]
    more = (-rest[limit - 1].total, rest[limit - 1].id) if len(rest) > limit else None
    return ListAnswer(
        interpretation=f"名称里含“{call.one('q')}”的部门",
        total=len(named),
        results=tuple(rest[:limit]),
        why_empty=None if named else _why_none(call, where[0] if where else None),
        dataset=call.store.dataset(),
        next=_address(filters, limit, more) if more else None,
        limit=limit,
        url=_address(filters, limit, after),
    )


def _all(call: Call, document: str | None) -> list[DepartmentRecord]:
    found: list[DepartmentRecord] = []
    after: Key | None = None
    while True:
        page = call.store.list("department", limit=STEP, after=after, document=document)
        found += page.results
        after = page.after
        if after is None:
            return found


def _why_none(call: Call, document: str | None) -> str:
    said = call.one("q") or ""
    near = candidates(said, call.store.names(), call.context.registry)
    why = f"没有部门的名称、全称、别名或英文名里有“{said}”"
    if document is not None:
        why = "在这份文件里，" + why
    return f"{why}。" + (f"相近的名称：{'、'.join(near)}。" if near else "")


def _called(body: DepartmentRecord, words: tuple[str, ...]) -> bool:
    names = (body.id, body.name, body.official, body.en, *body.aliases, *body.mentions)
    folded = [squeeze(n) for n in names if n]
    return any(all(w in name for w in words) for name in folded)


def _after(call: Call, filters: tuple[tuple[str, str], ...]) -> Key | None:
    cursor = call.one("cursor")
    if cursor is None:
        return None
    after = decode_cursor((("list", "department"), *filters), cursor)
    if [type(part) for part in after] != [int, str]:
        raise QueryError("cursor 无法识别", where="cursor", remedy="照抄上一页的 next")
    return after


def _address(filters: tuple[tuple[str, str], ...], limit: int, after: Key | None) -> str:
    pairs = [*filters, *([("limit", str(limit))] if limit != limit_of(None) else [])]
    if after is not None:
        pairs.append(("cursor", encode_cursor((("list", "department"), *filters), after)))
    return address("/departments", pairs)


__all__ = ["Q_NAME", "departments"]
