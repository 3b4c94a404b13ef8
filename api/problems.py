"""One error shape for every route: RFC 9457 ``application/problem+json``.

`KINDS` is the only table from what went wrong to a status; `/problems/{name}` explains each.
"""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import quote

from msgspec import Struct

from kg.ask import NotUnderstood
from kg.errors import (
    ConflictError,
    DataError,
    KgError,
    NotFoundError,
    QueryError,
    UnavailableError,
)
from kg.params import BY_NAME

MEDIA_TYPE = "application/problem+json"


class Kind(Struct, frozen=True):
    """A kind of problem: its status, its Chinese and English titles, what it means."""

    status: int
    title: str
    english: str
    meaning: str


KINDS: dict[str, Kind] = {
    "invalid-request": Kind(
        400, "请求不合要求", "Invalid request",
        "有未知的参数、不合要求的值、无效的 limit 或 cursor，或 q 为空；errors 指出是哪个参数。",
    ),
    "not-found": Kind(
        404, "没有找到", "Not found",
        "地址不存在，或所说的部门、文件、专项、编号不在图谱中。candidates 列出可能想说的名称。",
    ),
    "method-not-allowed": Kind(
        405, "不支持该方法", "Method not allowed",
        "该地址不支持这种 HTTP 方法；Allow 头列出可用的方法。",
    ),
    "not-acceptable": Kind(
        406, "没有可接受的格式", "Not acceptable",
        "Accept 头要求的格式该地址都不提供；candidates 列出可用的格式。",
    ),
    "conflict": Kind(409, "有冲突", "Conflict", "另一个进程正占用所需资源，或版本不相容。"),
    "content-too-large": Kind(413, "请求体过大", "Content too large", "请求体最多 64 kB。"),
    "uri-too-long": Kind(414, "地址过长", "URI too long", "地址（含参数）最多 8 kB。"),
    "unsupported-media-type": Kind(
        415, "不支持的内容类型", "Unsupported media type", "该地址不接受这种 Content-Type。",
    ),
    "not-understood": Kind(
        422, "没有读懂问题", "Question not understood",
        "问题里没有能识别的部门、角色、文件、专项或引号中的词；candidates 给出可以照着写的例子。",
    ),
    "data-error": Kind(500, "数据有误", "Data error", "图谱数据或程序附带的数据不能照常读取。"),
    "internal-error": Kind(500, "内部错误", "Internal error", "程序出了意外；日志中有详情。"),
    "not-implemented": Kind(
        501, "尚未提供", "Not implemented", "这项功能在当前版本或当前图谱库上没有提供。",
    ),
    "unavailable": Kind(
        503, "暂时无法回答", "Unavailable", "图谱库暂时不能回答，请稍后再试。",
    ),
}  # fmt: skip

_BY_ERROR: tuple[tuple[type[KgError], str], ...] = (
    (NotUnderstood, "not-understood"),
    (QueryError, "invalid-request"),
    (NotFoundError, "not-found"),
    (ConflictError, "conflict"),
    (UnavailableError, "unavailable"),
    (DataError, "data-error"),
)
_BY_STATUS = {kind.status: name for name, kind in reversed(KINDS.items())}


class Fault(Struct, frozen=True):
    """One thing wrong with a request: in which parameter, or where in the body (a pointer)."""

    detail: str
    parameter: str | None = None
    pointer: str | None = None


class Problem(Struct, frozen=True, kw_only=True):
    """The body of every 4xx and 5xx answer."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: tuple[Fault, ...] = ()
    candidates: tuple[str, ...] = ()
    remedy: str | None = None


class ProblemError(Exception):
    """A refusal of the HTTP face itself, by the name of its kind."""

    def __init__(
        self,
        name: str,
        detail: str,
        *,
        remedy: str | None = None,
        errors: tuple[Fault, ...] = (),
        candidates: tuple[str, ...] = (),
    ) -> None:
        super().__init__(detail)
        self.name = name
        self.detail = detail
        self.remedy = remedy
        self.errors = errors
        self.candidates = candidates


def invalid(parameter: str, detail: str, remedy: str | None = None) -> ProblemError:
    """A 400 for one query parameter."""
    fault = Fault(detail, parameter=parameter)
    return ProblemError("invalid-request", detail, remedy=remedy, errors=(fault,))


def problem(name: str, detail: str, instance: str, **more: object) -> Problem:
    """A problem of a named kind."""
    kind = KINDS[name]
    return Problem(
        type=f"/problems/{name}",
        title=kind.title,
        status=kind.status,
        detail=detail,
        instance=instance,
        **more,  # type: ignore[arg-type]
    )


def of_error(error: Exception, instance: str) -> Problem:
    """The problem an exception stands for; what nobody foresaw is an internal error.

    The `where` of a malformed question, and any `where` that is the name of a parameter,
    points at that parameter; any other stands in the detail.
    """
    if isinstance(error, ProblemError):
        return problem(
            error.name, error.detail, instance,
            errors=error.errors, candidates=error.candidates, remedy=error.remedy,
        )  # fmt: skip
    if isinstance(error, KgError):
        pointed = isinstance(error, QueryError) or error.where in BY_NAME
        where = error.where if error.where and pointed else None
        detail = error.what if where else error.said
        return problem(
            kind_of(error), detail, instance,
            errors=_faults(error, where),
            candidates=error.candidates, remedy=error.remedy or None,
        )  # fmt: skip
    return problem("internal-error", "程序出了意外，没有得到答案。", instance)


def _faults(error: KgError, where: str | None) -> tuple[Fault, ...]:
    if isinstance(error, NotUnderstood) and error.unread:
        return tuple(Fault(f"“{p.text[:60]}”：{p.meaning}", where) for p in error.unread)
    return (Fault(error.what, where),) if where else ()


def kind_of(error: KgError) -> str:
    """The name of the kind an error of the project belongs to."""
    return next((name for cls, name in _BY_ERROR if isinstance(error, cls)), "internal-error")


def of_status(status: int, detail: str, instance: str, remedy: str | None = None) -> Problem:
    """The problem of a bare status, such as the framework's 404 and 405."""
    name = _BY_STATUS.get(status)
    if name:
        return problem(name, detail, instance, remedy=remedy)
    phrase = HTTPStatus(status).phrase if status in HTTPStatus._value2member_map_ else "Error"
    return Problem(
        type="about:blank", title=phrase, status=status, detail=detail, instance=instance
    )


def instance_of(path: str, query: bytes = b"") -> str:
    """The address of the request as a URI reference, cut where it is absurdly long."""
    text = quote(path[:500].encode("utf-8", "replace"), safe="/:@!$&'()*+,;=-._~")
    if query and len(query) <= 2000:
        text += "?" + quote(query, safe="%/:@!$&'()*+,;=-._~?")
    return text
