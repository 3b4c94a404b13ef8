"""A printed list of actors to names with spans: «A、B和C等有关部门» is A, B, C, open.

The rules, each a small function named after what it does:

* `_open`: 等, 等部门, 等有关部门和单位 close a list and add nobody (contract, section 3);
* `_level_list`: 各市、县人民政府 and 各县（市、区）政府 are one actor, not two;
* `_split`: 和, 与, 及, 会同 part two actors only where both sides are actors by themselves,
  so that 工业和信息化部 and 文化和旅游部 stay whole; a blank parts only known names;
* `_carry_prefix`: 「专利局审业部、自动化部」 means two offices of 专利局 (2021 guide, row 1);
* `_mark`: 「市交通运输局（牵头）、市公安局」: a duty in brackets behind a name is that name's own;
* a name is a body of the registry, a collective actor, or a body by its form; else the list
  is not a list of actors.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kg.body_forms import is_collective, looks_like_body
from kg.model import Span
from kg.registry import Body, Registry, normalise
from loaders.places import Place
from loaders.view import View

Duty = Literal["lead", "support", "charge"]

_OPEN = re.compile(
    r"等(?:(?:\d{1,3}个|[一二三四五六七八九十]{1,3}个?)?(?:国务院|中央和国家机关|[省市县区]直?)?(?:各?有关|各?相关|其他|各)?(?:中央|省级|市级|地方)?"
    r"(?:部门|单位|部委|(?:金融|科研|服务|中介|专业)?机构|地区|方面|机关|地方|(?:中央|国有|电信|电网)?企业|省份|(?:行业)?协会|商会|组织|团体|高校)"
    r"(?:[和、及与]+(?:各?有关|各?相关)?(?:部门|单位|机构|地区|方面|企业|地方))*)?"
    r"(?=$|[和与及、，；/。]|以及|共同|分别)"
)
_SEPARATORS = "、，；/"
_SOFT = re.compile(r"以及|会同|联合|[和与及商会]")
_LEADING = re.compile(r"^(?:由|会同|以及|及|和|与|并|其他由|分别由)+")
_MARK = re.compile(r"（(牵头[^（）]{0,4}|负责|配合|参与|协助|协办|主办|主责|排第一)）$")
_LEVELS = (
    r"(?:各|有关|相关|全省|全市|计划单列市|省|自治区|直辖市|设区的?市|地级市|市|县|区|州|盟|旗|乡镇?|镇|街道|园区|开发区|"
    r"和|及|、|（(?:省|市|县|区|州|盟|旗|自治区|直辖市|自治县|、)+）|级|两级|三级|以上|地方|以下)+"
)
_LEVEL_LIST = re.compile(
    rf"{_LEVELS}(?:人民政府|政府|党委和政府|党委、政府|党委政府|管委会)"
    r"|各(?:省、自治区、直辖市(?:及计划单列市)?|市、县|市县|省区市|省市|县市区)(?=[和及、，；与]|$)"
)
_LEVEL_WORDS = re.compile(r"各?(?:省|自治区|直辖市|市|县|区|乡|镇|州|盟|地|、)+")
_EACH = re.compile(r"各(?!项|类|种|方面|级$)[\u4e00-\u9fff（）、]{1,14}")
_PLATES = re.compile(r"(?P<one>[^（）]{3,30})（(?P<other>[^（）]{3,30})）")
# 中国石油和化学工业联合会: one body, though 中国石油 is another.
_ASSOCIATION = re.compile(
    r"(?:中国|全国|中华全国)[^、部委局]+和[^、部委局]+(?:联合会|协会|学会|研究会|商会)"
)
MAX_NAME = 40


@dataclass(frozen=True)
class Name:
    """An actor of a list.

    `mention` is the printed text at `span`; `department` its canonical name, `id` what tells
    it apart; `known` is False for a body that the registry does not have; `duty` is what a
    bracket behind the name says of it alone.
    """

    mention: str
    span: Span
    department: str
    id: str
    collective: bool = False
    known: bool = True
    duty: Duty | None = None


@dataclass(frozen=True)
class NameList:
    """The actors of a list in order; `open` if the list says that there are more."""

    names: tuple[Name, ...]
    open: bool


@dataclass(frozen=True)
class _Piece:
    """A stretch between separators; `before` is the separator in front of it."""

    view: View
    before: str
    suffix: str = ""


class NameReader:
    """Reads lists of actors as a document issued by `within` prints them."""

    def __init__(
        self, registry: Registry, within: str | None = None, place: Place | None = None
    ) -> None:
        self._registry = registry
        self.within = within
        self._place = place
        self._known = {normalise(n): id for n, id in registry.names(within).items()}
        self.body = lru_cache(maxsize=4096)(self._body)

    def _body(self, name: str) -> Body | None:
        id = self._known.get(normalise(name))
        if id and self._place and name != id and self._place.owns(name):
            return None  # 「知识产权局」 of a province is not the national one
        return self._registry.by_id(id) if id else None

    def is_actor(self, name: str) -> bool:
        """Whether a text is one actor: known, collective, or a body by its form."""
        return self._sure(name) or looks_like_body(name) is not None

    def _sure(self, name: str) -> bool:
        return self.body(name) is not None or _collective(name)

    def read(self, view: View) -> NameList | None:
        """The actors of a list, or None if some part of it is no actor."""
        names: list[Name] = []
        is_open = False
        for piece in _whole_places(list(_pieces(view))):
            closed, parts = _open(piece)
            is_open = is_open or closed
            for part in parts:
                for one in self._split(part):
                    name = self._name(one, names)
                    if name is None:
                        return None
                    names.append(name)
        return NameList(tuple(names), is_open) if names else None

    def _split(self, piece: _Piece) -> Iterator[_Piece]:
        view = piece.view
        whole = _unmarked(view.s)
        one = self._sure(whole) or _ASSOCIATION.fullmatch(whole) is not None
        if not piece.suffix:
            for start, end in _cuts(view):
                left, right = _trim(view.cut(0, start)), _trim(view.cut(end, len(view.s)))
                if one and not (start == end and _two(left, right) and self.body(whole) is None):
                    continue  # 市统计局 各县政府 is two, though the whole would do for one
                if left.s and right.s and self._parts(left, right, view.s[start:end]):
                    yield _Piece(left, piece.before)
                    yield from self._split(_Piece(right, view.s[start:end] or " "))
                    return
        yield piece

    def _parts(self, left: View, right: View, cut: str) -> bool:
        """会 parts only what is known, a blank what is sure; a word what may be an actor."""
        test = self._sure if cut == "会" or (not cut and not _two(left, right)) else self.is_actor
        return test(_unmarked(left.s)) and all(
            test(_unmarked(p.view.s)) for p in self._split(_Piece(right, cut))
        )

    def _name(self, piece: _Piece, before: list[Name]) -> Name | None:
        view, duty = _mark(piece.view)
        name = view.s + piece.suffix
        if not name or len(name) > MAX_NAME:
            return None
        carried = self._carry_prefix(name, piece.before, before)
        level = self._carried_level(name, before)
        if level:
            return Name(view.printed, view.span, name, level + name, known=False, duty=duty)
        body = self.body(carried or name)
        if body:
            return Name(view.printed, view.span, body.name, body.id, duty=duty)
        if carried is None and _collective(name):
            return Name(view.printed, view.span, name, name, collective=True, duty=duty)
        plates = _PLATES.fullmatch(name)
        if plates and self.is_actor(plates["one"]) and self.is_actor(plates["other"]):
            first = self.body(plates["one"])  # 「市资源规划局（市林业局）」: one body, two plates
            shown = first.name if first else name
            return Name(view.printed, view.span, shown, first.id if first else name,
                        known=first is not None, duty=duty)  # fmt: skip
        parent = self._parent(carried or name)
        if carried or parent or looks_like_body(name):
            full = carried or name
            id = f"{parent}-{full}" if parent else self._place.id(full) if self._place else full
            return Name(view.printed, view.span, full, id, known=False, duty=duty)
        return None

    def _carried_level(self, name: str, before: list[Name]) -> str | None:
        """「省发展改革委、能源局」: the second is the province's, not the national one."""
        if self._place or not Place(None).owns(name) or self._known.get(normalise(name)) == name:
            return None
        local = [n.mention[0] for n in before if not n.collective and not n.known]
        return next((c for c in reversed(local) if c in "省市县区州"), None)

    def _carry_prefix(self, printed: str, separator: str, before: list[Name]) -> str | None:
        """「专利局审业部、自动化部」: the second office carries the first one's prefix."""
        if separator != "、" or not before or self.body(printed) is not None:
            return None
        if not re.fullmatch(r".{2,10}[部司处室局厅]", printed):
            return None
        head = self._prefix(re.sub(r"\s", "", before[-1].mention)) or self._prefix(
            before[-1].department
        )
        return head + printed if head else None

    def _prefix(self, name: str) -> str | None:
        """The known body whose name begins this one: 专利局 of 专利局审业部."""
        for end in range(len(name) - 2, 1, -1):
            if self.body(name[:end]) is not None and re.search(r"[部司处室局厅]$", name[end:]):
                return name[:end]
        return None

    def _parent(self, name: str) -> str | None:
        head = self._prefix(name)
        body = self.body(head) if head else None
        return body.id if body else None


