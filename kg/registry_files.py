"""Registry files: TOML to bodies, a user's file laid over ours, everything checked."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from kg.body import Body, normalise
from kg.errors import DataError

BUNDLED = "registry.toml"
USER_SOURCE = "user"
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")

_LISTS = ("aliases", "hidden", "local", "scope")
_TEXTS = tuple(f.name for f in fields(Body) if f.name not in _LISTS)
_TABLES = ("kinds", "sources", "field_sources")
_REFERENCES = ("parent", "managed_by", "successor")


def read(path: Path) -> bytes:
    """The bytes of a user's file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"读不到机构名录（{error.strerror or error}）",
            where=str(path),
            remedy="检查 KG_REGISTRY 所指的文件是否存在、可读",
        ) from error


def parse(content: bytes, where: str) -> dict[str, Any]:
    """Parse a registry file and see that its top level has the expected form."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(
            f"机构名录不是有效的 TOML：{error}",
            where=where,
            remedy="文件须为 UTF-8 编码的 TOML，格式见随附名录 kg/data/registry.toml 开头的说明",
        ) from error
    unknown = sorted(set(data) - {"as_of", "body", *_TABLES})
    if unknown:
        raise _malformed(f"不认识的项目：{'、'.join(unknown)}", where)
    for table in _TABLES:
        entries = data.setdefault(table, {})
        if not isinstance(entries, dict) or not all(isinstance(v, str) for v in entries.values()):
            raise _malformed(f'[{table}] 须是「键 = "文字"」的表', where)
    bodies = data.setdefault("body", [])
    if not isinstance(bodies, list) or not all(isinstance(entry, dict) for entry in bodies):
        raise _malformed("机构须逐个写成 [[body]]", where)
    data["as_of"] = str(data.get("as_of", ""))
    return data


def _malformed(what: str, where: str) -> DataError:
    """The error for a file of the wrong form."""
    return DataError(what, where=where, remedy="格式见随附名录 kg/data/registry.toml 开头的说明")


def entries(data: Mapping[str, Any], where: str) -> list[tuple[str, dict[str, Any]]]:
    """The entries of a file with their ids, none twice."""
    entries = [(_id_of(entry, where), entry) for entry in data["body"]]
    for id, count in Counter(id for id, _ in entries).items():
        if count > 1:
            raise _malformed(f"机构「{id}」写了 {count} 次", where)
    return entries


def _id_of(entry: Mapping[str, Any], where: str) -> str:
    """The id of an entry: as given, else its name, after its parent's id for an office."""
    name, parent = entry.get("name"), entry.get("parent")
    id = entry.get("id") or (f"{parent}-{name}" if parent and name else name)
    if not isinstance(id, str) or not id.strip():
        raise _malformed("有一个 [[body]] 既没有 name 也没有 id", where)
    if "/" in id:
        raise _malformed(f"机构的 id 不能含「/」：{id}", where)
    return id


def overlay(ours: dict[str, Any] | None, own: dict[str, Any]) -> dict[str, Any]:
    """Lay a user's entry over ours: fields replace, spellings are added, ``drop`` removes."""
    if ours is None:
        return {"source": USER_SOURCE} | own
    merged = ours | own
    for field in ("aliases", "hidden"):
        if isinstance(own.get(field, []), list):
            merged[field] = [*ours.get(field, []), *own.get(field, [])]
    return merged


def body_of(id: str, entry: Mapping[str, Any], where: str) -> Body:
    """Turn one entry of a file into a body."""
    place = f"{where}，机构「{id}」"
    unknown = sorted(set(entry) - {*_LISTS, *_TEXTS, "drop"})
    if unknown:
        raise _malformed(f"不认识的字段：{'、'.join(unknown)}", place)
    texts = {f: _text(entry[f], f, place) for f in _TEXTS if f in entry and f != "id"}
    dropped = {normalise(s) for s in _texts(entry.get("drop", []), "drop", place)}
    lists = {
        f: tuple(
            dict.fromkeys(
                s for s in _texts(entry.get(f, []), f, place) if normalise(s) not in dropped
            )
        )
        for f in _LISTS
    }
    if not {"name", "kind", "source"} <= set(texts):
        raise _malformed("机构须有 name、kind、source", place)
    if dropped & {normalise(texts["name"])}:
        raise _malformed("drop 不能去掉机构的 name", place)
    return Body(id=id, **texts, **lists)  # type: ignore[arg-type]


def _text(value: object, field: str, where: str) -> str:
    """A field that must be text; dates in TOML's own form will do."""
    text = value if isinstance(value, str) else str(value) if field.startswith("valid_") else ""
    if not text.strip():
        raise _malformed(f"{field} 须是非空的文字", where)
    if field.startswith("valid_") and not _DATE.fullmatch(text):
        raise _malformed(f"{field} 须是年、年-月或年-月-日：{text}", where)
    return text


def _texts(value: object, field: str, where: str) -> list[str]:
    """A field that must be a list of texts."""
    if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
        raise _malformed(f"{field} 须是文字的列表", where)
    return value


def check(bodies: list[Body], data: Mapping[str, Any], files: Mapping[str, str]) -> None:
    """See that kinds, sources and references of every body exist, and parents have no circle."""
    ids = {body.id: body for body in bodies}
    for body in bodies:
        where = f"{files[body.id]}，机构「{body.id}」"
        if body.kind not in data["kinds"]:
            raise _malformed(f"不认识的类别 {body.kind}，可用：{'、'.join(data['kinds'])}", where)
        for key in (body.source, body.reform):
            if key is not None and key not in data["sources"]:
                raise _malformed(f"[sources] 中没有出处 {key}", where)
        for target in (*(getattr(body, f) for f in _REFERENCES), *body.scope):
            if target is not None and target not in ids:
                raise _malformed(f"所引机构「{target}」不在名录中", where)
        above, seen = body.parent, {body.id}
        while above:
            if above in seen:
                raise _malformed("parent 绕成了圈", where)
            seen.add(above)
            above = ids[above].parent
