"""Further forms of a published version, made when first asked for, beside the version.

A version itself is immutable. A form is built aside by a process of its own, then renamed;
its name tells version, layout and engine, so that whatever changes makes a new one. Where
the store's folder cannot be written, forms lie in the system's folder for temporary files.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from hashlib import sha256
from importlib.metadata import version as installed
from pathlib import Path
from typing import Literal

from kg.console.worker import ROOT
from kg.errors import UnavailableError

Kind = Literal["sparql", "cypher"]
LAYOUT = 1  # raise it when a form is built differently
ENGINES: dict[Kind, str] = {"sparql": "pyoxigraph", "cypher": "ladybug"}
FOLDER = "derived"
_running: dict[Path, Future[Path]] = {}
_lock = threading.Lock()


def form(kind: Kind, version: Path, patience: float | None = None) -> Path:
    """Where a form of a published version lies; built first where it is not there yet.

    Args:
        kind: which form.
        version: the folder of the version.
        patience: seconds to wait for it; the building goes on behind. None waits.

    Raises:
        UnavailableError: it could not be built, or is not ready yet.
    """
    target = _folder(version) / _name(kind, version)
    if target.exists():
        return target
    with _lock:
        going = _running.get(target)
        if going is None:
            going = _running[target] = Future()
            threading.Thread(target=_build, args=[kind, version, target, going]).start()
    try:
        return going.result(patience)
    except Late:
        raise UnavailableError(
            f"正在为 {kind.upper()} 准备这个版本的数据（只在新版本后第一次查询时需要）",
            remedy="稍后再试",
        ) from None


def _name(kind: Kind, version: Path) -> str:
    return f"{version.name}.{kind}-{LAYOUT}-{installed(ENGINES[kind])}"


def _folder(version: Path) -> Path:
    """The folder of the forms, inside the store's where that can be written."""
    inside = version.parents[1] / FOLDER
    try:
        inside.mkdir(exist_ok=True)
        if os.access(inside, os.W_OK):
            return inside
    except OSError:
        pass
    mark = sha256(str(version.resolve()).encode()).hexdigest()[:16]
    outside = Path(tempfile.gettempdir()) / f"policy-kg-{os.getuid()}-{mark}"
    outside.mkdir(mode=0o700, exist_ok=True)
    if outside.stat().st_uid != os.getuid():
        raise UnavailableError(
            "临时文件夹属于别人", where=str(outside), remedy="删去它，或设 TMPDIR"
        )
    return outside


def _build(kind: Kind, version: Path, target: Path, done: Future[Path]) -> None:
    """Have it built; whoever waits is told."""
    command = [sys.executable, "-m", "kg.console.build", kind, str(version), str(target)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    try:
        made = subprocess.run(command, capture_output=True, check=False, env=environment)
        if made.returncode or not target.exists():
            last = made.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
            raise UnavailableError(
                f"没能为 {kind.upper()} 准备数据：{last[:300]}", where=str(target),
                remedy="检查磁盘空间与权限",
            )  # fmt: skip
        done.set_result(target)
    except (OSError, UnavailableError) as e:
        done.set_exception(e)
    finally:
        with _lock:
            _running.pop(target, None)
