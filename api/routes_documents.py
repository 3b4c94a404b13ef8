"""Documents: the list, one document, its canonical text."""

from __future__ import annotations

from typing import Any

from api import csvs, pages
from api.core import Call, Operation, Text
from api.negotiate import TEXT
from api.routes_things import LIST_FORMATS, THING_FORMATS, list_of, list_params, list_view
from api.serve import thing
from kg.errors import NotFoundError
from kg.model import DocumentRecord, LoadedDocument
from kg.query import ListAnswer

SHOWN = 800


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
)  # fmt: skip
