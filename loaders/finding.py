"""Finds the clauses of a stretch of text, and what looks like one or speaks of one in passing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from kg.model import Span
from loaders.clauses import ParsedClause, parse, parse_cell
from loaders.grammar import BY, DEADLINE, DUTY, FIRST_WORDS, HANDED, HAS_DUTY, LABEL, NOT_A_DUTY
from loaders.marks import brackets, labelled_lines, lists_bodies, sentences
from loaders.names import NameReader
from loaders.view import View

_FILE = re.compile(r"\s*\.(?:docx?|pdf|xlsx?|wps|ofd|zip|rar)\b", re.I)
# 「…行动，由水利部会同财政部负责」
_BY_WHOM = re.compile(
    "(?<=[，；]由)(?P<who>[^，；、。会和与及由“”《》]{2,16})(?:(?:会同|、|和)[^，；。：“”《》]{2,60}?)?负责(?=[，；。]|$)"
)
# 「牵头单位 商务部」, or 「牵头单位」 alone in its line: a label without its colon.
_NO_COLON = re.compile(
    r"(?m)^[ \t　]*(?:牵头|责任|负责|配合|参与|参加)(?:单位|部门)(?:[ 　]+[\u4e00-\u9fff、，]+)?[ \t　]*$"
)
_SIGNS = "*＊★☆△▲#"
_ENDS_LINE = re.compile(r"[。；]?[ 　\t]*(?:\n|$)")


@dataclass(frozen=True)
class Found:
    """The clauses of a stretch of text in order, and what is to be reported.

    `unread`: ends in a duty word or begins with a label, but could not be read whole.
    `passing`: running text that says in passing who leads something.
    `bare`: brackets at the end of a line that list several bodies, or name one behind a
    sentence, without a duty.
    """

    clauses: list[ParsedClause]
    unread: list[Span]
    passing: list[Span]
    bare: list[Span]


def find_clauses(
    text: str, start: int, end: int, names: NameReader, *, ruled: bool = False, each: bool = False
) -> Found:
    """All clauses of text[start:end]; what looks like one but fails is told.

    `ruled`: a list of bodies in brackets at the end of a sentence is a clause
    (`clauses.parse`); with `each` one body is, where otherwise a line must end behind it.
    """
    out = Found([], [], [], [])
    found, unread = out.clauses, out.unread
    dates: list[tuple[Span, Span]] = []
    lines = list(labelled_lines(text, start, end))
    for span in lines:
        view = View.of(text, *span)
        _keep(parse(view, span, names), span, _labels_someone(view.s, names), found, unread)
    for bracket in brackets(text, start, end):
        if any(a <= bracket.span[0] < b for a, b in lines) or _FILE.match(text, bracket.span[1]):
            continue  # part of a labelled line, or of an attachment's file name
        view = View.of(text, *bracket.inner)
        signed = names.sign and names.sign in view.s
        if date := _date_only(view):
            dates.append((bracket.span, date))
        elif HAS_DUTY.search(view.s) or LABEL.match(view.s) or signed:
            clause = parse(view, bracket.span, names)
            _keep(clause, bracket.span, _suspicious(view.s, names), found, unread)
        else:
            _read_list(text, bracket.span, view, names, out, ruled=ruled, each=each)
    unread.extend(_left_below(text, lines, end))
    unread.extend(m.span() for m in _NO_COLON.finditer(text, start, end))
    taken = [*lines, *(c.span for c in found), *unread]
    for span in sentences(text, start, end):
        if not any(a < span[1] and span[0] < b for a, b in taken):
            _read_sentence(View.of(text, *span).strip("。"), span, names, out)
    clauses = [_dated(c, dates, text) for c in sorted(found, key=lambda c: c.span)]
    return replace(out, clauses=_whole(clauses, text))


def _whole(clauses: list[ParsedClause], text: str) -> list[ParsedClause]:
    """「（牵头单位：甲）（配合单位：乙）」: those who help, in a bracket of their own, are of one clause."""
    out: list[ParsedClause] = []
    for clause in clauses:
        before = out[-1] if out else None
        helps = all(a.duty == "support" for a in clause.actors)
        if before and helps and not text[before.span[1] : clause.span[0]].strip(" \t　"):
            out[-1] = replace(
                before,
                span=(before.span[0], clause.span[1]),
                actors=(*before.actors, *clause.actors),
                open=before.open or clause.open,
                deadline=before.deadline or clause.deadline,
            )
        else:
            out.append(clause)
    return out


def _left_below(text: str, lines: list[Span], end: int) -> Iterator[Span]:
    """Bodies on a line of their own right below 责任单位：…, which may belong to it or not."""
    for _, stop in lines:
        below = re.compile(r"[。；;]?[ \t　]*\n([^\n]+)").match(text, stop, end)
        if below and lists_bodies(below[1]):
            yield below.span(1)


def _date_only(view: View) -> Span | None:
    """A bracket that holds a date and nothing else: （2024年底前完成）."""
    label = re.match("(?:(?:完成|办结)?(?:时限|时间)：)?", view.s)
    date = view.cut(label.end() if label else 0, len(view.s))
    return date.span if date.s and DEADLINE.fullmatch(date.s) else None


def _dated(clause: ParsedClause, dates: list[tuple[Span, Span]], text: str) -> ParsedClause:
    """The clause with the date that stands in a bracket of its own beside it."""
    for (start, end), date in dates:
        behind = start >= clause.span[1] and not text[clause.span[1] : start].strip("。 \t　")
        before = end <= clause.span[0] and not text[end : clause.span[0]].strip()
        if clause.deadline is None and (behind or before):
            return replace(clause, deadline=date)
    return clause


def _only_names(view: View, names: NameReader) -> bool:
    """Whether a bracket holds bodies and nothing else but a date: （甲、乙，12月底）."""
    bare = _unsigned(view)
    if names.read(bare):
        return True
    parts = [p for p in re.split("[、，；]", bare.s) if not DEADLINE.fullmatch(p) and p != "全年"]
    return 0 < len(parts) < len(re.split("[、，；]", bare.s)) and all(map(names.is_actor, parts))


def _read_list(
    text: str, span: Span, view: View, names: NameReader, out: Found, *, ruled: bool, each: bool
) -> None:
    """A bracket without a duty: a clause if the document says so, else told or passed over."""
    if ruled and _ends_sentence(text, span[1], several="、" in view.s or each):
        clause = parse(view, span, names, ruled=True)
        first = re.split("[、，；]", view.s)[0]
        _keep(clause, span, names.is_actor(first), out.clauses, out.unread)
    elif not _ENDS_LINE.match(text, span[1]) or not _only_names(view, names):
        return  # names in the middle of a sentence explain what stands before them
    elif "、" in view.s or "，" in view.s or text[: span[0]].endswith(("。", "；")):
        out.bare.append(span)


def _unsigned(view: View) -> View:
    """Without signs at names that the document does not explain: 省财政厅*."""
    kept = [i for i, c in enumerate(view.s) if c not in _SIGNS]
    return View(view.text, "".join(view.s[i] for i in kept), tuple(view.at[i] for i in kept))


def _ends_sentence(text: str, at: int, *, several: bool) -> bool:
    return _ENDS_LINE.match(text, at) is not None or (
        several and text[at : at + 1] in tuple("。；")
    )


def _read_sentence(view: View, span: Span, names: NameReader, out: Found) -> None:
    clauses = _sentence(view, span, names)
    out.clauses.extend(clauses)
    if not clauses:
        out.unread.extend([span] if HANDED.match(view.s) else [])
        out.passing.extend(in_passing(view, names))


def _sentence(view: View, span: Span, names: NameReader) -> list[ParsedClause]:
    """「由A牵头，B配合。」 with nothing else is a clause; any other sentence is running text.

    So is the end of 「关于…的问题，由A会同B研究提出落实意见。」.
    """
    if handed := HANDED.match(view.s):
        start = view.at[handed.start("who") - 1]
        who = parse_cell(view.cut(*handed.span("who")), "charge", names)
        return [replace(who, span=(start, span[1]))] if who else []
    says = BY.match(view.s) or re.search(r"牵头|按照?(?:各自)?职责|负责$", view.s)
    if LABEL.match(view.s) or not says or not HAS_DUTY.search(view.s):
        return []
    clause = parse(view, span, names)
    if clause is None:
        return []
    if not BY.match(view.s) and all(a.name.collective for a in clause.actors):
        return []  # 「政府负责。」, 「各牵头单位要…，各责任单位要积极配合。」: how things go in general
    return [clause]


# 「财政部牵头制定」, 「财政部为牵头单位」, 「财政部负责，海关总署配合」
_SAID = re.compile(
    r"(?P<who>[^，；、。：和与及由会同“”《》（）]{2,16}?)"
    r"(?:牵头(?!单位|部门)|(?:作?为|是)(?:总?牵头)(?:单位|部门)"
    r"|(?:负责|主办|承办)[，；][^，；。：“”《》]{2,60}(?:配合|协助|协办)(?=[，；。]|$))"
)


def in_passing(view: View, names: NameReader) -> list[Span]:
    """Where running text says in passing who leads or helps whom; it is told, it is no clause."""
    found = [
        said.span()
        for said in _SAID.finditer(view.s)
        if names.is_actor(said["who"]) and not FIRST_WORDS.search(said["who"])
    ]
    found += [said.span() for said in _BY_WHOM.finditer(view.s) if names.is_actor(said["who"])]
    return [view.cut(*span).span for span in found]


def _keep(
    clause: ParsedClause | None, span: Span, suspicious: bool,
    found: list[ParsedClause], unread: list[Span],
) -> None:  # fmt: skip
    if clause:
        found.append(clause)
    elif suspicious:
        unread.append(span)


def _labels_someone(line: str, names: NameReader) -> bool:
    """Whether a line begins 责任单位：, or 责任主体为… with a body; 「责任主体是企业」 is prose."""
    label = LABEL.match(line)
    if label is None or label[0][-1] not in "为是有":
        return True
    return names.is_actor(re.split("[，；、。和与及等]", line[label.end() :])[0])


def _suspicious(inner: str, names: NameReader) -> bool:
    """Whether a bracket that was not read looks like a clause and must be reported."""
    starts = [0, *(stop.end() for stop in re.finditer("[，；。]", inner))]
    for label in filter(None, (LABEL.match(inner, at) for at in starts)):
        printed = label.start() == 0 or label[0][-1] == "："
        if printed and (label["lead"] or label["support"] or label["charge"]):
            return True
    if FIRST_WORDS.search(inner) and "、" not in inner:
        return False  # a rule, read as such
    if re.search("(?:牵头|责任|配合|参与)(?:单位|部门)[、和及：]", inner):
        return True
    if re.search("(?:推进|完成|实施|办理)。?$", inner) and any(
        names.body(inner[:n]) for n in range(2, 13)
    ):
        return True
    duty = DUTY.search(inner)
    if duty is None or inner[duty.end() : duty.end() + 1] in tuple(NOT_A_DUTY):
        return False
    if re.search(r"(?:负责|牵头|配合|落实|实施|推进)。?$|^[^。]{2,40}(?:负责|牵头)[，；]", inner):
        return True
    return any(names.is_actor(p) for p in re.split("[，；、。和与及]", inner[: duty.start()]))
