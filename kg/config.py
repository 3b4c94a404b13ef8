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
            given[f.name] = _number(f.name, value) if f.name == "port" else value
    return Settings(**given)  # type: ignore[arg-type]


def _number(name: str, value: str) -> int:
    if not value.isdecimal() or not 0 <= int(value) <= 65535:
        raise DataError(
            f"设置的值不是端口号：{value!r}",
            where=PREFIX + name.upper(),
            remedy="给 0 到 65535 的整数",
        )
    return int(value)
