"""Cursors: where the next page begins, bound to the question it continues.

A cursor is the url-safe base64 of a JSON list: a fingerprint of the filters (and of the key
itself), then the store's key. It comes from the content alone, so every store makes the
same one, and it works on another machine.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable

import msgspec

from kg.errors import QueryError
from kg.store.base import Key

MAX_CURSOR = 1000
_PARTS = 8
_MAX_INT = 2**63


def _fingerprint(scope: Iterable[tuple[str, str]], key: Key) -> str:
    data = msgspec.json.encode([list(scope), list(key)])
    return hashlib.sha256(data).hexdigest()[:16]


def encode_cursor(scope: Iterable[tuple[str, str]], key: Key) -> str:
    """The cursor that continues after `key`; `scope` are the filters it belongs to."""
    data = msgspec.json.encode([_fingerprint(scope, key), *key])
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode_cursor(scope: Iterable[tuple[str, str]], cursor: str) -> Key:
    """The key a cursor holds.

    Raises:
        QueryError: it is no cursor, or belongs to a question with other filters.
    """
    parts = _parts(cursor)
    key: Key = tuple(parts[1:])
    if parts[0] != _fingerprint(scope, key):
        raise _bad("cursor 不属于这个问题（筛选条件不同，或被改动过）")
    return key


def _parts(cursor: str) -> list[str | int]:
    if not cursor or len(cursor) > MAX_CURSOR:
        raise _bad("cursor 为空或过长")
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        parts = msgspec.json.decode(raw, type=list[str | int])
    except (ValueError, binascii.Error, msgspec.DecodeError, RecursionError) as e:
        raise _bad("cursor 无法识别") from e
    if not 2 <= len(parts) <= _PARTS or any(
        isinstance(p, int) and abs(p) >= _MAX_INT for p in parts
    ):
        raise _bad("cursor 无法识别")
    return parts


def _bad(what: str) -> QueryError:
    return QueryError(what, where="cursor", remedy="去掉 cursor 从第一页开始，或照抄上一页的 next")


__all__ = ["decode_cursor", "encode_cursor"]
