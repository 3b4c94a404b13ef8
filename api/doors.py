"""Where to look next, said for the door a user came in by: addresses mean nothing in a terminal.

The project's answers and errors name addresses of the HTTP face (`/tasks?…`, `/departments`).
"""

from __future__ import annotations

import re
import shlex
from urllib.parse import parse_qsl

from kg.errors import KgError
from kg.params import BY_NAME

_LIST = re.compile(r"/(departments|documents|projects|indicators)\b")
_QUESTION = re.compile(r"/tasks(?:\?([!-~]+))?(?![!-~])")
TERMINAL = {
    "departments": 'kg cypher "MATCH (d:Department) RETURN d.name"',
    "documents": "kg documents",
    "projects": 'kg cypher "MATCH (p:Project) RETURN p.number, p.name"',
    "indicators": 'kg cypher "MATCH (i:Indicator) RETURN i.number, i.name"',
}
TOOLS = {
    "departments": "find_tasks（facets=led_by,involves）",
    "documents": "find_tasks（facets=document）",
    "projects": "find_tasks（facets=project）",
    "indicators": "indicator_series",
}


def advice(error: KgError, places: dict[str, str]) -> str:
    """The remedy and the candidates of an error, in one line; empty if there are none."""
    remedy = _LIST.sub(lambda m: places[m[1]], error.remedy)
    return "；".join(filter(None, [remedy, error.meant]))


def at_terminal(words: str) -> str:
    """Words whose addresses of questions have become commands to copy."""
    return _QUESTION.sub(lambda m: _command(m[1] or ""), words)


def _command(query: str) -> str:
    words = ["kg", "tasks"]
    for name, value in parse_qsl(query):
        words.append("--" + name.replace("_", "-"))
        if BY_NAME[name].type != "flag":
            words.append(value)
        elif value != "true":
            return f"/tasks?{query}"  # the command line cannot say no to a flag
    return shlex.join(words)
