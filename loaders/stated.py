"""A lead rule that is stated inside a clause: taken out before the clause is read."""

from __future__ import annotations

import re

from loaders.grammar import FIRST_WORDS, RULE
from loaders.view import View


def without_rule(view: View) -> View:
    """The clause without a rule stated in it: 「…负责。列第一位者为牵头单位，下同」."""
    if not FIRST_WORDS.search(view.s):
        return view
    nested = re.search(rf"（(?:{RULE.pattern})）", view.s)
    found = nested or RULE.search(view.s)
    if found is None:
        return view
    start = found.start()
    words = (
        re.match(r".*?(?:负责|牵头|配合|落实|[；。])[，。；]?", found[0]) if not nested else None
    )
    if words and not re.search("第一|首", words[0]):
        start += words.end()
    elif not nested and start == 0:
        cut = re.search(r"[，。；](?=[^，。；]*(?:第一|首))", view.s)
        if cut is None:
            return view
        start = cut.start()
    return view.without(start, found.end() if nested else _rule_end(view.s, found.end()))


def _rule_end(s: str, end: int) -> int:
    more = re.match(r"[，；]?(?:以下(?:均)?同|下同|均同|下列相同)[。]?", s[end:])
    return end + more.end() if more else end
