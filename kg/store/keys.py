"""Sort keys and cursors: one order, and one way to page through it, for all stores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, get_args

from kg.errors import QueryError
from kg.store.base import Key, Kind, Page
from kg.store.texts import place, wanted

KINDS: tuple[Kind, ...] = get_args(Kind)
PLACED: tuple[Kind, ...] = ("project", "goal", "indicator", "target", "section")
PROVED: tuple[Kind, ...] = ("task", "document", *PLACED)
MAX_INT = 2**63
TASK_KEY, PLACED_KEY = (str, int), (str, int, str)
DEPARTMENT_KEY, DOCUMENT_KEY = (int, str), (str,)
HIT_KEY = (int, str, int, str, int)


def plural(kind: str) -> str:
    """The name of a kind's total, and of its place in a merged part."""
    return kind + "s"


def known(kind: str) -> None:
    """Refuse a kind that does not exist."""
    if kind not in KINDS:
        raise QueryError(f"没有这一类：{kind!r}", candidates=KINDS)


def listed(kind: str) -> None:
    """Refuse a kind that cannot be listed; tasks are asked for by `find_tasks`."""
    known(kind)
    if kind == "task":
        raise QueryError("任务请用 find_tasks 查询", candidates=KINDS[1:])


def check(after: Key | None, shape: Sequence[type], limit: int) -> None:
    """Refuse a cursor of another list, and a negative limit."""
    if limit < 0:
        raise QueryError(f"limit 不能为负数：{limit}")
    if after is not None and (
        len(after) != len(shape) or any(type(a) is not t for a, t in zip(after, shape, strict=True))
    ):
        raise QueryError("游标不属于这个列表", remedy="从第一页重新开始")
    if any(isinstance(a, int) and abs(a) >= MAX_INT for a in after or ()):
        raise QueryError("游标中的数过大", remedy="从第一页重新开始")


def words(given: Sequence[str]) -> tuple[str, ...]:
    """The words to search for, squeezed; a search for nothing is refused."""
    found = wanted(given)
    if not found:
        raise QueryError("没有给出要查找的文字", remedy="给出至少一个字")
    return found


def shape_of(kind: Kind) -> Sequence[type]:
    """The types of a kind's key."""
    special: dict[str, Sequence[type]] = {
        "task": TASK_KEY,
        "department": DEPARTMENT_KEY,
        "document": DOCUMENT_KEY,
    }
    return special.get(kind, PLACED_KEY)


def key_of(kind: Kind, record: Any) -> Key:
    """The key of a record in the list of its kind."""
    if kind == "task":
        return (record.document.id, record.position)
    if kind == "department":
        return (-record.total, record.id)
    if kind == "document":
        return (record.id,)
    return (record.document.id, place(record), record.id)


def cut(
    items: Sequence[Any], key: Callable[[Any], Key], limit: int, after: Key | None
) -> tuple[tuple[Any, ...], Key | None]:
    """The next `limit` of the ordered items behind `after`, and the key to go on from."""
    rest = [i for i in items if after is None or key(i) > after]
    results = tuple(rest[:limit])
    return results, key(results[-1]) if results and len(rest) > limit else None


def page(items: Sequence[Any], key: Callable[[Any], Key], limit: int, after: Key | None) -> Page:
    """One page of ordered items."""
    results, more = cut(items, key, limit, after)
    return Page(results=results, total=len(items), after=more)
