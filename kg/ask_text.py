"""A question as it is compared, and the way back to the words as they were written."""

from __future__ import annotations

import unicodedata

from msgspec import Struct

from kg.ask_words import traditional

_QUOTES = {**dict.fromkeys("“”„‟「」『』＂«»", '"'), **dict.fromkeys("‘’‚‛＇", "'")}
_INVISIBLE = {"Cf", "Cc", "Zs", "Zl", "Zp", "Mn"}


class Plain(Struct, frozen=True):
    """`text` for comparing; `origin[i]` is where its i-th character stands in `source`."""

    source: str
    text: str
    origin: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the source of a piece of the text."""
        return self.origin[start], self.origin[end - 1] + 1

    def words(self, start: int, end: int) -> str:
        """The source's own words of a piece of the text."""
        first, last = self.span(start, end)
        return self.source[first:last]

    def whole(self, start: int, end: int) -> bool:
        """Whether a Latin word ends at both ends of a piece, and is not cut out of a longer."""
        first, last = self.span(start, end)
        before = self.source[first - 1] if first else ""
        after = self.source[last] if last < len(self.source) else ""
        return not (_joined(before, self.text[start]) or _joined(self.text[end - 1], after))


def _joined(a: str, b: str) -> bool:
    return bool(a and b) and a.isascii() and b.isascii() and a.isalnum() and b.isalnum()


def plain(source: str) -> Plain:
    """Half-width, lower case, simplified, one kind of quotation mark, no white space."""
    text: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(source):
        for made in simple(char):
            text.append(made)
            origin.append(place)
    return Plain(source, "".join(text), tuple(origin))


def simple(text: str) -> str:
    """`text` in the form in which words are compared."""
    folded = "".join(_QUOTES.get(c, c) for c in text)
    folded = unicodedata.normalize("NFKC", folded).casefold().translate(traditional())
    return "".join(c for c in folded if unicodedata.category(c) not in _INVISIBLE)
