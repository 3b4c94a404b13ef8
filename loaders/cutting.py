"""Where a printed list of actors is cut, and where it looks as if it were but is not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.body_forms import is_collective, looks_like_body
from loaders.view import View

_OPEN = re.compile(
    r"等(?:(?:\d{1,3}个?|[一二三四五六七八九十]{1,3}个?)?(?:国务院|中央和国家机关|[省市县区]直?)?(?:各?有关|各?相关|其他|各)?(?:中央|省级|市级|地方)?"
    r"(?:部门|单位|部委|(?:金融|科研|服务|中介|专业)?机构|地区|方面|机关|地方|(?:中央|国有|电信|电网)?企业|省份|(?:行业)?协会|商会|组织|团体|高校)"
    r"(?:[和、及与]+(?:各?有关|各?相关)?(?:部门|单位|机构|地区|方面|企业|地方))*)?"
    r"(?=$|[和与及、，；/。]|以及|共同|分别)"
)
# 「A、B、C3个部门负责」: how many they are, and no more of them.
_COUNTED = re.compile(
    r"(?<=[局厅委部办署院会团行府])(?:共?\d{1,2}|[两二三四五六七八九十]{1,2})[个家]?(?:部门|单位)$"
)
_SEPARATORS = "、，；/"
_SOFT = re.compile(r"以及|(?:分别)?会[同商]|联合|[和与及商会]")
_LEADING = re.compile(r"^(?:由|会同|以及|及|和|与|并|其他由|分别由)+")
_LEVELS = (
    r"(?:各|有关|相关|全省|全市|计划单列市|省|自治区|直辖市|设区的?市|地级市|市|县|区|州|盟|旗|乡镇?|镇|街道|园区|开发区|直管市|神农架林区|"
    r"和|及|、|（(?:省|市|县|区|州|盟|旗|自治区|直辖市|自治县|、)+）|级|两级|三级|以上|地方|以下)+"
)
LEVEL_LIST = re.compile(
    rf"{_LEVELS}(?:人民政府|政府|党?委和(?:人民)?政府|党?委、(?:人民)?政府|党委政府|管委会)"
    r"|各(?:省、自治区、直辖市(?:及计划单列市)?"
    r"|(?:设区的?)?市(?:（州）)?(?:、[县市区](?:（[市县区州旗、]+）)?)+|(?:设区的?)?[县市区](?:（[市县区州旗、]+）)"
    r"|市县|省区市|省市|县市区)(?=[和及、，；与]|$)"
)
_LONGEST_LEVELS = 100  # characters of such a list behind a separator in it
_LEVEL_WORDS = re.compile(
    r"(?:各|有关|相关)?(?:省|自治区|直辖市|直管市|设区的?市|地级市|市|县|区|乡|镇|州|盟|地|、|（[省市县区州盟旗自治、]+）)+(?:党?委)?"
)


@dataclass(frozen=True)
class Piece:
    """A stretch between separators; `before` is the separator in front of it."""

    view: View
    before: str
    suffix: str = ""


def pieces(view: View) -> Iterator[Piece]:
    """Cut at separators outside brackets; 各市、县人民政府 stays one."""
    before, start = "", 0
    for at in _separators(view.s):
        if _level_list(view.s, start, at) or _and_units(view.s, start, at):
            continue
        yield Piece(trim(view.cut(start, at)), before)
        before, start = view.s[at], at + 1
    yield Piece(trim(view.cut(start, len(view.s))), before)


def whole_places(pieces: list[Piece]) -> list[Piece]:
    """「北京市、上海市、广东省人民政府」: the places before carry the last one's 人民政府.

    「武汉、襄阳、宜昌市人民政府」: they carry 市人民政府.
    """
    suffix = level = ""
    out = []
    for piece in reversed(pieces):
        printed = piece.view.s
        whole = re.fullmatch(r".{1,6}(省|市|自治区|县|区|州)(人民政府|政府)", printed)
        if printed.startswith("各"):
            suffix = level = ""
        elif whole:
            level, suffix = whole[1], whole[2]
        elif suffix and re.fullmatch(r"[\u4e00-\u9fff]{1,6}(?:省|市|自治区|县|州)", printed):
            piece = Piece(piece.view, piece.before, suffix)
        elif suffix and _is_bare_place(printed):
            piece = Piece(piece.view, piece.before, level + suffix)
        else:
            suffix = level = ""
        out.append(piece)
    return out[::-1]


def _is_bare_place(printed: str) -> bool:
    """A short name that is no actor by itself: 武汉, 襄阳."""
    actor = looks_like_body(printed) or is_collective(printed)
    return re.fullmatch(r"[\u4e00-\u9fff]{2,4}", printed) is not None and not actor


def _separators(s: str) -> Iterator[int]:
    depth = 0
    for at, ch in enumerate(s):
        depth += (ch == "（") - (ch == "）")
        if depth == 0 and ch in _SEPARATORS:
            yield at


def _and_units(s: str, start: int, at: int) -> bool:
    """「市直有关部门、单位」 is one actor."""
    more = re.compile("(?:单位|部门|机构|企业)(?=$|[，；、和])").match(s, at + 1)
    return more is not None and re.search("各|有关|相关", s[start:at]) is not None


def _level_list(s: str, start: int, at: int) -> bool:
    """Whether the separator at `at` stands inside 各市、县人民政府 and not between two actors."""
    for whole in LEVEL_LIST.finditer(s, start, at + _LONGEST_LEVELS):
        if whole.start() >= at:
            return False
        if whole.end() > at:
            return _LEVEL_WORDS.fullmatch(s[whole.start() : at].lstrip("和与及")) is not None
    return False


def split_at_etc(piece: Piece) -> tuple[bool, list[Piece]]:
    """Whether 等… closes a list in this piece, and what stands before and behind it."""
    counted = _COUNTED.search(piece.view.s)
    if counted:
        return False, [Piece(piece.view.cut(0, counted.start()), piece.before)]
    found = _OPEN.search(piece.view.s)
    if found is None or found.start() == 0:
        return False, [piece] if piece.view.s else []
    left = trim(piece.view.cut(0, found.start()))
    right = trim(piece.view.cut(found.end(), len(piece.view.s)))
    parts = [Piece(left, piece.before)] + ([Piece(right, "和")] if right.s else [])
    return True, parts


def parts_two(left: View, right: View) -> bool:
    """Whether a blank stands between two bodies: 市住建局 市财政局; but 教育部 职成司 is one.

    「国家税务总局 广东省税务局」, broken over two lines, is one.
    """
    ends = re.search(
        r"(?:[局委厅署院会团行部联社办]|政府|公司|集团|中心|（牵头）)$|^(?:各|有关|相关)", left.s
    )
    begins = re.match(r"[省市县区州各团]|国家|中央|全国|国务院|有关|相关", right.s)
    whole = re.search(
        r"(?<!办公)(?:[局委厅署院会区]|公司|集团|海关|分行|支行|大学|学院|企业)$", right.s
    )
    branch = re.match("国家|财政部|人民银行|中国", left.s) and not begins
    return bool(ends and (begins or whole) and not branch)


def cuts(view: View) -> list[tuple[int, int]]:
    """Where a piece may be parted: words like 和, then blanks."""
    words = [cut.span() for cut in _SOFT.finditer(view.s)]
    blanks = [(i, i) for i in range(1, len(view.s)) if view.broken_at(i)]
    return words + blanks


def trim(view: View) -> View:
    """Without stops and introducing words (由, 会同, 和) around it."""
    view = view.strip("，；、。：")
    lead = _LEADING.match(view.s)
    return view.cut(lead.end(), len(view.s)) if lead and lead.end() < len(view.s) else view
