"""No record without proof: every quote is compared with the text it is taken from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from kg.errors import DataError
from kg.records import DocumentRecord, Evidence, TaskRecord


def evidence(record: Any) -> Iterator[Evidence]:
    """Every piece of evidence a record carries, of whatever field."""
    for field in record.__struct_fields__:
        if field.endswith("evidence"):
            yield from getattr(record, field)
    more = _MORE.get(type(record))
    if more:
        yield from more(record)


def _of_task(task: TaskRecord) -> Iterator[Evidence]:
    own = task.document.id
    yield Evidence(own, task.clause.span, task.clause.text)
    for assignment in task.responsibilities:
        yield from assignment.evidence
    for measure in task.measures:
        yield Evidence(own, measure.span, measure.text)
    if task.lead_rule:
        yield Evidence(own, task.lead_rule.span, task.lead_rule.quote)


def _of_document(document: DocumentRecord) -> Iterator[Evidence]:
    for statements in document.statements.values():
        yield from (s.evidence for s in statements if s.evidence)
    if document.lead_rule:
        yield Evidence(document.id, document.lead_rule.span, document.lead_rule.quote)


_MORE: dict[type, Callable[[Any], Iterator[Evidence]]] = {
    TaskRecord: _of_task,
    DocumentRecord: _of_document,
}


def prove(records: Iterable[Any], texts: Mapping[str, str]) -> int:
    """Compare every quote with its document's text; the number compared.

    Raises:
        DataError: a quote is not what stands at its span.
    """
    n = 0
    for record in records:
        for e in evidence(record):
            n += 1
            start, end = e.span
            if texts.get(e.document, "")[start:end] != e.quote or start >= end:
                raise DataError(
                    f"引文与原文不符：{e.quote[:40]!r}",
                    where=f"{record.id}，{e.document} [{start}, {end})",
                    remedy="重新提取并加载该文件；若仍然如此，请报告",
                )
    return n
