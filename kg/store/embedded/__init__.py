"""The default store: one folder, an SQLite index and an Oxigraph dataset per version."""

from kg.store.embedded.store import EmbeddedStore

__all__ = ["EmbeddedStore"]
