"""The stores behind one protocol, opened from one address."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from kg.config import read_settings
from kg.errors import NotFoundError, UnavailableError
from kg.store.base import Store
from kg.store.embedded import EmbeddedStore
from kg.store.world import World

if TYPE_CHECKING:
    from kg.store.neo4j import Neo4jStore

__all__ = ["check_address", "open_store"]

SERVERS = ("neo4j://", "neo4j+s://", "neo4j+ssc://", "bolt://", "bolt+s://", "bolt+ssc://")


def check_address(address: str) -> None:
    """Refuse an address that is neither a folder nor a server's: ``neo4j:/…``, ``http://…``.

    Raises:
        UnavailableError: it would name a folder that nobody meant.
    """
    if not address.startswith(SERVERS) and re.match(r"[A-Za-z][A-Za-z0-9+.-]+:(?!\\)", address):
        raise UnavailableError(
            "不认识的图谱地址", where=address, remedy="给文件夹，或 neo4j://主机:端口"
        )


def open_store(address: str, *, read_only: bool = True, world: World | None = None) -> Store:
    """Open the store at an address: a folder, or a server's ``neo4j://`` or ``bolt://``.

    Opened to write (`read_only` False), a folder that is not there yet is an empty store
    and is created by the first publication. `world` is what the settings say, unless given.

    Raises:
        NotFoundError: nothing was published at a folder that is to be read.
        ConflictError: the folder holds something else, or another layout.
        UnavailableError: the address cannot be served.
    """
    if address.startswith(SERVERS):
        return _open_server(address, read_only, world)
    check_address(address)
    path = Path(address).expanduser().absolute()  # query processes stand in another folder
    store = EmbeddedStore(path, world or World.from_settings(read_settings()), read_only=read_only)
    if read_only and not store.published:
        raise NotFoundError(
            "这里还没有图谱", where=str(path), remedy=f"运行 kg load --store {path} 建立它"
        )
    return store


def _open_server(address: str, read_only: bool, world: World | None) -> Store:
    """Open the store at a server; one that is away is opened all the same, and asked later.

    Raises:
        NotFoundError: nothing was published at a server that is to be read.
        UnavailableError: no password was given.
    """
    # Only here: the driver takes its time, and few need it.
    from kg.store.neo4j import Neo4jStore, Server

    settings = read_settings()
    server = Server(address, settings.neo4j_user, settings.neo4j_password)
    store = Neo4jStore(server, world or World.from_settings(settings), read_only=read_only)
    if read_only and not _published(store):
        store.close()
        raise NotFoundError(
            "这里还没有图谱", where=address, remedy=f"运行 kg load --store {address} 建立它"
        )
    return store


def _published(store: Neo4jStore) -> bool:
    try:
        return store.published
    except UnavailableError:
        return True  # not known: whoever asks is told, and answered once it is back
