"""From what a person writes to the id of a thing: departments, documents, projects.

Departments are known by id, name or alias: first the ids and names of the graph, then the
registry, then a bare office name (条法司) if the graph has exactly one such office.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from kg.errors import NotFoundError, QueryError
from kg.ids import UNIT_MARK, squeeze
from kg.store.base import Key, Kind, Store

MAX_NAME = 200
MAX_PAGES = 10  # of 100 things: how far a number or title is looked for
_CANDIDATES = 8


class Named(Protocol):
    """A body of the registry, as far as questions need it."""

    @property
    def id(self) -> str:
        """Its id in the graph."""

    @property
    def name(self) -> str:
        """Its canonical name."""

    @property
    def spellings(self) -> tuple[str, ...]:
        """All its names in Chinese."""


class Names(Protocol):
    """The registry, as far as questions need it."""

    def resolve(self, name: str, within: str | None = None) -> Named | None:
        """The one body known by this name."""

    def candidates(self, text: str) -> Sequence[Named]:
        """Bodies somebody may have meant."""


def clean(name: str, text: str, longest: int = MAX_NAME) -> str:
    """A parameter's value without blanks around it.

    Raises:
        QueryError: it is empty, too long, or holds characters no name has.
    """
    text = text.strip()
    if not text:
        raise QueryError(f"参数 {name} 的值为空", where=name, remedy="给出值，或去掉这个参数")
    if len(text) > longest:
        raise QueryError(
            f"参数 {name} 的值过长（最多 {longest} 个字符）",
            where=name,
            remedy=f"缩短到 {longest} 个字符以内",
        )
    if any(unicodedata.category(c) in {"Cc", "Cs", "Co"} and not c.isspace() for c in text):
        raise QueryError(
            f"参数 {name} 的值含有控制字符或无效字符", where=name, remedy="去掉这些字符"
        )
    return text


def department(name: str, text: str, store: Store, registry: Names) -> tuple[str, str]:
    """(id, name) of the department that `text` names by id, name or alias.

    A body that the registry knows and no document names is no error: its answer is empty.

    Raises:
        NotFoundError: nobody, or more than one body, is called so.
    """
    text = clean(name, text)
    record = store.get("department", text)
    if record is not None:
        return record.id, record.name
    body = registry.resolve(text)
    names = store.names() if body is None else {}
    found = [body.id] if body is not None else _called(text, names)
    if len(found) == 1:
        record = store.get("department", found[0])
        fallback = body.name if body is not None else text
        return found[0], record.name if record is not None else fallback
    raise NotFoundError(
        f"有不止一个部门叫“{text}”" if found else f"没有叫“{text}”的部门",
        where=name,
        remedy="用候选名称之一，或用部门的 id" if found else "在 /departments 查看全部部门",
        candidates=tuple(sorted(found)) or candidates(text, names, registry),
    )


def is_office(id: str, names: Mapping[str, tuple[str, ...]]) -> bool:
    """Whether an id is that of an office: 国家知识产权局-条法司, but not 深圳市-省财政厅."""
    return id.rpartition(UNIT_MARK)[0] in names


def _called(text: str, names: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Ids of the bodies of the graph called so; offices of that name all count."""
    wanted = squeeze(text)
    ids = {id for name, its in names.items() if squeeze(name) == wanted for id in its}
    offices = {
        id for id in names if is_office(id, names)
        and squeeze(id.rpartition(UNIT_MARK)[2]) == wanted
    }  # fmt: skip
    own = ids - offices
    return sorted(own or offices)


def candidates(text: str, names: Mapping[str, tuple[str, ...]], registry: Names) -> tuple[str, ...]:
    """Names somebody may have meant, each of one body: those that hold the text first."""
    wanted = squeeze(text)
    own = {name: ids[0] for name, ids in names.items() if len(ids) == 1}
    inside = sorted((n for n in own if wanted in squeeze(n)), key=lambda n: (len(n), n))
    known = [b.name for b in registry.candidates(text)]
    close = difflib.get_close_matches(text[:40], list(own), n=5, cutoff=0.5)
    found: dict[str, str] = {}
    for name in (*inside, *known, *close):
        found.setdefault(own.get(name, name), name)
    return tuple(found.values())[:_CANDIDATES]


def everything(store: Store, kind: Kind, document: str | None = None) -> Iterator[Any]:
    """The things of a small kind (documents, projects), at most `MAX_PAGES` pages."""
    after: Key | None = None
    for _ in range(MAX_PAGES):
        page = store.list(kind, limit=100, after=after, document=document)
        yield from page.results
        after = page.after
        if after is None:
            return


def document(text: str, store: Store) -> tuple[str, str]:
    """(id, title) of the document with this id or, word for word, this title."""
    text = clean("document", text)
    record = store.get("document", text)
    if record is not None:
        return record.id, record.title
    wanted = squeeze(text.strip("《》"))
    known = list(everything(store, "document"))
    same = [d for d in known if squeeze(d.title) == wanted]
    own = [d for d in same if d.reprint_of is None and d.derived_from is None] or same
    if len(own) == 1:
        return own[0].id, own[0].title
    near = own or [d for d in known if wanted in squeeze(d.title) or wanted in squeeze(d.id)]
    raise NotFoundError(
        f"没有这份文件：“{text}”",
        where="document",
        remedy="用文件的 id；全部文件见 /documents",
        candidates=tuple(d.id for d in near or known)[:_CANDIDATES],
    )


def project(text: str, store: Store) -> tuple[str, str]:
    """(id, label) of the project with this id, number or name."""
    text = clean("project", text)
    record = store.get("project", text)
    if record is not None:
        return record.id, _project_label(record)
    known = list(everything(store, "project"))
    if re.fullmatch("[0-9]{1,6}", text):
        found = [p for p in known if p.number == int(text)]
    else:
        found = [p for p in known if squeeze(p.name) == squeeze(text)]
    if len(found) == 1:
        return found[0].id, _project_label(found[0])
    near = found or [p for p in known if squeeze(text) in squeeze(p.name)] or known
    raise NotFoundError(
        f"有不止一个专项是“{text}”" if found else f"没有这个专项：“{text}”",
        where="project",
        remedy="用专栏的编号、名称或 id；全部专项见 /projects",
        candidates=tuple(p.id if found else f"{p.number} {p.name}" for p in near)[:_CANDIDATES],
    )


def _project_label(record: Any) -> str:
    return f"专栏{record.number}“{record.name}”"


__all__ = ["Named", "Names", "candidates", "clean", "department", "document", "everything",
           "is_office", "project"]  # fmt: skip
