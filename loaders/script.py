"""Traditional characters read as simplified ones, one for one, so that every place stays.

Only the rules see the simplified text; what is quoted is always the text as printed.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import msgspec
import opencc

from kg.model import Extraction, Span

# Characters of official prose that simplified text never prints.
_TELLING = re.compile("[國務單門責負牽頭發財與農業電會關總書長開進實]")
SHARE = 0.02


def is_traditional(text: str) -> bool:
    """Whether a text is printed in traditional characters."""
    return len(_TELLING.findall(text)) > SHARE * len(text)


def to_simplified(text: str) -> str:
    """The text with each traditional character as its simplified one; as long as before."""
    return text.translate(_table())


@cache
def _table() -> dict[int, str]:
    chars = [chr(c) for c in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    simple = opencc.OpenCC("t2s").convert("\n".join(chars)).split("\n")
    return {ord(a): b for a, b in zip(chars, simple, strict=True) if a != b and len(b) == 1}


def as_printed(read: Extraction, text: str) -> Extraction:
    """An extraction of simplified text with every word as `text` prints it.

    What has a span is taken from the text again; canonical names stay simplified.
    """
    headings = {s.heading: text[slice(*s.span)] for s in read.sections}
    plain = msgspec.to_builtins(read)
    return msgspec.convert(_printed(plain, text, headings), Extraction)


_QUOTED = {
    "text": "span", "quote": "span", "mention": "span", "heading": "span", "title": "title_span",
    "scope": "scope_span", "deadline": "deadline_span", "issuer": "issuer_span",
    "detail": "detail_span", "task": "task_span",
}  # fmt: skip


def _printed(value: Any, text: str, headings: dict[str, str]) -> Any:
    if isinstance(value, (list, tuple)):
        return [_printed(v, text, headings) for v in value]
    if not isinstance(value, dict):
        return value
    out = {k: _printed(v, text, headings) for k, v in value.items()}
    for field, place in _QUOTED.items():
        span: Span | None = value.get(place)
        if span is None or value.get(field) is None or ("measures" in value and field == "heading"):
            continue
        length = len(value[field])
        whole = text[slice(*span)]
        out[field] = whole if to_simplified(whole) == value[field] else _inside(
            whole, value[field], length)  # fmt: skip
    for path in ("section", "path"):
        if path in value:
            out[path] = [headings.get(h, h) for h in value[path]]
    if value.get("measure_spans"):
        out["measures"] = [text[slice(*s)] for s in value["measure_spans"]]
    return out


def _inside(whole: str, simplified: str, length: int) -> str:
    """Words that fill only a part of their span, as printed there."""
    at = to_simplified(whole).find(simplified)
    return whole[at : at + length] if at >= 0 else simplified
