"""The command `kg mcp`: tools for agents over standard input and output."""

from __future__ import annotations

import typer

from api.cli_load import StoreOption
from api.mcp_tools import build
from api.stores import existing_store, registry_of
from kg.config import read_settings


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command("mcp")(mcp)


def mcp(store: StoreOption = None) -> None:
    """为智能体提供只读工具（MCP，标准输入输出）。Read-only tools for agents over stdio."""
    with existing_store(store) as s:
        build(s, registry_of(read_settings())).run("stdio")
