"""A few children kept ready for one published version, and the gate before them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from kg.console import limits as told
from kg.console.limits import Limits
from kg.console.wire import Reply, Start
from kg.console.worker import Worker
from kg.errors import UnavailableError

T = TypeVar("T")
ATTEMPTS = 3  # while a store is published again and again
READY = 2  # children kept ready


class Pool:
    """Children that answer for the version asked about last; each has one query at a time."""

    def __init__(self, start: Callable[[str], Start]) -> None:
        self._start = start
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._version: str | None = None
        self._closed = False

    def ask(self, version: str, request: bytes) -> Reply:
        """Have a request answered on a version.

        Raises:
            LimitError: the query met a limit; its child is replaced.
        """
        worker = self._take(version) or Worker(self._start(version), version)
        try:
            return worker.ask(request)
        finally:
            self._give_back(worker)

    def _take(self, version: str) -> Worker | None:
        """A child that stands ready."""
        with self._lock:
            if version != self._version:
                self._drop()
                self._version = version
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
        return None

    def _give_back(self, worker: Worker) -> None:
        """Keep a child that is well and up to date; see that enough stand ready."""
        with self._lock:
            keep = worker.version == self._version and not self._closed
            if keep and worker.alive:
                self._idle.append(worker)
            else:
                worker.kill()
            if keep:
                while len(self._idle) < READY:
                    self._idle.insert(0, Worker(worker.start, worker.version))

    def _drop(self) -> None:
        while self._idle:
            self._idle.pop().kill()

    def close(self) -> None:
        """End the children that are idle; the others end with their queries."""
        with self._lock:
            self._closed = True
            self._drop()


def settled(version: Callable[[], str], work: Callable[[str], T]) -> T:
    """Do a piece of work on the current version; anew where that one went meanwhile."""
    for attempt in range(ATTEMPTS):
        current = version()
        try:
            return work(current)
        except UnavailableError:
            if attempt == ATTEMPTS - 1 or version() == current:
                raise
    raise AssertionError("unreachable")


class Gate:
    """Lets a few pieces of work through at once, a few more wait, the rest is refused."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._inside = 0
        self._lock = threading.Lock()
        self._slots = threading.Semaphore(limits.running)
        self._threads = ThreadPoolExecutor(limits.running + limits.waiting, "query")

    def submit(self, work: Callable[[], T]) -> Future[T]:
        """Begin a piece of work in a thread of its own.

        Raises:
            LimitError: too many are inside.
        """
        with self._lock:
            if self._inside >= self._limits.running + self._limits.waiting:
                raise told.busy(self._limits)
            self._inside += 1
        return self._threads.submit(self._run, work)

    def _run(self, work: Callable[[], T]) -> T:
        try:
            if not self._slots.acquire(timeout=self._limits.patience):
                raise told.busy(self._limits)
            try:
                return work()
            finally:
                self._slots.release()
        finally:
            with self._lock:
                self._inside -= 1

    def close(self) -> None:
        """Begin nothing more."""
        self._threads.shutdown(wait=False, cancel_futures=True)
