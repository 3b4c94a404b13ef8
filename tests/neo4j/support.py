"""Stores at test servers, and the five bundled documents; no test here."""

from __future__ import annotations

from functools import cache

from kg.model import LoadedDocument
from kg.registry import load_registry
from kg.store.memory import MemoryStore
from kg.store.neo4j import Neo4jStore, Server
from kg.store.world import World
from loaders.corpus import documents
from loaders.pipeline import read_document
from tests.neo4j.server import PASSWORD, USER, Neo4jServer

BASE = "http://127.0.0.1:8000/"


@cache
def world() -> World:
    return World.of(load_registry(), BASE)


def store_at(server: Neo4jServer, *, read_only: bool = False) -> Neo4jStore:
    return Neo4jStore(Server(server.address, USER, PASSWORD), world(), read_only=read_only)


@cache
def bundled() -> tuple[LoadedDocument, ...]:
    return tuple(read_document(path, world().registry) for path in documents())


def reference(*docs: LoadedDocument) -> MemoryStore:
    """The plain reference with these documents."""
    store = MemoryStore(world())
    store.publish(docs)
    return store
