"""What a load tells at its end: what was published, what to look at, what failed."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from kg.model import Warning
from kg.store.base import Receipt
from loaders.batch import Read, case_files

SHOWN = 40
COUNTED = (
    ("文件", "documents"), ("任务", "tasks"), ("责任", "responsibilities"), ("专栏", "projects"),
    ("目标", "goals"), ("指标", "indicators"), ("部门和泛称", "departments"),
)  # fmt: skip


def report(receipt: Receipt, reads: Sequence[Read], cases: Path | None = None) -> None:
    """Print what was published, and the warnings.

    Args:
        receipt: of the publication.
        reads: what came of each file.
        cases: the user's own folder of corrections.
    """
    if not receipt.changed:
        print(
            f"内容没有变化：{len(receipt.unchanged)} 份文件都已在库中，"
            f"版本 {receipt.dataset.version}"
        )
    else:
        for label, ids in (("新增", receipt.added), ("替换", receipt.replaced)):
            if ids:
                more = " …" if len(ids) > 20 else ""
                print(f"{label} {len(ids)} 份文件：{'、'.join(ids[:20])}{more}")
        print(f"已发布版本 {receipt.dataset.version}（sha256 {receipt.dataset.sha256[:16]}…）")
    t = receipt.totals
    print("库中共有：" + "，".join(f"{zh} {t.get(key, 0)}" for zh, key in COUNTED))
    for line in _notes(reads, cases):
        print(line)


def _notes(reads: Sequence[Read], cases: Path | None) -> Iterator[str]:
    again = sum(r.again for r in reads)
    if again:
        yield f"其中 {again} 份上次已经读过，未再读"
    yield from _corrections(reads, cases)
    guessed = Counter(r.encoding for r in reads if r.encoding not in (None, "utf-8"))
    if guessed:
        yield "编码：" + "，".join(f"{n} 份按 {name} 解读" for name, n in sorted(guessed.items()))
    yield from _warnings([(r, w) for r in reads for w in r.warnings])


def _corrections(reads: Sequence[Read], own: Path | None) -> Iterator[str]:
    """How much the user's corrections changed, and those that fit nothing."""
    used = {name for r in reads for name in r.cases}
    if used:
        tasks = sum(r.corrected for r in reads)
        files = "、".join([r.path.name for r in reads if r.cases][:10])
        yield f"更正：{len(used)} 份更正文件起作用，更正的任务 {tasks} 条，在 {files}"
    folders = {r.path.resolve().parent for r in reads}
    known = {c.name for f in folders for c in case_files(f / "x", own)}
    idle = sorted(known - used)
    if idle:
        names = "、".join(idle[:10]) + (" …" if len(idle) > 10 else "")
        yield f"没有用上的更正文件 {len(idle)} 份（所写的原文不在这次加载的文件中）：{names}"


def _warnings(warnings: Sequence[tuple[Read, Warning]]) -> Iterator[str]:
    """The warnings one by one, or where there are many, counted by kind."""
    yield f"提示 {len(warnings)} 条" + ("：" if warnings else "")
    if len(warnings) <= SHOWN:
        for read, w in warnings:
            place = f"[{w.span[0]}, {w.span[1]})" if w.span else ""
            yield f"  {read.path.name} {place} {w.code}：{w.message}"
        return
    counts = Counter(w.code for _, w in warnings)
    for code, count in counts.most_common():
        files = len({r.path for r, w in warnings if w.code == code})
        read, first = next((r, w) for r, w in warnings if w.code == code)
        yield f"  {code} {count} 条，在 {files} 份文件中；如 {read.path.name}：{first.message[:80]}"
    yield "  逐条见 kg extract --report 文件，或 /documents/{id}"


def list_failures(reads: Sequence[Read]) -> int:
    """Print what could not be loaded, and why; how many files those are."""
    failed = [r.error for r in reads if r.error]
    for what, where, remedy in failed:
        print(f"未加载 {where}：{what}" + (f"\n  → {remedy}" if remedy else ""), file=sys.stderr)
    return len(failed)
