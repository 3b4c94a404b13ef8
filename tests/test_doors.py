"""What an answer or error says of where to go next, at each door."""

from __future__ import annotations

import shlex

import pytest

from api import doors
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
