"""One body of state as data, and the form in which its spellings are compared."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
HAN = re.compile(r"[\u3400-\u9fff]")


def normalise(name: str) -> str:
    """Return the form in which spellings are compared: NFKC, no white space, no case."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True, slots=True)
class Body:
    """One body: its names, its kind, where it belongs, since when, and who says so.

    ``parent`` is the body it is an office of; ``managed_by`` the ministry that manages a
    national bureau, which is not the same. ``local`` spellings hold only in documents of the
    bodies in ``scope``. ``source`` and ``reform`` are keys of the registry's sources.
    """

    id: str
    name: str
    kind: str
    source: str
    official: str | None = None
    en: str | None = None
    aliases: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    parent: str | None = None
    managed_by: str | None = None
    local: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    successor: str | None = None
    reform: str | None = None
    note: str | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every Chinese spelling, the canonical name first, none twice."""
        given = (self.name, self.official or "", *self.aliases, *self.hidden, *self.local)
        return tuple(dict.fromkeys(s for s in given if s))
