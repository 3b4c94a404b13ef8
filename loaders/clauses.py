"""Responsibility clauses: which words give a task its bodies, and which word gives the role.

A clause is a bracket, labelled lines (责任单位：…) or a sentence (由…牵头，…配合。), whose every
word is accounted for: names, duty words, a scope, a deadline, a rule. A bracket that names a
body without a duty, or holds anything else, is no clause (《…规定（一）》, 「中挪（威）」,
「（国家知识产权局）」). `loaders.finding` says where clauses may stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.model import Span
from loaders.grammar import (
    BULLETS,
    BY,
    DEADLINE,
    DUTY,
    FIRST_WORDS,
    KIND_OF_FIGURE,
    LABEL,
    NOT_A_DUTY,
    NOTE,
    SCOPE_DEFAULT,
    SEPARATELY,
    TO_BE_DONE,
)
from loaders.names import Duty, Name, NameReader
from loaders.stated import singled_out, without_rule
from loaders.view import View

_OF_EACH = re.compile(r"各[^，；、。：]{0,6}$")
_STOPS = f"，；、。：{BULLETS}—"


@dataclass(frozen=True)
class Actor:
    """A name and what the words around it say of it."""

    name: Name
    duty: Duty


@dataclass(frozen=True)
class ParsedClause:
    """A clause taken apart. `separately`: it says itself 按职责分别负责."""

    span: Span
    actors: tuple[Actor, ...]
    open: bool = False
    separately: bool = False
    scope: Span | None = None
    default_scope: Span | None = None
    deadline: Span | None = None
    note: Span | None = None


@dataclass
class _Parts:
    """What was gathered from a clause so far; `told`: a label or a column says who is listed."""

    actors: list[Actor] = field(default_factory=list)
    open: bool = False
    scope: Span | None = None
    default_scope: Span | None = None
    deadline: Span | None = None
    note: Span | None = None
    labelled: bool = False
    told: bool = False


def parse_cell(view: View, label: Duty, names: NameReader) -> ParsedClause | None:
    """A cell of a table, whose column says what it is; it may say more: 「A牵头，B配合」."""
    parts = _Parts(told=True)
    view, leader = singled_out(_bare(without_rule(view), names))
    said = LABEL.match(view.s) is not None  # 「牵头单位：A；配合单位：B」
    read = _read(view, parts, names) if said else _verbal(view, parts, names, label)
    if not read or not _single_out(leader, parts, names):
        return None
    return ParsedClause(view.span, tuple(parts.actors), parts.open, deadline=parts.deadline)


def parse(view: View, span: Span, names: NameReader, *, ruled: bool = False) -> ParsedClause | None:
    """Take a clause apart, or None if some word of it is not accounted for.

    `ruled`: the document has said that the first of such a list leads
    (「（A、B，列第一位的为牵头单位，下同）」), so that a list needs no duty word.
    """
    printed, view = view.s, without_rule(view)
    ruled = (ruled or view.s != printed) and not DUTY.search(view.s) and not LABEL.match(view.s)
    parts = _Parts()
    kind = KIND_OF_FIGURE.match(view.s)
    view = view.cut(kind.end() if kind else 0, len(view.s))
    by = BY.match(view.s)  # 「此项工作由A牵头，B配合」
    view = view.cut(by.end() if by else 0, len(view.s))
    view, leader = singled_out(_cut_note(_cut_default(view, parts), parts))
    listed = ruled or (leader is not None and not (DUTY.search(view.s) or LABEL.match(view.s)))
    read = _verbal(view, parts, names, "charge") if listed else _read(view, parts, names)
    if not read or not _single_out(leader, parts, names):
        return None
    if any(FIRST_WORDS.search(a.name.mention) for a in parts.actors):
        return None  # 「第一个单位」 is nobody
    return ParsedClause(
        span,
        tuple(parts.actors),
        parts.open,
        bool(SEPARATELY.search(view.s)),
        parts.scope,
        parts.default_scope,
        parts.deadline,
        parts.note,
    )


def _single_out(leader: View | None, parts: _Parts, names: NameReader) -> bool:
    """Of the bodies listed, those of 「其中A为牵头单位」 lead; False if one is not listed."""
    if leader is None:
        return bool(parts.actors)
    read = names.read(leader)
    ids = {n.id for n in read.names} if read else set()
    if not ids or not ids <= {a.name.id for a in parts.actors}:
        return False
    parts.actors = [Actor(a.name, "lead" if a.name.id in ids else "charge") for a in parts.actors]
    return True


def _cut_default(view: View, parts: _Parts) -> View:
    """A standing scope stated in a clause: 以下除…外，适用范围均为…."""
    default = SCOPE_DEFAULT.search(view.s)
    if default is None:
        return view
    parts.default_scope = view.cut(*default.span("value")).span
    return view.without(default.start(), default.end())


def _cut_note(view: View, parts: _Parts) -> View:
    """A sentence that speaks of more than this clause: 「…不再做分工，下同。」; it is reported."""
    note = NOTE.search(view.s)
    if note is None:
        return view
    parts.note = view.cut(*note.span()).span
    return view.cut(0, note.start())


def _read(view: View, parts: _Parts, names: NameReader) -> bool:
    """Read labelled stretches, or one stretch in words."""
    labels = _labels(view.s)
    parts.labelled = any(m["lead"] or m["support"] or m["charge"] for m in labels)
    first = labels[0].start() if labels else len(view.s)
    helped = {bool(m["support"]) for m in labels if m["lead"] or m["support"] or m["charge"]}
    before: Duty | None = "charge" if helped == {True} else None  # 「A，配合单位：B」
    if view.s[:first].strip(_STOPS) and not _verbal(view.cut(0, first), parts, names, before):
        return False
    for label, after in zip(labels, [*labels[1:], None], strict=False):
        body = _bare(view.cut(label.end(), after.start() if after else len(view.s)), names)
        if not _labelled(label, body, parts, names):
            return False
    return True


def _labels(s: str) -> list[re.Match[str]]:
    """Labels at the start or behind a stop, outside nested brackets."""
    out: list[re.Match[str]] = []
    depth = 0
    at = 0
    while at < len(s):
        if depth == 0 and (at == 0 or s[at - 1] in "，；。、" or LABEL.match(s, at)):
            label = LABEL.match(s, at)
            if label and _is_label(label, s, at, out):
                out.append(label)
                at = label.end()
                continue
        depth += (s[at] == "（") - (s[at] == "）")
        at += 1
    return out


def _is_label(label: re.Match[str], s: str, at: int, before: list[re.Match[str]]) -> bool:
    """「A（牵头单位）」 marks a name and labels nothing; 「【牵头单位】A」 labels."""
    if label[0][0] == "（":
        return at == 0 or (bool(before) and before[0][0][0] == "（")
    return label[0][-1] == "：" or at == 0 or s[at - 1] in "，；。"


def _labelled(label: re.Match[str], body: View, parts: _Parts, names: NameReader) -> bool:
    if label["person"] or label["other"]:
        return True
    if label["scope"]:
        parts.scope = body.span
        return True
    if label["deadline"]:
        parts.deadline = parts.deadline or body.span
        return True
    which: Duty = "lead" if label["lead"] else "support" if label["support"] else "charge"
    parts.told = True
    return _verbal(body, parts, names, which)


def _verbal(view: View, parts: _Parts, names: NameReader, label: Duty | None) -> bool:
    """「A牵头，B、C等按职责分工负责」: each duty word closes the list before it.

    Behind a label the words may be missing; elsewhere a list without any is no clause.
    """
    with_deadline, view = view, _cut_deadline(view, parts)
    to_be_done = view.s != with_deadline.s and TO_BE_DONE.search(with_deadline.s) is not None
    at = 0
    duties = list(_duties(view.s))
    for duty in duties:
        listed = _bare(view.cut(at, duty.start()), names)
        at = duty.end()
        if not listed.s.strip("，；、。会同由并"):
            if not parts.actors:
                return False
            continue  # 「A牵头，负责…」: a second word for the same bodies
        which = _which(duty)
        which = "lead" if label == "lead" and which == "charge" else which  # 牵头单位：A、B负责
        if not _add(listed, parts, names, which):
            return False
    rest = _bare(view.cut(at, len(view.s)), names)
    if not rest.s:
        return bool(parts.actors)
    if not duties:
        return _add(rest, parts, names, label or "charge") and (
            label is not None or to_be_done or any(a.name.duty for a in parts.actors)
        )
    follows = rest.s.startswith(("会同", "联合", "商"))  # 「A负责，会同B、C」
    if label is None and _which(duties[-1]) != "lead" and not follows:
        return False
    return _add(rest, parts, names, "support")


def _cut_deadline(view: View, parts: _Parts) -> View:
    """Deadlines in front of the bodies or behind them: 「…负责，4月底前出台，年内持续推进」."""
    while True:
        found = next((m for m in DEADLINE.finditer(view.s) if _alone(view.s, m)), None)
        if found is None:
            return view
        place = view.cut(*found.span()).span
        near = parts.deadline is not None and place[0] - parts.deadline[1] <= 2
        parts.deadline = (
            (parts.deadline[0], place[1]) if parts.deadline and near else (parts.deadline or place)
        )
        view = view.without(*found.span())


def _alone(s: str, found: re.Match[str]) -> bool:
    """Whether a match stands between stops, and is no empty match."""
    before = s[found.start() - 1] if found.start() else "，"
    after = s[found.end()] if found.end() < len(s) else "，"
    return bool(found[0]) and before in "，；。" and after in "，；。"


def _bare(view: View, names: NameReader) -> View:
    """Without stops and bullets at its ends; a sign that marks a name stays."""
    return view.strip(_STOPS.replace(names.sign, "") if names.sign else _STOPS)


def _add(listed: View, parts: _Parts, names: NameReader, duty: Duty) -> bool:
    read = names.read(listed, told=parts.told)
    if read is None:
        return False
    if any(n.duty == "lead" for n in read.names):
        duty = "charge"  # 「A（牵头）、B」: the mark singles A out
    parts.actors += [Actor(n, n.duty or duty) for n in read.names]
    parts.open = parts.open or read.open
    return True


def _duties(s: str) -> Iterator[re.Match[str]]:
    """Duty words of a clause, outside nested brackets, each behind some name."""
    at = 0
    while True:
        duty = DUTY.search(s, at)
        if duty is None:
            return
        at = max(duty.end(), at + 1)
        nested = s.count("（", 0, duty.start()) > s.count("）", 0, duty.start())
        if duty[0][-2:] in ("单位", "部门") and _OF_EACH.search(s[: duty.start()]):
            continue  # 各项目牵头单位 are actors
        if duty.start() == 0 or nested or s[duty.end() : duty.end() + 1] in tuple(NOT_A_DUTY):
            continue
        yield duty


def _which(match: re.Match[str]) -> Duty:
    return "lead" if match["lead"] else "support" if match["support"] else "charge"


__all__ = ["Actor", "ParsedClause", "parse", "parse_cell"]
