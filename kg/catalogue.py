"""The catalogue beside documents: what an editor states that a file does not print.

``catalogue.toml`` in a folder speaks of the files of that folder, by name or by the sha256
of their bytes:

    [[document]]
    file = "plan.txt"
    title = "…"
    known_from = "where these statements are known from"

Nothing is required but `known_from` and one of `file`, `sha256`. An entry with a sha256
holds for these very bytes and no others, whatever the file is called and wherever it lies.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from kg.errors import DataError
from kg.ids import slug
from kg.model import CatalogueEntry

FILE_NAME = "catalogue.toml"
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BAD_ID = re.compile(r"[\s/\\?#%\x00-\x1f]")


class Catalogue(Struct, frozen=True):
    """What is stated about files, found by their bytes or names. An empty id is not stated."""

    by_sha256: dict[str, CatalogueEntry] = {}
    by_file: dict[str, CatalogueEntry] = {}

    def entry_for(self, file_name: str, sha256: str) -> CatalogueEntry | None:
        """What is stated about a file; an entry for these bytes wins over one for the name.

        An entry that states no id gets one from the file's name.
        """
        found = self.by_sha256.get(sha256.lower()) or self.by_file.get(file_name)
        if found is None or found.id:
            return found
        return structs.replace(found, id=slug(Path(file_name).stem))


def read_catalogue(folder: Path) -> Catalogue:
    """The catalogue of a folder; empty if there is none.

    Raises DataError (file, place, remedy) for anything it cannot take as it stands.
    """
    path = folder / FILE_NAME
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Catalogue()
    except OSError as error:
        reason = error.strerror or str(error)
        raise DataError(
            f"目录文件读不出来：{reason}", where=str(path), remedy="检查文件的类型和读取权限"
        ) from error
    return parse_catalogue(content, str(path))


@lru_cache(maxsize=8)  # asked for again for every file of a folder
def parse_catalogue(content: bytes, where: str) -> Catalogue:
    """A catalogue from the bytes of a file called `where` in messages."""
    try:
        data = tomllib.loads(content.decode("utf-8-sig").replace("\r\n", "\n"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(
            f"目录文件不是有效的 TOML：{error}", where=where, remedy="用 UTF-8 保存并改正所指之处"
        ) from error
    unknown = sorted(set(data) - {"document"})
    if unknown:
        raise _wrong(f"不认识的项 {'、'.join(unknown)}", where, "文件逐份写成 [[document]]")
    entries = data.get("document", [])
    if not isinstance(entries, list) or not all(isinstance(e, dict) for e in entries):
        raise _wrong("document 须是 [[document]] 的列表", where, "文件逐份写成 [[document]]")
    return _collect(entries, where)


def _collect(entries: Sequence[dict[str, Any]], where: str) -> Catalogue:
    found = Catalogue({}, {})
    ids: set[str] = set()
    for place, raw in enumerate(entries, 1):
        called = raw.get("file") or raw.get("id") or raw.get("sha256") or ""
        at = f"{where}，第 {place} 个 [[document]]" + (f"（{called}）" if called else "")
        fields = _checked(raw, at)
        file, sha256 = fields.pop("file", None), fields.pop("sha256", None)
        entry = CatalogueEntry(id=fields.pop("id", ""), **fields)
        if entry.id and entry.id in ids:
            raise _wrong(f"标识 {entry.id} 重复", at, "给其中一份另定 id")
        ids.add(entry.id)
        table, key = (found.by_sha256, sha256) if sha256 else (found.by_file, file)
        if key in table:
            raise _wrong(f"{key} 写了不止一次", at, "合并成一个 [[document]]")
        table[key] = entry
    return found


def _checked(raw: dict[str, Any], at: str) -> dict[str, Any]:
    """The fields of one entry, each of its type; what is wrong is named."""
    unknown = sorted(set(raw) - set(_CHECKS))
    if unknown:
        known = "、".join(_CHECKS)
        raise _wrong(f"不认识的项 {'、'.join(unknown)}", at, f"可用的项：{known}")
    if not raw.get("file") and not raw.get("sha256"):
        raise _wrong("没有写明是哪份文件", at, "写 file（同一文件夹中的文件名）或 sha256")
    if not raw.get("known_from"):
        raise _wrong("没有写明所述从何得知", at, "写 known_from，如网址或“编者所知”")
    return {key: _CHECKS[key](key, value, at) for key, value in raw.items()}


def _text(key: str, value: object, at: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _wrong(f"{key} 须是非空文字，现为 {value!r}", at, f'写成 {key} = "…"')
    return value.strip()


def _id(key: str, value: object, at: str) -> str:
    id = _text(key, value, at)
    if _BAD_ID.search(id) or id in (".", ".."):
        raise _wrong(f"id 不能含斜杠、空白或 ? # %：{id!r}", at, f"例如改为 {slug(id)}")
    return id


def _file(key: str, value: object, at: str) -> str:
    name = _text(key, value, at)
    if "/" in name or "\\" in name:
        raise _wrong(
            f"file 只写文件名，不写路径：{name}", at, "把 catalogue.toml 放在文件所在的文件夹"
        )
    return name


def _sha256(key: str, value: object, at: str) -> str:
    sum = _text(key, value, at).lower()
    if not _SHA256.fullmatch(sum):
        raise _wrong(f"sha256 须是 64 位十六进制数，现为 {sum!r}", at, "用 sha256sum 文件名 得出")
    return sum


def _year(key: str, value: object, at: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 9999:
        raise _wrong(f"year 须是四位年份，现为 {value!r}", at, "写成 year = 2021，不加引号")
    return value


def _date(key: str, value: object, at: str) -> str:
    text = value.isoformat() if type(value) is date else value
    try:
        if isinstance(text, str) and _DATE.fullmatch(text):
            return datetime.strptime(text, "%Y-%m-%d").date().isoformat()
    except ValueError:
        pass
    raise _wrong(
        f"date 须是日期，现为 {str(value)!r}", at, "写成 date = 2021-10-09；只知年份写 year"
    )


def _address(key: str, value: object, at: str) -> str:
    address = _text(key, value, at)
    if not re.match(r"https?://\S+$", address):
        raise _wrong(f"source 须是网址，现为 {address!r}", at, "以 http:// 或 https:// 开头")
    return address


_CHECKS: dict[str, Callable[[str, object, str], Any]] = {
    "file": _file,
    "sha256": _sha256,
    "id": _id,
    "title": _text,
    "number": _text,
    "date": _date,
    "year": _year,
    "issuer": _text,
    "kind": _text,
    "source": _address,
    "known_from": _text,
}


def _wrong(what: str, at: str, remedy: str) -> DataError:
    return DataError(what, where=at, remedy=remedy)
