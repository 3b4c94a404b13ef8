"""What a clause says of its own list: taken out before the clause is read.

* `without_rule`: 「A、B负责，列第一位者牵头」 states a lead rule;
* `onward`: with 下同 such a rule never speaks of what is above;
* `singled_out`: 「A、B，其中A为牵头单位」 says who leads.
"""

from __future__ import annotations

import re

from kg.model import LeadRule
from loaders.grammar import FIRST_WORDS, RULE
from loaders.view import View

_ONWARD = re.compile("下同|以下|下列")
_NO_ORDER = re.compile("[，；。]?(?:以上)?(?:单位|部门)?排名不分先后[。]?$")
_SINGLED = re.compile(
    r"[，；。（]其中，?由?(?P<who>[^，；。（）]{2,40}?)(?:作?为|是)?总?牵头"
    r"(?:负责|(?:责任)?(?:单位|部门))?[。）]*$"
)


def without_rule(view: View) -> View:
    """The clause without a rule stated in it: 「…负责。列第一位者为牵头单位，下同」.

    「排名不分先后」 states that there is none.
    """
    if free := _NO_ORDER.search(view.s):
        view = view.without(*free.span())
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


def onward(rule: LeadRule) -> bool:
    """Whether a rule speaks of itself and what follows (下同), and so never of what is above."""
    return _ONWARD.search(rule.quote) is not None


def singled_out(view: View) -> tuple[View, View | None]:
    """The clause without 「其中A为牵头单位」 at its end, and A."""
    found = _SINGLED.search(view.s)
    if found is None:
        return view, None
    return view.cut(0, found.start()), view.cut(*found.span("who"))
