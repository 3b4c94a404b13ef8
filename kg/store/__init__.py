"""The stores behind one protocol, opened from one address."""

from __future__ import annotations

from pathlib import Path

from kg.config import read_settings
from kg.errors import NotFoundError, UnavailableError
from kg.store.base import Store
from kg.store.embedded import EmbeddedStore
from kg.store.world import World

__all__ = ["open_store"]

SERVERS = ("neo4j://", "neo4j+s://", "neo4j+ssc://", "bolt://", "bolt+s://", "bolt+ssc://")


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
        raise UnavailableError("Neo4j 存储将随下一版本提供", where=address, remedy="用文件夹地址")
    if "://" in address:
        raise UnavailableError(
            "不认识的图谱地址", where=address, remedy="给文件夹，或 neo4j://主机:端口"
        )
    path = Path(address).expanduser()
    store = EmbeddedStore(path, world or World.from_settings(read_settings()), read_only=read_only)
    if read_only and not store.published:
        raise NotFoundError(
            "这里还没有图谱", where=str(path), remedy=f"运行 kg load --store {path} 建立它"
        )
    return store
