"""Automatic numbers of Word paragraphs, counted the way Word shows them.

Word keeps 一、 （一） 1. apart from the words of a heading; a task's printed number is part
of the document, so the lists of `numbering.xml` are counted along while reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from docx.document import Document
from docx.oxml.ns import qn

_CN = "零一二三四五六七八九"
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_CHINESE = {
    "chineseCounting", "chineseCountingThousand", "japaneseCounting", "taiwaneseCounting",
    "taiwaneseCountingThousand", "ideographDigital", "japaneseDigitalTenThousand",
    "taiwaneseDigital",
}  # fmt: skip
# From the code point of «1», how many there are: ① ⑴ ㈠ ㊀ １
_RANGES = {
    "decimalEnclosedCircle": (0x2460, 20), "decimalEnclosedCircleChinese": (0x2460, 20),
    "decimalEnclosedParen": (0x2474, 20), "decimalEnclosedFullstop": (0x2488, 20),
    "ideographEnclosedCircle": (0x3280, 10),
}  # fmt: skip
_ROMAN = ((1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"),
          (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))  # fmt: skip


@dataclass(frozen=True)
class Level:
    """One level of a list. `restart`: it begins anew after a level above this one; 0: never."""

    form: str
    pattern: str
    start: int
    restart: int
    style: str | None
    arabic: bool


class Numbers:
    """Counts the automatic numbers of one document, paragraph by paragraph."""

    def __init__(self, document: Document) -> None:
        self._levels: dict[str, dict[int, Level]] = {}
        self._abstract: dict[str, str] = {}
        self._again: dict[tuple[str, int], int] = {}
        self._counts: dict[str, dict[int, int]] = {}
        self._styles = {s.style_id: s.element for s in document.styles}
        if any(r.reltype.endswith("/numbering") for r in document.part.rels.values()):
            self._read(document.part.numbering_part.element)

    def _read(self, root: Any) -> None:
        levels: dict[str, dict[int, Level]] = {}
        linked: dict[str, str] = {}
        styled: dict[str, str] = {}
        for abstract in root.iter(qn("w:abstractNum")):
            id = abstract.get(qn("w:abstractNumId"))
            levels[id] = {at: level for at, level in _levels(abstract)}
            for tag, table in (("w:numStyleLink", linked), ("w:styleLink", styled)):
                node = abstract.find(qn(tag))
                if node is not None:
                    table[id] = node.get(qn("w:val"))
        of_style = {style: id for id, style in styled.items()}
        for num in root.iter(qn("w:num")):
            of = num.find(qn("w:abstractNumId"))
            if of is None:
                continue
            id, abstract = num.get(qn("w:numId")), of.get(qn("w:val"))
            abstract = of_style.get(linked.get(abstract, ""), abstract)
            self._abstract[id] = abstract
            self._levels[id] = dict(levels.get(abstract, {}))
            self._override(id, num)

    def _override(self, id: str, num: Any) -> None:
        for override in num.iter(qn("w:lvlOverride")):
            at = _integer(override.get(qn("w:ilvl")), 0)
            self._levels[id].update(_levels(override))
            start = override.find(qn("w:startOverride"))
            if start is not None:
                self._again[(id, at)] = _integer(start.get(qn("w:val")), 1)

    def of(self, paragraph: Any) -> str:
        """The number before a paragraph (its XML element) as shown, or an empty text."""
        found = self._list_of(paragraph)
        if found is None or found[1] not in self._levels.get(found[0], {}):
            return ""
        id, level = found
        kinds = self._levels[id]
        counts = self._counts.setdefault(self._abstract[id], {})
        start = self._again.pop((id, level), None)
        if start is not None:
            counts[level] = start - 1
        counts[level] = counts.get(level, kinds[level].start - 1) + 1
        for deeper in [n for n in counts if n > level and _restarts(kinds.get(n), level)]:
            del counts[deeper]
        return _shown(kinds, counts, level)

    def _list_of(self, paragraph: Any) -> tuple[str, int] | None:
        """numId and level of a paragraph, its own or its style's."""
        for properties, style in self._properties(paragraph):
            node = None if properties is None else properties.find(qn("w:numPr"))
            if node is None:
                continue
            id, level = node.find(qn("w:numId")), node.find(qn("w:ilvl"))
            if id is None:
                continue
            name = id.get(qn("w:val"))
            if level is not None:
                return name, _integer(level.get(qn("w:val")), 0)
            return name, self._level_of_style(name, style)
        return None

    def _level_of_style(self, id: str, style: str | None) -> int:
        kinds = self._levels.get(id, {})
        return next((at for at, k in kinds.items() if style and k.style == style), 0)

    def _properties(self, paragraph: Any) -> Iterator[tuple[Any, str | None]]:
        own = paragraph.find(qn("w:pPr"))
        yield own, None
        node = None if own is None else own.find(qn("w:pStyle"))
        id = None if node is None else node.get(qn("w:val"))
        for _ in range(20):  # a style may be based on another; never in a circle
            element = self._styles.get(id)
            if element is None:
                return
            yield element.find(qn("w:pPr")), id
            based = element.find(qn("w:basedOn"))
            id = None if based is None else based.get(qn("w:val"))


