"""Readings on disk: what was read of each file, beside the store, till it is published.

A load of thousands of files holds one document at a time, not all; and a load that was
killed goes on where it stopped: a file is not read again if its bytes, its catalogue entry,
the registry, the corrections and the program are the same. A damaged entry is read anew.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import overload

import msgspec

import kg
import loaders
from kg.errors import DataError
from kg.model import CatalogueEntry, LoadedDocument

_HEAD = b"KGR1"


class Readings:
    """A folder of readings.

    Args:
        folder: where they lie; made when the first is kept.
        world: digest of what shapes a reading beside its file (the registry).
    """

    def __init__(self, folder: Path, world: str) -> None:
        self.folder = folder
        self._world = world

    def key(
        self, raw: bytes, name: str, entry: CatalogueEntry | None, cases: Sequence[Path]
    ) -> str:
        """The name under which the reading of a file lies."""
        parts = [
            program_digest().encode(),
            self._world.encode(),
            name.encode("utf-8", "surrogateescape"),
            msgspec.json.encode(entry),
            raw,
            *(b for path in cases for b in (path.name.encode(), path.read_bytes())),
        ]
        return sha256(b"".join(sha256(p).digest() for p in parts)).hexdigest()

    def get(self, key: str) -> LoadedDocument | None:
        """The reading of that name, if it is there and whole."""
        try:
            content = self._path(key).read_bytes()
        except OSError:
            return None
        head, digest, packed = content[:4], content[4:36], content[36:]
        if head != _HEAD or sha256(packed).digest() != digest:
            return None
        try:
            return msgspec.msgpack.decode(zlib.decompress(packed), type=LoadedDocument)
        except (zlib.error, msgspec.DecodeError, msgspec.ValidationError):
            return None

    def put(self, key: str, document: LoadedDocument) -> None:
        """Keep a reading: whole or not at all.

        Raises:
            DataError: the folder cannot be written.
        """
        packed = zlib.compress(msgspec.msgpack.encode(document), 1)
        path = self._path(key)
        draft = path.with_suffix(f".{os.getpid()}")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(_HEAD + sha256(packed).digest() + packed)
            draft.replace(path)
        except OSError as e:
            raise DataError(
                f"写不了读取中的暂存文件（{e.strerror}）",
                where=str(self.folder),
                remedy="检查磁盘空间和权限",
            ) from e

    def prepare(self) -> None:
        """See that the folder can be written, before anything is read.

        Raises:
            DataError: it cannot.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as e:
            raise DataError(
                f"写不了这个文件夹（{e.strerror}）",
                where=str(self.folder.parent),
                remedy="检查磁盘空间和权限，或用 --store 另指一处",
            ) from e

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / key[2:]

    def documents(self, keys: Iterable[str]) -> Staged:
        """The readings of these names, each read from disk when it is asked for."""
        return Staged(self, list(keys))

    def clear(self) -> None:
        """Forget all: they are published."""
        shutil.rmtree(self.folder, ignore_errors=True)


class Staged(Sequence[LoadedDocument]):
    """Documents that lie on disk."""

    def __init__(self, readings: Readings, keys: list[str]) -> None:
        self._readings, self._keys = readings, keys

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, at: int) -> LoadedDocument: ...
    @overload
    def __getitem__(self, at: slice) -> Staged: ...
    def __getitem__(self, at: int | slice) -> LoadedDocument | Staged:
        if isinstance(at, slice):
            return Staged(self._readings, self._keys[at])
        document = self._readings.get(self._keys[at])
        if document is None:
            raise DataError(
                "读取中的暂存文件不见了或已损坏",
                where=str(self._readings.folder),
                remedy="再运行一次同样的 kg load",
            )
        return document


@cache
def program_digest() -> str:
    """Changes with every file of the program that a reading depends on."""
    total = sha256()
    for path in _program_files():
        total.update(path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def _program_files() -> Iterator[Path]:
    for package in (kg, loaders):
        folder = Path(package.__file__ or "").parent
        yield from sorted(p for p in folder.rglob("*") if p.suffix in (".py", ".toml"))
