"""Outline to tasks: each unit of text that owns a responsibility clause (contract, section 3).

* `_units`: a numbered item, with the paragraphs that follow it up to its clause, or one
  paragraph; several clauses make several tasks, each owning the text since the one before.
* `run_in_levels`: a level of numbering carries run-in headings if most of its tasks of several
  sentences begin with one (the guide's （一）…); a running list (the 2019 plan's 1.–106.) does not.
* `lead_rule`: a stated rule holds from where it is stated; at the end, of all above.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import takewhile
from math import inf

from kg.model import Clause, LeadRule, Span, Task, Warning
from loaders.clauses import ParsedClause
from loaders.finding import find_clauses, in_passing
from loaders.grammar import BULLETS, FIRST_WORDS, IN_BRACKETS, NO_RULE, rules
from loaders.markers import HEADS
from loaders.marks import names_person
from loaders.names import NameReader
from loaders.outline import Block, Outline
from loaders.roles import assign
from loaders.stated import onward
from loaders.task_labels import labels
from loaders.view import View

MAX_TITLE = 40
RUN_IN_SHARE = 0.7
_SKIP = re.compile(r"(?:\[image:[^\]\n]*\]|[\s　])*")
_PUNCTUATION = "。；;，,、：: \t\n　"


@dataclass(frozen=True)
class Draft:
    """A task before it has its title, id and responsibilities."""

    block: Block
    text_span: Span
    clause: ParsedClause
    part: int
    parts: int
    table: bool = False


@dataclass(frozen=True)
class TaskReading:
    """The tasks of a document's running text, and what could not be read."""

    drafts: tuple[Draft, ...]
    warnings: tuple[Warning, ...]


def lead_rule(text: str) -> LeadRule | None:
    """The sentence that says that the first listed leads, if the document states one."""
    for found in rules(text):
        if _quoted(text, found.start(), found.end()) or NO_RULE.search(found[0]):
            continue  # 《…方案》明确“列第一位的为牵头单位”: another document's rule
        quote = found[0].strip("　 \t")
        start = found.start() + found[0].index(quote)
        return LeadRule("first-listed", quote, (start, start + len(quote)))
    return None


def _quoted(text: str, start: int, end: int) -> bool:
    """Whether the words of a rule stand inside quotation marks."""
    core = FIRST_WORDS.search(text, start, end)
    line = text.rfind("\n", 0, start) + 1
    before = text[line : core.start() if core else end]
    return before.count("“") > before.count("”")


def rule_covers(rule: LeadRule | None, clause: Span, last_clause: int) -> bool:
    """Whether a stated rule covers a clause.

    A rule with clauses after it holds from its own clause on (下同); a rule at the end
    speaks of all above, unless it says 下同.
    """
    if rule is None:
        return False
    at_end = rule.span[0] >= last_clause and not onward(rule)
    return at_end or clause[1] > rule.span[0]


def bare_from(text: str, rule: LeadRule | None) -> float:
    """From where on a list of bodies in brackets at the end of a line is a clause as it is.

    Everywhere, where the document states that the first listed leads, or that its brackets
    name who is responsible; behind the bracket that states it (「…，下同」) from there on.
    """
    if rule is not None:
        line = text[text.rfind("\n", 0, rule.span[0]) + 1 : rule.span[0]]
        inside = len(re.findall("[（(〔【]", line)) > len(re.findall("[）)〕】]", line))
        return rule.span[0] if inside else 0
    return 0 if IN_BRACKETS.search(text) else inf


