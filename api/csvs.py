"""Lists as CSV: UTF-8 with a byte order mark (for Excel), one record a line, all columns flat.

The columns are a table of name, meaning and getter; several values of one cell are joined
with 、 (names) or a line break (texts). Quotes stand word for word.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from msgspec import Struct

from kg.model import Role, Value
from kg.records import Evidence, TaskRecord
from kg.wording import corrected

BOM = "\ufeff"


class Column(Struct, frozen=True):
    """One column: its meaning in Chinese, and how it is read off a record."""

    zh: str
    get: Callable[[Any], object]


Table = dict[str, Column]


class Writer:
    """Rows as bytes, piece by piece; the first piece carries mark and header."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.fresh = True

    def rows(self, records: Iterable[Any]) -> bytes:
        """The next records."""
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        if self.fresh:
            buffer.write(BOM)
            writer.writerow(self.table)
            self.fresh = False
        for record in records:
            writer.writerow([_cell(c.get(record)) for c in self.table.values()])
        return buffer.getvalue().encode()

    def broken_off(self, why: str) -> bytes:
        """A last line that says the list is not whole."""
        return f"# 未完：{why}，请重新下载\r\n".encode()


def document(records: Iterable[Any], table: Table) -> bytes:
    """A whole file."""
    return Writer(table).rows(records)


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _names(role: Role) -> Callable[[TaskRecord], str]:
    return lambda t: "、".join(r.department.name for r in t.responsibilities if r.role == role)


def _at(value: Value | None, field: str) -> object:
    return None if value is None else getattr(value, field)


def _first(evidence: Sequence[Evidence]) -> Evidence:
    return evidence[0] if evidence else Evidence("", (0, 0), "")


def _other_places(record: Any) -> str:
    return "、".join(f"{e.document}:{e.span[0]}-{e.span[1]}" for e in record.evidence[1:])