def _levels(element: Any) -> Iterator[tuple[int, Level]]:
    for level in element.iter(qn("w:lvl")):
        at = _integer(level.get(qn("w:ilvl")), 0)
        yield (
            at,
            Level(
                _value(level, "w:numFmt", "decimal"),
                _value(level, "w:lvlText", ""),
                _integer(_value(level, "w:start", "1"), 1),
                _integer(_value(level, "w:lvlRestart", str(at)), at),
                _value(level, "w:pStyle", "") or None,
                level.find(qn("w:isLgl")) is not None,
            ),
        )


def _restarts(kind: Level | None, after: int) -> bool:
    return kind is None or after < kind.restart


def _shown(kinds: dict[int, Level], counts: dict[int, int], level: int) -> str:
    kind = kinds[level]
    if kind.form in ("bullet", "none"):
        return "- " if kind.form == "bullet" else ""

    def value(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        of = kinds.get(at)
        form = "decimal" if of is None or (kind.arabic and at != level) else of.form
        return formatted(counts.get(at, of.start if of else 1), form)

    return re.sub(r"%([1-9])", value, kind.pattern)


def _value(element: Any, tag: str, default: str) -> str:
    node = element.find(qn(tag))
    return default if node is None else str(node.get(qn("w:val"), default))


def _integer(value: str | None, default: int) -> int:
    return int(value) if value and re.fullmatch(r"-?\d{1,6}", value) else default


def formatted(value: int, form: str) -> str:
    """A number in one of Word's forms; a form that is not known shows digits."""
    if form in _CHINESE:
        return chinese_number(value)
    if form in _RANGES and 1 <= value <= _RANGES[form][1]:
        return chr(_RANGES[form][0] + value - 1)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("ideographTraditional", "ideographZodiac"):
        signs = _STEMS if form == "ideographTraditional" else _BRANCHES
        return signs[(value - 1) % len(signs)]
    if form in ("upperRoman", "lowerRoman") and 0 < value < 4000:
        return _roman(value) if form == "upperRoman" else _roman(value).lower()
    if form in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(ord(d) + 0xFEE0) for d in str(value))
    return f"{value:02d}" if form == "decimalZero" else str(value)


def _roman(value: int) -> str:
    out = ""
    for worth, sign in _ROMAN:
        out += sign * (value // worth)
        value %= worth
    return out


def chinese_number(value: int) -> str:
    """1 to 999 in Chinese numerals: 一, 十, 二十一, 一百零六; others in digits."""
    if not 1 <= value <= 999:
        return str(value)
    if value >= 100:
        rest = value % 100
        joined = "" if rest == 0 else "零" + _CN[rest] if rest < 10 else _tens(rest, "一十")
        return _CN[value // 100] + "百" + joined
    return _tens(value, "十")


def _tens(value: int, ten: str) -> str:
    tens, ones = divmod(value, 10)
    head = "" if tens == 0 else ten if tens == 1 else _CN[tens] + "十"
    return head + (_CN[ones] if ones else "")
