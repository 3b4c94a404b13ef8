"""A stretch of text as the clause rules see it, each character still knowing its place.

Blanks, line breaks, page numbers and image marks inside it are passed over, brackets and
punctuation are of one width; nothing of this is ever shown or stored: what is printed is
always taken from the canonical text at the place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model import Span

PAGE_NUMBER = (
    r"(?:[-—–－][ \t　]*\d{1,4}[ \t　]*[-—–－]"
    r"|第[ \t]*\d{1,4}[ \t]*页(?:[ \t]*共[ \t]*\d{1,4}[ \t]*页)?)"
)
_NOISE = re.compile(
    rf"\[image:[^\]\n]*\]|[\s　]*\n[\s　]*{PAGE_NUMBER}[ \t　]*(?=\n|$)"
    r"|[\s　\xa0\u200b\u2028\ufeff]+"
)
_WIDE = str.maketrans(
    dict.fromkeys("([〔【［﹝", "（")
    | dict.fromkeys(")]〕】］﹞", "）")
    | dict.fromkeys(",﹐", "，")
    | dict.fromkeys(";﹔", "；")
    | dict.fromkeys(":∶︰﹕", "：")  # ∶ is the ratio sign, which some input methods give
    | dict.fromkeys("､﹑", "、")
    | {"｡": "。"}
)


@dataclass(frozen=True)
class View:
    """`s` is what the rules match; `at[i]` is where its character i stands in `text`."""

    text: str
    s: str
    at: tuple[int, ...]

    @classmethod
    def of(cls, text: str, start: int, end: int) -> View:
        """A view of text[start:end]."""
        chars: list[str] = []
        places: list[int] = []
        at = start
        while at < end:
            noise = _NOISE.match(text, at, end)
            if noise:
                at = noise.end()
                continue
            chars.append(text[at])
            places.append(at)
            at += 1
        return cls(text, "".join(chars).translate(_WIDE), tuple(places))

    def cut(self, start: int, end: int) -> View:
        """The view of a part, by its own offsets."""
        return View(self.text, self.s[start:end], self.at[start:end])

    def without(self, start: int, end: int) -> View:
        """The view with a part left out."""
        return View(self.text, self.s[:start] + self.s[end:], self.at[:start] + self.at[end:])

    @property
    def span(self) -> Span:
        """Where it stands in the canonical text."""
        return (self.at[0], self.at[-1] + 1) if self.at else (0, 0)

    @property
    def printed(self) -> str:
        """The words as printed, blanks and all."""
        return self.text[slice(*self.span)]

    def broken_at(self, index: int) -> bool:
        """Whether a blank stood before character `index`."""
        return index > 0 and self.at[index] > self.at[index - 1] + 1

    def strip(self, chars: str) -> View:
        """Without these characters at either end."""
        start, end = 0, len(self.s)
        while start < end and self.s[start] in chars:
            start += 1
        while end > start and self.s[end - 1] in chars:
            end -= 1
        return self.cut(start, end)