HEAD: Table = {
    "id": Column("编号", lambda r: r.id),
    "iri": Column("图中的 IRI，也是网址", lambda r: r.iri),
}
PROOF: Table = {
    "document": Column("所在文件的 id", lambda r: r.document.id),
    "document_title": Column("所在文件的标题", lambda r: r.document.title),
    "quote": Column("原文，逐字", lambda r: _first(r.evidence).quote),
    "start": Column("原文在正规文本中的起点（码点，0 起）", lambda r: _first(r.evidence).span[0]),
    "end": Column("原文的终点（不含）", lambda r: _first(r.evidence).span[1]),
    "also_in": Column("别的文件中的同一处：文件:起点-终点", _other_places),
}
TASKS: Table = {
    **HEAD,
    "number": Column("印出的编号", lambda t: t.number),
    "title": Column("印出的标题", lambda t: t.title),
    "section": Column("所在章节，由外到内", lambda t: " › ".join(t.section)),
    "lead": Column("牵头", _names("lead")),
    "sole": Column("单独负责", _names("sole")),
    "participants": Column("参与", _names("participant")),
    "joint": Column("共同负责", _names("joint")),
    "basis": Column(
        "角色的依据",
        lambda t: "、".join(dict.fromkeys(r.basis for r in t.responsibilities)),
    ),
    "correction": Column(
        "用户更正：谁、为什么、哪个文件",
        lambda t: corrected(t.correction) if t.correction else None,
    ),
    "open": Column("名单以“等”字未尽", lambda t: t.open),
    "text": Column("任务正文", lambda t: t.text),
    "clause": Column("责任条款，逐字", lambda t: t.clause.text),
    "clause_start": Column("责任条款的起点", lambda t: t.clause.span[0]),
    "clause_end": Column("责任条款的终点（不含）", lambda t: t.clause.span[1]),
    "mentions": Column(
        "条款中的每个名称及其位置：名称:起点-终点",
        lambda t: "、".join(f"{r.mention}:{r.span[0]}-{r.span[1]}" for r in t.responsibilities),
    ),
    "scope": Column("范围", lambda t: t.scope),
    "deadline": Column("完成时间", lambda t: t.deadline),
    "measures": Column("落实举措", lambda t: "\n".join(f"{m.actor}：{m.text}" for m in t.measures)),
    "projects": Column("相关专项", lambda t: "、".join(p.name for p in t.projects)),
    "year": Column("文件年份", lambda t: t.year),
    **PROOF,
}
DEPARTMENTS: Table = {
    **HEAD,
    "name": Column("名称", lambda d: d.name),
    "official": Column("全称", lambda d: d.official),
    "en": Column("英文名", lambda d: d.en),
    "aliases": Column("又作", lambda d: "、".join(d.aliases)),
    "kind": Column("类型", lambda d: d.kind),
    "collective": Column("是泛称，不是机构", lambda d: d.collective),
    "parent": Column("上级", lambda d: d.parent.name if d.parent else None),
    "total": Column("点名它的任务数", lambda d: d.total),
    "lead": Column("牵头的任务数", lambda d: d.tasks.get("lead", 0)),
    "sole": Column("单独负责的任务数", lambda d: d.tasks.get("sole", 0)),
    "participant": Column("参与的任务数", lambda d: d.tasks.get("participant", 0)),
    "joint": Column("共同负责的任务数", lambda d: d.tasks.get("joint", 0)),
    "mentions": Column("原文写作", lambda d: "、".join(d.mentions)),
    "source": Column("登记依据", lambda d: d.registry_source),
}
PROJECTS: Table = {
    **HEAD,
    "number": Column("专栏编号", lambda p: p.number),
    "name": Column("名称", lambda p: p.name),
    "measures": Column("措施", lambda p: "\n".join(p.measures)),
    "section": Column("所在章节", lambda p: " › ".join(p.section)),
    "task": Column("所属任务的标题（印出的）", lambda p: p.task),
    "under": Column("所属任务的编号", lambda p: p.under.id if p.under else None),
    **PROOF,
}
GOALS: Table = {
    **HEAD,
    "number": Column("序号", lambda g: g.number),
    "text": Column("目标", lambda g: g.text),
    "detail": Column("展开", lambda g: g.detail),
    **PROOF,
}
INDICATORS: Table = {
    **HEAD,
    "number": Column("序号", lambda i: i.number),
    "name": Column("指标", lambda i: i.name),
    "unit": Column("单位", lambda i: i.unit),
    "baseline_year": Column("基期年份", lambda i: _at(i.baseline, "year")),
    "baseline": Column("基期值；空为未给出", lambda i: _at(i.baseline, "value")),
    "target_year": Column("目标年份", lambda i: _at(i.target, "year")),
    "target": Column("目标值", lambda i: _at(i.target, "value")),
    "increase": Column("累计增加值", lambda i: i.increase),
    "definition": Column("定义", lambda i: i.definition),
    "notes": Column("注", lambda i: "\n".join(i.notes)),
    **PROOF,
}
TARGETS: Table = {
    **HEAD,
    "subject": Column("对象", lambda t: t.subject),
    "value": Column("数值", lambda t: t.value),
    "unit": Column("单位", lambda t: t.unit),
    "by": Column("到何年", lambda t: t.by),
    **PROOF,
}
SECTIONS: Table = {
    **HEAD,
    "heading": Column("标题", lambda s: s.heading),
    "path": Column("所在层次", lambda s: " › ".join(s.path)),
    **PROOF,
}
HITS: Table = {
    "kind": Column("类别", lambda h: h.kind),
    **HEAD,
    "title": Column("标题", lambda h: h.title),
    "snippet": Column("片段", lambda h: h.snippet),
    **PROOF,
}
DOCUMENTS: Table = {
    **HEAD,
    "title": Column("标题", lambda d: d.title),
    "year": Column("年份", lambda d: d.year),
    "kind": Column("类型", lambda d: d.kind),
    "reprint_of": Column("转载自", lambda d: d.reprint_of.id if d.reprint_of else None),
    "derived_from": Column("据以制成", lambda d: d.derived_from.id if d.derived_from else None),
    "tasks": Column("自己的任务数", lambda d: d.tasks),
    "shared_tasks": Column("与别的文件共有的任务数", lambda d: d.shared_tasks),
    "projects": Column("专项数", lambda d: d.projects),
    "goals": Column("目标数", lambda d: d.goals),
    "indicators": Column("指标数", lambda d: d.indicators),
    "targets": Column("量化目标数", lambda d: d.targets),
    "characters": Column("正规文本字数", lambda d: d.characters),
    "text_sha256": Column("正规文本的 SHA-256", lambda d: d.text_sha256),
    "source_sha256": Column("源文件的 SHA-256", lambda d: d.source_sha256),
}

ALL: tuple[Table, ...] = (
    TASKS, DEPARTMENTS, PROJECTS, GOALS, INDICATORS, TARGETS, SECTIONS, HITS, DOCUMENTS,
)  # fmt: skip
