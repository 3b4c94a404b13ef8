"""The departments of state: which spellings mean which body, and what else is known of it.

The bodies are data (``kg/data/registry.toml``, whose head explains the format); a user's own
file is laid over them and wins. A spelling means one body or none: two claims on one spelling
are refused. Offices inside a department (条法司) have no name of their own in the world; they
are found only within their department, or with its name before theirs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from functools import cached_property
from importlib import resources
from pathlib import Path

from kg.body import Body, normalise
from kg.errors import DataError
from kg.likeness import likest
from kg.registry_files import (
    BUNDLED,
    USER_SOURCE,
    body_of,
    check,
    entries,
    overlay,
    parse,
    read,
)  # fmt: skip


class Registry:
    """All bodies, and the one place where a printed name becomes a body."""

    def __init__(
        self,
        bodies: Iterable[Body],
        *,
        kinds: Mapping[str, str],
        sources: Mapping[str, str],
        field_sources: Mapping[str, str],
        as_of: str,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Index the bodies; ``files`` says for error messages which file a body is from."""
        self.bodies = tuple(bodies)
        self.kinds = dict(kinds)
        self.sources = dict(sources)
        self.field_sources = dict(field_sources)
        self.as_of = as_of
        self._files = dict(files or {})
        self._by_id = {body.id: body for body in self.bodies}
        self._children: dict[str, list[Body]] = {}
        for body in self.bodies:
            if body.parent:
                self._children.setdefault(body.parent, []).append(body)
        self._global: dict[str, str] = {}
        self._local: dict[str, list[Body]] = {}
        self._scoped: dict[str, dict[str, str]] = {}
        self._index()

    # -- what there is ---------------------------------------------------------------------

    def by_id(self, id: str) -> Body:
        """Return the body with this id; KeyError if there is none."""
        return self._by_id[id]

    def units(self, id: str) -> tuple[Body, ...]:
        """Return the offices directly inside a body, in the order of the file."""
        return tuple(self._children.get(id, ()))

    def descendants(self, id: str) -> tuple[Body, ...]:
        """Return all offices inside a body, nearer ones first."""
        return tuple(body for level in self._levels(id) for body in level)

    def ancestors(self, id: str) -> tuple[Body, ...]:
        """Return the bodies this one is inside of, the nearest first."""
        found: list[Body] = []
        parent = self._by_id[id].parent
        while parent:
            found.append(self._by_id[parent])
            parent = found[-1].parent
        return tuple(found)

    def source_of(self, body: Body, field: str) -> str:
        """Say in words where a field of a body is known from."""
        if field in ("valid_from", "valid_to", "successor") and body.reform:
            return self.sources[body.reform]
        default = "" if body.source == USER_SOURCE else self.field_sources.get(field, "")
        return self.sources[default or body.source]

    @cached_property
    def digest(self) -> str:
        """A sha256 of the content: alike for alike registries, wherever they are read."""
        content = {
            "as_of": self.as_of,
            "kinds": self.kinds,
            "sources": self.sources,
            "field_sources": self.field_sources,
            "bodies": sorted((asdict(body) for body in self.bodies), key=lambda b: str(b["id"])),
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    # -- from a name to a body -------------------------------------------------------------

    def resolve(self, name: str, within: str | None = None) -> Body | None:
        """Return the body a name means, or None.

        Args:
            name: any spelling, official or English name; or, without ``within``, an id.
            within: the body whose document prints the name (its id or any name): its own
                offices then go by their bare names, and another body's local names do not hold.
        """
        key = normalise(name)
        scope = self._scope(within)
        found = self._scoped_names(scope).get(key) if scope else None
        found = found or self._global.get(key) or self._local_meaning(key, scope)
        if found is None and within is None and name in self._by_id:
            found = name
        return self._by_id[found] if found else None

    def names(self, within: str | None = None) -> dict[str, str]:
        """Return every Chinese spelling that holds within a body's documents, with its body's id.

        For splitting lists: the longest spelling that fits is the right one. English names are
        left out; offices appear bare within their department and qualified everywhere.
        """
        scope = self._scope(within)
        found: dict[str, str] = {}
        for body in self.bodies:
            for spelling in self._world_spellings(body):
                found[spelling] = body.id
            for spelling in body.local:
                if self._local_meaning(normalise(spelling), scope) == body.id:
                    found[spelling] = body.id
        if scope:
            index = self._scoped_names(scope)
            for body in self.descendants(scope):
                for spelling in self._bare_spellings(body):
                    if index.get(normalise(spelling)) == body.id:
                        found[spelling] = body.id
        return found

    def candidates(self, text: str, limit: int = 5) -> list[Body]:
        """Return the bodies an unknown name may have meant, the likeliest first.

        Beginnings before other parts of a name, shared characters last; offices and bodies
        that are no more after those that are.
        """

        def last(body: Body) -> tuple[bool, bool]:
            return body.parent is not None, bool(body.valid_to and body.valid_to <= self.as_of)

        return likest(text, ((b, tuple(self._keys(b)), last(b)) for b in self.bodies), limit)

    def _scope(self, within: str | None) -> str | None:
        """The id of the body a document is from; an unknown one counts as a stranger's."""
        if within is None or within in self._by_id:
            return within
        return self._global.get(normalise(within), within)

    def _keys(self, body: Body) -> Iterator[str]:
        """All comparable spellings of a body."""
        for spelling in body.spellings:
            yield normalise(spelling)
        if body.en:
            yield normalise(body.en)

    def _levels(self, id: str) -> Iterator[list[Body]]:
        """The offices inside a body, one list for each depth."""
        level = self._children.get(id, [])
        while level:
            yield level
            level = [child for body in level for child in self._children.get(body.id, [])]

    def _bare_spellings(self, unit: Body) -> tuple[str, ...]:
        """The names of an office inside its department: bare, or after its parent office."""
        official = unit.official
        bare = [s for s in unit.spellings if s != official]
        parent = self._by_id[unit.parent] if unit.parent else None
        if parent is None or not parent.parent:
            return tuple(bare)
        chained = [
            before + after
            for before in self._bare_spellings(parent)
            for after in bare
            if not after.startswith(before)
        ]
        return tuple(dict.fromkeys(bare + chained))

    def _world_spellings(self, body: Body) -> tuple[str, ...]:
        """The Chinese spellings that mean this body in anybody's document."""
        if not body.parent:
            return tuple(s for s in body.spellings if s not in body.local)
        root = self.ancestors(body.id)[-1]
        qualified = [
            before + after
            for before in self._world_spellings(root)
            for after in self._bare_spellings(body)
        ]
        official = [body.official] if body.official else []
        return tuple(dict.fromkeys(official + qualified))

    def _index(self) -> None:
        """Fill the table of spellings; refuse one that two bodies claim."""
        for body in self.bodies:
            for spelling in (*self._world_spellings(body), *([body.en] if body.en else [])):
                self._claim(self._global, spelling, body)
        for body in self.bodies:
            for spelling in body.local:
                self._claim(dict(self._global), spelling, body)
                self._claim_local(spelling, body)
        for parent in self._children:
            seen: dict[str, str] = {}
            for unit in self._children[parent]:
                for spelling in self._bare_spellings(unit):
                    self._claim(seen, spelling, unit)

    def _claim(self, table: dict[str, str], spelling: str, body: Body) -> None:
        """Enter one spelling for a body, unless another body has it."""
        owner = table.setdefault(normalise(spelling), body.id)
        if owner != body.id:
            self._refuse(spelling, body, owner)

    def _claim_local(self, spelling: str, body: Body) -> None:
        """Enter a local spelling, unless another body has it in the same scope."""
        others = self._local.setdefault(normalise(spelling), [])
        for other in others:
            if set(other.scope) & set(body.scope):
                self._refuse(spelling, body, other.id)
        others.append(body)

    def _refuse(self, spelling: str, body: Body, owner: str) -> None:
        """Raise the error for a spelling that two bodies claim."""
        raise DataError(
            f"「{spelling}」既是「{body.id}」又是「{owner}」的写法，一种写法只能指一个机构",
            where=f"{self._files.get(body.id, BUNDLED)}，机构「{body.id}」",
            remedy=f"从其中一个机构去掉这种写法；若要从「{owner}」去掉，"
            f'在自己的名录中写 [[body]] id = "{owner}" drop = ["{spelling}"]',
        )

    def _scoped_names(self, scope: str) -> dict[str, str]:
        """Bare names within a body: nearer offices first, ambiguous ones left out."""
        if scope not in self._scoped:
            index: dict[str, str] = {}
            for level in self._levels(scope):
                claims: dict[str, set[str]] = {}
                for unit in level:
                    for spelling in self._bare_spellings(unit):
                        claims.setdefault(normalise(spelling), set()).add(unit.id)
                for key, ids in claims.items():
                    if len(ids) == 1:
                        index.setdefault(key, min(ids))
            self._scoped[scope] = index
        return self._scoped[scope]

    def _local_meaning(self, key: str, scope: str | None) -> str | None:
        """The body a local spelling means within a scope, or with no scope known."""
        bodies = self._local.get(key, [])
        if scope is not None:
            bodies = [body for body in bodies if scope in (body.id, *body.scope)]
        return bodies[0].id if len(bodies) == 1 else None


def load_registry(extra: Path | None = None) -> Registry:
    """Read the bundled registry and lay a user's own file (``KG_REGISTRY``) over it.

    Args:
        extra: the user's file; its bodies are added, the fields it gives for a body of ours
            replace ours (aliases and hidden spellings are added, ``drop`` takes some away).

    Raises:
        DataError: a file cannot be read, or two bodies claim one spelling.
    """
    data = parse(resources.files("kg.data").joinpath(BUNDLED).read_bytes(), BUNDLED)
    raw = dict(entries(data, BUNDLED))
    files = dict.fromkeys(raw, BUNDLED)
    if extra is not None:
        own = parse(read(extra), str(extra))
        data["sources"] |= {USER_SOURCE: "用户自己的名录"} | own["sources"]
        data["kinds"] |= own["kinds"]
        for id, entry in entries(own, str(extra)):
            raw[id] = overlay(raw.get(id), entry)
            files[id] = str(extra)
    bodies = [body_of(id, entry, files[id]) for id, entry in raw.items()]
    check(bodies, data, files)
    return Registry(
        bodies,
        kinds=data["kinds"],
        sources=data["sources"],
        field_sources=data["field_sources"],
        as_of=data["as_of"],
        files=files,
    )


__all__ = ["Body", "Registry", "load_registry", "normalise"]
