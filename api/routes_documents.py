"""Documents: the list, one document, its canonical text, a passage of it."""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from api import csvs, pages
from api.core import Call, Operation, Text
from api.negotiate import HTML, JSON, TEXT
from api.routes_things import LIST_FORMATS, THING_FORMATS, list_of, list_params, list_view
from api.serve import thing
from kg.errors import NotFoundError, QueryError
from kg.model import LoadedDocument, Span
from kg.params import Param
from kg.query import ListAnswer
from kg.records import DocRef, DocumentRecord, Evidence

SHOWN = 800
AROUND = 200  # code points before and after a passage
PAGE = 100_000  # code points before and after it on a page: all of most documents
SPAN = Param(
    name="span", type="span", zh="起止，如 5090,5144：按码点计，从 0 起，不含末位",
    en="start,end in code points, from 0, end exclusive",
)  # fmt: skip
_SPAN = re.compile(r"([0-9]{1,12}),([0-9]{1,12})")


class Passage(Struct, frozen=True):
    """A passage and what stands around it (Web Annotation: prefix, suffix).

    `section`: the headings it stands under, as far as the document was read.
    """

    document: DocRef
    section: tuple[str, ...]
    evidence: Evidence
    prefix: str
    suffix: str


def document(call: Call) -> DocumentRecord:
    """`GET /documents/{id}`."""
    found: DocumentRecord = thing(call, "document", "文件")
    return found


def document_view(call: Call, record: DocumentRecord) -> tuple[str, dict[str, Any]]:
    """The page of a document."""
    return "document.html", pages.document_values(record, _loaded(call, record.id).text[:SHOWN])


def text(call: Call) -> Text:
    """`GET /documents/{id}/text`: word for word what spans count in."""
    return Text(_loaded(call, call.ids["id"]).text)


def passage(call: Call) -> Passage:
    """`GET /documents/{id}/passage`.

    Raises:
        NotFoundError: no such document.
        QueryError: `span` is no pair of numbers, is empty or lies outside the text.
    """
    record: DocumentRecord = thing(call, "document", "文件")
    loaded = _loaded(call, record.id)
    start, end = span = _span(call.one("span") or "", len(loaded.text))
    above = [s for s in loaded.extraction.sections if s.span[0] <= start]
    return Passage(
        document=DocRef(record.id, record.title),
        section=max(above, key=lambda s: s.span[0]).path if above else (),
        evidence=Evidence(record.id, span, loaded.text[start:end]),
        prefix=loaded.text[max(0, start - AROUND) : start],
        suffix=loaded.text[end : end + AROUND],
    )


def _span(given: str, length: int) -> Span:
    found = _SPAN.fullmatch(given)
    if not found:
        raise QueryError(f"不是起止：{given[:40]!r}", where="span", remedy="写作 起,止，如 0,20")
    start, end = int(found[1]), int(found[2])
    if not start < end <= length:
        raise QueryError(
            f"没有这一段：{start}–{end}", where="span",
            remedy=f"起小于止，止不大于 {length}（这份文件的字数）",
        )  # fmt: skip
    return start, end


def passage_view(call: Call, found: Passage) -> tuple[str, dict[str, Any]]:
    """The page of a passage: the text with it marked, and the ways to what is cut off."""
    whole = _loaded(call, found.document.id).text
    start, end = found.evidence.span
    first, last = max(0, start - PAGE), min(len(whole), end + PAGE)
    return "passage.html", {
        "passage": found,
        "title": found.document.title,
        "before": whole[first:start],
        "after": whole[end:last],
        "earlier": (first - 1, first) if first else None,
        "later": (last, last + 1) if last < len(whole) else None,
    }


def _loaded(call: Call, id: str) -> LoadedDocument:
    found = call.store.loaded(id)
    if found is None:
        raise NotFoundError(f"没有这份文件：“{id[:100]}”", remedy="全部文件见 /documents")
    return found


OPERATIONS = (
    Operation(
        "/documents", "listDocuments", "全部文件", list_of("document"), ListAnswer,
        tag="documents", parameters=list_params("document"), formats=LIST_FORMATS,
        view=list_view, table=csvs.DOCUMENTS, item=DocumentRecord, trial={"limit": "5"},
    ),
    Operation(
        "/documents/{id}", "getDocument", "一份文件：印出的与编目所说", document, DocumentRecord,
        tag="documents", formats=THING_FORMATS, kind="document", view=document_view,
    ),
    Operation(
        "/documents/{id}/text", "getDocumentText", "文件的正规文本", text, str,
        tag="documents", formats=(TEXT,),
        description="所有区间都按这份文本的码点计，从 0 起，不含末位；text[start:end] 即引文。",
    ),
    Operation(
        "/documents/{id}/passage", "getPassage", "正规文本的一段和它的前后文", passage, Passage,
        tag="documents", parameters=(SPAN,), required=("span",), formats=(JSON, HTML),
        view=passage_view, trial={"span": "0,20"},
    ),
)  # fmt: skip
