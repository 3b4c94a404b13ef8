"""Ladybug in a child; not there yet."""

from __future__ import annotations

from kg.console.wire import Answer, Start


def opened(start: Start) -> Answer:
    """The engine a child answers with."""
    raise NotImplementedError
