"""The command `kg`: a thin face that joins loaders and store. One call each, no logic.

A user's mistake ends in exit 2 and one message: what, where, how to mend it.
"""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any

import typer

from api import cli_ask, cli_case, cli_graph, cli_load, cli_mcp, cli_query
from api.doors import TERMINAL, advice
from kg.config import PREFIX, Settings
from kg.errors import KgError

UsageError: type[Exception] = typer.BadParameter.__mro__[1]  # typer names only its children
_HELP = """政策文件知识图谱：谁牵头、谁参与、依据哪句话。

Policy documents as a knowledge graph with proof.

例 examples:

  kg load                                    加载随附的五份文件

  kg ask "国家知识产权局牵头、涉及海关总署的任务"

  kg tasks --led-by 公安部 --year 2019

  kg extract 文件.txt                          只读一份文件，不入库

  kg serve                                   打开 http://127.0.0.1:8000
"""


def _settings_help() -> str:
    lines = ["设置 settings（环境变量 environment）:"]
    for f in fields(Settings):
        default = str(f.default) or "无"
        lines.append(f"{PREFIX}{f.name.upper()}  {f.metadata['help']}（默认 default: {default}）")
    return "\n\n".join(lines)


app = typer.Typer(
    help=_HELP,
    epilog=_settings_help(),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (cli_load, cli_ask, cli_graph, cli_case, cli_mcp, cli_query):
    module.register(app)


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line; errors become one message and an exit status."""
    sys.exit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: list[str]) -> int:
    """Run one command.

    Returns:
        0 done, 1 done with findings (a file not loaded, a mismatch), 2 a mistake.
    """
    return _guarded(lambda: app(argv, standalone_mode=False, prog_name="kg"))


def _guarded(call: Callable[[], Any]) -> int:
    try:
        code = call()
    except KgError as e:
        return _complain(e)
    except UsageError as e:
        return _misused(e)
    except typer.Exit as e:
        return e.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _say("已中断", "", "没有写入任何不完整的内容")
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as e:  # a fault of ours: the user gets a message, we get the whole of it
        return _unexpected(e)
    return code if isinstance(code, int) else 0


def _unexpected(e: Exception) -> int:
    """One message, and the traceback in a file to be sent to us."""
    with tempfile.NamedTemporaryFile(
        "w", prefix="kg-", suffix=".txt", delete=False, encoding="utf-8"
    ) as report:
        traceback.print_exception(e, file=report)
    return _say(
        f"程序出了意外（{type(e).__name__}）：{e}", "", f"请把 {report.name} 连同所用的文件告诉我们"
    )


def _misused(e: Any) -> int:
    """A wrong option or command; called without any, the help was wanted."""
    place = e.ctx.command_path if e.ctx else "kg"
    if type(e).__name__ == "NoArgsIsHelpError":
        print(e.format_message())
        return 0
    return _say(e.format_message(), place, f"看 {place} --help")


def _complain(e: KgError) -> int:
    return _say(e.what, e.where, advice(e, TERMINAL))


def _say(what: str, where: str, remedy: str) -> int:
    head = f"{where}：{what}" if where else what
    print(f"错误：{head}" + (f"\n  → {remedy}" if remedy else ""), file=sys.stderr)
    return 2


if __name__ == "__main__":
    main()
