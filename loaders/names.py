"""A printed list of actors to names with spans: «A、B和C等有关部门» is A, B, C, open.

The rules, each a small function named after what it does:

* `split_at_etc`: 等, 等部门, 等有关部门和单位 close a list and add nobody (contract, section 3);
* `cutting._level_list`: 各市、县人民政府 and 各县（市、区）政府 are one actor, not two;
* `_split`: 和, 与, 及, 会同 part two actors only where both sides are actors by themselves,
  so that 工业和信息化部 and 文化和旅游部 stay whole; a blank or 会 parts less readily;
* `_carry_prefix`: 「专利局审业部、自动化部」 means two offices of 专利局 (2021 guide, row 1);
* `_mark`: 「市交通运输局（牵头）、市公安局」: a duty in brackets behind a name is that name's own;
* a name is a body of the registry, a collective actor, or a body by its form; else the list
  is not a list of actors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kg.body_forms import has_place, is_collective, looks_like_body
from kg.model import Span
from kg.registry import Body, Registry, normalise
from loaders.cutting import (
    LEVEL_LIST,
    Piece,
    cuts,
    parts_two,
    pieces,
    split_at_etc,
    trim,
    whole_places,
)
from loaders.places import Place
from loaders.view import View

Duty = Literal["lead", "support", "charge"]

_MARK = re.compile(
    r"（(?:(牵头)[^（）]{0,4}|(负责|责任|配合|参与|协助|协办|主办|主责)(?:单位|部门)?|排第一)）$"
)
# 深圳联通: a name without the form of a body, and no phrase either.
_PLAIN = re.compile(
    r"(?!各|有关|相关|其他|其中|由|按|以|等|加强|推进|推动|建立|完善|开展|落实|实施|做好|负责|牵头|配合|会同|完成)"
    r"[\u4e00-\u9fffA-Za-z0-9]{2,10}(?<![的等了年月底])"
)
_INCLUDING = re.compile(r"（(?:不?含|包括)[^（）]*）$")
_EACH = re.compile(r"各(?!项(?!目)|类|种|方面|级$)(?:(?![和与及])[\u4e00-\u9fff（）、]){1,14}")
_OFFICE = re.compile(r"[\u4e00-\u9fff]{1,10}(?:[部处室]|(?<!公)司)")
_PLATES = re.compile(r"(?P<one>[^（）]{3,30})（(?P<other>[^（）]{3,30})）")
# 中国石油和化学工业联合会: one body, though 中国石油 is another.
_ASSOCIATION = re.compile(
    r"(?:中国|全国|中华全国)[^、部委局]+和[^、部委局]+(?:联合会|协会|学会|研究会|商会)"
)
_LEVELS = "省市县区州"
MAX_NAME = 40
MOST_CUTS = 200  # of one stretch without separators; a longer one is no list of bodies
Parted = dict[Span, list[Piece]]  # what each stretch of a list was cut into


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


class NameReader:
    """Reads lists of actors as a document issued by `within` prints them."""

    def __init__(
        self,
        registry: Registry,
        within: str | None = None,
        place: Place | None = None,
        sign: str = "",
    ) -> None:
        """`sign`: what the document puts at the names of those who lead (`loaders.stars`)."""
        self.sign = sign
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

    def read(self, view: View, *, told: bool = False) -> NameList | None:
        """The actors of a list, or None if some part of it is no actor.

        `told`: the document says that this is a list of bodies (责任单位：…). There a short
        name that nothing else is known of is kept as printed, if half of the list are actors
        (contract, section 3: «kept as printed, with a warning»).
        """
        bare = 0
        names: list[Name] = []
        is_open = False
        done: Parted = {}
        for piece in whole_places(list(pieces(view))):
            closed, parts = split_at_etc(piece)
            is_open = is_open or closed
            for part in parts:
                for one in self._split(part, done):
                    name = self._name(one, names)
                    if name is None and told and _PLAIN.fullmatch(one.view.s):
                        bare += 1
                        name = Name(
                            one.view.printed, one.view.span, one.view.s, one.view.s, known=False
                        )
                    if name is None:
                        return None
                    names.append(name)
        return NameList(tuple(names), is_open) if names and 2 * bare <= len(names) else None

    def _split(self, piece: Piece, done: Parted) -> list[Piece]:
        """The actors of a stretch without separators; `done` remembers what was looked at."""
        if piece.suffix:
            return [piece]
        span = piece.view.span
        if span not in done:
            done[span] = self._parted(piece.view, done)
        first, *rest = done[span]
        return [Piece(first.view, piece.before), *rest]

    def _parted(self, view: View, done: Parted) -> list[Piece]:
        whole = self._unmarked(view.s)
        one = self._sure(whole) or _ASSOCIATION.fullmatch(whole) is not None
        places = cuts(view)
        for start, end in places if len(places) <= MOST_CUTS else ():
            left, right = trim(view.cut(0, start)), trim(view.cut(end, len(view.s)))
            if one and not (start == end and parts_two(left, right) and self.body(whole) is None):
                continue  # 市统计局 各县政府 is two, though the whole would do for one
            test = self._test(left, right, view.s[start:end])
            if not left.s or not right.s or not test(self._unmarked(left.s)):
                continue
            rest = self._split(Piece(right, view.s[start:end] or " "), done)
            if all(test(self._unmarked(p.view.s)) for p in rest):
                return [Piece(left, ""), *rest]
        return [Piece(view, "")]

    def _unmarked(self, s: str) -> str:
        return _MARK.sub("", s).strip(self.sign or None)

    def _test(self, left: View, right: View, cut: str) -> Callable[[str], bool]:
        """会 parts only what is known, a blank what is sure; a word what may be an actor."""
        sure = cut == "会" or (not cut and not parts_two(left, right))
        return self._sure if sure else self.is_actor

    def _name(self, piece: Piece, before: list[Name]) -> Name | None:
        view, duty = _mark(piece.view)
        if self.sign and self.sign in (view.s[:1], view.s[-1:]):
            view, duty = view.strip(self.sign), "lead"
        name = _INCLUDING.sub("", view.s) + piece.suffix  # 各区政府（含大鹏新区）
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
        if plates and all(map(self.is_actor, (plates["one"], *plates["other"].split("、")))):
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
        if self._place or name[0] in f"各{_LEVELS}" or not Place(None).owns(name):
            return None
        if self._known.get(normalise(name)) == name:
            return None
        local = [n.mention[0] for n in before if not n.collective and not n.known]
        return next((c for c in reversed(local) if c in _LEVELS), None)

    def _carry_prefix(self, printed: str, separator: str, before: list[Name]) -> str | None:
        """「专利局审业部、自动化部」: the second office carries the first one's prefix.

        Only a bare office does (…部, 司, 处), and only behind an office: 「人民银行上海总部、
        上海证监局」 and 「国家税务总局广东省税务局、省财政厅」 are bodies of their own.
        """
        if separator != "、" or not before or self.body(printed) is not None:
            return None
        if not _OFFICE.fullmatch(printed) or has_place(printed):
            return None
        head = self._prefix(re.sub(r"\s", "", before[-1].mention)) or self._prefix(
            before[-1].department
        )
        return head + printed if head else None

    def _prefix(self, name: str) -> str | None:
        """The known body whose name begins this one: 专利局 of 专利局审业部."""
        for end in range(len(name) - 2, 1, -1):
            office = _OFFICE.fullmatch(name[end:])
            if office and self.body(name[:end]) is not None and not has_place(name[end:]):
                return name[:end]
        return None

    def _parent(self, name: str) -> str | None:
        head = self._prefix(name)
        body = self.body(head) if head else None
        return body.id if body else None


def _collective(name: str) -> bool:
    """有关部门, 各市、县人民政府; 各 before a short name (各相关专班, 各镇街) makes it many."""
    if is_collective(name) or LEVEL_LIST.fullmatch(name) is not None:
        return True
    return _EACH.fullmatch(name) is not None


def _mark(view: View) -> tuple[View, Duty | None]:
    """A duty in brackets behind a name, and the name without it."""
    found = _MARK.search(view.s)
    if found is None:
        return view, None
    duty: Duty = "charge"
    if found[1]:
        duty = "lead"
    elif found[2] in ("配合", "参与", "协助", "协办"):
        duty = "support"
    return view.cut(0, found.start()), duty
