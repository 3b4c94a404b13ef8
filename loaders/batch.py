"""Many files: find them, read them side by side, keep what fails apart.

One bad file never stops the rest: it comes back as its error, also where it takes too long,
too much memory, or its process with it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context, parent_process
from multiprocessing.connection import wait
from pathlib import Path

from kg.catalogue import FILE_NAME
from kg.errors import DataError
from kg.model import LoadedDocument, Warning
from kg.registry import Registry, load_registry
from loaders.cases import FOLDER, used_cases
from loaders.files import SUFFIXES, UNREAD, Source, read_raw
from loaders.limits import limit_memory, within_limits
from loaders.pipeline import catalogue_entry, read_document
from loaders.readings import Readings

PARALLEL_FROM = 16
AHEAD = 64


@dataclass(frozen=True)
class Read:
    """A file and what came of it: a document's reading, or an error (what, where, remedy).

    `key` names the reading among `Readings`; `again` tells that it was kept from a load
    before; `corrected` counts the tasks that the user's cases corrected, `cases` names them.
    """

    path: Path
    id: str | None = None
    key: str | None = None
    error: tuple[str, str, str] | None = None
    warnings: tuple[Warning, ...] = ()
    corrected: int = 0
    cases: frozenset[str] = frozenset()
    encoding: str | None = None
    again: bool = False


@dataclass(frozen=True)
class Setup:
    """What every process that reads needs to know."""

    readings: Path
    own_registry: Path | None = None
    cases: Path | None = None


def find_files(paths: Sequence[Path]) -> list[Path]:
    """The documents under files and folders, each once, in the order of their names.

    A file named outright is taken whatever its suffix (and may then fail); of a folder, the
    files in which documents come, also those of formats that are not read, so that none is
    passed over in silence; no hidden ones and no catalogues.

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
    hidden = any(part.startswith((".", "~$")) for part in path.relative_to(folder).parts)
    known = path.suffix.lower() in SUFFIXES | UNREAD
    return not hidden and path.name != FILE_NAME and known and path.is_file()


def read_all(
    paths: Sequence[Path],
    registry: Registry,
    setup: Setup,
    done: Callable[[int], None] | None = None,
) -> Iterator[Read]:
    """Read files in their order, on all processors where there are many.

    Args:
        paths: from `find_files`.
        registry: the bodies; worker processes load it anew from the user's own file.
        setup: where readings are kept, and the user's own registry and cases.
        done: called with the number of files read so far.
    """
    if len(paths) >= PARALLEL_FROM:
        reads = _parallel(paths, setup)
    else:
        readings = Readings(setup.readings, registry.digest)
        reads = (_read(path, registry, readings, setup.cases) for path in paths)
    for count, read in enumerate(reads, 1):
        if done:
            done(count)
        yield read


def _read(path: Path, registry: Registry, readings: Readings, cases: Path | None) -> Read:
    try:
        return within_limits(lambda: _fresh_or_kept(path, registry, readings, cases), path)
    except DataError as e:
        return Read(path, error=(e.what, e.where or str(path), e.remedy))


def _fresh_or_kept(path: Path, registry: Registry, readings: Readings, cases: Path | None) -> Read:
    raw = read_raw(path)
    entry = catalogue_entry(path, Source(path.name, raw, "", ""))
    key = readings.key(raw, path.name, entry, case_files(path, cases))
    kept = readings.get(key)
    document = kept or read_document(path, registry, cases)
    if kept is None:
        readings.put(key, document)
    return _summary(path, key, document, again=kept is not None)


def case_files(path: Path, cases: Path | None) -> list[Path]:
    """The user's corrections that concern a file, in the order of their names."""
    folders = [path.resolve().parent / FOLDER, *([cases] if cases else [])]
    return [case for folder in folders for case in sorted(folder.glob("*.json")) if case.is_file()]


def _summary(path: Path, key: str, document: LoadedDocument, again: bool) -> Read:
    read = document.extraction
    return Read(
        path,
        id=read.document.id,
        key=key,
        warnings=read.warnings,
        corrected=sum(t.correction is not None for t in read.tasks),
        cases=frozenset(used_cases(read)),
        encoding=document.encoding,
        again=again,
    )


# --- side by side --------------------------------------------------------------------------

_worker: tuple[Registry, Readings, Path | None] | None = None


def _start(setup: Setup) -> None:
    global _worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who asked is told, not every process
    limit_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    registry = load_registry(setup.own_registry)
    _worker = (registry, Readings(setup.readings, registry.digest), setup.cases)


def _end_with_parent() -> None:
    """Wait for the process that asked to end, by whatever way, and end with it."""
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _work(path: Path) -> Read:
    assert _worker is not None
    return _read(path, *_worker)


def _pool(count: int, setup: Setup) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(count, get_context("spawn"), _start, (setup,))


def _parallel(paths: Sequence[Path], setup: Setup) -> Iterator[Read]:
    """Results in order, with a bounded number of files under way."""
    left = deque(paths)
    while left:
        for read in _till_broken(list(left), setup):
            left.popleft()
            yield read
        if left:
            yield _alone(left.popleft(), setup)


def _till_broken(paths: Sequence[Path], setup: Setup) -> Iterator[Read]:
    """Results in order, up to the first that a process took with it."""
    with _pool(os.cpu_count() or 1, setup) as pool:
        waiting = iter(paths)
        under_way: deque[Future[Read]] = deque()
        try:
            under_way.extend(pool.submit(_work, p) for p in islice(waiting, AHEAD))
            while under_way:
                yield under_way.popleft().result()
                under_way.extend(pool.submit(_work, p) for p in islice(waiting, 1))
        except BrokenProcessPool:
            return
        finally:
            pool.shutdown(cancel_futures=True)


def _alone(path: Path, setup: Setup) -> Read:
    """A file by itself, since a process broke off that may have read it."""
    with _pool(1, setup) as pool:
        try:
            return pool.submit(_work, path).result()
        except BrokenProcessPool:
            error = ("读取它的进程中断了（内存不足？）", str(path), "拆成几份，或存为文本")
            return Read(path, error=error)


def split_same_ids(reads: Sequence[Read]) -> list[Read]:
    """Two files of one load that claim one id: the second becomes an error, never a loss."""
    owner: dict[str, Path] = {}
    out = []
    for read in reads:
        if read.id is None or owner.setdefault(read.id, read.path) is read.path:
            out.append(read)
            continue
        error = (
            f"编号「{read.id}」与 {owner[read.id]} 相同，未加载",
            str(read.path),
            f"改文件名，或在同一文件夹的 {FILE_NAME} 里给它另一个 id",
        )
        out.append(Read(read.path, error=error))
    return out
