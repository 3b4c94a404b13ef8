"""What goes wrong at a server, told in our own words: which address, and what to do."""

from __future__ import annotations

from neo4j.exceptions import (
    AuthError,
    ClientError,
    ConfigurationError,
    ConstraintError,
    DriverError,
    Neo4jError,
    TransientError,
)

from kg.errors import ConflictError, KgError, UnavailableError

_TIMED_OUT = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration", "LockClientStopped")
_NOT_ALLOWED = ("Forbidden", "ForbiddenOnReadOnlyDatabase", "AccessMode", "WriteOnReadOnly",
                "ForbiddenReadOnly", "NotALeader")  # fmt: skip


def translated(error: BaseException, where: str, limit: float) -> KgError:
    """The error a user may see for one of the driver's."""
    if isinstance(error, AuthError):
        return UnavailableError(
            "Neo4j 不接受这个用户名或口令",
            where=where,
            remedy="检查 KG_NEO4J_USER 和 KG_NEO4J_PASSWORD",
        )
    if isinstance(error, ConstraintError):
        return ConflictError(
            f"库里已有同类同编号、却不属于本图谱的节点：{error.message}",
            where=where,
            remedy="换一个数据库，或改去那些节点的标签",
        )
    if isinstance(error, Neo4jError):
        return _from_server(error, where, limit)
    if isinstance(error, ConfigurationError | ValueError):
        return UnavailableError(
            f"Neo4j 地址有误：{error}", where=where, remedy="例：neo4j://主机:7687"
        )
    return UnavailableError(
        f"连不上 Neo4j：{_short(error)}",
        where=where,
        remedy="检查服务器是否在运行、地址和端口是否正确；恢复后会自动重连",
    )


def _from_server(error: Neo4jError, where: str, limit: float) -> KgError:
    code = str(error.code or "").rsplit(".", 1)[-1]
    if code in _TIMED_OUT or timed_out(error):
        return UnavailableError(
            f"Neo4j 在 {limit:g} 秒内没有答完", where=where, remedy="稍后再试，或缩小问题的范围"
        )
    if code in _NOT_ALLOWED or "read-only" in str(error.message or "").lower():
        return ConflictError(
            "这个用户或数据库只读，不能写入", where=where, remedy="换有写权限的用户或可写的数据库"
        )
    if code == "DatabaseNotFound":
        return UnavailableError(
            "服务器上没有这个数据库", where=where, remedy="地址末尾写对数据库名，或不写"
        )
    if isinstance(error, TransientError):
        return UnavailableError(
            f"Neo4j 暂时不能完成：{error.message}", where=where, remedy="稍后再试"
        )
    return UnavailableError(
        f"Neo4j 报告错误：{_short(error)}", where=where, remedy="请连同这条信息报告"
    )


def timed_out(error: BaseException) -> bool:
    """Whether the server gave up for lack of time."""
    return isinstance(error, ClientError | TransientError) and "TimedOut" in str(error.code)


def vanished(error: Neo4jError) -> bool:
    """Whether something was deleted while it was read: a publication came in between."""
    return str(error.code) == "Neo.ClientError.Statement.EntityNotFound"


def lost(error: BaseException) -> bool:
    """Whether the connection was lost, so that asking again on a new one may help."""
    if isinstance(error, Neo4jError):
        return str(error.code) == "Neo.TransientError.General.DatabaseUnavailable"
    return isinstance(error, DriverError | OSError) and not isinstance(error, ConfigurationError)


def _short(error: BaseException) -> str:
    text = str(getattr(error, "message", None) or error).splitlines()
    return (text[0] if text else type(error).__name__)[:300]
