"""The words the Chinese question reader knows: `kg/data/ask.toml`, read once."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from msgspec import Struct

FILE = "ask.toml"
# Tables of single lists, in the file's own names, and the kind of token each word becomes.
_KINDS = {
    "fillers": "filler",
    "task_nouns": "noun",
    "conjunctions": "conj",
    "count": "count",
    "text_intros": "intro",
    "negated_before": "not",
    "negated_after": "not_after",
    "no_lead": "no_lead",
    "no_lead_verb": "no_lead_verb",
    "stated_lead": "stated_lead",
    "collective": "collective",
    "only": "only",
    "who": "who",
    "most": "most",
    "units": "units",
}
_COUNTING = ("多少", "几")


class Words(Struct, frozen=True, kw_only=True):
    """`kinds`: word → (kind of token, value); the rest are lists the reader looks into."""

    kinds: dict[str, tuple[str, str]]
    soft_intros: frozenset[str]
    text_ends: tuple[str, ...]
    about: tuple[str, ...]
    body_endings: tuple[str, ...]
    exception_ends: frozenset[str]
    helps: frozenset[str]
    joins: frozenset[str]
    colloquial: dict[str, str]
    document_kinds: dict[str, tuple[str, ...]]


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("kg.data").joinpath(FILE).read_text("utf-8"))


@cache
def traditional() -> dict[int, int]:
    """Traditional characters and their simplified form, for `str.translate`."""
    table = _data()["traditional"]
    return str.maketrans(table["from"], table["to"])


@cache
def examples() -> tuple[str, ...]:
    """Questions that can be read whatever documents are loaded."""
    return tuple(_data()["examples"])


@cache
def words() -> Words:
    """All words of the file."""
    data = _data()
    kinds: dict[str, tuple[str, str]] = {}
    for name, kind in _KINDS.items():
        _enter(kinds, data[name], kind, "")
    _enter(kinds, data["which_document"], "which", "document")
    _enter(kinds, data["which_year"], "which", "year")
    for relation, text in data["relations"].items():
        _enter(kinds, text, "relation", relation)
    for role, text in data["bare_roles"].items():
        _enter(kinds, text, "bare_role", role)
    for refusal in data["refusals"]:
        said = refusal["words"].split()
        said += ["有" + word for word in said if word.startswith(_COUNTING)]
        _enter(kinds, " ".join(said), "refuse", refusal["why"])
    for noun in data["unit_nouns"].split():
        for before in ("", *data["unit_prefixes"].split()):
            kinds.setdefault(before + noun, ("units", "" if before else "alone"))
    return Words(
        kinds=kinds,
        soft_intros=frozenset(data["soft_intros"].split()),
        text_ends=tuple(data["text_ends"].split()),
        about=tuple(data["about"].split()),
        body_endings=tuple(data["body_endings"].split()),
        exception_ends=frozenset(data["exception_ends"].split()),
        helps=frozenset(data["between"]["helps"].split()),
        joins=frozenset(data["between"]["joins"].split()),
        colloquial=dict(data["colloquial"]),
        document_kinds={k: tuple(v.split()) for k, v in data["document_kinds"].items()},
    )


def _enter(kinds: dict[str, tuple[str, str]], text: str, kind: str, value: str) -> None:
    for word in text.split():
        kinds.setdefault(word, (kind, value))
