"""Families: documents that share a key and must be merged together."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping


def closure(
    start: Iterable[str],
    keys_of: Callable[[str], Iterable[str]],
    documents_of: Callable[[str], Iterable[str]],
) -> set[str]:
    """All documents connected with `start` over shared keys, `start` included."""
    found = set(start)
    open_, seen = list(found), set[str]()
    while open_:
        for key in set(keys_of(open_.pop())) - seen:
            seen.add(key)
            fresh = set(documents_of(key)) - found
            found |= fresh
            open_.extend(fresh)
    return found


def by_key(keys: Mapping[str, Iterable[str]]) -> dict[str, set[str]]:
    """Key → documents that have it."""
    index: dict[str, set[str]] = {}
    for document, own in keys.items():
        for key in own:
            index.setdefault(key, set()).add(document)
    return index


def families(keys: Mapping[str, Iterable[str]]) -> list[tuple[str, ...]]:
    """The connected components, each sorted, in the order of their first document."""
    index = by_key(keys)
    left = set(keys)
    out = []
    for document in sorted(keys):
        if document in left:
            members = closure([document], keys.__getitem__, index.__getitem__)
            left -= members
            out.append(tuple(sorted(members)))
    return out
