"""Ids and IRIs: readable, the same on every machine, derived from content only."""

from __future__ import annotations

import re
import unicodedata

PLURAL = {
    "task": "tasks",
    "project": "projects",
    "goal": "goals",
    "indicator": "indicators",
    "target": "targets",
    "section": "sections",
    "document": "documents",
    "department": "departments",
    # What is computed is no page of the API: a part of the version that it was computed from.
    "instrument": "version#instruments",
    "topic": "version#topics",
}
# What an IRI may hold beyond ASCII: `ucschar` of RFC 3987, section 2.2.
_UCSCHAR = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U000e1000-\U000efffd" + "".join(
    f"{chr(plane << 16)}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 14)
)
_UNSAFE = re.compile(rf"""[\x00-\x20\x7f<>"{{}}|\\^`%/?#\[\]]|[^\x00-\x7f{_UCSCHAR}]""")


UNIT_MARK = "-"  # an office's id is "parent-office"


def iri(base: str, kind: str, id: str) -> str:
    """The IRI of a thing: base, plural of its kind, its id; Chinese stays readable.

    Characters that an IRI or a path may not hold are percent-encoded, so that the path
    after `base` is the address of the thing at the API.
    """
    safe = _UNSAFE.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), id)
    return f"{base}{PLURAL[kind]}/{safe}"


def slug(text: str) -> str:
    """A document id from a file's stem or a printed number: no slash, no white space."""
    text = unicodedata.normalize("NFKC", text)
    return re.sub(r"[^\w.\-]+", "-", text).strip("-.") or "document"


def squeeze(text: str) -> str:
    """Text for comparing and searching: NFKC, case folded, without white space."""
    return "".join(unicodedata.normalize("NFKC", text).split()).casefold()
