"""Every environment read of the project, in one place."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path

from kg.errors import DataError

PREFIX = "KG_"
CLONE = Path(__file__).resolve().parents[1]


def _default_store() -> Path:
    """In a clone ``.kg/store`` inside it, else the user's data folder: clones stay apart."""
    if (CLONE / "pyproject.toml").is_file() and (CLONE / "ontology.ttl").is_file():
        return CLONE / ".kg" / "store"
    return Path.home() / ".local" / "share" / "policy-kg" / "store"


DEFAULT_STORE = _default_store()


def _setting(default: object, help: str) -> object:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Settings:
    """The settings, each read from ``KG_`` + its name in capitals."""

    store: str = _setting(str(DEFAULT_STORE), "地址：文件夹，或 neo4j://主机:端口 · store address")  # type: ignore[assignment]
    neo4j_user: str = _setting("neo4j", "Neo4j 用户名 · user name")  # type: ignore[assignment]
    neo4j_password: str = _setting("", "Neo4j 口令，无默认值 · password, no default")  # type: ignore[assignment]
    base_iri: str = _setting(  # type: ignore[assignment]
        "http://127.0.0.1:8000/",
        "图中各事物 IRI 的前缀；对外服务时先设为公开地址再加载 · prefix of all IRIs",
    )
    registry: str = _setting("", "用户自己的机构登记文件（TOML），优先于内置 · own registry file")  # type: ignore[assignment]
    cases: str = _setting("", "用户自己的更正文件夹（见 kg case） · folder of own corrections")  # type: ignore[assignment]
    host: str = _setting("127.0.0.1", "服务监听的地址 · address to listen on")  # type: ignore[assignment]
    port: int = _setting(8000, "服务监听的端口 · port to listen on")  # type: ignore[assignment]
    query_seconds: int = _setting(10, "一个 SPARQL 或 Cypher 查询的秒数上限 · seconds of a query")  # type: ignore[assignment]
    query_memory: int = _setting(512, "一个查询的内存上限，MB · memory of a query")  # type: ignore[assignment]
    query_workers: int = _setting(4, "同时计算的查询数 · queries at once")  # type: ignore[assignment]
    sparql_services: str = _setting(  # type: ignore[assignment]
        "", "SERVICE 可以调用的地址，逗号分隔；默认都不可以 · services that may be called"
    )


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from the environment.

    Raises:
        DataError: a value has the wrong type.
    """
    env = os.environ if environ is None else environ
    given: dict[str, object] = {}
    for f in fields(Settings):
        value = env.get(PREFIX + f.name.upper())
        if value:
            given[f.name] = _number(f.name, value) if isinstance(f.default, int) else value
    return Settings(**given)  # type: ignore[arg-type]


def _number(name: str, value: str) -> int:
    least = 0 if name == "port" else 1
    if not value.isdecimal() or not least <= int(value) <= 65535:
        raise DataError(
            f"设置的值不是所要的整数：{value!r}",
            where=PREFIX + name.upper(),
            remedy=f"给 {least} 到 65535 的整数",
        )
    return int(value)