def _collective(name: str) -> bool:
    """有关部门, 各市、县人民政府; 各 before a short name (各相关专班, 各镇街) makes it many."""
    if is_collective(name) or _LEVEL_LIST.fullmatch(name) is not None:
        return True
    return _EACH.fullmatch(name) is not None


def _pieces(view: View) -> Iterator[_Piece]:
    """Cut at separators outside brackets; 各市、县人民政府 stays one."""
    before, start = "", 0
    for at in _separators(view.s):
        if _level_list(view.s, start, at):
            continue
        yield _Piece(_trim(view.cut(start, at)), before)
        before, start = view.s[at], at + 1
    yield _Piece(_trim(view.cut(start, len(view.s))), before)


def _whole_places(pieces: list[_Piece]) -> list[_Piece]:
    """「北京市、上海市、广东省人民政府」: the places before carry the last one's 人民政府."""
    suffix = ""
    out = []
    for piece in reversed(pieces):
        whole = re.fullmatch(r"(.{1,6}(?:省|市|自治区|县|区|州))(人民政府|政府)", piece.view.s)
        bare = re.fullmatch(r"[\u4e00-\u9fff]{1,6}(?:省|市|自治区|县|州)", piece.view.s)
        if whole and not piece.view.s.startswith("各"):
            suffix = whole[2]
        elif bare and suffix and not piece.view.s.startswith("各"):
            piece = _Piece(piece.view, piece.before, suffix)
        else:
            suffix = ""
        out.append(piece)
    return out[::-1]


