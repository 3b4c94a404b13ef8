"""A sign that a document puts at the names of those who lead: «标*的为牵头单位»."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kg.model import Span, Warning

_SIGN = r"[“\"‘（(]?([*＊★☆△▲●◎※#])[”\"’）)]?"
_LEADS = r"(?:主要|第一)?牵头(?:责任)?(?:单位|部门|负责|者|的)?"
_RULE = re.compile(
    rf"(?:标|加|带|注|打|画|有){{1,2}}(?:有|注|记|明)?{_SIGN}(?:号|标记|标识|符号)?(?:的|者)?"
    rf"(?:责任)?(?:部门|单位)?(?:，|,)?(?:均?为|是|表示|指){_LEADS}[^\n。；;]*[。；;]?"
    rf"|(?:^|(?<=[：:（(，,；;。“ 　])|(?<=其中)){_SIGN}"
    rf"(?:号)?(?:表示|代表|标注的?为|标记的?为|标识的?为|为){_LEADS}[^\n。；;]*[。；;]?"
)


@dataclass(frozen=True)
class StarRule:
    """The sign, and where the document says what it means."""

    sign: str
    span: Span


def star_rule(text: str) -> StarRule | None:
    """What sign marks the names of those who lead, if the document says that one does."""
    for line in re.finditer(r"[^\n]+", text):
        if "牵头" in line[0] and (found := _RULE.search(line[0])):
            at = line.start()
            begins = max(line[0].rfind(stop, 0, found.start()) for stop in "。；;") + 1
            return StarRule(found[1] or found[2], (at + begins, at + found.end()))
    return None


def told(text: str, rule: StarRule | None) -> list[Warning]:
    """That leads are read by a sign, with the words that say so."""
    if rule is None:
        return []
    words = text[slice(*rule.span)].strip()
    message = f"文件用“{rule.sign}”标明牵头的机构，照此读出：{words}"
    return [Warning("lead_sign", message, rule.span)]
