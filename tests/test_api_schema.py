"""The description and the program agree: schemathesis tries what OpenAPI says, and more."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from api.app import OPERATIONS
from kg.params import PARAMS
from tests.test_api_support import get, new_client

EXAMPLES = 20
schema = schemathesis.openapi.from_asgi("/openapi.json", new_client().app)


def unsayable(answer: Any) -> list[Any]:
    """Checks that do not fit an answer, since no schema can foretell it.

    A cursor of no page, a span beyond the text, a question nobody understands, characters of
    private use; and an address too long, a refusal that the check of refusals does not know.
    """
    if answer.status_code == 414:
        return [negative_data_rejection]
    if answer.status_code == 422:
        return [positive_data_acceptance]
    if answer.status_code == 400:
        found = answer.json()
        wrong = [e["parameter"] for e in found["errors"]]
        if wrong in (["cursor"], ["span"]) or "无效字符" in found["detail"]:
            return [positive_data_acceptance]
    return []


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
def test_the_program_keeps_its_description(case: Any) -> None:
    answer = case.call()
    case.validate_response(answer, excluded_checks=unsayable(answer))


def test_every_route_is_described_under_a_stable_name() -> None:
    spec = get("/openapi.json").json()
    described = {(path, op["operationId"]) for path, ops in spec["paths"].items()
                 for op in ops.values()}  # fmt: skip
    assert described == {(o.path, o.id) for o in OPERATIONS if o.path != "/"}
    for ops in spec["paths"].values():
        for op in ops.values():
            assert op["summary"] and op["responses"]["400"]["$ref"].endswith("/Problem")


def test_parameters_of_tasks_are_those_of_the_one_table() -> None:
    listed = get("/openapi.json").json()["paths"]["/tasks"]["get"]["parameters"]
    assert [p["name"] for p in listed] == [*(p.name for p in PARAMS), "format"]
    assert all(p["description"] for p in listed)


def test_examples_are_real() -> None:
    spec = get("/openapi.json").json()
    shown = 0
    for path, ops in spec["paths"].items():
        op = ops["get"]
        example = op["responses"]["200"]["content"].get("application/json", {}).get("example")
        if not isinstance(example, dict) or path.startswith(("/version", "/healthz", "/readyz")):
            continue
        shown += 1
        for p in op.get("parameters", []):
            if p["in"] == "path":
                path = path.replace("{" + p["name"] + "}", p["example"])
        query = "&".join(
            f"{p['name']}={p['example'][0] if isinstance(p['example'], list) else p['example']}"
            for p in op.get("parameters", []) if p["in"] == "query" and "example" in p
        )  # fmt: skip
        if "limit" not in query and any(p["name"] == "limit" for p in op.get("parameters", [])):
            query += "&limit=1"
        assert get(f"{path}?{query}").json() == example, path
    assert shown > 15
