"""The report of `loaders.report` as one page that needs nothing else: no script, no address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from kg.model import LoadedDocument, Task, Warning
from loaders.report import (
    around,
    by_role,
    facts_of,
    name_of,
    one_line,
    place,
    remedy,
    rule_words,
    summary,
    title_of,
)

_STYLE = """
:root{--ink:#1b1f24;--soft:#57606a;--line:#d5dbe3;--paper:#fff;--mark:#fff0c2;--name:#ffd24d;
--warn:#b35900;--ok:#0b6bcb;color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#a3acb8;--line:#39414b;
--paper:#14171b;--mark:#4a3d12;--name:#8a6d00;--warn:#ffa657;--ok:#7cc0ff}}
body{font:16px/1.7 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif;
max-width:62rem;margin:2rem auto;padding:0 1rem;color:var(--ink);background:var(--paper)}
h1{font-size:1.6rem;line-height:1.35;margin:.2em 0}h2{font-size:1.2rem;margin:2rem 0 .6rem}
h3{font-size:1rem;color:var(--soft);margin:1.6rem 0 .4rem;font-weight:600}
article{border:1px solid var(--line);border-radius:8px;padding:.7rem 1.1rem;margin:.7rem 0}
article h4{margin:0 0 .3rem;font-size:1.02rem}article p{margin:.35rem 0}
mark{background:var(--mark);color:inherit;padding:.1em 0}
mark b{background:var(--name);font-weight:600;border-radius:3px;padding:0 .1em}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem .9rem;margin:.5rem 0}
dt{font-weight:600}dd{margin:0}.soft{color:var(--soft);font-size:.9em}
.warn{border-left:4px solid var(--warn);padding:.1rem 0 .1rem .8rem;margin:.8rem 0}
.said{border-left:4px solid var(--ok);padding:.1rem 0 .1rem .8rem}
.id{float:right;color:var(--soft);font-size:.85em;margin-left:1em}
code{font-size:.86em;background:var(--mark);padding:.1em .35em;border-radius:4px;
overflow-wrap:anywhere}table{border-collapse:collapse}td,th{border:1px solid var(--line);
padding:.2em .6em;text-align:left}
@media print{article{break-inside:avoid}body{margin:0;max-width:none}}
"""


def as_html(documents: Sequence[LoadedDocument]) -> str:
    """The reports of documents as one self-contained page."""
    title = "；".join(_title(d) for d in documents)
    body = "\n<hr>\n".join("\n".join(_document(d)) for d in documents)
    return (
        f'<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        f"<title>{escape(title[:120])}</title>"
        f'<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{_STYLE}</style></head><body><main>\n{body}\n</main></body></html>\n"
    )


def _title(document: LoadedDocument) -> str:
    return one_line(document.extraction.document.title or document.file_name)


def _document(document: LoadedDocument) -> Iterator[str]:
    e = document.extraction
    yield f"<h1>{escape(_title(document))}</h1>"
    printed = [e.document.issuer, e.document.number, e.document.date]
    yield f'<p class="soft">{escape("　".join(one_line(p) for p in printed if p))}</p>'
    yield f"<p>{escape(summary(document))}</p>"
    if e.document.lead_rule:
        rule = e.document.lead_rule
        yield (
            f'<p class="said">文件写明：“{escape(one_line(rule.quote))}” '
            f'<span class="soft">{place(document, rule.span)}</span></p>'
        )
    yield f"<h2>没有读到、存疑或更正的 {len(e.warnings)} 处</h2>"
    yield from (_warning(document, w) for w in e.warnings)
    if e.tasks:
        yield f"<h2>任务 {len(e.tasks)} 条</h2>"
    section: tuple[str, ...] = ()
    for task in e.tasks:
        if task.section != section:
            section = task.section
            yield f"<h3>{escape(' › '.join(map(one_line, section)))}</h3>"
        yield _task(document, task)
    yield from _others(document)


def _warning(document: LoadedDocument, w: Warning) -> str:
    before, words, after = around(document, w)
    quote = f"<br>…{escape(before)}<mark>{escape(words)}</mark>{escape(after)}…" if words else ""
    command = remedy(document, w)
    mend = f"<br><code>{escape(command)}</code>" if command else ""
    return (
        f'<div class="warn">{escape(w.message)} <span class="soft">{escape(w.code)}　'
        f"{place(document, w.span)}</span>{quote}{mend}</div>"
    )


def _task(document: LoadedDocument, task: Task) -> str:
    bodies = "".join(
        f"<dt>{role}</dt><dd>{escape('、'.join(name_of(r) for r in found))}</dd>"
        for role, found in by_role(task)
    )
    facts = "".join(
        f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>"
        for name, _, value in (fact.partition("：") for fact in facts_of(task))
    )
    return (
        f'<article id="{escape(task.id)}"><span class="id">{escape(task.id)}</span>'
        f"<h4>{escape(title_of(task))}</h4>"
        f"<p>{escape(one_line(task.text))}<mark>{_marked(document.text, task)}</mark></p>"
        f"<dl>{bodies}{facts}</dl>"
        f'<p class="soft">规则：{escape(rule_words(task, document))}<br>'
        f"位置：{place(document, task.clause.span)}</p></article>"
    )


def _marked(text: str, task: Task) -> str:
    """The clause with each name marked."""
    at, out = task.clause.span[0], ""
    for r in sorted(task.responsibilities, key=lambda r: r.span):
        if r.span[0] < at or r.span[1] > task.clause.span[1]:
            continue
        out += escape(text[at : r.span[0]]) + f"<b>{escape(text[slice(*r.span)])}</b>"
        at = r.span[1]
    return out + escape(text[at : task.clause.span[1]])


def _others(document: LoadedDocument) -> Iterator[str]:
    """Projects, goals, indicators and targets in short."""
    e = document.extraction
    lists = (
        ("专栏", [f"{p.number} {p.name}：{'；'.join(p.measures)}" for p in e.projects]),
        ("目标", [g.text for g in e.goals]),
        ("指标", [f"{i.name}（{i.unit or '—'}）" for i in e.indicators]),
        ("量化目标", [t.quote for t in e.targets]),
    )
    for title, found in lists:
        if found:
            items = "".join(f"<li>{escape(one_line(text))}</li>" for text in found)
            yield f"<h2>{title} {len(found)}</h2><ul>{items}</ul>"
