"""The departments of state: which spellings mean which body, and what else is known of it.

The bodies are data (``kg/data/registry.toml``, whose head explains the format); a user's own
file is laid over them and wins. A spelling means one body or none: two claims on one spelling
are refused. Offices inside a department (条法司) have no name of their own in the world; they
are found only within their department, or with its name before theirs.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Any

from kg.errors import DataError

BUNDLED = "registry.toml"
USER_SOURCE = "user"

_SPACE = re.compile(r"[\s\u200b-\u200f\u2060\ufeff]+")
_HAN = re.compile(r"[\u3400-\u9fff]")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


def normalise(name: str) -> str:
    """Return the form in which spellings are compared: NFKC, no white space, no case."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", name)).casefold()


@dataclass(frozen=True, slots=True)
class Body:
    """One body: its names, its kind, where it belongs, since when, and who says so.

    ``parent`` is the body it is an office of; ``managed_by`` the ministry that manages a
    national bureau, which is not the same. ``local`` spellings hold only in documents of the
    bodies in ``scope``. ``source`` and ``reform`` are keys of the registry's sources.
    """

    id: str
    name: str
    kind: str
    source: str
    official: str | None = None
    en: str | None = None
    aliases: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    parent: str | None = None
    managed_by: str | None = None
    local: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    valid_from: str | None = None
    valid_to: str | None = None
    successor: str | None = None
    reform: str | None = None
    note: str | None = None

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every Chinese spelling, the canonical name first, none twice."""
        given = (self.name, self.official or "", *self.aliases, *self.hidden, *self.local)
        return tuple(dict.fromkeys(s for s in given if s))


class Registry:
    """All bodies, and the one place where a printed name becomes a body."""

    def __init__(
        self,
        bodies: Iterable[Body],
        *,
        kinds: Mapping[str, str],
        sources: Mapping[str, str],
        field_sources: Mapping[str, str],
        as_of: str,
        files: Mapping[str, str] | None = None,
    ) -> None:
        """Index the bodies; ``files`` says for error messages which file a body is from."""
        self.bodies = tuple(bodies)
        self.kinds = dict(kinds)
        self.sources = dict(sources)
        self.field_sources = dict(field_sources)
        self.as_of = as_of
        self._files = dict(files or {})
        self._by_id = {body.id: body for body in self.bodies}
        self._children: dict[str, list[Body]] = {}
        for body in self.bodies:
            if body.parent:
                self._children.setdefault(body.parent, []).append(body)
        self._global: dict[str, str] = {}
        self._local: dict[str, list[Body]] = {}
        self._scoped: dict[str, dict[str, str]] = {}
        self._index()

    # -- what there is ---------------------------------------------------------------------

    def by_id(self, id: str) -> Body:
        """Return the body with this id; KeyError if there is none."""
        return self._by_id[id]

    def units(self, id: str) -> tuple[Body, ...]:
        """Return the offices directly inside a body, in the order of the file."""
        return tuple(self._children.get(id, ()))

    def descendants(self, id: str) -> tuple[Body, ...]:
        """Return all offices inside a body, nearer ones first."""
        return tuple(body for level in self._levels(id) for body in level)

    def ancestors(self, id: str) -> tuple[Body, ...]:
        """Return the bodies this one is inside of, the nearest first."""
        found: list[Body] = []
        parent = self._by_id[id].parent
        while parent:
            found.append(self._by_id[parent])
            parent = found[-1].parent
        return tuple(found)

    def source_of(self, body: Body, field: str) -> str:
        """Say in words where a field of a body is known from."""
        if field in ("valid_from", "valid_to", "successor") and body.reform:
            return self.sources[body.reform]
        default = "" if body.source == USER_SOURCE else self.field_sources.get(field, "")
        return self.sources[default or body.source]

    @cached_property
    def digest(self) -> str:
        """A sha256 of the content: alike for alike registries, wherever they are read."""
        content = {
            "as_of": self.as_of,
            "kinds": self.kinds,
            "sources": self.sources,
            "field_sources": self.field_sources,
            "bodies": sorted((asdict(body) for body in self.bodies), key=lambda b: str(b["id"])),
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    # -- from a name to a body -------------------------------------------------------------

    def resolve(self, name: str, within: str | None = None) -> Body | None:
        """Return the body a name means, or None.

        Args:
            name: any spelling, official or English name; or, without ``within``, an id.
            within: the body whose document prints the name (its id or any name): its own
                offices then go by their bare names, and another body's local names do not hold.
        """
        key = normalise(name)
        scope = self._scope(within)
        found = self._scoped_names(scope).get(key) if scope else None
        found = found or self._global.get(key) or self._local_meaning(key, scope)
        if found is None and within is None and name in self._by_id:
            found = name
        return self._by_id[found] if found else None

    def names(self, within: str | None = None) -> dict[str, str]:
        """Return every Chinese spelling that holds within a body's documents, with its body's id.

        For splitting lists: the longest spelling that fits is the right one. English names are
        left out; offices appear bare within their department and qualified everywhere.
        """
        scope = self._scope(within)
        found: dict[str, str] = {}
        for body in self.bodies:
            for spelling in self._world_spellings(body):
                found[spelling] = body.id
            for spelling in body.local:
                if self._local_meaning(normalise(spelling), scope) == body.id:
                    found[spelling] = body.id
        if scope:
            index = self._scoped_names(scope)
            for body in self.descendants(scope):
                for spelling in self._bare_spellings(body):
                    if index.get(normalise(spelling)) == body.id:
                        found[spelling] = body.id
        return found

    def candidates(self, text: str, limit: int = 5) -> list[Body]:
        """Return the bodies an unknown name may have meant, the likeliest first.

        Beginnings before other parts of a name, shared characters last; offices and bodies
        that are no more after those that are.
        """
        key = normalise(text)
        if not key:
            return []
        ranked = []
        for place, body in enumerate(self.bodies):
            tier, distance = min(_likeness(key, spelling) for spelling in self._keys(body))
            if tier < _UNLIKE:
                ended = body.valid_to is not None and body.valid_to <= self.as_of
                ranked.append((tier, body.parent is not None, ended, distance, place, body))
        ranked.sort(key=lambda entry: entry[:5])
        return [entry[5] for entry in ranked[:limit]]

    # -- inside ----------------------------------------------------------------------------

    def _scope(self, within: str | None) -> str | None:
        """The id of the body a document is from; an unknown one counts as a stranger's."""
        if within is None or within in self._by_id:
            return within
        return self._global.get(normalise(within), within)

    def _keys(self, body: Body) -> Iterator[str]:
        """All comparable spellings of a body."""
        for spelling in body.spellings:
            yield normalise(spelling)
        if body.en:
            yield normalise(body.en)

    def _levels(self, id: str) -> Iterator[list[Body]]:
        """The offices inside a body, one list for each depth."""
        level = self._children.get(id, [])
        while level:
            yield level
            level = [child for body in level for child in self._children.get(body.id, [])]

    def _bare_spellings(self, unit: Body) -> tuple[str, ...]:
        """The names of an office inside its department: bare, or after its parent office."""
        official = unit.official
        bare = [s for s in unit.spellings if s != official]
        parent = self._by_id[unit.parent] if unit.parent else None
        if parent is None or not parent.parent:
            return tuple(bare)
        chained = [
            before + after
            for before in self._bare_spellings(parent)
            for after in bare
            if not after.startswith(before)
        ]
        return tuple(dict.fromkeys(bare + chained))

    def _world_spellings(self, body: Body) -> tuple[str, ...]:
        """The Chinese spellings that mean this body in anybody's document."""
        if not body.parent:
            return tuple(s for s in body.spellings if s not in body.local)
        root = self.ancestors(body.id)[-1]
        qualified = [
            before + after
            for before in self._world_spellings(root)
            for after in self._bare_spellings(body)
        ]
        official = [body.official] if body.official else []
        return tuple(dict.fromkeys(official + qualified))

    def _index(self) -> None:
        """Fill the table of spellings; refuse one that two bodies claim."""
        for body in self.bodies:
            for spelling in (*self._world_spellings(body), *([body.en] if body.en else [])):
                self._claim(self._global, spelling, body)
        for body in self.bodies:
            for spelling in body.local:
                self._claim(dict(self._global), spelling, body)
                self._claim_local(spelling, body)
        for parent in self._children:
            seen: dict[str, str] = {}
            for unit in self._children[parent]:
                for spelling in self._bare_spellings(unit):
                    self._claim(seen, spelling, unit)

    def _claim(self, table: dict[str, str], spelling: str, body: Body) -> None:
        """Enter one spelling for a body, unless another body has it."""
        owner = table.setdefault(normalise(spelling), body.id)
        if owner != body.id:
            self._refuse(spelling, body, owner)

    def _claim_local(self, spelling: str, body: Body) -> None:
        """Enter a local spelling, unless another body has it in the same scope."""
        others = self._local.setdefault(normalise(spelling), [])
        for other in others:
            if set(other.scope) & set(body.scope):
                self._refuse(spelling, body, other.id)
        others.append(body)

    def _refuse(self, spelling: str, body: Body, owner: str) -> None:
        """Raise the error for a spelling that two bodies claim."""
        raise DataError(
            f"「{spelling}」既是「{body.id}」又是「{owner}」的写法，一种写法只能指一个机构",
            where=f"{self._files.get(body.id, BUNDLED)}，机构「{body.id}」",
            remedy=f"从其中一个机构去掉这种写法；若要从「{owner}」去掉，"
            f'在自己的名录中写 [[body]] id = "{owner}" drop = ["{spelling}"]',
        )

    def _scoped_names(self, scope: str) -> dict[str, str]:
        """Bare names within a body: nearer offices first, ambiguous ones left out."""
        if scope not in self._scoped:
            index: dict[str, str] = {}
            for level in self._levels(scope):
                claims: dict[str, set[str]] = {}
                for unit in level:
                    for spelling in self._bare_spellings(unit):
                        claims.setdefault(normalise(spelling), set()).add(unit.id)
                for key, ids in claims.items():
                    if len(ids) == 1:
                        index.setdefault(key, min(ids))
            self._scoped[scope] = index
        return self._scoped[scope]

    def _local_meaning(self, key: str, scope: str | None) -> str | None:
        """The body a local spelling means within a scope, or with no scope known."""
        bodies = self._local.get(key, [])
        if scope is not None:
            bodies = [body for body in bodies if scope in (body.id, *body.scope)]
        return bodies[0].id if len(bodies) == 1 else None


