"""How a question is read back in words, and what roles, bases and tiers are called."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kg import terms
from kg.model import Correction
from kg.params import Question
from kg.records import DocRef, DocumentRecord, TaskRecord
from kg.store.base import FacetValue

ROLE_ZH = terms.ROLES
ROLE_EN = {"lead": "as lead", "participant": "as participant", "sole": "as the only body",
           "joint": "jointly with others"}  # fmt: skip
ROLE_ALONE_ZH = {"lead": "有部门牵头", "participant": "有部门参与", "sole": "由一个部门单独负责",
                 "joint": "由几个部门共同负责"}  # fmt: skip
ROLE_ALONE_EN = {"lead": "with a lead", "participant": "with a participant",
                 "sole": "with one body only", "joint": "with joint bodies"}  # fmt: skip
BASIS_ZH = {
    "explicit": "条款写明牵头",
    "first-listed": "按文件规则由首列部门牵头",
    "first-listed-contested": "按文件规则推定牵头、但条款自称分别负责",
    "sole": "条款只列一个部门",
    "joint": "条款列多个部门而无牵头",
    "table": "责任部门见于任务表",
}
BASIS_EN = {
    "explicit": "with the lead printed in the clause",
    "first-listed": "led by the first listed under the document's rule",
    "first-listed-contested": "led by rule although the clause says 分别负责",
    "sole": "whose clause lists one body",
    "joint": "whose clause lists several bodies and no lead",
    "table": "whose bodies stand in a table",
}
LEAD_ZH = {"none": "没有写明牵头部门", "stated": "有牵头或单独负责部门"}
LEAD_EN = {"none": "without a stated lead", "stated": "with a stated lead"}
COLLECTIVE_ZH = "列有“有关部门”一类泛称"
COLLECTIVE_EN = "naming a collective actor"
UNITS_ZH = "（内设机构计入上级部门）"
UNITS_EN = " (units count as their parent)"
KIND_ZH = {"task": "任务", "section": "章节", "project": "专项", "measure": "举措", "goal": "目标",
           "indicator": "指标", "target": "量化目标", "department": "部门",
           "document": "文件"}  # fmt: skip
FACET_ZH = {"led_by": "牵头部门", "involves": "部门", "role": "角色", "basis": "依据",
            "lead": "有无牵头", "document": "文件", "year": "年份", "project": "专项"}  # fmt: skip
_VALUES_ZH = {"role": ROLE_ALONE_ZH, "basis": BASIS_ZH, "lead": LEAD_ZH}


def facet_value(facet: str, value: FacetValue) -> str:
    """What a value of a facet is called: a name, or the words for a code."""
    return _VALUES_ZH.get(facet, {}).get(value.value, value.name)


def facet_lines(facets: Mapping[str, Sequence[FacetValue]], most: int) -> list[str]:
    """One sentence a facet, its `most` largest values with their number of tasks."""
    lines = []
    for facet, values in facets.items():
        told = "、".join(f"{facet_value(facet, v)}（{v.total}项）" for v in values[:most])
        more = "等" if len(values) > most else ""
        none = "没有写明牵头部门" if facet == "led_by" else "无"
        lines.append(f"按{FACET_ZH[facet]}：{told + more or none}。")
    return lines


def listing(words: Sequence[str], last: str = "和", comma: str = "、") -> str:
    """A、B和C."""
    return last.join([comma.join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def quoted(words: Sequence[str]) -> str:
    """“A”和“B”."""
    return listing([f"“{w}”" for w in words])


def book(title: str) -> str:
    """A document's title in title marks."""
    return "《" + title.replace("《", "〈").replace("》", "〉") + "》"


def made_from(record: DocumentRecord) -> tuple[DocRef, str] | None:
    """What a reprint (转载) or a picture (图解) was made from, and which of the two it is."""
    if record.reprint_of:
        return record.reprint_of, "转载"
    return (record.derived_from, "图解") if record.derived_from else None


