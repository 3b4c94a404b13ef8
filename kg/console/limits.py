"""What one query may use, and the errors that say which limit it met."""

from __future__ import annotations

from msgspec import Struct

from kg.config import Settings
from kg.errors import UnavailableError

MEGABYTE = 1024 * 1024


class Limits(Struct, frozen=True, kw_only=True):
    """Limits of one query, and of all queries together.

    Args:
        seconds: wall-clock time of a query.
        memory: megabytes the process of a query may hold.
        answer: bytes of an answer.
        running: how many queries are evaluated at once, each in a process.
        waiting: how many more may wait for their turn.
        patience: seconds a query waits for its turn.
        start: seconds a process may take until it is ready.
    """

    seconds: float = 10.0
    memory: int = 512
    answer: int = 16 * MEGABYTE
    running: int = 4
    waiting: int = 16
    patience: float = 5.0
    start: float = 30.0

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """The limits the settings name."""
        return cls(
            seconds=float(settings.query_seconds),
            memory=settings.query_memory,
            running=settings.query_workers,
        )


class LimitError(UnavailableError):
    """A query met one of its limits and was ended; nothing else was touched."""


def too_long(limits: Limits) -> LimitError:
    """The error of a query that took too long."""
    return LimitError(
        f"查询超过时间上限 {limits.seconds:g} 秒，已中止",
        remedy="缩小范围：先写最少见的条件，或加 LIMIT",
    )


def too_much_memory(limits: Limits) -> LimitError:
    """The error of a query that held too much memory."""
    return LimitError(
        f"查询超过内存上限 {limits.memory} MB，已中止",
        remedy="缩小范围；少用 DISTINCT、ORDER BY 和不相连的模式",
    )


def too_large(limits: Limits) -> LimitError:
    """The error of an answer that is too large to send whole."""
    return LimitError(
        f"答案超过大小上限 {limits.answer / MEGABYTE:g} MB，没有截断后发出",
        remedy="用 LIMIT 和 OFFSET 分批取，或用 kg export 取整个图谱",
    )


def crashed() -> LimitError:
    """The error of a query whose process ended by itself."""
    return LimitError(
        "计算这个查询的进程中途退出（多为内存或嵌套过深），别的查询不受影响",
        remedy="简化查询后再试",
    )


def busy(limits: Limits) -> LimitError:
    """The error of a query that found no place."""
    return LimitError(
        f"同时进行的查询已满（{limits.running} 个在算，至多 {limits.waiting} 个等候）",
        remedy="几秒后再试",
    )