# -- likeness, for candidates ------------------------------------------------------------------

_UNLIKE = 5


def _likeness(text: str, spelling: str) -> tuple[int, float]:
    """Rank a spelling against unknown input: lower is likelier; _UNLIKE is no likeness."""
    surplus = float(abs(len(spelling) - len(text)))
    if spelling == text:
        return 0, surplus
    if spelling.startswith(text):
        return 1, surplus
    if text in spelling:
        return 2, surplus
    if len(spelling) > 1 and spelling in text:
        return 3, surplus
    if not _HAN.search(text):
        return _UNLIKE, surplus
    common = sum((Counter(text) & Counter(spelling)).values())
    overlap = 2 * common / (len(text) + len(spelling))
    return (4, -overlap) if overlap > 0.5 else (_UNLIKE, 0.0)


# -- reading the files -------------------------------------------------------------------------

_LISTS = ("aliases", "hidden", "local", "scope")
_TEXTS = tuple(f.name for f in fields(Body) if f.name not in _LISTS)
_TABLES = ("kinds", "sources", "field_sources")
_REFERENCES = ("parent", "managed_by", "successor")


def load_registry(extra: Path | None = None) -> Registry:
    """Read the bundled registry and lay a user's own file (``KG_REGISTRY``) over it.

    Args:
        extra: the user's file; its bodies are added, the fields it gives for a body of ours
            replace ours (aliases and hidden spellings are added, ``drop`` takes some away).

    Raises:
        DataError: a file cannot be read, or two bodies claim one spelling.
    """
    data = _parse(resources.files("kg.data").joinpath(BUNDLED).read_bytes(), BUNDLED)
    raw = dict(_entries(data, BUNDLED))
    files = dict.fromkeys(raw, BUNDLED)
    if extra is not None:
        own = _parse(_read(extra), str(extra))
        data["sources"] |= {USER_SOURCE: "用户自己的名录"} | own["sources"]
        data["kinds"] |= own["kinds"]
        for id, entry in _entries(own, str(extra)):
            raw[id] = _overlay(raw.get(id), entry)
            files[id] = str(extra)
    bodies = [_body(id, entry, files[id]) for id, entry in raw.items()]
    _check(bodies, data, files)
    return Registry(
        bodies,
        kinds=data["kinds"],
        sources=data["sources"],
        field_sources=data["field_sources"],
        as_of=data["as_of"],
        files=files,
    )


