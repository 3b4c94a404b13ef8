"""Which bodies an unknown name may have meant: likeness of spellings, a suggestion and no more."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from kg.body import HAN, Body, normalise

_UNLIKE = 5


def _likeness(text: str, spelling: str) -> tuple[int, float]:
    """Rank a spelling against unknown input: lower is likelier; _UNLIKE is no likeness."""
    surplus = float(abs(len(spelling) - len(text)))
    if spelling == text:
        return 0, surplus
    if spelling.startswith(text):
        return 1, surplus
    if text in spelling:
        return 2, surplus
    if len(spelling) > 1 and spelling in text:
        return 3, surplus
    if not HAN.search(text):
        return _UNLIKE, surplus
    common = sum((Counter(text) & Counter(spelling)).values())
    overlap = 2 * common / (len(text) + len(spelling))
    return (4, -overlap) if overlap > 0.5 else (_UNLIKE, 0.0)


def likest(
    text: str,
    bodies: Iterable[tuple[Body, tuple[str, ...], tuple[bool, bool]]],
    limit: int,
) -> list[Body]:
    """The bodies likest to a text, the likest first.

    Beginnings before other parts of a name, shared characters last.

    Args:
        text: what was written.
        bodies: each with its spellings, normalised, and what puts it after others.
        limit: how many at most.
    """
    key = normalise(text)
    if not key:
        return []
    ranked = []
    for place, (body, spellings, after) in enumerate(bodies):
        tier, distance = min(_likeness(key, spelling) for spelling in spellings)
        if tier < _UNLIKE:
            ranked.append((tier, after, distance, place, body))
    ranked.sort(key=lambda entry: entry[:4])
    return [entry[4] for entry in ranked[:limit]]