def read_tasks(outline: Outline, names: NameReader, rule: LeadRule | None = None) -> TaskReading:
    """Find every clause of the running text and the text that it owns."""
    drafts: list[Draft] = []
    warnings: list[Warning] = []
    bare: list[Span] = []
    start = bare_from(outline.text, rule)
    each = bool(IN_BRACKETS.search(outline.text) or (rule and "括号" in rule.quote))
    for unit in _units(outline.blocks):
        ruled = unit.span[0] >= start
        found = find_clauses(outline.text, *unit.span, names, ruled=ruled, each=each)
        warnings += [_unread(outline.text, span) for span in found.unread]
        warnings += [_in_passing(outline.text, span) for span in found.passing]
        bare += found.bare
        drafts += _drafts(outline.text, unit, found.clauses, warnings)
    warnings += _below_headings(outline, drafts)
    for block in outline.blocks:
        if block.kind == "heading":
            said = in_passing(View.of(outline.text, *block.span), names)
            warnings += [_in_passing(outline.text, span) for span in said]
    warnings += [_names_only(outline.text, span) for span in bare]
    return TaskReading(tuple(drafts), tuple(warnings))


def _units(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """Items with the paragraphs that follow them, and paragraphs that follow no item."""
    held: Block | None = None
    for block in blocks:
        joins = block.kind == "paragraph" and held is not None and held.kind == "item"
        if joins and held is not None and not _closed(held):
            held = replace(held, span=(held.span[0], block.span[1]), text=held.text + block.text)
            continue
        if held is not None:
            yield held
        held = block if block.kind in ("item", "paragraph", "listed") else None
    if held is not None:
        yield held


def _closed(unit: Block) -> bool:
    """Whether a unit ends with a clause already."""
    return bool(
        re.search(r"(?:负责|牵头|配合|落实|参与|部门：.*|单位：.*)[^（(]*[)）]。?$", unit.text)
    )


def _drafts(
    text: str, unit: Block, clauses: list[ParsedClause], warnings: list[Warning]
) -> Iterator[Draft]:
    at = unit.span[0]
    for part, clause in enumerate(clauses, 1):
        if clause.note:
            words = text[slice(*clause.note)]
            warnings.append(
                Warning("clause_note", f"括号内另有说明，没有计入责任分工：{words}", clause.note)
            )
        span = _owned(text, at, clause.span[0])
        at = clause.span[1]
        if span is None:
            warnings.append(Warning("clause_without_text", "责任分工之前没有任务文字", clause.span))
            continue
        yield Draft(unit, span, clause, part, len(clauses))


def _owned(text: str, start: int, end: int) -> Span | None:
    """The text between two clauses without blanks, image marks and a stray stop around it."""
    skip = _SKIP.match(text, start, end)
    start = skip.end() if skip else start
    while start < end and text[start] in "。；;，, ":
        start += 1
    end = _trimmed(text, start, end)
    while names_person(text[start:end].rpartition("\n")[2]):
        end = _trimmed(
            text, start, text.rfind("\n", start, end) if "\n" in text[start:end] else start
        )
    return (start, end) if end > start else None


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in f" \t\n　，,—*＊{BULLETS}":
        end -= 1
    return end


def _unread(text: str, span: Span) -> Warning:
    return Warning("clause_unread", f"像是责任分工，但没有读懂：{text[slice(*span)]}", span)


def _in_passing(text: str, span: Span) -> Warning:
    words = text[slice(*span)]
    return Warning("duty_in_passing", f"正文顺带说“{words}”，不是单独的责任分工，没有计入", span)


def _below_headings(outline: Outline, drafts: list[Draft]) -> Iterator[Warning]:
    """Items under a heading that has the clause (一、海洋产业（甲、乙负责）) and none of their own.

    Whether each of them is the bodies' task, or all together, is not printed.
    """
    own = {d.block.span[0]: d for d in drafts}
    blocks = outline.blocks
    for i, block in enumerate(blocks):
        draft = own.get(block.span[0])
        if draft is None or draft.parts > 1 or not block.marker or block.rank > HEADS:
            continue
        if re.search("[。；\n]", outline.text[slice(*draft.text_span)].rstrip("。；")):
            continue
        below = _deeper(blocks, i + 1, block.rank)
        bare = [b for b in below if b.kind == "item" and b.span[0] not in own]
        if bare:
            words = outline.text[slice(*draft.text_span)]
            message = f"“{words}”的责任分工写在标题上，下面有 {len(bare)} 项没有自己的，没有计入"
            yield Warning("clause_above_items", message, (bare[0].span[0], bare[-1].span[1]))


def _deeper(blocks: tuple[Block, ...], start: int, rank: int) -> list[Block]:
    """The run of blocks from `start` on that stand below a rank; no others are looked at."""
    after = (blocks[i] for i in range(start, len(blocks)))
    return list(takewhile(lambda b: b.kind not in ("heading", "box") and b.rank > rank, after))


def _names_only(text: str, span: Span) -> Warning:
    """The document may mean more by its lists of bodies than it prints."""
    words = text[slice(*span)]
    return Warning("names_only", f"括号只列机构、没有写责任，没有计入：{words}", span)


# --- titles, numbers, ids ------------------------------------------------------------------


def first_sentence(text: str, span: Span) -> Span | None:
    """A short first sentence without a comma, with more text after it; else None."""
    stop = re.compile("[。！？]").search(text, *span)
    if stop is None or stop.end() >= span[1] - 1:
        return None
    sentence = text[span[0] : stop.start()]
    if len(sentence) > MAX_TITLE or re.search("[，,；;：:\n]", sentence):
        return None
    return (span[0], stop.end())


def run_in_levels(text: str, drafts: tuple[Draft, ...]) -> set[str]:
    """The styles of numbering whose items begin with a run-in heading."""
    seen: dict[str, Counter[bool]] = defaultdict(Counter)
    for draft in drafts:
        if draft.part == 1 and draft.block.marker and _sentences(text, draft) > 1:
            titled = first_sentence(text, draft.block.span) is not None
            seen[draft.block.marker_kind][titled] += 1
    return {k for k, c in seen.items() if c[True] / c.total() >= RUN_IN_SHARE}


def _sentences(text: str, draft: Draft) -> int:
    """Sentences before the clause; an item of one sentence says nothing of headings."""
    return len(re.findall(r"[。！？](?=.|$)", text[slice(*draft.text_span)].rstrip("。") + "。"))


def title_span(text: str, draft: Draft, run_in: set[str]) -> Span | None:
    """Where a task's title stands: a run-in heading of its item, or a short first sentence."""
    if draft.block.marker:
        if draft.block.marker_kind not in run_in:
            return None
        if draft.parts == 1 and _sentences(text, draft) < 2:
            return None  # an item of one sentence
        return first_sentence(text, draft.block.span)
    return first_sentence(text, draft.text_span)


# --- drafts to tasks -----------------------------------------------------------------------


def finish(
    text: str, document: str, drafts: tuple[Draft, ...], rule: LeadRule | None
) -> tuple[Task, ...]:
    """Give each draft its title, id, roles and scope."""
    run_in = run_in_levels(text, drafts)
    last = max((d.clause.span[0] for d in drafts), default=0)
    tasks = []
    for draft, label in zip(drafts, labels(list(drafts)), strict=True):
        clause = draft.clause
        title = title_span(text, draft, run_in)
        tasks.append(
            Task(
                id=f"{document}-{label}",
                number=draft.block.marker,
                title=text[slice(*title)] if title else None,
                title_span=title,
                section=draft.block.section,
                text=text[slice(*draft.text_span)],
                span=draft.text_span,
                clause=Clause(text[slice(*clause.span)], clause.span),
                open=clause.open,
                scope=text[slice(*clause.scope)] if clause.scope else None,
                scope_span=clause.scope,
                deadline=text[slice(*clause.deadline)] if clause.deadline else None,
                deadline_span=clause.deadline,
                responsibilities=assign(clause, first_leads=rule_covers(rule, clause.span, last)),
            )
        )
    return tuple(tasks)
