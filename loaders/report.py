"""An extraction as a person can act on it: first what was skipped or is in doubt, with its
words and place, then each task with its clause marked, its roles and the rule applied.

Here as text for a terminal; `loaders.report_html` gives the same as a page.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.model import Extraction, LoadedDocument, Responsibility, Span, Task, Warning
from kg.terms import ROLES
from kg.wording import corrected
from loaders.roles import RULES

BOLD, DIM, YELLOW, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"
AROUND = 40
_RULE_OF = {
    "explicit": "explicit-lead",
    "first-listed": "first-listed-leads",
    "first-listed-contested": "first-listed-leads",
    "sole": "sole-body",
    "joint": "joint-bodies",
    "table": "joint-bodies",
}
_RULES = {r.name: r for r in RULES}


def place(document: LoadedDocument, span: Span | None) -> str:
    """Where a span stands: characters, line, and page where the format has pages."""
    if span is None:
        return ""
    line = document.text.count("\n", 0, span[0]) + 1
    page = sum(p <= span[0] for p in document.pages)
    return f"字 {span[0]}–{span[1]}，第 {line} 行" + (f"，第 {page} 页" if page else "")


def rule_words(task: Task, document: LoadedDocument) -> str:
    """Which rule gave the roles of a task, with the sentence that justifies it.

    Where the document itself states the rule, that sentence; a user's correction says who.
    """
    if task.correction:
        return corrected(task.correction)
    rule = _RULES[_RULE_OF[task.responsibilities[0].basis]]
    stated = document.extraction.document.lead_rule
    if rule.name == "first-listed-leads" and stated:
        return f"{rule.zh}：本文件写明“{stated.quote}”（{place(document, stated.span)}）"
    return f"{rule.zh}（{rule.name}；如“{rule.quote}”）"


def by_role(task: Task) -> list[tuple[str, list[Responsibility]]]:
    """The bodies of a task by role, in printed order."""
    found: dict[str, list[Responsibility]] = {}
    for r in task.responsibilities:
        found.setdefault(ROLES[r.role], []).append(r)
    return list(found.items())


def name_of(r: Responsibility) -> str:
    """A body's name, with the words printed for it where they differ."""
    words = one_line(r.mention).replace(" ", "")
    return r.department if words == r.department else f"{r.department}（印作“{words}”）"


def title_of(task: Task) -> str:
    """Number and title of a task as printed, else its id."""
    printed = " ".join(filter(None, [task.number, task.title and one_line(task.title)]))
    return printed or task.id


def facts_of(task: Task) -> list[str]:
    """What else a task says: deadline, scope, an open list."""
    said = [f"时限：{one_line(task.deadline)}"] if task.deadline else []
    said += [f"适用范围：{one_line(task.scope)}"] if task.scope else []
    return said + (["名单未尽：以“等”结尾"] if task.open else [])


def summary(document: LoadedDocument) -> str:
    """How much was read, and what the file was taken for."""
    e = document.extraction
    counts = (
        f"任务 {len(e.tasks)}，专栏 {len(e.projects)}，目标 {len(e.goals)}，指标 {len(e.indicators)}，"
        f"量化目标 {len(e.targets)}；存疑 {len(e.warnings)}；更正 {corrections(e)}"
    )
    how = [document.file_name, f"{len(document.text)} 字"]
    how += [f"{len(document.pages)} 页"] if document.pages else []
    how += [f"编码 {document.encoding}"] if document.encoding else []
    return f"{counts}（{'，'.join(how)}）"


def corrections(e: Extraction) -> int:
    """How many tasks a user's case corrected."""
    return sum(t.correction is not None for t in e.tasks)


def around(document: LoadedDocument, w: Warning) -> tuple[str, str, str]:
    """The words before, at and after the place of a warning, each on one line."""
    if w.span is None:
        return "", "", ""
    start, end = w.span[0], min(w.span[1], w.span[0] + 200)
    before = document.text[max(start - AROUND, 0) : start].rpartition("\n")[2]
    after = document.text[end : end + AROUND].partition("\n")[0]
    return before, one_line(document.text[start:end]), after


_SETTLED = (
    "clause_unread",
    "row_unread",
    "clause_without_text",
    "duty_in_passing",
    "clause_above_items",
)


def remedy(document: LoadedDocument, w: Warning) -> str:
    """The command that settles a doubt about a clause, or nothing."""
    if w.span is None or w.code not in _SETTLED:
        return ""
    return f"kg case {document.file_name} {w.span[0]}:{w.span[1]} --by 谁 --why 为什么 --lead 机构"


def one_line(text: str) -> str:
    """Words without the line breaks of the page."""
    return " ".join(text.split())


def as_text(document: LoadedDocument, color: bool = False) -> str:
    """The report for a terminal.

    Args:
        document: what was read.
        color: whether to mark clauses with terminal colours; else with 【】.
    """
    marks = (BOLD, DIM, YELLOW, PLAIN) if color else ("", "", "", "")
    return "\n".join(_lines(document, *marks)) + "\n"


def _lines(document: LoadedDocument, bold: str, dim: str, yellow: str, plain: str) -> Iterator[str]:
    e = document.extraction
    yield f"{bold}{one_line(e.document.title or document.file_name)}{plain}"
    yield summary(document)
    if e.document.lead_rule:
        rule = e.document.lead_rule
        yield f"文件写明：“{one_line(rule.quote)}”（{place(document, rule.span)}）"
    yield ""
    yield f"没有读到、存疑或更正的 {len(e.warnings)} 处{'：' if e.warnings else ''}"
    for w in e.warnings:
        yield from _warning(document, w, dim, yellow, plain)
    section: tuple[str, ...] = ()
    for task in e.tasks:
        if task.section != section:
            section = task.section
            yield f"\n{bold}{' › '.join(map(one_line, section))}{plain}"
        yield ""
        yield from _task(document, task, (bold, dim, yellow, plain))


def _warning(
    document: LoadedDocument, w: Warning, dim: str, yellow: str, plain: str
) -> Iterator[str]:
    yield f"  {w.message}　{dim}{w.code}　{place(document, w.span)}{plain}"
    before, words, after = around(document, w)
    mark, off = (yellow, plain) if yellow else ("【", "】")
    if words:
        yield f"    …{before}{mark}{words}{off}{after}…"
    if remedy(document, w):
        yield f"    → {remedy(document, w)}"


def _task(document: LoadedDocument, task: Task, marks: tuple[str, ...]) -> Iterator[str]:
    bold, dim, yellow, plain = marks
    mark, off = (yellow, plain) if yellow else ("【", "】")
    yield f"{bold}{title_of(task)}{plain}　{dim}{task.id}{plain}"
    yield f"  {one_line(task.text)}{mark}{one_line(task.clause.text)}{off}"
    for role, bodies in by_role(task):
        yield f"    {role}：{'、'.join(name_of(r) for r in bodies)}"
    for fact in facts_of(task):
        yield f"    {fact}"
    yield f"    规则：{rule_words(task, document)}"
    yield f"    {dim}位置：{place(document, task.clause.span)}{plain}"
