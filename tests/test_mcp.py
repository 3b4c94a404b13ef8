"""The MCP server answers the SDK's own client, over real standard input and output."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, StdioServerParameters

from tests.sample import all_documents


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> StdioServerParameters:
    from kg.store import open_store

    folder = tmp_path_factory.mktemp("mcp") / "store"
    store = open_store(str(folder), read_only=False)
    store.publish(all_documents())
    store.close()
    script = Path(sys.executable).with_name("kg")
    return StdioServerParameters(command=str(script), args=["mcp", "--store", str(folder)])


def ask(server: StdioServerParameters, call: Callable[[Client], Awaitable[Any]]) -> Any:
    async def run() -> Any:
        async with Client(server) as client:
            return await call(client)

    return asyncio.run(run())


def test_tools_are_read_only_and_described(server: StdioServerParameters) -> None:
    tools = ask(server, lambda c: c.list_tools()).tools
    names = {t.name for t in tools}
    assert names >= {
        "find_tasks", "resolve_department", "explain_responsibility", "search_text",
        "get_document_span", "compare_documents", "indicator_series", "run_sparql",
    }  # fmt: skip
    for tool in tools:
        assert tool.annotations.read_only_hint and not tool.annotations.destructive_hint
        assert tool.description and tool.output_schema
        assert tool.input_schema["additionalProperties"] is False


def test_a_slip_in_an_argument_is_refused_and_never_widens_the_question(
    server: StdioServerParameters,
) -> None:
    result = ask(server, lambda c: c.call_tool("find_tasks", {"leed": "知识产权局"}))
    assert result.is_error and "leed" in result.content[0].text


def test_sparql_reads_and_only_reads(server: StdioServerParameters) -> None:
    count = "SELECT (COUNT(?t) AS ?n) WHERE { ?t a <https://policy-kg.github.io/ns#Task> }"
    result = ask(server, lambda c: c.call_tool("run_sparql", {"query": count}))
    (row,) = result.structured_content["results"]["bindings"]
    assert int(row["n"]["value"]) > 0
    for query in ("INSERT DATA { <a:a> <a:b> <a:c> }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        assert ask(server, lambda c, q=query: c.call_tool("run_sparql", {"query": q})).is_error


def test_the_headline_question_comes_back_empty_and_explained(
    server: StdioServerParameters,
) -> None:
    arguments = {"led_by": "知识产权局", "involves": ["海关总署"]}
    result = ask(server, lambda c: c.call_tool("find_tasks", arguments))
    answer = result.structured_content
    assert not result.is_error and answer["total"] == 0 and answer["why_empty"]
    assert [t["tier"] for t in answer["near"]][:2] == ["joint_no_lead", "other_lead"]
    assert json.loads(result.content[0].text) == answer


def test_every_tool_answers(server: StdioServerParameters) -> None:
    async def run(client: Client) -> list[Any]:
        return [
            await client.call_tool("resolve_department", {"name": "CNIPA"}),
            await client.call_tool("explain_responsibility", {"task": "annual-2"}),
            await client.call_tool("search_text", {"q": "海关"}),
            await client.call_tool("get_document_span", {"document": "plan", "start": 0, "end": 8}),
            await client.call_tool("compare_documents", {"first": "plan", "second": "annual"}),
            await client.call_tool("indicator_series", {"name": "服判息诉率"}),
        ]

    results = ask(server, run)
    assert not [r for r in results if r.is_error]
    assert results[1].structured_content["lead_rule"] is None
    indicator = results[5].structured_content["indicators"][0]
    assert indicator["baseline"]["value"] is None


@pytest.mark.parametrize(
    ("tool", "arguments", "words"),
    [
        ("find_tasks", {"led_by": "海关"}, "海关总署"),
        (
            "find_tasks",
            {"led_by": "不存在部"},
            "在 find_tasks（facets=led_by,involves） 查看全部部门",
        ),
        ("find_tasks", {"limit": 1000}, "limit"),
        ("explain_responsibility", {"task": "nope"}, "没有这项任务"),
        ("get_document_span", {"document": "plan", "start": 5, "end": 2}, "位置不对"),
        ("indicator_series", {"name": "不存在"}, "没有这项指标"),
    ],
)
def test_a_mistake_is_a_tool_error_with_its_remedy(
    server: StdioServerParameters, tool: str, arguments: dict[str, Any], words: str
) -> None:
    result = ask(server, lambda c: c.call_tool(tool, arguments))
    assert result.is_error and words in result.content[0].text


def test_a_span_is_a_resource(server: StdioServerParameters) -> None:
    result = ask(server, lambda c: c.read_resource("policy-kg://documents/plan/text/0/4"))
    assert len(result.contents[0].text) == 4
