"""The parameters of `GET /tasks` and of the other lists, in one table.

The HTTP face, the command line, the tools for agents and the site all read `PARAMS`; a
question is parsed once (`parse`) and written back as an address (`url`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Literal, get_args
from urllib.parse import quote

from msgspec import Struct, structs

from kg import query_names
from kg.errors import NotFoundError, QueryError
from kg.ids import squeeze
from kg.model import Basis, Role
from kg.query_cursor import decode_cursor, encode_cursor
from kg.query_names import Names, clean
from kg.store.base import FACETS, Facet, Key, Store, TaskQuery

Type = Literal["department", "document", "project", "choice", "flag", "year", "date", "text",
               "number", "list", "cursor", "span"]  # fmt: skip
MAX_Q = 200
MAX_LIMIT = 100
DEFAULT_LIMIT = 20
MAX_REPEATS = 20
LEADS = ("none", "stated")


class Param(Struct, frozen=True, kw_only=True):
    """One parameter: what it means, which values it takes, whether it may be repeated."""

    name: str
    zh: str
    en: str
    type: Type
    values: tuple[str, ...] = ()
    repeatable: bool = False
    addition: bool = False  # beyond the contract


PARAMS: tuple[Param, ...] = (
    Param(name="led_by", type="department", zh="由该部门牵头或单独负责（id、名称或别名）",
          en="led by this department: role lead or sole (id, name or alias)"),
    Param(name="involves", type="department", repeatable=True,
          zh="责任名单中有该部门（任何角色）；可重复，须同时满足",
          en="names this department in any role; repeatable, all must hold"),
    Param(name="role", type="choice", values=get_args(Role),
          zh="把 involves 限定为该角色；单独使用时指任一部门有该角色",
          en="narrows involves to this role; alone: any body has it"),
    Param(name="excludes", type="department", repeatable=True, addition=True,
          zh="责任名单中没有该部门；可重复", en="does not name this department; repeatable"),
    Param(name="basis", type="choice", values=get_args(Basis),
          zh="为什么是牵头（或共同负责）", en="why the lead is the lead"),
    Param(name="lead", type="choice", values=LEADS,
          zh="none：没有写明牵头；stated：有牵头或单独负责的部门",
          en="none: no lead stated; stated: some department leads"),
    Param(name="collective", type="flag", values=("true",), addition=True,
          zh="true：名单中有“有关部门”一类的泛称",
          en="true: names a collective actor such as 有关部门"),
    Param(name="document", type="document", zh="文件的 id（或完整标题）",
          en="id (or full title) of the document"),
    Param(name="year", type="year", zh="文件的年份，四位数字", en="year of the document"),
    Param(name="due_by", type="date", addition=True,
          zh="期限的最后一日不晚于此日（如 2021-12-31）；没有可认日期的任务不在内",
          en="last day of the deadline is on or before this date; tasks without one are left out"),
    Param(name="project", type="project", zh="专项（专栏）的编号、名称或 id",
          en="number, name or id of a special project"),
    Param(name="q", type="text", zh="标题或正文中的字样，按字面匹配；空格表示同时含有；最多 200 字",
          en="words in title or text, literal; blanks mean AND; at most 200 characters"),
    Param(name="units", type="flag", values=("true", "false"),
          zh="true：内设机构的任务也算作上级部门的",
          en="true: a unit's tasks count as its parent's"),
    Param(name="facets", type="list", values=FACETS, repeatable=True,
          zh="同时统计哪些取值及其项数；逗号分隔或重复",
          en="which facet counts to add; comma-separated or repeated"),
    Param(name="limit", type="number", zh="每页项数，1 到 100，默认 20",
          en="results per page, 1 to 100, 20 unless told"),
    Param(name="cursor", type="cursor", zh="下一页的位置，照抄 next",
          en="where the next page begins"),
)  # fmt: skip
BY_NAME = {p.name: p for p in PARAMS}
Pairs = tuple[tuple[str, str], ...]


class Question(Struct, frozen=True, kw_only=True):
    """A question about tasks, checked: ids, page, facets.

    `names` (by id) are for reading it aloud; `given` are the parameters as they were asked.
    """

    query: TaskQuery = TaskQuery()
    limit: int = DEFAULT_LIMIT
    after: Key | None = None
    facets: tuple[Facet, ...] = ()
    names: Mapping[str, str] = {}
    given: Pairs = ()

    def name(self, id: str) -> str:
        """What people call the thing with this id."""
        return self.names.get(id, id)


def parse(pairs: Iterable[tuple[str, str]], store: Store, registry: Names) -> Question:
    """Read the parameters of `/tasks`.

    Raises:
        QueryError: unknown parameter, invalid or repeated value, bad limit or cursor.
        NotFoundError: unknown department (with candidates), document or project.
    """
    given = tuple(pairs)
    values = collect(given, BY_NAME)
    question = _read(values, store, registry)
    after = None
    if "cursor" in values:
        after = decode_cursor(filters(question), values["cursor"][0])
        if [type(part) for part in after] != [str, int]:
            raise QueryError("cursor 无法识别", where="cursor", remedy="照抄上一页的 next")
    return structs.replace(question, after=after, given=given)


def collect(pairs: Iterable[tuple[str, str]], known: Mapping[str, Param]) -> dict[str, list[str]]:
    """Parameters by name, checked for unknown names and repetitions."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        if name not in known:
            raise QueryError(
                f"没有这个参数：{name[:60]!r}", where=name[:60],
                remedy="可用的参数：" + "、".join(known), candidates=_similar(name, known),
            )  # fmt: skip
        values.setdefault(name, []).append(value)
    for name, all_of in values.items():
        if len(all_of) > 1 and not known[name].repeatable:
            raise QueryError(f"参数 {name} 只能给一次", where=name)
        if len(all_of) > MAX_REPEATS:
            raise QueryError(f"参数 {name} 最多重复 {MAX_REPEATS} 次", where=name)
    return values


