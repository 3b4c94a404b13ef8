"""What the columns of an answer are called: as the statement writes them, on every engine.

Ladybug heads `type(r)` and `count(*)` by its inner spelling of them, Neo4j by the words of
the statement; an explorer is shown those of the statement.
"""

from __future__ import annotations

from collections.abc import Sequence

Piece = tuple[str, str]  # kind and text, blanks included
_ENDS = {"ORDER", "SKIP", "LIMIT", "OFFSET", "UNION"}


def headings(pieces: Sequence[Piece]) -> tuple[str, ...]:
    """The names of the columns, or none where the statement does not write them out.

    Args:
        pieces: the whole statement; those of the first RETURN outside brackets count, as
            for the parts of a UNION.
    """
    items: list[list[Piece]] = []
    depth, within = 0, False
    for kind, text in pieces:
        depth += (kind == "open") - (kind == "close")
        word = text.upper() if kind == "word" and depth == 0 else ""
        if within and word in _ENDS:
            break
        if not within:
            within = word == "RETURN"
            items = [[]] if within else items
        elif text == "," and depth == 0:
            items.append([])
        elif not (word == "DISTINCT" and not _solid(items[0])):
            items[-1].append((kind, text))
    found = tuple(_name(item) for item in items)
    return found if all(found) else ()


def _solid(item: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in item if piece[0] != "space"]


def _name(item: Sequence[Piece]) -> str:
    """The alias of an item, else its words; empty for `*`, which names nothing."""
    solid = _solid(item)
    if len(solid) > 2 and solid[-2][1].upper() == "AS":
        text = solid[-1][1]
        return text[1:-1].replace("``", "`") if text.startswith("`") else text
    text = "".join(text for _, text in item).strip()
    return "" if text == "*" else text
