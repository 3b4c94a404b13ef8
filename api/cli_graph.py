"""Commands on the whole graph: export, check, verify, serve."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from api.app import create_app
from api.cli_load import StoreOption
from api.server import check_free, run
from api.stores import ensure, existing_store, registry_of
from kg import export as exports
from kg.check import check as check_quads
from kg.config import read_settings
from kg.errors import DataError, UnavailableError
from kg.model import LoadedDocument
from kg.verify import Report, verify_answer, verify_store
from loaders.files import read_bytes


def register(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    app.command("export")(export)
    app.command("check")(check)
    app.command("verify")(verify)
    app.command("serve")(serve)


def export(
    format: Annotated[str, typer.Option(help=f"格式：{'、'.join(exports.FORMATS)}")],
    out: Annotated[Path, typer.Option(help="写到哪里")],
    where: Annotated[
        str | None, typer.Option(help='只写 /tasks 的一个查询所选的："led_by=…&involves=…"')
    ] = None,
    computed: Annotated[
        bool, typer.Option("--computed", help="也写程序算出、文件没有写明的：延续候选、文书、主题")
    ] = False,
    store: StoreOption = None,
) -> None:
    """写出整个图谱，或一个查询所选的部分。Write the graph, or what a query selects."""
    with existing_store(store) as s:
        registry = registry_of(read_settings())
        written = exports.export(s, registry, format, out, where, computed=computed)
    print(
        f"已写出 {written.tasks} 项任务，{written.bytes} 字节：{out}"
        f"（版本 {written.dataset.version}）"
    )


def check(store: StoreOption = None) -> int:
    """按形状约束（SHACL）检查图谱；有违反则以 1 结束。Validate the graph against the shapes."""
    with existing_store(store) as s:
        found = check_quads(exports.quads(s))
    for v in found:
        print(f"{v.severity}\t{v.focus}\t{v.message}")
    bad = [v for v in found if v.severity == "violation"]
    print(f"违反 {len(bad)} 处，提醒 {len(found) - len(bad)} 处")
    return 1 if bad else 0


def verify(
    answer: Annotated[
        Path | None, typer.Argument(help="保存的答案（JSON）；不给则核对整个图谱")
    ] = None,
    store: StoreOption = None,
) -> int:
    """重读来源，逐条核对引文与原文位置；有出入则以 1 结束。

    Re-read the sources and compare every quote with its span.
    """
    with existing_store(store) as s:
        if answer is None:
            report = verify_store(s, _reread)
        else:
            report = verify_answer(_bytes(answer), lambda id: _text(s.loaded(id)))
    return _tell(report)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as e:
        raise DataError(f"打不开文件（{e.strerror}）", where=str(path), remedy="检查路径") from e


def _text(loaded: LoadedDocument | None) -> str | None:
    return loaded.text if loaded else None


def _reread(loaded: LoadedDocument) -> str:
    return read_bytes(loaded.raw, loaded.file_name).text


def _tell(report: Report) -> int:
    for m in report.mismatches:
        place = f"{m.document} [{m.span[0]}, {m.span[1]})" if m.span else m.document
        print(f"不符\t{m.place}\t{place}\t{m.message}")
    print(f"核对 {report.checked} 条，不符 {report.failed} 条")
    return 0 if report.ok else 1


def serve(
    host: Annotated[str | None, typer.Option(help="监听的地址")] = None,
    port: Annotated[int | None, typer.Option(help="监听的端口", min=0, max=65535)] = None,
    store: StoreOption = None,
) -> None:
    """提供网页和 API（默认 http://127.0.0.1:8000）。Serve site and API."""
    settings = read_settings()
    ensure(store)
    app = create_app(store or settings.store, settings)
    with suppress(UnavailableError):  # a server that is away is tried again with each request
        app.state.context.open()  # what else is wrong is told here: uvicorn prints a traceback
    address = (host or settings.host, settings.port if port is None else port)
    check_free(*address)
    print(f"policy-kg：http://{address[0]}:{address[1]}  （Ctrl-C 结束）", file=sys.stderr)
    run(app, *address)
