"""Proof: every quote of the graph, or of a saved answer, stands in its document.

A quote is wherever JSON of the product's shapes has one: evidence {document, span, quote},
a task's text and clause, a mention, a measure, a rule. Records of a store are walked in the
very form in which they are answered, so that nothing is proved that nobody sees.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any, get_args

import msgspec
from msgspec import Struct

from kg.errors import DataError, KgError
from kg.model import LoadedDocument, Span
from kg.records import DocumentRecord
from kg.store.base import Kind, Store

SHOWN = 1000  # mismatches kept in full; more are counted
CHARACTERS = 50_000_000  # of text kept at hand, about 100 MB
TEXT_IN = {"clause", "measures"}  # keys whose {text, span} is literally the document's


class Mismatch(Struct, frozen=True, kw_only=True):
    """A place that could not be proved. `place` is a JSON pointer, after a record's id."""

    place: str
    message: str
    document: str | None = None
    span: Span | None = None
    expected: str | None = None
    found: str | None = None


class Report(Struct, frozen=True, kw_only=True):
    """How many quotes were compared, how many places failed, and the first of these."""

    checked: int
    failed: int
    documents: int
    mismatches: tuple[Mismatch, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing failed."""
        return self.failed == 0


class _Checker:
    """Compares quotes with texts, holding only so many texts at a time."""

    def __init__(self, texts: Callable[[str], str | None]) -> None:
        self.texts = texts
        self.kept: OrderedDict[str, str | None] = OrderedDict()
        self.size = self.checked = self.failed = 0
        self.documents: set[str] = set()
        self.mismatches: list[Mismatch] = []

    def text(self, document: str) -> str | None:
        """A document's text, from those at hand or asked for."""
        if document in self.kept:
            self.kept.move_to_end(document)
            return self.kept[document]
        text = self.texts(document)
        self.kept[document] = text
        self.size += len(text or "")
        while self.size > CHARACTERS and len(self.kept) > 1:
            self.size -= len(self.kept.popitem(last=False)[1] or "")
        return text

    def fail(self, place: str, message: str, **told: Any) -> None:
        """Count a failure; keep it if it is among the first."""
        self.failed += 1
        if len(self.mismatches) < SHOWN:
            self.mismatches.append(Mismatch(place=place, message=message, **told))

    def compare(self, place: str, document: str | None, span: Any, quote: Any) -> None:
        """Compare one quote with its span."""
        self.checked += 1
        told: dict[str, Any] = {
            "document": document,
            "expected": quote if isinstance(quote, str) else None,
        }
        if not isinstance(quote, str) or not quote:
            return self.fail(place, "引文为空或不是文字", **told)
        if document is None:
            return self.fail(place, "引文没有指明文件", **told)
        if not _is_span(span):
            return self.fail(place, "引文没有有效的位置", **told)
        told["span"] = (span[0], span[1])
        text = self.text(document)
        if text is None:
            return self.fail(place, "图谱中没有这份文件", **told)
        self.documents.add(document)
        found = text[span[0] : span[1]]
        if span[1] > len(text) or found != quote:
            return self.fail(place, "引文与该处原文不符", found=found, **told)
        return None

    def walk(self, value: Any, place: str = "", document: str | None = None) -> None:
        """Compare every quote anywhere in a JSON value. Depth does not matter."""
        stack: list[tuple[Any, str, str, str | None]] = [(value, place, "", document)]
        while stack:
            value, place, key, document = stack.pop()
            if isinstance(value, list | tuple):
                inner = [(v, f"{place}/{i}", key, document) for i, v in enumerate(value)]
            elif isinstance(value, dict):
                document = _document(value, document)
                for quote in _quotes(value, key):
                    self.compare(place, document, value.get("span"), quote)
                self._missing(value, place, document)
                inner = [(v, f"{place}/{_escape(k)}", k, document) for k, v in value.items()]
            else:
                continue
            stack += reversed(inner)

    def _missing(self, value: dict[str, Any], place: str, document: str | None) -> None:
        """A thing that should show where it stands and does not."""
        unproved = value.get("evidence", ...) in ([], ()) or (
            value.get("origin") == "printed" and not value.get("evidence")
        )
        if unproved:
            self.fail(place, "没有引文为证", document=document)

    def report(self) -> Report:
        """What was found."""
        return Report(
            checked=self.checked,
            failed=self.failed,
            documents=len(self.documents),
            mismatches=tuple(self.mismatches),
        )


def _is_span(span: Any) -> bool:
    return (
        isinstance(span, list | tuple)
        and len(span) == 2
        and all(type(end) is int for end in span)
        and 0 <= span[0] < span[1]
    )


def _document(value: dict[str, Any], outer: str | None) -> str | None:
    """The document that spans inside a JSON object count in."""
    named = value.get("document")
    if isinstance(named, dict):
        named = named.get("id")
    elif named is None and "text_sha256" in value:
        named = value.get("id")  # a document's own record
    return named if isinstance(named, str) else outer


def _quotes(value: dict[str, Any], key: str) -> Iterator[Any]:
    """The words a JSON object gives as its document's own, at its `span`."""
    if "quote" in value:
        yield value["quote"]
    if "mention" in value:
        yield value["mention"]
    if "text" in value and ("clause" in value or "marks" in value or key in TEXT_IN):
        yield value["text"]


def _escape(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def verify_answer(answer: bytes, texts: Callable[[str], str | None]) -> Report:
    """Check a saved JSON answer of the API: every quote in it, wherever it stands.

    `texts` gives a document's canonical text by id. An answer without a quote proves
    nothing and is reported. Raises DataError if it is not JSON.
    """
    try:
        value = msgspec.json.decode(answer.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise DataError(
            f"不是有效的 JSON：{error}", remedy="保存 API 或 kg … --json 的答案原文，再行核对"
        ) from error
    checker = _Checker(texts)
    checker.walk(value)
    if not checker.checked:
        checker.fail("", "答案中没有任何引文，无从核对")
    return checker.report()


def verify_store(store: Store, reread: Callable[[LoadedDocument], str]) -> Report:
    """Check a whole store: texts against source bytes, and every quote of every record.

    `reread` turns a document's kept source bytes into canonical text anew.
    """

    def text(id: str) -> str | None:
        loaded = store.loaded(id)
        return loaded.text if loaded else None

    checker = _Checker(text)
    for kind in get_args(Kind):
        for record in store.records(kind):
            place = f"{kind} {record.id}"
            if isinstance(record, DocumentRecord):
                _source(checker, store, record, reread)
            checker.walk(msgspec.to_builtins(record), place)
    return checker.report()


def _source(
    checker: _Checker,
    store: Store,
    record: DocumentRecord,
    reread: Callable[[LoadedDocument], str],
) -> None:
    """Derive a document's text from its bytes again; check its notes, which are no records."""
    place, told = f"document {record.id}", {"document": record.id}
    loaded = store.loaded(record.id)
    if loaded is None:
        return checker.fail(place, "库中没有保存这份文件的原始字节", **told)
    if _sha256(loaded.raw) != record.source_sha256:
        checker.fail(place, "保存的原始字节与其 sha256 不符", **told)
    if _sha256(loaded.text.encode()) != record.text_sha256:
        checker.fail(place, "保存的正文与其 sha256 不符", **told)
    try:
        again = reread(loaded)
    except KgError as error:
        return checker.fail(place, f"原始字节读不出正文：{error}", **told)
    checker.checked += 1
    if _sha256(again.encode()) != record.text_sha256:
        checker.fail(place, "由原始字节重新得出的正文与保存的不同", **told)
    notes = [msgspec.to_builtins(note) for note in loaded.extraction.definitions]
    return checker.walk(notes, f"{place}/definitions", record.id)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


__all__ = ["Mismatch", "Report", "verify_answer", "verify_store"]
