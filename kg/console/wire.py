"""What parent and child say to each other: frames of MessagePack with their length before."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable
from typing import Any, Literal

from msgspec import Struct

from kg.console.limits import Limits

HEAD = struct.Struct(">I")
NO_MEMORY = 12  # exit status of a child that ran out of memory and noticed

Outcome = Literal["done", "malformed", "refused", "memory", "size", "failed"]


class Start(Struct, frozen=True, kw_only=True):
    """What a child is for.

    `place` is what it opens (empty: nothing was published); `network` lets it call out, for
    services that were allow-listed; `locked` forbids it to open any file once it is ready;
    `room` is how many megabytes of addresses its database needs.
    """

    language: Literal["sparql", "cypher"]
    place: str
    limits: Limits
    network: bool = False
    locked: bool = False
    room: int = 0


class Statement(Struct, frozen=True, kw_only=True):
    """A statement in Cypher with its parameters, and how many rows are wanted at most.

    `columns`: what the columns are called, where the engine would call them otherwise.
    """

    query: str
    parameters: dict[str, Any] = {}
    limit: int
    columns: tuple[str, ...] = ()


class Reply(Struct, frozen=True, kw_only=True):
    """What became of one request: its answer, or what was wrong with it."""

    outcome: Outcome = "done"
    body: bytes = b""
    message: str = ""


Answer = Callable[[bytes], Reply]  # what an engine in a child offers


def write(fd: int, data: bytes) -> None:
    """Write one frame."""
    rest = memoryview(HEAD.pack(len(data)) + data)
    while rest:
        rest = rest[os.write(fd, rest) :]


def read(fd: int) -> bytes | None:
    """Read one frame, or None at the end."""
    head = _exactly(fd, HEAD.size)
    return _exactly(fd, HEAD.unpack(head)[0]) if head else None


def _exactly(fd: int, size: int) -> bytes | None:
    found = bytearray()
    while len(found) < size:
        piece = os.read(fd, size - len(found))
        if not piece:
            return None
        found += piece
    return bytes(found)
