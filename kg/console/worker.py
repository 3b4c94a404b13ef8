"""One child process as its parent sees it: asked, watched, killed at a limit."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import weakref
from contextlib import suppress
from pathlib import Path
from time import monotonic

import msgspec

from kg.console import limits as told
from kg.console import wire
from kg.console.limits import MEGABYTE, LimitError

TICK = 0.02  # seconds between two looks at the memory of a child
ROOT = Path(__file__).resolve().parents[2]
PAGE = os.sysconf("SC_PAGE_SIZE")
_OUT_OF_MEMORY = (b"memory allocation", b"bad_alloc", b"MemoryError", b"out of memory")
_KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")  # no secret goes to a child


class Worker:
    """A child with one engine open on one published version."""

    def __init__(self, start: wire.Start, version: str) -> None:
        self.start = start
        self.version = version
        self._ready = False
        self._told = b""
        environment = {k: v for k, v in os.environ.items() if k in _KEPT}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "kg.console.child", msgspec.json.encode(start).decode()],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
            cwd="/", env={**environment, "PYTHONPATH": str(ROOT)}, start_new_session=True,
        )  # fmt: skip
        self.kill = weakref.finalize(self, _end, self._process)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether it can still be asked."""
        return self.kill.alive and self._process.poll() is None

    def ask(self, request: bytes) -> wire.Reply:
        """Have one request answered within the limits; a child that breaks one is killed.

        Raises:
            LimitError: it took too long, held too much memory or ended by itself.
        """
        try:
            self._await_ready()
            self._send(request)
            seconds = self.start.limits.seconds
            body = self._receive(monotonic() + seconds, told.too_long(self.start.limits))
            return msgspec.msgpack.decode(body, type=wire.Reply)
        except BaseException:
            self.kill()
            raise

    def _await_ready(self) -> None:
        if not self._ready:
            late = LimitError("查询进程没有及时启动", remedy="稍后再试")
            self._receive(monotonic() + self.start.limits.start, late)
            self._ready = True

    def _send(self, request: bytes) -> None:
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it is dead: reading tells why
            wire.write(self._process.stdin.fileno(), request)

    def _receive(self, deadline: float, late: LimitError) -> bytes:
        """One frame, while time and memory last."""
        assert self._process.stdout is not None and self._process.stderr is not None
        out, said = self._process.stdout.fileno(), self._process.stderr.fileno()
        poll = select.poll()
        for fd in (out, said):
            poll.register(fd, select.POLLIN | select.POLLHUP)
        found = bytearray()
        while (left := deadline - monotonic()) > 0:
            self._weigh()
            for fd, _ in poll.poll(min(left, TICK) * 1000):
                piece = os.read(fd, MEGABYTE)
                if fd == said:
                    self._told = (self._told + piece)[-4096:]
                    if not piece:
                        poll.unregister(said)
                elif not piece:
                    raise self._ended()
                else:
                    found += piece
            if len(found) >= wire.HEAD.size:
                size = wire.HEAD.unpack(found[: wire.HEAD.size])[0] + wire.HEAD.size
                if len(found) >= size:
                    return bytes(found[wire.HEAD.size :])
        raise late

    def _weigh(self) -> None:
        """End a child that holds too much; only Linux tells."""
        with suppress(OSError, ValueError, IndexError):
            held = int(Path(f"/proc/{self.pid}/statm").read_bytes().split()[1]) * PAGE
            if held > self.start.limits.memory * MEGABYTE:
                raise told.too_much_memory(self.start.limits)

    def _ended(self) -> LimitError:
        """Why a child ended by itself."""
        assert self._process.stderr is not None
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1)
        os.set_blocking(self._process.stderr.fileno(), False)
        with suppress(OSError):
            self._told += os.read(self._process.stderr.fileno(), 65536)
        memory = any(sign in self._told for sign in _OUT_OF_MEMORY)
        if memory or self._process.returncode == wire.NO_MEMORY:
            return told.too_much_memory(self.start.limits)
        if self._process.returncode == -signal.SIGALRM:
            return told.too_long(self.start.limits)
        return told.crashed()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout, process.stderr):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
