"""The description and the program agree: schemathesis tries what OpenAPI says, and more."""

from __future__ import annotations

from typing import Any

import hypothesis
import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.test_api_support import new_client

EXAMPLES = 25
schema = schemathesis.openapi.from_asgi("/openapi.json", new_client().app)


def unsayable(answer: Any) -> bool:
    """Refusals no schema can foretell: a cursor of no page, a question nobody understands."""
    if answer.status_code == 422:
        return True
    wrong = [e["parameter"] for e in answer.json()["errors"]] if answer.status_code == 400 else []
    return wrong == ["cursor"]


@schema.parametrize()
@hypothesis.settings(
    max_examples=EXAMPLES, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)  # fmt: skip
def test_the_program_keeps_its_description(case: Any) -> None:
    answer = case.call()
    excluded = [positive_data_acceptance] if unsayable(answer) else []
    case.validate_response(answer, excluded_checks=excluded)
