"""Where an export goes: built aside, then moved; there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from kg.errors import DataError

README = "README.txt"
MARK = "policy-kg export"  # the first line of a folder's README: it may be replaced


@contextmanager
def aside(out: Path, *, folder: bool) -> Iterator[Path]:
    """A path to write to, beside `out`; moved there when all went well.

    An earlier file is replaced, a folder only if it is empty or an earlier export.

    Raises:
        DataError: it cannot be written, or something else is there.
    """
    _check(out, folder)
    try:
        draft = Path(tempfile.mkdtemp(prefix=f".{out.name[:40]}.", suffix=".part", dir=out.parent))
    except OSError as e:
        raise _failed(e, out) from e
    try:
        inner = draft / "new"
        if folder:
            inner.mkdir()
        yield inner
        _move(inner, out, draft / "old")
    except OSError as e:
        raise _failed(e, out) from e
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _check(out: Path, folder: bool) -> None:
    if not out.name:
        raise DataError("没有写明文件名", where=str(out), remedy="例：--out 图谱.ttl")
    if folder:
        if out.is_dir() and not _ours(out):
            raise DataError(
                "文件夹里有别的文件", where=str(out), remedy="换一个名字，或先清空文件夹"
            )
        if out.exists() and not out.is_dir():
            raise DataError("已有同名的文件", where=str(out), remedy="这种格式写一个文件夹")
    elif out.exists() and not out.is_file():
        raise DataError("不是普通文件", where=str(out), remedy="这种格式写一个文件")


def _ours(folder: Path) -> bool:
    """Whether a folder is empty or what an export left."""
    try:
        names = {p.name for p in folder.iterdir()}
        if not names:
            return True
        with (folder / README).open(encoding="utf-8") as file:
            return file.readline().strip() == MARK
    except (OSError, UnicodeDecodeError):
        return False


def _move(made: Path, out: Path, old: Path) -> None:
    """Put it in its place; a folder that is there is kept until the new one stands."""
    if not made.is_dir():
        with made.open("rb") as file:
            os.fsync(file.fileno())
        made.replace(out)
        return
    if out.is_dir():
        out.rename(old)
    try:
        made.rename(out)
    except OSError:
        if old.is_dir():
            old.rename(out)
        raise


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files of a folder."""
    if path.is_dir():
        return sum(p.stat().st_size for p in path.rglob("*") if p.is_file())
    return path.stat().st_size


def writing(path: Path) -> IO[str]:
    """A text file in UTF-8 whose line ends stay as they are written."""
    return path.open("w", encoding="utf-8", newline="")


def spool(beside: Path) -> IO[str]:
    """A nameless file on the same disk, for what must come later."""
    return tempfile.TemporaryFile("w+", encoding="utf-8", newline="", dir=beside.parent)


def _failed(error: OSError, out: Path) -> DataError:
    why = error.strerror or str(error)
    return DataError(f"写不了文件（{why}）", where=str(out), remedy="检查文件夹和权限")
