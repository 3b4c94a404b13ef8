"""What an answer or error says of where to go next, at each door."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from api import cli_load, doors
from api.cli import run
from kg.errors import QueryError

LISTS = ("departments", "documents", "projects", "indicators")


@pytest.mark.parametrize("places", [doors.TERMINAL, doors.TOOLS])
@pytest.mark.parametrize("name", LISTS)
def test_no_door_but_the_web_names_an_address(places: dict[str, str], name: str) -> None:
    said = doors.advice(QueryError("没有", remedy=f"见 /{name}"), places)
    assert said.startswith("见 ") and places[name] in said and f"/{name}" not in said


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("/tasks", ["kg", "tasks"]),
        ("/tasks?led_by=%E5%85%AC%E5%AE%89%E9%83%A8&units=true",
         ["kg", "tasks", "--led-by", "公安部", "--units"]),
        ("/tasks?q=a%20b&excludes=x&excludes=y%27",
         ["kg", "tasks", "--q", "a b", "--excludes", "x", "--excludes", "y'"]),
    ],
)  # fmt: skip
def test_an_address_of_a_question_becomes_its_command(address: str, command: list[str]) -> None:
    assert shlex.split(doors.at_terminal(address)) == command
    assert doors.at_terminal(f"见 {address}，共 3 项").endswith("，共 3 项")


def test_what_no_command_can_say_stays_an_address() -> None:
    for address in ("/tasks?units=false", "/tasks/plan-4.2", "/search?q=a"):
        assert doors.at_terminal(address) == address


@pytest.mark.parametrize("name", LISTS[:2])
def test_the_commands_named_run(
    name: str, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_STORE", str(tmp_path_factory.mktemp("doors") / "store"))
    assert run(shlex.split(doors.TERMINAL[name])[1:]) == 0


def test_a_fault_of_ours_is_one_message_with_the_rest_in_a_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    def broken(*_: object) -> None:
        raise ZeroDivisionError("by accident")

    monkeypatch.setattr(cli_load, "read_document", broken)
    monkeypatch.setattr(cli_load, "within_limits", lambda call, path: call())
    assert run(["extract", str(Path(__file__))]) == 2
    said = capsys.readouterr().err
    (report,) = tmp_path.glob("kg-*.txt")
    assert said.startswith("错误：程序出了意外（ZeroDivisionError）：by accident")
    assert str(report) in said and "Traceback" not in said
    assert "Traceback" in report.read_text("utf-8") and "broken" in report.read_text("utf-8")
