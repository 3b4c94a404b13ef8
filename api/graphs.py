"""Things of the graph as Turtle and JSON-LD, by the one RDF form of `kg.rdf`."""

from __future__ import annotations

from typing import Any

from api.core import Call, Operation
from api.problems import ProblemError


def describe(call: Call, operation: Operation, record: Any) -> str:
    """The RDF of one thing in the format asked for."""
    raise ProblemError("not-implemented", "该格式尚未提供。")
