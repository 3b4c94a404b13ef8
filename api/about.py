"""Which program and which ontology this is."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version

from kg import ontology


@cache
def program_version() -> str:
    """The version of the installed package."""
    try:
        return version("policy-kg")
    except PackageNotFoundError:
        return "0"


def ontology_version() -> str:
    """The version of the vocabulary the graph is written in."""
    return ontology.load().version
