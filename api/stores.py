"""Opening a store for a command: the default one fills itself with the bundled documents."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kg.config import DEFAULT_STORE, Settings, read_settings
from kg.errors import NotFoundError
from kg.registry import Registry, load_registry
from kg.store import open_store
from kg.store.base import Store
from loaders.corpus import documents as bundled_documents
from loaders.pipeline import read_document


def own_registry(settings: Settings) -> Path | None:
    """The user's own registry file, if the settings name one."""
    return Path(settings.registry).expanduser() if settings.registry else None


def own_cases(settings: Settings) -> Path | None:
    """The user's own folder of corrections, if the settings name one."""
    return Path(settings.cases).expanduser() if settings.cases else None


def registry_of(settings: Settings) -> Registry:
    """The registry the settings describe.

    Raises:
        DataError: the user's own file cannot be read.
    """
    return load_registry(own_registry(settings))


@contextmanager
def opened(store: Store) -> Iterator[Store]:
    """The store, closed afterwards."""
    try:
        yield store
    finally:
        store.close()


@contextmanager
def existing_store(address: str | None, *, read_only: bool = True) -> Iterator[Store]:
    """The store at an address, or the default one, which loads the bundled documents first.

    Raises:
        NotFoundError: nothing was published at an address that was given.
    """
    ensure(address)
    chosen = address or read_settings().store
    with opened(open_store(chosen, read_only=read_only)) as store:
        yield store


def ensure(address: str | None) -> None:
    """Load the bundled documents where no address is given and the set store is not there."""
    settings = read_settings()
    if address:
        return
    try:
        open_store(settings.store).close()
    except NotFoundError:
        print(f"首次使用：正在把随附的五份文件加载到 {settings.store}", file=sys.stderr)
        load_bundled(settings.store, settings)


def load_bundled(address: str, settings: Settings) -> None:
    """Publish the five bundled documents at an address."""
    load_files(address, settings, bundled_documents())


def load_files(address: str, settings: Settings, files: Sequence[Path]) -> None:
    """Publish files, all of which must be readable.

    Raises:
        DataError: one of them is not.
    """
    registry, cases = registry_of(settings), own_cases(settings)
    documents = [read_document(path, registry, cases) for path in files]
    with opened(open_store(address, read_only=False)) as store:
        store.publish(documents)


def readings_beside(address: str) -> Path:
    """The folder in which a load keeps what it read till that is published."""
    store = DEFAULT_STORE if "://" in address else Path(address).expanduser()
    return store.with_name(f".{store.name}.readings")