def _read(path: Path) -> bytes:
    """The bytes of a user's file."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(
            f"读不到机构名录（{error.strerror or error}）",
            where=str(path),
            remedy="检查 KG_REGISTRY 所指的文件是否存在、可读",
        ) from error


def _parse(content: bytes, where: str) -> dict[str, Any]:
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


def _entries(data: Mapping[str, Any], where: str) -> list[tuple[str, dict[str, Any]]]:
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


def _overlay(ours: dict[str, Any] | None, own: dict[str, Any]) -> dict[str, Any]:
    """Lay a user's entry over ours: fields replace, spellings are added, ``drop`` removes."""
    if ours is None:
        return {"source": USER_SOURCE} | own
    merged = ours | own
    for field in ("aliases", "hidden"):
        if isinstance(own.get(field, []), list):
            merged[field] = [*ours.get(field, []), *own.get(field, [])]
    return merged


def _body(id: str, entry: Mapping[str, Any], where: str) -> Body:
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


def _check(bodies: list[Body], data: Mapping[str, Any], files: Mapping[str, str]) -> None:
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


# -- names the registry does not know ----------------------------------------------------------

_LONGEST = 60
_PROVINCES = (
    "北京|天津|上海|重庆|河北|山西|辽宁|吉林|黑龙江|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|"
    "广东|海南|四川|贵州|云南|陕西|甘肃|青海|内蒙古|广西|西藏|宁夏|新疆"
)
# A place before the body: 浙江省…, 杭州市…, 市…, 上海…, 地方…; but 市场… and 区域… are no places.
_PLACE = re.compile(
    rf"(?:{_PROVINCES}|[\u4e00-\u9fff]{{2,7}}(?:自治区|自治州|自治县|省|市|县|区|州|盟|旗)"
    r"|自治区|自治州|省|市|县|区|盟|旗|兵团|地方)(?!场|域|块|值|级|际)"
)
# Words that end like a body and are none.
_NO_BODY = re.compile(
    r"(?:(?<!安)全|内|外|干|东|西|中|南|北|局|中西)部|部署"
    r"|(?:格|布|大|(?<!安)全|开|结|当|僵|时|破)局|(?:举|承|主|协|督|创|兴|查|申|经|代)办"
    r"|(?:社|机|大|议|约|拜|体|理|领|博览|展览|交易|运动|研讨|座谈|洽谈|推介|发布|论坛|年)会"
    r"|(?:查|用|好|坏|到|各|难|惩|之|相|长|益|出)处|(?:学|百|本|内|外|专|文|理)科|(?:餐|大|客)厅"
    r"|(?:住|出|入)院|(?:以|为).*中心|原委|推委"
)
# Words no body's name begins with; a phrase that does is a sentence, not a name.
_NO_START = re.compile(
    r"加强|推进|推动|建立|健全|完善|建设|支持|鼓励|开展|落实|实施|加快|提高|提升|促进|强化|发挥|"
    r"深化|优化|组织(?!部)|指导|配合|会同|联合(?!会|参谋)|召开|设立|成立|由|在|对(?!外)|把|将|按|向|为|与|和|"
    r"及|并|或|等|以|从|经(?!济|开|信|贸)|请|要|可|已|未|不|是|有(?!色)|该|本(?!市|省|县|区)"
)
# But a leading group may be named for what it does: 推进“一带一路”建设工作领导小组办公室.
_TASK_FORCE = re.compile(r"(?:推进|推动|促进).{4,}(?:领导小组|联席会议)(?:办公室)?")
# The form of a name and the kind it suggests; the first that fits counts.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"法院$|检察院$", "judicial"),
        (
            r"(?:领导小组|协调小组|工作组|专班|联席会议|指挥部|协调机制)(?:办公室|办)?$"
            r"|^国务院.*(?:委员会|委|会)(?:办公室|办)?$",
            "coordination",
        ),
        (r"^(?:中央军委|中央军事委员会|军委|解放军|武警)", "military"),
        (r"^(?:中央|中共中央).*(?:部|委|委员会|办公室|办|办公厅|工委|小组|院|校|室|社)$", "party"),
        (r"人大常委会|^全国人大|^全国政协|人民代表大会|政协(?:委员会)?$", "congress"),
        (r"(?:政府|行政公署|行署)$", "government"),
        (r"(?:分行|支行|中心支行|[\u4e00-\u9fff]{2}海关)$", "unit"),
        (r"(?:公司|集团|银行|交易所)$", "enterprise"),
        (
            r"(?:管委会|管理委员会|党工委)$|办事处$|街道$|专班$|(?:开发|高新|经开|新|示范|自贸|保税|合作|"
            r"度假|园|功能|产业|港)区$",
            "local",
        ),
        (
            r"(?:协会|学会|联合会|商会|总工会|工会|妇联|科协|文联|作协|侨联|残联|工商联|贸促会|友协|"
            r"基金会|促进会|研究会|同学会|红十字会|团委|供销合作社|供销社|总社|联盟)$",
            "mass-organisation",
        ),
        (r"(?:总局|[\u4e00-\u9fff]{2}署)$", "directly-affiliated"),
        (r"(?:委员会|委会|[\u4e00-\u9fff]{2}委)$", "commission"),
        (r"(?:办公厅|办公室|研究室|督查室|[\u4e00-\u9fff]{2}办)$", "office"),
        (
            r"(?:大学|学院|研究院|研究所|科学院|党校|[\u4e00-\u9fff]{2}院|报社|杂志社|通讯社|出版社|"
            r"中心|图书馆|博物馆)$",
            "institution",
        ),
        (r"^(?:国家|中国|全国).*局$", "national-bureau"),
        (r"[\u4e00-\u9fff]{2}(?:局|厅)$", "local"),
        (r"(?:电视|广播|气象|地震|电视总|广播总)台$|(?:纪委|监委|工委|党委)机关$", "institution"),
        (r"[\u4e00-\u9fff]{2}(?:司|处|科|支队|总队|大队|中队|调查队|执法队|勘察队)$", "unit"),
        (r"[\u4e00-\u9fff]{2}部$", "ministry"),
        (r"[\u4e00-\u9fff]{2}会$", "mass-organisation"),
    )
)
# What stays what it is also in a province; every other body there is "local".
_EVERYWHERE = frozenset(
    {"judicial", "government", "enterprise", "mass-organisation", "congress", "coordination"}
)


