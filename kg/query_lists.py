"""Envelopes of the other lists: departments, projects, …, a profile, the network."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import Struct

from kg import query_names
from kg.errors import NotFoundError, QueryError
from kg.ids import squeeze
from kg.params import (
    BY_NAME,
    DEFAULT_LIMIT,
    MAX_Q,
    Pairs,
    Param,
    Question,
    address,
    collect,
    limit_of,
    url,
)
from kg.query_count import steady
from kg.query_cursor import decode_cursor, encode_cursor
from kg.query_names import Names, clean
from kg.records import (
    Dataset,
    DepartmentProfile,
    DepartmentRecord,
    DocumentCount,
    Link,
    Network,
    Partner,
)
from kg.store.base import Key, Kind, Page, Store, TaskQuery
from kg.wording import KIND_ZH, ROLE_ZH, book, made_from

# Which parameters each list takes, beside `/tasks`.
LISTS: dict[str, tuple[str, ...]] = {
    "department": ("document", "limit", "cursor"),
    "project": ("document", "limit", "cursor"),
    "goal": ("document", "limit", "cursor"),
    "indicator": ("document", "limit", "cursor"),
    "target": ("document", "limit", "cursor"),
    "section": ("document", "limit", "cursor"),
    "document": ("limit", "cursor"),
    "search": ("q", "limit", "cursor"),
    "network": ("document",),
}
_SHAPES: dict[str, tuple[type, ...]] = {
    "department": (int, str),
    "document": (str,),
    "search": (int, str, int, str, int),
}
_SHAPE: tuple[type, ...] = (str, int, str)


class ListAnswer(Struct, frozen=True, kw_only=True):
    """A page of things of one kind; `why_empty` says why there are none."""

    interpretation: str
    total: int
    results: tuple[Any, ...]
    why_empty: str | None
    dataset: Dataset
    next: str | None
    limit: int
    url: str


class DepartmentPage(Struct, frozen=True, kw_only=True):
    """A department with its tasks by document, its partners, and where to read on."""

    interpretation: str
    department: DepartmentRecord
    by_document: tuple[DocumentCount, ...]
    partners: tuple[Partner, ...]
    links: dict[str, str]
    dataset: Dataset


class NetworkAnswer(Struct, frozen=True, kw_only=True):
    """Who shares tasks with whom."""

    interpretation: str
    nodes: tuple[Partner, ...]
    edges: tuple[Link, ...]
    why_empty: str | None
    dataset: Dataset
    url: str


class ListPage(Struct, frozen=True, kw_only=True):
    """The checked parameters of a list; `filters` are those a cursor is bound to."""

    filters: Pairs
    limit: int
    after: Key | None
    document: tuple[str, str] | None
    q: tuple[str, ...]


def params_of(name: str) -> Mapping[str, Param]:
    """The parameters a list takes, by name."""
    return {p: BY_NAME[p] for p in LISTS[name]}


def read_list(name: str, pairs: Iterable[tuple[str, str]], store: Store) -> ListPage:
    """The parameters of a list, checked.

    Raises:
        QueryError, NotFoundError: one of them is wrong, or names what is not in the graph.
    """
    values = {k: v[0] for k, v in collect(pairs, params_of(name)).items()}
    document = query_names.document(values["document"], store) if "document" in values else None
    words = tuple(clean("q", values["q"], MAX_Q).split()) if "q" in values else ()
    if name == "search" and not any(map(squeeze, words)):
        raise QueryError("没有给出要查找的文字", where="q", remedy="例如 /search?q=商标")
    filters = (("list", name), *([("document", document[0])] if document else []),
               *([("q", " ".join(words))] if words else []))  # fmt: skip
    after = decode_cursor(filters, values["cursor"]) if "cursor" in values else None
    if after is not None and tuple(map(type, after)) != _SHAPES.get(name, _SHAPE):
        raise QueryError("cursor 无法识别", where="cursor", remedy="照抄上一页的 next")
    return ListPage(filters=filters, limit=limit_of(values.get("limit")), after=after,
                 document=document, q=words)  # fmt: skip


def address_of(path: str, asked: ListPage, after: Key | None) -> str:
    """The address of a page of a list, from the root."""
    pairs = [*asked.filters[1:]]
    if asked.limit != DEFAULT_LIMIT:
        pairs.append(("limit", str(asked.limit)))
    if after is not None:
        pairs.append(("cursor", encode_cursor(asked.filters, after)))
    return address(path, pairs)


def list_things(store: Store, kind: Kind, pairs: Iterable[tuple[str, str]]) -> ListAnswer:
    """A page of all things of a kind but tasks, from the parameters of its list."""
    asked = read_list(kind, pairs, store)
    within = asked.document[0] if asked.document else None

    def ask(now: Dataset) -> tuple[Dataset, Page, str | None]:
        page = store.list(kind, asked.limit, asked.after, within)
        return now, page, None if page.total else why_none(store, kind, within)

    dataset, page, why = steady(store, ask)
    path = f"/{kind}s"
    scope = f"{book(asked.document[1])}中的" if asked.document else "全部"
    return ListAnswer(
        interpretation=scope + KIND_ZH[kind],
        total=page.total,
        results=page.results,
        why_empty=why,
        dataset=dataset,
        next=address_of(path, asked, page.after) if page.after else None,
        limit=asked.limit,
        url=address_of(path, asked, asked.after),
    )


def why_none(store: Store, kind: Kind, document: str | None = None) -> str:
    """In plain Chinese, why there is no such thing, in the graph or in one document."""
    record = store.get("document", document) if document else None
    if record is None:
        if not store.list("document", limit=0).total:
            return "图谱里还没有文件；先用 kg load 载入。"
        return f"载入的文件里没有读出{KIND_ZH[kind]}。"
    text = f"{book(record.title)}里没有读出{KIND_ZH[kind]}"
    origin = made_from(record)
    if origin is None:
        return text + "。"
    source, made = origin
    there = address(f"/{kind}s", [("document", source.id)])
    return f"{text}；它是{book(source.title)}的{made}，那里的{KIND_ZH[kind]}：{there}。"


def department_page(store: Store, registry: Names, text: str) -> DepartmentPage:
    """A department's page by id, name or alias.

    Raises:
        NotFoundError: nobody is called so, or no document names the body.
    """
    try:
        id, name = query_names.department("department", text, store, registry)
    except QueryError as e:  # no name looks like this, so it is nobody's
        raise NotFoundError("没有这个部门", where="department", remedy="见 /departments") from e
    dataset, profile = steady(store, lambda now: (now, store.profile(id)))
    if profile is None:
        raise NotFoundError(
            f"载入的文件没有提到{name}",
            where="department",
            remedy="全部部门见 /departments",
            candidates=query_names.candidates(name, store.names(), registry),
        )
    return _department(profile, dataset)


def _department(profile: DepartmentProfile, dataset: Dataset) -> DepartmentPage:
    body = profile.department
    queries = {
        "led_by": TaskQuery(led_by=body.id),
        "involves": TaskQuery(involves=(body.id,)),
        **{r: TaskQuery(involves=(body.id,), role=r) for r in body.tasks if r in ROLE_ZH},  # type: ignore[arg-type]
        "units": TaskQuery(involves=(body.id,), units=True),
    }
    counted = "、".join(f"{ROLE_ZH[r]}{n}项" for r, n in body.tasks.items() if n)
    return DepartmentPage(
        interpretation=f"{body.name}：责任名单上有它的任务{body.total}项"
        + (f"（{counted}）" if counted else ""),
        department=body,
        by_document=profile.by_document,
        partners=profile.partners,
        links={what: url(Question(query=query)) for what, query in queries.items()},
        dataset=dataset,
    )


def network(store: Store, pairs: Iterable[tuple[str, str]]) -> NetworkAnswer:
    """The departments and the tasks they share, of all documents or of one."""
    asked = read_list("network", pairs, store)
    within = asked.document[0] if asked.document else None

    def ask(now: Dataset) -> tuple[Dataset, Network, str | None]:
        found = store.network(within)
        return now, found, None if found.nodes else why_none(store, "department", within)

    dataset, found, why = steady(store, ask)
    scope = f"{book(asked.document[1])}中" if asked.document else "全部文件中"
    return NetworkAnswer(
        interpretation=f"{scope}同在一项任务责任名单上的部门",
        nodes=found.nodes,
        edges=found.edges,
        why_empty=why,
        dataset=dataset,
        url=address_of("/network", asked, None),
    )


__all__ = ["LISTS", "DepartmentPage", "ListAnswer", "ListPage", "NetworkAnswer",
           "address_of", "department_page", "list_things", "network", "params_of", "read_list"]  # fmt: skip