def _similar(name: str, known: Iterable[str]) -> tuple[str, ...]:
    return tuple(difflib.get_close_matches(name[:60], list(known), n=3))


def _read(values: dict[str, list[str]], store: Store, registry: Names) -> Question:
    names: dict[str, str] = {}

    def bodies(name: str) -> tuple[str, ...]:
        found = [
            query_names.department(name, text, store, registry) for text in values.get(name, ())
        ]
        names.update(found)
        return tuple(dict.fromkeys(id for id, _ in found))

    def one(name: str) -> str | None:
        return values[name][0] if name in values else None

    led = bodies("led_by")
    where = one("document")
    document = query_names.document(where, store) if where is not None else None
    asked = one("project")
    project = query_names.project(asked, store) if asked is not None else None
    names.update(pair for pair in (document, project) if pair)
    query = TaskQuery(
        led_by=led[0] if led else None,
        involves=bodies("involves"),
        excludes=bodies("excludes"),
        role=_choice("role", one("role")),
        basis=_choice("basis", one("basis")),
        lead=_choice("lead", one("lead")),
        collective=_choice("collective", one("collective")) == "true" or None,
        document=document[0] if document else None,
        year=_year(one("year")),
        due_by=_date(one("due_by")),
        project=(project[0],) if project else (),
        q=_words(one("q")),
        units=_choice("units", one("units")) == "true",
    )
    return Question(
        query=query, limit=limit_of(one("limit")), facets=_facets(values.get("facets", [])),
        names=names,
    )  # fmt: skip


def _choice(name: str, text: str | None) -> Any:
    if text is None:
        return None
    allowed = BY_NAME[name].values
    if text not in allowed:
        raise QueryError(
            f"参数 {name} 没有这个值：{text[:60]!r}", where=name,
            remedy="可用的值：" + "、".join(allowed), candidates=allowed,
        )  # fmt: skip
    return text


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    if not re.fullmatch("[0-9]{4}", text):
        raise QueryError(f"年份不是四位数字：{text[:60]!r}", where="year", remedy="例如 year=2019")
    return int(text)


def _date(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        return date.fromisoformat(text).isoformat()
    except ValueError as e:
        raise QueryError(
            f"不是日期：{text[:60]!r}", where="due_by", remedy="例如 due_by=2021-12-31"
        ) from e


def _words(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    words = {squeeze(word): word for word in clean("q", text, MAX_Q).split()}
    if not all(words):
        raise QueryError("参数 q 里没有可以查找的文字", where="q", remedy="给出至少一个字")
    return tuple(words.values())


def limit_of(text: str | None) -> int:
    """The page size; a QueryError if it is no number from 1 to 100."""
    if text is None:
        return DEFAULT_LIMIT
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= MAX_LIMIT:
        raise QueryError(
            f"limit 不是 1 到 {MAX_LIMIT} 的整数：{text[:60]!r}", where="limit",
            remedy=f"给 1 到 {MAX_LIMIT} 的整数",
        )  # fmt: skip
    return int(text)


def _facets(texts: list[str]) -> tuple[Facet, ...]:
    wanted = [part.strip() for text in texts for part in text.split(",")]
    for part in wanted:
        _choice("facets", part)
    return tuple(f for f in FACETS if f in wanted)


def filters(question: Question) -> Pairs:
    """The filters of a question as parameters, in canonical order, departments by id."""
    q = question.query
    pairs = [
        *([("led_by", q.led_by)] if q.led_by else []),
        *(("involves", id) for id in q.involves),
        *([("role", q.role)] if q.role else []),
        *(("excludes", id) for id in q.excludes),
        *([("basis", q.basis)] if q.basis else []),
        *([("lead", q.lead)] if q.lead else []),
        *([("collective", "true")] if q.collective else []),
        *([("document", q.document)] if q.document else []),
        *([("year", f"{q.year:04}")] if q.year is not None else []),
        *([("due_by", q.due_by)] if q.due_by else []),
        *(("project", id) for id in q.project),
        *([("q", " ".join(q.q))] if q.q else []),
        *([("units", "true")] if q.units else []),
    ]
    return tuple(pairs)


def url(question: Question, after: Key | None = None) -> str:
    """The address of a question from the root; with `after`, of the page that follows."""
    pairs = [*filters(question)]
    if question.facets:
        pairs.append(("facets", ",".join(question.facets)))
    if question.limit != DEFAULT_LIMIT:
        pairs.append(("limit", str(question.limit)))
    after = after or question.after
    if after is not None:
        pairs.append(("cursor", encode_cursor(filters(question), after)))
    return address("/tasks", pairs)


def address(path: str, pairs: Iterable[tuple[str, str]]) -> str:
    """A path with its parameters, percent-encoded as UTF-8; commas and colons stay."""
    query = "&".join(f"{quote(name)}={quote(value, safe=',:')}" for name, value in pairs)
    return f"{path}?{query}" if query else path


__all__ = ["BY_NAME", "DEFAULT_LIMIT", "MAX_LIMIT", "MAX_Q", "PARAMS", "NotFoundError", "Pairs",
           "Param", "Question", "address", "collect", "filters", "limit_of", "parse",
           "url"]  # fmt: skip