def looks_like_body(name: str) -> str | None:
    """Guess from its form alone what kind of body an unknown name is; None if it is no body.

    The answer is a key of the registry's kinds, and no more than a guess: 某某局 is taken for
    a local body unless its name says 国家, 中国 or 全国.
    """
    key = normalise(name)
    if (
        not 3 <= len(key) <= _LONGEST
        or not _HAN.match(key)
        or re.search(r"[,，、;；。:：《》!?]", key)
    ):
        return None
    if _NO_START.match(key) and not _TASK_FORCE.fullmatch(key):
        return None
    kind = next((kind for pattern, kind in _FORMS if pattern.search(key)), None)
    if kind is None or _ends_like_a_word(key) or is_collective(name):
        return None
    return "local" if kind not in _EVERYWHERE and _PLACE.match(key) else kind


def _ends_like_a_word(key: str) -> bool:
    """Whether the end of a phrase is an ordinary word (格局, 部署) and not a body's."""
    return any(match.end() == len(key) for match in _NO_BODY.finditer(key))


# -- collective actors -------------------------------------------------------------------------

# Those who can act: what a collective phrase is made of, at its end.
_ACTOR = (
    r"(?:部门|单位|部委|委办局|机构|机关|方面|地|地方|地区|区域|省份|省区|省市|市县|区县|县区|市州|"
    r"省|市|县|区|州|盟|旗|盟市|旗县|旗县区|镇|乡镇|街道|办事处|园区|新区|开发区|试验区|城市|"
    r"(?:人民)?政府|行政公署|行署|党委|党组|党委和政府|党委政府|人大|政协|法院|检察院|局|厅|委|办|会|院|司|"
    r"司局|处室|办公室|中心|企业|公司|银行|高校|院校|学校|科研院所|团体|组织|协会|商会|学会|联合会|成员|"
    r"自治区|直辖市|\((?:区、市|市、区|市、县|县、区|市、县、区|县|市|区|州|街道|自治县|地)\))"
)
# A list of levels with 、 inside: 省、自治区、直辖市, 市、县(市、区), 盟行政公署、市.
_LEVELS = (
    r"(?:地级以上|设区的?|省|自治区|直辖市|市|县|区|州|盟|旗|乡|镇|街道|自治县|行政公署|、|"
    r"\([省市县区州地自治直辖、]+\))+"
)
# A character of a name; 和 only inside fields of work that have it: 工业和信息化主管部门.
_FIELD = r"(?:工业和信息化|文化和旅游|住房和城乡|人力资源和社会|[^、,;。和与及])"
# Other words before the actor: 各 [主管] 部门, 有关 [行业] 协会.
_SOME = rf"(?:{_LEVELS})?{_FIELD}{{0,14}}?"
# What may stand before 各 or 有关 without being an actor of its own: 国务院有关部门, 专利局各部门.
_BEFORE = r"(?:中央和国家机关|(?:(?!会同|牵头|配合|协调)[^、,;和与及]){0,10}?)"
# A second noun without a word like 各 of its own: 各有关部门和单位.
_AND_MORE = (
    rf"(?:、{_ACTOR}|(?:和|及|与|以及|或)"
    rf"(?:{_ACTOR}|[^、,;和与及]{{2,6}}(?:部门|单位|机构|组织|团体|企业)))*"
)

