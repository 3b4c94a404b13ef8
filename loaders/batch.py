"""Many files: find them, read them side by side, keep what fails apart.

One bad file never stops the rest: it comes back as its error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

from kg.catalogue import FILE_NAME
from kg.errors import DataError
from kg.model import LoadedDocument
from kg.registry import Registry, load_registry
from loaders.files import SUFFIXES
from loaders.pipeline import read_document

PARALLEL_FROM = 16
AHEAD = 64


@dataclass(frozen=True)
class Read:
    """A file and what came of it: a document, or an error (what, where, remedy)."""

    path: Path
    document: LoadedDocument | None = None
    error: tuple[str, str, str] | None = None


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The documents under files and folders, each once, in the order of their names.

    A file named outright is taken whatever its suffix (and may then fail); of a folder, the
    files whose format is known, without hidden ones and catalogues.

    Raises:
        DataError: a path is not there, or a folder holds no document.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if _is_document(p, path))
            if not inside:
                raise DataError(
                    "文件夹里没有可读的文件",
                    where=str(path),
                    remedy=f"可读的格式：{' '.join(sorted(SUFFIXES))}",
                )
            found.update(dict.fromkeys(inside))
        elif path.exists():
            found[path] = None
        else:
            raise DataError("没有这个文件或文件夹", where=str(path), remedy="检查路径")
    return list(found)


def _is_document(path: Path, folder: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
    return (
        not hidden and path.name != FILE_NAME and path.suffix.lower() in SUFFIXES and path.is_file()
    )


def read_all(
    paths: Sequence[Path],
    registry: Registry,
    own_registry: Path | None = None,
    cases: Path | None = None,
    done: Callable[[int], None] | None = None,
) -> Iterator[Read]:
    """Read files in their order, on all processors where there are many.

    Args:
        paths: from `find_files`.
        registry: the bodies; worker processes load it anew from `own_registry`.
        own_registry: the user's own registry file.
        cases: a further folder of the user's corrections.
        done: called with the number of files read so far.
    """
    reads = (
        _parallel(paths, own_registry, cases)
        if len(paths) >= PARALLEL_FROM
        else (_read(path, registry, cases) for path in paths)
    )
    for count, read in enumerate(reads, 1):
        if done:
            done(count)
        yield read


def _read(path: Path, registry: Registry, cases: Path | None) -> Read:
    try:
        return Read(path, document=read_document(path, registry, cases))
    except DataError as e:
        return Read(path, error=(e.what, e.where or str(path), e.remedy))


_worker: tuple[Registry, Path | None] | None = None


def _start(own_registry: Path | None, cases: Path | None) -> None:
    global _worker
    _worker = (load_registry(own_registry), cases)


def _work(path: Path) -> Read:
    assert _worker is not None
    return _read(path, *_worker)


def _parallel(
    paths: Sequence[Path], own_registry: Path | None, cases: Path | None
) -> Iterator[Read]:
    """Results in order, with a bounded number of files under way."""
    with ProcessPoolExecutor(
        cpu_count() or 1, get_context("spawn"), _start, (own_registry, cases)
    ) as pool:
        waiting = iter(paths)
        under_way: list[Future[Read]] = [pool.submit(_work, p) for p in islice(waiting, AHEAD)]
        while under_way:
            yield under_way.pop(0).result()
            under_way += [pool.submit(_work, p) for p in islice(waiting, 1)]


def split_same_ids(reads: Sequence[Read]) -> list[Read]:
    """Two files of one load that claim one id: the second becomes an error, never a loss."""
    owner: dict[str, Path] = {}
    out = []
    for read in reads:
        id = read.document.extraction.document.id if read.document else None
        if id is None or id not in owner:
            if id:
                owner[id] = read.path
            out.append(read)
            continue
        error = (
            f"编号「{id}」与 {owner[id]} 相同，未加载",
            str(read.path),
            f"改文件名，或在同一文件夹的 {FILE_NAME} 里给它另一个 id",
        )
        out.append(Read(read.path, error=error))
    return out