def _separators(s: str) -> Iterator[int]:
    depth = 0
    for at, ch in enumerate(s):
        depth += (ch == "（") - (ch == "）")
        if depth == 0 and ch in _SEPARATORS:
            yield at


def _level_list(s: str, start: int, at: int) -> bool:
    """Whether the separator at `at` stands inside 各市、县人民政府 and not between two actors."""
    for whole in _LEVEL_LIST.finditer(s, start):
        if whole.start() >= at:
            return False
        if whole.end() > at:
            return _LEVEL_WORDS.fullmatch(s[whole.start() : at].lstrip("和与及")) is not None
    return False


def _open(piece: _Piece) -> tuple[bool, list[_Piece]]:
    """Whether 等… closes a list in this piece, and what stands before and behind it."""
    found = _OPEN.search(piece.view.s)
    if found is None or found.start() == 0:
        return False, [piece] if piece.view.s else []
    left = _trim(piece.view.cut(0, found.start()))
    right = _trim(piece.view.cut(found.end(), len(piece.view.s)))
    parts = [_Piece(left, piece.before)] + ([_Piece(right, "和")] if right.s else [])
    return True, parts


def _two(left: View, right: View) -> bool:
    """Whether a blank stands between two bodies: 市住建局 市财政局; but 教育部 职成司 is one."""
    ends = re.search(r"(?:[局委厅署院会团行]|政府|公司|集团)$", left.s)
    begins = re.match(r"[省市县区州各]|国家|中央|全国|国务院|有关|相关", right.s)
    return bool(ends and begins)


def _cuts(view: View) -> list[tuple[int, int]]:
    """Where a piece may be parted: words like 和, then blanks."""
    words = [cut.span() for cut in _SOFT.finditer(view.s)]
    blanks = [(i, i) for i in range(1, len(view.s)) if view.broken_at(i)]
    return words + blanks


def _mark(view: View) -> tuple[View, Duty | None]:
    """A duty in brackets behind a name, and the name without it."""
    found = _MARK.search(view.s)
    if found is None:
        return view, None
    word = found[1]
    duty: Duty = "charge"
    if word.startswith("牵头"):
        duty = "lead"
    elif word in ("配合", "参与", "协助", "协办"):
        duty = "support"
    return view.cut(0, found.start()), duty


def _unmarked(s: str) -> str:
    return _MARK.sub("", s)


def _trim(view: View) -> View:
    """Without stops and introducing words (由, 会同, 和) around it."""
    view = view.strip("，；、。：")
    lead = _LEADING.match(view.s)
    return view.cut(lead.end(), len(view.s)) if lead and lead.end() < len(view.s) else view
