"""Walls around a child that the kernel keeps, whatever a query language may turn out to do.

The reading of queries refuses what writes, reads files or calls out; these walls stand
behind it. Where a wall cannot be put up (another system) the others still stand.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import resource
import signal
import struct
import sys
from contextlib import suppress

from kg.console.limits import MEGABYTE, Limits

ROOM = 2048  # megabytes of addresses beside what a query may hold: libraries, stacks, maps
_LD, _JEQ, _RET = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EACCES
_NO_NEW_PRIVILEGES, _FILTER, _ALL_THREADS = 38, 1, 1
# machine: (audit architecture, seccomp, calls that reach out, calls that open files)
_CALLS = {
    "x86_64": (0xC000003E, 317, (41, 53, 57, 58, 59, 322, 425), (2, 85, 257, 437)),
    "aarch64": (0xC00000B7, 277, (198, 199, 221, 281, 425), (56, 437)),
}


def limit(limits: Limits, room: int = 0) -> None:
    """Limits of the process; called before anything is opened. It writes no files.

    `room` are megabytes of addresses for a database, which are not memory.
    """
    _set(resource.RLIMIT_AS, (limits.memory + room + ROOM) * MEGABYTE)
    _set(resource.RLIMIT_FSIZE, 0)
    _set(resource.RLIMIT_CORE, 0)
    with suppress(OSError):
        os.nice(10)  # the API goes before


def _set(what: int, value: int) -> None:
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (value, value))


def close(*, network: bool, files: bool) -> bool:
    """Forbid all threads to open sockets or start programs, and, unless `files`, to open files.

    Returns:
        Whether the wall stands.
    """
    known = _CALLS.get(platform.machine())
    if not sys.platform.startswith("linux") or known is None:
        return False
    machine, seccomp, out, opening = known
    refused = (() if network else out) + (() if files else opening)
    if not refused:
        return True
    program = _program(machine, refused)
    steps = ctypes.create_string_buffer(program, len(program))
    header = struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(steps))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0):
        return False
    found = libc.syscall(seccomp, _FILTER, _ALL_THREADS, ctypes.c_char_p(header))
    return bool(found == 0)


def _program(machine: int, refused: tuple[int, ...]) -> bytes:
    """A filter of system calls: those `refused` fail as if permission were lacking."""
    steps = [(_LD, 0, 0, 4), (_JEQ, 0, len(refused) + 1, machine), (_LD, 0, 0, 0)]
    for place, call in enumerate(refused):
        steps.append((_JEQ, len(refused) - place, 0, call))
    steps += [(_RET, 0, 0, _ALLOW), (_RET, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *step) for step in steps)


def alarm(seconds: float) -> None:
    """Have the kernel end this process in so many seconds; 0 calls it off.

    The parent is the one to kill it; this holds where the parent itself was killed.
    """
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