def corrected(correction: Correction) -> str:
    """That a user's case replaced what was read: who says so, why, and the file."""
    said = "，".join(filter(None, [correction.by, correction.why]))
    return f"用户更正（{said}；{correction.case}）"


def head(task: TaskRecord) -> str:
    """What a task is called in a sentence: its title, or how its text begins."""
    text = (task.title or task.text).strip().rstrip("。.")
    return text if len(text) <= 24 else text[:24] + "…"


def interpretation(question: Question) -> str:
    """The question in one short Chinese phrase."""
    parts = "、".join(_parts_zh(question))
    scope = _scope_zh(question)
    core = f"{scope}{parts}的任务" if scope or parts else "全部任务"
    return core + (UNITS_ZH if question.query.units else "")


def _scope_zh(question: Question) -> str:
    q = question.query
    year = f"{q.year}年" if q.year is not None else ""
    if q.document:
        return (year and year + "的") + book(question.name(q.document)) + "中"
    return year and year + "文件中"


def _parts_zh(question: Question) -> list[str]:
    q = question.query
    involved = [question.name(id) for id in q.involves]
    parts = []
    if q.led_by and q.role == "lead" and involved:
        parts.append(f"{listing([question.name(q.led_by), *involved])}同为牵头部门")
        involved = []
    elif q.led_by:
        parts.append(f"{question.name(q.led_by)}牵头")
    if involved and q.role:
        parts.append(f"{listing(involved)}{ROLE_ZH[q.role]}")
    elif involved:
        parts.append(f"涉及{listing(involved)}")
    elif q.role and not q.involves:
        parts.append(ROLE_ALONE_ZH[q.role])
    if q.excludes:
        parts.append("不涉及" + listing([question.name(id) for id in q.excludes]))
    return parts + _rest_zh(question)


def _rest_zh(question: Question) -> list[str]:
    q = question.query
    parts = []
    if q.basis:
        parts.append(BASIS_ZH[q.basis])
    if q.lead:
        parts.append(LEAD_ZH[q.lead])
    if q.collective:
        parts.append(COLLECTIVE_ZH)
    if q.due_by:
        parts.append(f"期限不晚于{q.due_by}")
    if q.project:
        parts.append(f"设有{question.name(q.project[0])}")
    if q.q:
        parts.append(f"标题或正文含{quoted(q.q)}")
    return parts


def interpretation_en(question: Question) -> str:
    """The question in one short English phrase; names stay as they are printed."""
    q = question.query
    involved = listing([question.name(id) for id in q.involves], " and ", ", ")
    parts = ["Tasks" if _narrowed(question) else "All tasks"]
    if q.led_by:
        parts.append(f"led by {question.name(q.led_by)}")
    if involved:
        parts.append(f"involving {involved}" + (f" {ROLE_EN[q.role]}" if q.role else ""))
    elif q.role:
        parts.append(ROLE_ALONE_EN[q.role])
    if q.excludes:
        parts.append("not naming " + listing([question.name(i) for i in q.excludes], " or ", ", "))
    return " ".join(parts + _rest_en(question)) + (UNITS_EN if q.units else "")


def _rest_en(question: Question) -> list[str]:
    q = question.query
    parts = []
    if q.basis:
        parts.append(BASIS_EN[q.basis])
    if q.lead:
        parts.append(LEAD_EN[q.lead])
    if q.collective:
        parts.append(COLLECTIVE_EN)
    if q.due_by:
        parts.append(f"due by {q.due_by}")
    if q.project:
        parts.append(f"under {question.name(q.project[0])}")
    if q.q:
        parts.append("with " + listing([f"“{w}”" for w in q.q], " and ", ", ") + " in their text")
    if q.document:
        parts.append("in " + book(question.name(q.document)))
    if q.year is not None:
        parts.append(f"of {q.year}")
    return parts


def _narrowed(question: Question) -> bool:
    q = question.query
    return any((q.led_by, q.involves, q.role, q.excludes, q.basis, q.lead, q.collective,
                q.document, q.year is not None, q.due_by, q.project, q.q))  # fmt: skip
