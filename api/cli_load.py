"""Commands that read documents and change the store: text, extract, load, documents, remove."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeRemainingColumn,
)

from api.load_report import list_failures, report
from api.stores import (
    existing_store,
    opened,
    own_cases,
    own_registry,
    readings_beside,
    registry_of,
)
from kg.config import read_settings
from kg.errors import DataError
from kg.store import check_address, open_store
from loaders.batch import Setup, find_files, read_all, split_same_ids
from loaders.corpus import documents as bundled_documents
from loaders.files import read_file
from loaders.limits import within_limits
from loaders.pipeline import read_document
from loaders.readings import Readings
from loaders.report import as_text
from loaders.report_html import as_html as as_html_page

StoreOption = Annotated[
    str | None, typer.Option("--store", help="库的地址：文件夹或 neo4j://… · store address")
]


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("text")(text)
    app.command("extract")(extract)
    app.command("load")(load)
    app.command("documents")(documents)
    app.command("remove")(remove)


def text(file: Annotated[Path, typer.Argument(help="文件 · a document")]) -> None:
    """打印文件的正文；所有引文位置都按它的字符计数。

    Print the canonical text; all spans count code points in it.
    """
    sys.stdout.buffer.write(within_limits(lambda: read_file(file), file).text.encode())


def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="一份或多份文件")],
    as_report: Annotated[bool, typer.Option("--report", help="打印供人阅读的读后报告")] = False,
    as_html: Annotated[bool, typer.Option("--html", help="报告印成网页")] = False,
) -> None:
    """读出任务、专栏、目标、指标，打印为 JSON；每份文件单独读，不入库。

    Print what a document says, as JSON.
    """
    settings = read_settings()
    registry = registry_of(settings)
    cases = own_cases(settings)
    documents = [
        within_limits(lambda f=f: read_document(f, registry, cases), f)  # type: ignore[misc]
        for f in files
    ]
    if as_report or as_html:
        color = sys.stdout.isatty()
        shown = (
            as_html_page(documents) if as_html else "\n".join(as_text(d, color) for d in documents)
        )
        sys.stdout.buffer.write(shown.encode())
        return
    read = [msgspec.json.encode(d.extraction) for d in documents]
    out = read[0] if len(read) == 1 else b"[" + b",\n".join(read) + b"]"
    sys.stdout.buffer.write(msgspec.json.format(out, indent=1) + b"\n")


def load(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="文件或文件夹；不给则加载随附的五份"),
    ] = None,
    store: StoreOption = None,
) -> int:
    """把文件加载进图谱：新增，或替换同编号的文件；整份加载或完全不加载。

    Load files or folders: add them, replace a document whose id is there.
    """
    settings = read_settings()
    files = find_files(paths) if paths else list(bundled_documents())
    address = store or settings.store
    check_address(address)
    registry = registry_of(settings)
    setup = Setup(readings_beside(address), own_registry(settings), own_cases(settings))
    readings = Readings(setup.readings, registry.digest)
    readings.prepare()
    console = Console(stderr=True)
    with _progress(console) as bar:
        step = bar.add_task("读取文件", total=len(files))
        reads = split_same_ids(
            list(read_all(files, registry, setup, lambda n: bar.update(step, completed=n)))
        )
        good = readings.documents(r.key for r in reads if r.key)
        if not good:
            list_failures(reads)
            raise DataError("没有一份文件能加载，库没有改变", remedy="按上面所列逐一处理")
        with opened(open_store(address, read_only=False)) as s:
            receipt = s.publish(good, progress=_shown(bar))
    report(receipt, reads, setup.cases)
    failed = list_failures(reads)
    if not failed:
        readings.clear()
    return 1 if failed else 0


def _shown(bar: Progress) -> Callable[[str, int, int], None]:
    """Show each step of a publication as a bar of its own."""
    steps: dict[str, TaskID] = {}

    def show(what: str, done: int, total: int) -> None:
        if what not in steps:
            steps[what] = bar.add_task(what, total=total)
        bar.update(steps[what], completed=done)

    return show


@contextmanager
def _progress(console: Console) -> Iterator[Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as p:
        yield p


def documents(store: StoreOption = None) -> None:
    """列出库中的文件。List the documents of the store."""
    with existing_store(store) as s:
        for d in s.records("document"):
            relation = f"，转载自 {d.reprint_of.id}" if d.reprint_of else ""
            relation = relation or (f"，图解 {d.derived_from.id}" if d.derived_from else "")
            print(f"{d.id}\t{d.year or '—'}\t任务 {d.tasks}\t{d.title}{relation}")


def remove(
    ids: Annotated[list[str], typer.Argument(metavar="ID...", help="文件的编号")],
    store: StoreOption = None,
) -> None:
    """从库中去掉文件，要么全部去掉，要么一份不动。Take documents away, all or nothing."""
    with existing_store(store, read_only=False) as s:
        receipt = s.publish(remove=ids)
    print(f"已去掉 {'、'.join(receipt.removed)}；版本 {receipt.dataset.version}")
