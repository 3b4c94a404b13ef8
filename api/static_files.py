"""The few files beside the pages: style sheet and icon, served from the package."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib import resources

from fastapi import Request, Response

from api.core import read_pairs
from api.negotiate import Format
from api.problems import ProblemError, invalid
from api.reply import respond

TYPES = {
    ".css": Format("css", "text/css", "CSS", "; charset=utf-8"),
    ".svg": Format("svg", "image/svg+xml", "SVG"),
    ".js": Format("js", "text/javascript", "JavaScript", "; charset=utf-8"),
}


@cache
def files() -> dict[str, tuple[bytes, str]]:
    """Name → (content, its SHA-256) of every file that may be had."""
    found = {}
    for item in resources.files("api").joinpath("static").iterdir():
        if item.is_file() and _suffix(item.name) in TYPES:
            content = item.read_bytes()
            found[item.name] = (content, sha256(content).hexdigest())
    return found


def static(request: Request) -> Response:
    """`GET /static/{name}`."""
    for name, _ in read_pairs(request.scope["query_string"]):
        raise invalid(name, f"没有这个参数：{name[:60]!r}")
    name = request.path_params["name"]
    if name not in files():
        raise ProblemError("not-found", f"没有这个文件：{name[:60]}")
    content, digest = files()[name]
    return respond(request, content, TYPES[_suffix(name)], sha256=digest)


def _suffix(name: str) -> str:
    return "." + name.rpartition(".")[2]
