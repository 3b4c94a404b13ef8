"""An extraction as a page a person can act on: each task with its clause highlighted, roles and
rule, then what was skipped and why. As text for a terminal, or as one HTML file.
"""

from __future__ import annotations

import html
from collections.abc import Iterator

from kg.model import Extraction, LoadedDocument, Responsibility, Span, Task, Warning
from kg.terms import BASES, ROLES
from loaders.roles import RULES

BOLD, DIM, YELLOW, PLAIN = "\x1b[1m", "\x1b[2m", "\x1b[33m", "\x1b[0m"
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


def rule_words(task: Task) -> str:
    """Which rule gave the roles of a task, with its sentence."""
    rule = _RULES[_RULE_OF[task.responsibilities[0].basis]]
    return f"{rule.zh}（{rule.name}，依据如“{rule.quote}”）"


def as_text(document: LoadedDocument, color: bool = False) -> str:
    """The report for a terminal.

    Args:
        document: what was read.
        color: whether to mark clauses with terminal colours; else with 【】.
    """
    return "\n".join(_text_lines(document, color)) + "\n"


def _text_lines(document: LoadedDocument, color: bool) -> Iterator[str]:
    e = document.extraction
    bold, mark, off = (BOLD, YELLOW, PLAIN) if color else ("", "【", "】")
    yield f"{bold}{e.document.title or document.file_name}{PLAIN if color else ''}"
    yield _summary(e)
    if e.document.lead_rule:
        rule = e.document.lead_rule
        yield f"文件规定：“{rule.quote}”（{place(document, rule.span)}）"
    for task in e.tasks:
        yield ""
        yield f"{task.id}　{' › '.join(task.section)}"
        yield f"  {_one_line(task.text)}{mark}{_one_line(task.clause.text)}{off}"
        for r in task.responsibilities:
            yield f"    {ROLES[r.role]}　{r.department}{_printed_as(r)}"
        yield f"    规则：{rule_words(task)}{'；名单未尽（等）' if task.open else ''}"
        yield f"    位置：{place(document, task.clause.span)}"
    yield ""
    yield f"没有读到或存疑的 {len(e.warnings)} 处："
    for w in e.warnings:
        yield f"  {place(document, w.span)}　{w.code}：{w.message}"


def _summary(e: Extraction) -> str:
    return (
        f"任务 {len(e.tasks)}，专栏 {len(e.projects)}，目标 {len(e.goals)}，"
        f"指标 {len(e.indicators)}，量化指标 {len(e.targets)}，提示 {len(e.warnings)}"
    )


def _printed_as(r: Responsibility) -> str:
    words = _one_line(r.mention).replace(" ", "")
    return "" if words == r.department else f"（印作“{words}”）"


def _one_line(text: str) -> str:
    return " ".join(text.split())


# --- HTML ----------------------------------------------------------------------------------

_STYLE = """
body{font:16px/1.7 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
article{border:1px solid #d5dbe3;border-radius:8px;padding:.8rem 1.2rem;margin:1rem 0}
mark{background:#ffe9a8;padding:0 .1em}mark b{background:#ffd24d;font-weight:600}
.place,.section{color:#57606a;font-size:.9em}.warn{border-left:4px solid #b35900;padding-left:.8em}
@media (prefers-color-scheme:dark){body{background:#14171b;color:#e6e9ee}
article{border-color:#39414b}mark{background:#5a4a12;color:#fff}mark b{background:#8a6d00}
.place,.section{color:#a3acb8}}
"""


def as_html(document: LoadedDocument) -> str:
    """The report as one self-contained page."""
    e = document.extraction
    title = html.escape(e.document.title or document.file_name)
    body = "\n".join([_task_html(document, t) for t in e.tasks])
    warnings = "\n".join(_warning_html(document, w) for w in e.warnings)
    rule = e.document.lead_rule
    stated = (
        f'<p class="warn">文件规定：“{html.escape(rule.quote)}” '
        f'<span class="place">{place(document, rule.span)}</span></p>'
        if rule
        else ""
    )
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style><main><h1>{title}</h1><p>{_summary(e)}</p>{stated}"
        f"<h2>任务</h2>{body}<h2>没有读到或存疑的 {len(e.warnings)} 处</h2>{warnings}"
        "</main></html>\n"
    )


def _task_html(document: LoadedDocument, task: Task) -> str:
    bodies = "".join(
        f"<li>{ROLES[r.role]}：{html.escape(r.department)}{html.escape(_printed_as(r))}</li>"
        for r in task.responsibilities
    )
    basis = BASES[task.responsibilities[0].basis]
    return (
        f'<article id="{html.escape(task.id)}"><p class="section">{html.escape(task.id)}　'
        f"{html.escape(' › '.join(task.section))}</p>"
        f"<p>{html.escape(_one_line(task.text))}<mark>{_marked(document.text, task)}</mark></p>"
        f"<ul>{bodies}</ul><p>规则：{html.escape(rule_words(task))}；理由：{basis}"
        f"{'；名单以“等”结尾，未尽' if task.open else ''}</p>"
        f'<p class="place">{place(document, task.clause.span)}</p></article>'
    )


def _marked(text: str, task: Task) -> str:
    """The clause with each name marked."""
    at, out = task.clause.span[0], ""
    for r in sorted(task.responsibilities, key=lambda r: r.span):
        if r.span[0] < at or r.span[1] > task.clause.span[1]:
            continue
        out += html.escape(text[at : r.span[0]]) + f"<b>{html.escape(text[slice(*r.span)])}</b>"
        at = r.span[1]
    return out + html.escape(text[at : task.clause.span[1]])


def _warning_html(document: LoadedDocument, w: Warning) -> str:
    return (
        f'<p class="warn">{html.escape(w.message)} <span class="place">{w.code}　'
        f"{place(document, w.span)}</span></p>"
    )
