"""The store at a Neo4j server; the only package that knows the driver."""

from kg.store.neo4j.server import Server
from kg.store.neo4j.store import Neo4jStore

__all__ = ["Neo4jStore", "Server"]
