"""The store's folder: versions side by side, one pointer, one writer.

``CURRENT`` holds the name of the version that answers; replacing it is the publication.
``versions/<name>/`` is complete before it is named there and never changed afterwards.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from kg.errors import ConflictError, UnavailableError

CURRENT, VERSIONS, LOCK, MANIFEST, INDEX, RDF = (
    "CURRENT",
    "versions",
    "lock",
    "manifest.json",
    "index.sqlite",
    "rdf",
)
POINTER_DRAFT = "CURRENT.new"


class Manifest(Struct, frozen=True, kw_only=True):
    """What a version was made from and by; `form` is the shape of its records."""

    layout: int
    form: str
    program: str
    ontology: str
    base_iri: str
    world: str
    version: str
    sha256: str
    previous: str | None
    totals: dict[str, int]


class Folder:
    """Paths and pointer of one store; opening it touches nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._pointer = path / CURRENT

    def refuse_foreign(self) -> None:
        """Refuse a folder that holds something else, so that nothing of it is overwritten.

        Raises:
            ConflictError: it is a file, or not empty and not a store.
        """
        if self._pointer.is_file() or not self.path.exists():
            return
        ours = {VERSIONS, LOCK, POINTER_DRAFT}
        if not self.path.is_dir() or {p.name for p in self.path.iterdir()} - ours:
            raise ConflictError(
                "这里已有别的东西，不是本程序的图谱文件夹",
                where=str(self.path),
                remedy="换一个空文件夹或新的路径",
            )

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes with every publication, cheap to ask; None if nothing was published."""
        try:
            s = self._pointer.stat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        return s.st_ino, s.st_mtime_ns, s.st_size

    def current(self) -> str | None:
        """The name of the version that answers, or None."""
        try:
            return self._pointer.read_text(encoding="utf-8").strip()
        except (FileNotFoundError, NotADirectoryError):
            return None

    def version(self, name: str) -> Path:
        """The folder of a version."""
        return self.path / VERSIONS / name

    def manifest(self, name: str) -> Manifest:
        """What a version says of itself.

        Raises:
            UnavailableError: it cannot be read.
        """
        path = self.version(name) / MANIFEST
        try:
            return msgspec.json.decode(path.read_bytes(), type=Manifest)
        except (OSError, msgspec.DecodeError) as e:
            raise UnavailableError(
                f"图谱文件夹不完整：{e}", where=str(path), remedy="从备份恢复，或删去后重新加载"
            ) from e

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Be the only writer; the lock goes with the process, however it ends.

        Raises:
            ConflictError: another process publishes.
        """
        self.refuse_foreign()
        (self.path / VERSIONS).mkdir(parents=True, exist_ok=True)
        with (self.path / LOCK).open("a") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as e:
                raise ConflictError(
                    "另一个进程正在写入这个图谱",
                    where=str(self.path),
                    remedy="等它结束后再试；读取不受影响",
                ) from e
            yield

    def draft(self, sha256: str) -> Path:
        """A new, empty folder for the next version."""
        used = [int(n) for p in self._versions() if (n := p.name.split("-")[0]).isdecimal()]
        path = self.version(f"{max(used, default=0) + 1:06d}-{sha256[:12]}")
        path.mkdir()
        return path

    def switch(self, draft: Path, manifest: Manifest) -> None:
        """Make the draft the version that answers, surely on disk before it is named."""
        (draft / MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        for path in sorted(draft.rglob("*")):
            sync(path)
        sync(draft)
        sync(draft.parent)
        pointer = self.path / POINTER_DRAFT
        pointer.write_text(draft.name + "\n", encoding="utf-8")
        sync(pointer)
        os.replace(pointer, self._pointer)  # noqa: PTH105 - the one step that publishes
        sync(self.path)

    def clean(self) -> None:
        """Drop what killed builds left, and versions older than the previous one."""
        (self.path / POINTER_DRAFT).unlink(missing_ok=True)
        current = self.current()
        keep = {current, self.manifest(current).previous} if current else set()
        for path in self._versions():
            if path.name not in keep:
                shutil.rmtree(path)

    def _versions(self) -> list[Path]:
        return list((self.path / VERSIONS).iterdir())


def sync(path: Path) -> None:
    """Have a file or folder written to the disk."""
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
