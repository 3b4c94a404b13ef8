"""Responsibility clauses: which words give a task its bodies, and which word gives the role.

A clause is a bracket, or a labelled line (责任单位：…), whose every word is accounted for: names,
duty words, a scope, a deadline, a rule. A bracket that names a body without a duty, or holds
anything else, is no clause (《…规定（一）》, 「中挪（威）」, 「（国家知识产权局）」).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from kg.model import Span
from loaders.names import Name, NameReader

Duty = Literal["lead", "support", "charge"]

_OPENING, _CLOSING = "（(【［[", "）)】］]"
# «A牵头» prints the lead; the longest spelling first.
_LEAD = (
    r"(?:共同|联合|负责)?牵头"
    r"(?:负责|组织实施|组织|落实|推进|实施|协调|抓总|办理|单位|部门)?(?:，(?=会同))?"
)
# «配合», «参与», «参加», «协助», «协办»: takes part.
_SUPPORT = (
    r"(?:(?:按(?:照)?(?:各自)?职责(?:分工)?(?:分别)?)?(?:积极|协同|共同|密切)?"
    r"(?:配合|参与|参加|协助|协同|协办|支持)(?:落实|实施|推进|做好)?)"
)
# «负责», «按职责分工负责», «分别负责», «落实»: answers for it.
_CHARGE = (
    r"(?:(?:按照?|依照?|根据)?(?:各自)?的?(?:职责|职能|责任|任务)?(?:分工)?"
    r"(?:分别|共同|具体|组织|协同|联合|分头|牵头负责)?"
    r"(?:负责(?:落实|实施|组织实施|推进)?|落实(?!.)|组织(?:落实|实施)|推进落实|抓好落实|承担|分工落实))"
)
_DUTY = re.compile(rf"(?P<lead>{_LEAD})|(?P<support>{_SUPPORT})|(?P<charge>{_CHARGE})")
_LABEL = re.compile(
    r"(?P<lead>牵头(?:负责)?(?:部门|单位|领导单位|责任单位)|主责(?:部门|单位)(?=.{0,60}牵头))"
    r"|(?P<support>(?:配合|参与|参加|协助|协办|协同)(?:部门|单位))"
    r"|(?P<charge>(?:主要)?(?:责任|负责|主责|主办|承办|落实|实施|完成|主管)(?:部门|单位|主体|科室|处室|司局)"
    r"|责任分工|任务分工)"
)
_LABEL_AT = re.compile(rf"(?:{_LABEL.pattern})[ \t]*[：:]")
_SCOPE = re.compile(r"(?:适用|实施|试点|推广)(?:范围|区域|地区)[ \t]*[：:]")
_SCOPE_DEFAULT = re.compile(
    r"以下除[^，。；]*外，(?:适用|实施|试点)(?:范围|区域)均?(?:为|是)(?P<value>[^，。；）)]+)"
)
_TIME_LABEL = r"(?:完成|办结|推进)?(?:时限|时间|期限|时间节点)(?:要求)?[ \t]*[：:]"
_TIME = (
    r"(?:\d{4}年(?:\d{1,2}月)?(?:\d{1,2}日)?(?:底|末|上半年|下半年|[一二三四]季度)?(?:之?前|以前)?"
    r"|(?:今|本|当)?年(?:内|底|末)前?|长期(?:坚持|推进)?|持续推进|[一二三四]季度末?前?)"
)
_DEADLINE = re.compile(
    rf"(?:{_TIME_LABEL}(?P<labelled>[^，。；,;]+)|(?P<bare>{_TIME}(?:完成|实施|启动|出台|推进)?))$"
)
RULE = re.compile(
    r"[^。；;\n（）()]*(?:(?:排|列|居)(?:在|于)?|排名|排序)(?:第一|首)(?:位|个|名)?[^。；;\n（）()]{0,12}?"
    r"牵头[^。；;\n（）()]*[。；;]?"
    r"|[^。；;\n（）()]*第一(?:个|家)?(?:责任)?(?:单位|部门)[^。；;\n（）()]{0,4}(?:为|是)牵头[^。；;\n（）()]*[。；;]?"
)
_SEPARATELY = re.compile("分别负责|分别落实|分头负责")


@dataclass(frozen=True)
class Group:
    """Names that share one duty word; `duty` is what the word says of them."""

    names: tuple[Name, ...]
    duty: Duty


@dataclass(frozen=True)
class ParsedClause:
    """A clause taken apart. `separately`: it says itself 按职责分别负责."""

    span: Span
    groups: tuple[Group, ...]
    open: bool
    separately: bool
    scope: Span | None = None
    default_scope: Span | None = None
    deadline: Span | None = None


@dataclass(frozen=True)
class Bracket:
    """A bracket of a text with its inside; nested ones belong to it."""

    span: Span
    inner: Span


def brackets(text: str, start: int, end: int) -> Iterator[Bracket]:
    """The outermost brackets of text[start:end], either width, nested ones inside."""
    depth = 0
    opened = start
    for at in range(start, end):
        if text[at] in _OPENING:
            if depth == 0:
                opened = at
            depth += 1
        elif text[at] in _CLOSING and depth:
            depth -= 1
            if depth == 0:
                yield Bracket((opened, at + 1), (opened + 1, at))


def find_clauses(
    text: str, start: int, end: int, names: NameReader
) -> tuple[list[ParsedClause], list[Span]]:
    """All clauses of text[start:end] in order, and the brackets that look like one but fail.

    Returns:
        The clauses, and the spans of brackets that end in a duty word and name a body, but
        could not be read whole: they are to be reported.
    """
    found: list[ParsedClause] = []
    unread: list[Span] = []
    for bracket in brackets(text, start, end):
        if not _has_duty(text[slice(*bracket.inner)]):
            continue
        clause = parse(text, bracket.inner, bracket.span, names)
        if clause:
            found.append(clause)
        elif _suspicious(text[slice(*bracket.inner)]):
            unread.append(bracket.span)
    line = _labelled_line(text, start, end)
    if line and not any(line[0] <= c.span[0] < line[1] for c in found):
        clause = parse(text, line, line, names)
        if clause:
            found.append(clause)
        else:
            unread.append(line)
    return sorted(found, key=lambda c: c.span), unread


def _has_duty(inner: str) -> bool:
    return bool(re.search("负责|牵头|配合|参与|参加|协助|协办|落实|承担|实施|分工", inner)) or bool(
        _LABEL_AT.search(inner)
    )


def _suspicious(inner: str) -> bool:
    return bool(re.search(r"(?:负责|牵头|配合|分工落实)[。]?\s*$", inner)) or bool(
        _LABEL_AT.match(inner.strip())
    )


def _labelled_line(text: str, start: int, end: int) -> Span | None:
    """A line, or the end of a paragraph, that begins with a label: 责任单位：…"""
    for line in re.finditer(r"(?m)(?:^|(?<=[。；;])[ \t　]*)[^\n]*$", text[start:end]):
        label = _LABEL_AT.search(line[0])
        if label and not re.search(r"[（(][^）)]*$", line[0][: label.start()]):
            before = line[0][: label.start()].rstrip()
            if before and before[-1] not in "。；;】":
                continue
            last = line[0].rstrip("。；; \t　")
            return start + line.start() + label.start(), start + line.start() + len(last)
    return None


def parse(text: str, inner: Span, span: Span, names: NameReader) -> ParsedClause | None:
    """Take a clause apart, or None if some word of it is not accounted for."""
    a, b = inner
    rule = RULE.search(text, a, b)
    if rule and rule.start() > a:
        b = rule.start()
    scope, default, b = _cut_scope(text, a, b)
    deadline, b = _cut_deadline(text, a, b)
    while b > a and text[b - 1] in "。；;，, \t\n　":
        b -= 1
    body = text[a:b]
    groups, is_open = (
        _labelled(body, a, names) if _LABEL_AT.match(body.lstrip()) else _verbal(body, a, names)
    ) or ([], False)
    if not groups:
        return None
    separately = bool(_SEPARATELY.search(re.sub(r"\s", "", body)))
    return ParsedClause(span, tuple(groups), is_open, separately, scope, default, deadline)


def _cut_scope(text: str, a: int, b: int) -> tuple[Span | None, Span | None, int]:
    label = _SCOPE.search(text, a, b)
    if label is None:
        return None, None, b
    default = _SCOPE_DEFAULT.search(text, label.end(), b)
    stop = default.start() if default else b
    value = text[label.end() : stop].rstrip("，,；;。 \t")
    begin = label.end() + len(value) - len(value.lstrip())
    scope = (begin, label.end() + len(value))
    return scope, default.span("value") if default else None, label.start()


def _cut_deadline(text: str, a: int, b: int) -> tuple[Span | None, int]:
    end = b
    while end > a and text[end - 1] in "。；;，, \t\n　":
        end -= 1
    found = _DEADLINE.search(text, a, end)
    if found is None or found.start() == a or text[found.start() - 1] not in "，,；;。 ":
        return None, b
    return found.span("labelled" if found["labelled"] else "bare"), found.start()


def _labelled(body: str, offset: int, names: NameReader) -> tuple[list[Group], bool] | None:
    """「负责部门：A、B」, 「牵头单位：A；配合单位：B、C」."""
    groups, is_open = [], False
    labels = list(_LABEL_AT.finditer(body))
    for label, after in zip(labels, [*labels[1:], None], strict=True):
        end = after.start() if after else len(body)
        listed = body[label.end() : end].rstrip("。；;，, \t\n　")
        duty = _DUTY.search(listed)
        if duty and duty.end() == len(listed):
            listed = listed[: duty.start()]
        read = names.read(listed, offset + label.end())
        if read is None:
            return None
        groups.append(Group(read.names, _which(label)))
        is_open = is_open or read.open
    return groups, is_open


def _verbal(body: str, offset: int, names: NameReader) -> tuple[list[Group], bool] | None:
    """「A牵头，B、C等按职责分工负责」: each duty word closes the list before it."""
    groups: list[Group] = []
    is_open, at = False, 0
    for duty in _duties(body):
        listed, begin = body[at : duty.start()], at
        at = duty.end()
        if not listed.strip("，,；;、会同由 \t\n　"):
            if not groups:
                return None
            continue  # 「A牵头，负责…」: a second word for the same bodies
        read = names.read(*_stripped(listed, offset + begin))
        if read is None:
            return None
        groups.append(Group(read.names, _which(duty)))
        is_open = is_open or read.open
    rest = body[at:].strip("，,；;。 \t\n　")
    if rest:
        after = _after_lead(rest, body, offset, groups, names)
        if after is None:
            return None
        groups.append(Group(after[0], "support"))
        is_open = is_open or after[1]
    return (groups, is_open) if groups else None


def _stripped(listed: str, offset: int) -> tuple[str, int]:
    """A list without the stop that parts it from the one before, and where it begins."""
    inner = listed.lstrip("，,；;。 \t\n　")
    return inner, offset + len(listed) - len(inner)


def _after_lead(
    rest: str, body: str, offset: int, groups: list[Group], names: NameReader
) -> tuple[tuple[Name, ...], bool] | None:
    """「A牵头，B、C」, 「A牵头会同B等部门」: who follows the lead without a word takes part."""
    if not groups or groups[-1].duty != "lead":
        return None
    read = names.read(rest, offset + body.rindex(rest))
    return (read.names, read.open) if read else None


def _duties(body: str) -> Iterator[re.Match[str]]:
    """Duty words of a clause; one must follow a name and end at a name, a stop or the end."""
    at = 0
    while True:
        duty = _DUTY.search(body, at)
        if duty is None:
            return
        at = max(duty.end(), at + 1)
        if duty.start() == 0 or _inside_word(body, duty):
            continue
        yield duty


def _inside_word(body: str, duty: re.Match[str]) -> bool:
    """负责人, 负责任, 参与者, 配合度 are no duty words."""
    return body[duty.end() : duty.end() + 1] in ("人", "任", "者", "度", "制")


def _which(match: re.Match[str]) -> Duty:
    return "lead" if match["lead"] else "support" if match["support"] else "charge"


__all__ = ["RULE", "Bracket", "Duty", "Group", "ParsedClause", "brackets", "find_clauses", "parse"]
