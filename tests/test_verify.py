"""Proof of a store and of saved answers; whatever was tampered with is found."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
from msgspec import structs

from kg import verify
from kg.errors import DataError
from kg.model import LoadedDocument
from kg.registry import load_registry
from kg.store.base import Kind
from kg.store.memory import MemoryStore
from kg.store.world import World
from kg.verify import Report, verify_answer, verify_store
from tests import sample

TEXTS = {d.extraction.document.id: d.text for d in sample.all_documents()}


@pytest.fixture(scope="module")
def store() -> MemoryStore:
    made = MemoryStore(World(load_registry(), "http://example.org/", "0", "0"))
    made.publish(sample.all_documents())
    return made


def reread(doc: LoadedDocument) -> str:
    return doc.raw.decode()


def answer(value: Any) -> Report:
    return verify_answer(msgspec.json.encode(value), TEXTS.get)


def task(store: MemoryStore, id: str = "plan-4.1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(store.get("task", id)))
    return found


class Changed(MemoryStore):
    """A store whose records or documents were tampered with after publication."""

    def __init__(self, inner: MemoryStore, **change: Callable[[Any], Any]) -> None:
        self.inner, self.change = inner, change

    def records(self, kind: Kind) -> Iterator[Any]:
        alter = self.change.get(kind, lambda r: r)
        return (alter(r) for r in self.inner.records(kind))

    def loaded(self, document: str) -> LoadedDocument | None:
        alter = self.change.get("loaded", lambda d: d)
        found: LoadedDocument | None = alter(self.inner.loaded(document))
        return found


# --- a store -----------------------------------------------------------------------------


def test_a_sound_store_is_proved(store: MemoryStore) -> None:
    report = verify_store(store, reread)
    assert report.ok and report.failed == 0 and report.mismatches == ()
    assert report.documents == 5
    pieces = sum(len(t.evidence) for t in store.records("task"))
    assert report.checked > 3 * pieces


@pytest.mark.parametrize(
    ("kind", "change", "place"),
    [
        ("task", lambda t: structs.replace(t, text="改过"), ""),
        (
            "task",
            lambda t: structs.replace(t, clause=structs.replace(t.clause, text="（改过）")),
            "/clause",
        ),
        (
            "task",
            lambda t: structs.replace(
                t,
                responsibilities=(
                    structs.replace(t.responsibilities[0], mention="改过"),
                    *t.responsibilities[1:],
                ),
            ),
            "/responsibilities/0",
        ),
        ("task", lambda t: structs.replace(t, evidence=()), ""),
        (
            "goal",
            lambda g: structs.replace(
                g, evidence=(*g.evidence, structs.replace(g.evidence[0], quote="改过"))
            ),
            "/evidence/2",
        ),
        (
            "project",
            lambda p: structs.replace(
                p, measure_evidence=(structs.replace(p.measure_evidence[0], span=(0, 2)),)
            ),
            "/measure_evidence/0",
        ),
    ],
)
def test_a_changed_record_is_found_with_its_place(
    store: MemoryStore, kind: str, change: Callable[[Any], Any], place: str
) -> None:
    def first(record: Any) -> Any:
        return change(record) if record.id in (f"plan-{kind}-1", "plan-4.1", P) else record

    report = verify_store(Changed(store, **{kind: first}), reread)
    assert report.failed == 1 and not report.ok
    assert report.mismatches[0].place.endswith(place)
    assert report.mismatches[0].document in TEXTS


P = "picture-project-1"


def test_measures_are_compared(store: MemoryStore) -> None:
    def change(t: Any) -> Any:
        return structs.replace(
            t, measures=tuple(structs.replace(m, text="改过") for m in t.measures)
        )

    report = verify_store(Changed(store, task=change), reread)
    assert [m.place for m in report.mismatches] == ["task guide-t1/measures/0"]


def test_texts_are_derived_from_the_bytes_again(store: MemoryStore) -> None:
    report = verify_store(store, lambda doc: doc.text + " ")
    assert report.failed == 5 and "不同" in report.mismatches[0].message


def test_a_reader_that_fails_is_reported(store: MemoryStore) -> None:
    def broken(doc: LoadedDocument) -> str:
        raise DataError("读不出", where=doc.file_name)

    report = verify_store(store, broken)
    assert report.failed == 5 and "读不出" in report.mismatches[0].message


@pytest.mark.parametrize(
    ("change", "failed"),
    [
        (lambda d: structs.replace(d, raw=d.raw + b" "), 10),  # its sum, and the text from it
        (lambda d: None, None),
        (lambda d: structs.replace(d, text=" " + d.text), None),
    ],
)
def test_changed_sources_are_found(
    store: MemoryStore, change: Callable[[Any], Any], failed: int | None
) -> None:
    report = verify_store(Changed(store, loaded=change), reread)
    assert report.failed == failed if failed else report.failed > 5


def test_notes_are_compared(store: MemoryStore) -> None:
    def change(doc: Any) -> Any:
        notes = tuple(structs.replace(d, text="改过") for d in doc.extraction.definitions)
        return structs.replace(doc, extraction=structs.replace(doc.extraction, definitions=notes))

    report = verify_store(Changed(store, loaded=change), reread)
    assert [m.place for m in report.mismatches] == [
        "document plan/definitions/0",
        "document plan/definitions/1",
    ]


def test_memory_is_bounded(store: MemoryStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "CHARACTERS", 10)
    monkeypatch.setattr(verify, "SHOWN", 2)
    assert verify_store(store, reread).ok
    report = verify_store(Changed(store, loaded=lambda d: None), reread)
    assert len(report.mismatches) == 2 < report.failed


# --- a saved answer ----------------------------------------------------------------------


def test_a_record_a_list_and_an_envelope_are_proved(store: MemoryStore) -> None:
    one = task(store)
    # text, clause, 3 mentions; evidence of 2 documents on the task and on each mention
    assert answer(one) == Report(checked=5 + 2 + 6, failed=0, documents=2)
    assert answer([one, one]).checked == 26
    envelope = {"total": 0, "results": [], "near": [{"tier": "x", "results": [one]}]}
    assert answer({"question": "…", "answer": envelope}).checked == 13


def test_an_extraction_is_proved() -> None:
    document = sample.plan()
    report = answer(json.loads(msgspec.json.encode(document.extraction)))
    assert report.ok and report.checked == 4 + 4 + 9 + 2


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["text"], "改过"),
        (["span"], [1, 5]),
        (["clause", "text"], "（改过）"),
        (["clause", "span"], [0, 10**9]),
        (["responsibilities", 0, "mention"], "财政部"),
        (["responsibilities", 1, "evidence", 1, "quote"], "财政部"),
        (["responsibilities", 1, "evidence", 1, "document"], "nowhere"),
        (["evidence", 0, "span"], None),
        (["evidence", 0, "span"], [5, 3]),
        (["evidence", 0, "span"], [-3, 3]),
        (["evidence", 0, "span"], [True, 3]),
        (["evidence", 0, "span"], ["0", "3"]),
        (["evidence", 0, "quote"], ""),
        (["evidence", 0, "quote"], 7),
        (["evidence"], []),
        (["responsibilities", 2, "evidence"], []),
    ],
)
def test_any_change_is_found(store: MemoryStore, path: list[Any], value: Any) -> None:
    found = task(store)
    inner: Any = found
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    report = answer({"results": [found]})
    assert report.failed == 1 and not report.ok
    place = "".join(f"/{step}" for step in path[:-1])
    assert report.mismatches[0].place.startswith("/results/0" + place)


def test_what_was_expected_and_found_is_told(store: MemoryStore) -> None:
    found = task(store)
    found["evidence"][0]["quote"] = "改过"
    (mismatch,) = answer(found).mismatches
    assert (mismatch.place, mismatch.document) == ("/evidence/0", "plan")
    assert (mismatch.expected, mismatch.found) == ("改过", found["text"])
    assert mismatch.span == tuple(found["span"])


def test_an_empty_span_at_the_end_is_no_proof() -> None:
    end = len(TEXTS["plan"])
    report = answer({"document": "plan", "span": [end, end + 5], "quote": "别的"})
    assert report.failed == 1


@pytest.mark.parametrize("value", [{}, [], {"total": 0, "results": []}, 3, "x", None])
def test_an_answer_without_a_quote_is_not_passed(value: Any) -> None:
    report = answer(value)
    assert (report.checked, report.failed) == (0, 1) and not report.ok


def test_a_quote_of_no_document_is_not_passed() -> None:
    assert answer({"quote": "知识产权", "span": [0, 4]}).failed == 1


def test_a_printed_statement_needs_its_evidence() -> None:
    said = {"value": "x", "origin": "printed", "evidence": None}
    assert answer({"statements": {"title": [said]}}).failed == 2  # and there is no quote at all


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 10**5])
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(DataError) as caught:
        verify_answer(text, TEXTS.get)
    assert caught.value.remedy


def test_a_byte_order_mark_is_no_mistake(store: MemoryStore) -> None:
    saved = b"\xef\xbb\xbf" + msgspec.json.encode(store.get("task", "plan-4.1"))
    assert verify_answer(saved, TEXTS.get).ok
