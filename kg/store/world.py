"""What shapes the graph beside the documents: registry, base IRI, ontology, program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kg import ontology
from kg.config import Settings
from kg.describe import describe
from kg.merge import Part, merge
from kg.model import LoadedDocument
from kg.records import DepartmentRecord
from kg.registry import Registry, load_registry


def _program() -> str:
    try:
        return version("policy-kg")
    except PackageNotFoundError:
        return "0"


@dataclass(frozen=True)
class World:
    """The surroundings in which documents become a graph."""

    registry: Registry
    base_iri: str
    ontology_version: str
    program: str

    @classmethod
    def from_settings(cls, settings: Settings) -> World:
        """The world the settings describe: the user's registry over the bundled one."""
        own = Path(settings.registry) if settings.registry else None
        return cls.of(load_registry(own), settings.base_iri)

    @classmethod
    def of(cls, registry: Registry, base_iri: str) -> World:
        """The world of this program and its ontology."""
        return cls(registry, base_iri, ontology.load().version, _program())

    @cached_property
    def digest(self) -> str:
        """Changes when anything here does that the graph shows."""
        parts = (self.registry.digest, self.ontology_version, self.base_iri)
        return sha256("\n".join(parts).encode()).hexdigest()

    def merge(self, family: Sequence[LoadedDocument]) -> Part:
        """The records of one family."""
        return merge(family, registry=self.registry, base_iri=self.base_iri)

    def describe(self, id: str, name: str, collective: bool) -> DepartmentRecord:
        """A department as the registry knows it, without counts."""
        return describe(id, name, collective, self.registry, self.base_iri)