_COLLECTIVES: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        # 各部门, 各地区, 各地, 各省级人民政府, 地方各级人民政府, 各地方知识产权局, 国务院各部委:
        # «each»; no body's own name has it.
        "each": rf"{_BEFORE}各{_SOME}{_ACTOR}{_AND_MORE}",
        # 有关部门, 相关省份, 国务院有关部门, 其他有关部门: «concerned», without saying who.
        "concerned": rf"{_BEFORE}(?:有关|相关){_SOME}{_ACTOR}{_AND_MORE}",
        # 其他部门, 其余单位: «the others».
        "others": rf"(?:其他|其它|其余){_SOME}{_ACTOR}{_AND_MORE}",
        # 联席会议成员单位, 知识产权管理部门, 公安机关: names of a class; no body is called
        # 部门, 单位 or 机关.
        "class": rf"(?:(?!会同){_FIELD}){{1,20}}"
        r"(?:部门|成员单位|直属单位|部委|(?<!监委)(?<!检察)机关)",
        # 省级人民政府, 市级知识产权局, 县级以上地方人民政府: a level, not a place.
        # But 省级机关事务管理局 is one body.
        "level": r"(?:省|市|县|区|乡|地市|设区的?市)级(?!机关)(?:及?以上)?(?:地方)?"
        rf"[^、,;。]{{0,10}}?{_ACTOR}",
        # 地方人民政府, 地方党委和政府, 当地政府, 项目所在地省级人民政府, 地方: somewhere.
        # But 地方金融监管局 is one body.
        "somewhere": r"(?:地方|当地|属地|本级|同级|基层|[^、,;。]{0,10}所在(?:地|省|市|县))"
        r"(?:各级|省级|市级|县级)?(?:(?:人民)?政府|党委|党委和政府|党委、政府)|地方",
        # 省(区、市)人民政府, 省、自治区、直辖市人民政府, 市、县(市、区)人民政府, 市县人民政府,
        # 设区市人民政府: a list of levels where a place would stand. But 省政府 is one body.
        "levels": r"(?!(?:省|市|县|区|自治区|直辖市)(?:人民)?政府)"
        rf"{_LEVELS}(?:级|两级|三级)?(?:(?:人民)?政府|党委和政府)",
        # 有条件的地区, 符合条件的企业, 试点地区, 示范城市: whoever fits the description.
        "fitting": rf"(?:有|具备|符合)条件的?[^、,;。]{{0,6}}?{_ACTOR}"
        r"|(?:试点|示范|先行|重点|承接|受援|对口支援)(?:地区|省份|城市|单位|企业|高校)",
        # 东部地区, 中西部地区, 贫困地区: a region of many places. But 喀什地区 is one place.
        "region": r"(?:东|西|中|东中|中西|东西)部(?:地区|省份)"
        r"|(?:东北|沿海|沿边|内陆|边疆|边境|贫困|民族|革命老区|老少边穷|欠发达|发达|脱贫)地区",
        # 行业协会, 高校, 科研院所, 金融机构, 人民法院: a kind of actor in general.
        "kind": r"(?:行业)?(?:协会商会|协会|商会|学会|组织)|(?:中央|国有|地方国有)?企业"
        r"|高校|高等学校|高等院校|科研院所|科研机构|社会组织|社会团体|群团组织|人民团体"
        r"|金融机构|服务机构|中介机构|新闻媒体|(?:人民)?法院|(?:人民)?检察院",
    }.items()
}
# Headings of a duty, not actors: 责任单位, 牵头部门.
_LABEL = re.compile(r"(?:责任|牵头|负责|配合|参与|参加|协办|主办|实施|主管|承办)(?:部门|单位)")


def is_collective(name: str) -> bool:
    """Whether a name means many bodies without naming one: 有关部门, 各地区, 地方各级人民政府.

    Two collective actors joined (有关部门和各地区) are no name, so the answer is no.
    """
    key = normalise(name)
    if len(key) > _LONGEST or _LABEL.fullmatch(key):
        return False
    if not any(pattern.fullmatch(key) for pattern in _COLLECTIVES.values()):
        return False
    return not _two_collectives(key)


def _two_collectives(key: str) -> bool:
    """Whether a phrase joins two collective actors that each stand on their own."""
    return any(
        _marked(key[: match.start()]) and _marked(key[match.end() :])
        for match in re.finditer(r"以及|[和与及、]", key)
    )


def _marked(key: str) -> bool:
    """Whether a phrase says by a word of its own (各, 有关, 其他, 地方) that it is collective."""
    marked = re.search(r"各|有关|相关|其他|其它|其余|^地方.|级", key)
    return bool(marked) and any(pattern.fullmatch(key) for pattern in _COLLECTIVES.values())
