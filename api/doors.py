"""Where to look next, said for the door a user came in by: addresses mean nothing in a terminal.

The project's errors name addresses of the HTTP face (`/departments`).
"""

from __future__ import annotations

import re

from kg.errors import KgError

_ADDRESS = re.compile(r"/(departments|documents)\b")
TERMINAL = {
    "departments": 'kg cypher "MATCH (d:Department) RETURN d.name"',
    "documents": "kg documents",
}
TOOLS = {"departments": "resolve_department", "documents": "find_tasks 的答案"}


def advice(error: KgError, places: dict[str, str]) -> str:
    """The remedy and the candidates of an error, in one line; empty if there are none."""
    remedy = _ADDRESS.sub(lambda m: places[m[1]], error.remedy)
    return "；".join(filter(None, [remedy, error.meant]))
