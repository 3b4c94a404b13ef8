"""Which representation of a thing a request asks for (RFC 9110, section 12.5)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct


class Format(Struct, frozen=True):
    """A representation: its short name (``format=``), its media type, its label."""

    name: str
    media_type: str
    label: str
    options: str = ""

    @property
    def content_type(self) -> str:
        """The value of the Content-Type header."""
        return self.media_type + self.options


UTF8 = "; charset=utf-8"
JSON = Format("json", "application/json", "JSON")
HTML = Format("html", "text/html", "网页", UTF8)
CSV = Format("csv", "text/csv", "CSV", UTF8)
TURTLE = Format("turtle", "text/turtle", "Turtle", UTF8)
JSONLD = Format("jsonld", "application/ld+json", "JSON-LD")
TEXT = Format("text", "text/plain", "文本", UTF8)
FORMATS = {f.name: f for f in (JSON, HTML, CSV, TURTLE, JSONLD, TEXT)}

_RANGE = re.compile(r"\s*([\w!#$&^.+-]+|\*)/([\w!#$&^.+-]+|\*)\s*((?:;[^,]*)?)$")
_Q = re.compile(r";\s*q\s*=\s*([^;\s]*)", re.IGNORECASE)
_QVALUE = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$")


def accepted(header: str) -> list[tuple[str, str, float]]:
    """The media ranges of an Accept header; a range that cannot be read is left out."""
    ranges = []
    for part in header.split(","):
        match = _RANGE.match(part)
        if not match or (match[1] == "*" != match[2]):
            continue
        weight = _Q.search(match[3])
        if weight and not _QVALUE.match(weight[1]):
            continue
        ranges.append((match[1].lower(), match[2].lower(), float(weight[1]) if weight else 1.0))
    return ranges


def quality(media_type: str, ranges: Sequence[tuple[str, str, float]]) -> float:
    """How welcome a media type is: the weight of the most specific range that fits."""
    main, sub = media_type.split("/")
    best, weight = -1, 0.0
    for r_main, r_sub, q in ranges:
        if r_main not in ("*", main) or r_sub not in ("*", sub):
            continue
        specific = (r_main != "*") + (r_sub != "*")
        if specific > best or (specific == best and q > weight):
            best, weight = specific, q
    return weight


def choose(header: str | None, offered: Sequence[Format]) -> Format | None:
    """The best of `offered` (in our order of preference), or None if none is acceptable.

    No header, or one without any readable range, accepts everything.
    """
    ranges = accepted(header or "")
    if not ranges:
        return offered[0]
    weights = [quality(f.media_type, ranges) for f in offered]
    best = max(weights)
    return offered[weights.index(best)] if best > 0 else None


def wants_html(header: str | None) -> bool:
    """Whether a reader of error messages is a browser: HTML named and above any JSON."""
    ranges = accepted(header or "")
    if not any(main == "text" and sub == "html" for main, sub, _ in ranges):
        return False
    html = quality("text/html", ranges)
    json = max(quality("application/problem+json", ranges), quality("application/json", ranges))
    return html > json


def encoding_accepted(header: str | None, coding: str) -> bool:
    """Whether a content coding is named in Accept-Encoding with a weight above zero."""
    for part in (header or "").split(","):
        name, _, rest = part.strip().partition(";")
        if name.strip().lower() == coding:
            weight = _Q.search(";" + rest)
            return not weight or (bool(_QVALUE.match(weight[1])) and float(weight[1]) > 0)
    return False
