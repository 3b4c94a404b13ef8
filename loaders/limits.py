"""How long and how large a reading may get; beyond that the file is given up, with its reason."""

from __future__ import annotations

import resource
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from kg.errors import DataError

MAX_SECONDS = 180
MAX_MEMORY = 4_000_000_000

T = TypeVar("T")


class _TooLong(BaseException):
    """Not an Exception: nothing on the way may take it for a damaged file."""


def within_limits(call: Callable[[], T], path: Path, seconds: float = MAX_SECONDS) -> T:
    """What `call` returns; at most so many seconds, where the system can interrupt it.

    Args:
        call: reads the file.
        path: what an error should name.
        seconds: how long it may take.

    Raises:
        DataError: it took longer, or there was not enough memory.
    """
    timed = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if timed:
        before = signal.signal(signal.SIGALRM, _ring)
        signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        return call()
    except _TooLong:
        raise DataError(
            f"读了 {seconds:g} 秒仍未读完，已放弃", where=str(path), remedy="拆成几份，或存为文本"
        ) from None
    except (MemoryError, RecursionError) as e:
        raise DataError(
            "读这份文件要用的内存太多，已放弃", where=str(path), remedy="拆成几份，或存为文本"
        ) from e
    finally:
        if timed:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)


def _ring(number: int, frame: Any) -> None:
    raise _TooLong


def limit_memory(size: int = MAX_MEMORY) -> None:
    """Let this process ask for no more memory than that: a file fails, the machine does not."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > size:
        resource.setrlimit(resource.RLIMIT_AS, (size, hard))
