"""The five bundled documents, byte for byte, with their catalogue."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from kg.catalogue import FILE_NAME, Catalogue, read_catalogue

FOLDER = Path(__file__).parent


def documents() -> tuple[Path, ...]:
    """The bundled documents, in the order of their names."""
    return tuple(sorted(FOLDER.glob("*.txt")))


@cache
def catalogue() -> Catalogue:
    """What is stated about the bundled documents; it holds wherever the same bytes lie."""
    return read_catalogue(FOLDER)


__all__ = ["FILE_NAME", "FOLDER", "catalogue", "documents"]
