"""Small documents to merge, and what tests ask of the result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from kg.merge import Part, merge
from kg.model import CatalogueEntry, LoadedDocument, Warning
from kg.records import Evidence
from kg.registry import load_registry
from tests import sample
from tests.sample import IPO, Body, Writer

BASE = "http://example.org/"
REGISTRY = load_registry()
SOLE: list[Body] = [(IPO, "sole", "sole")]
TEXTS = [f"做好第{n}件事情。" for n in range(12)]


def merged(*docs: LoadedDocument) -> Part:
    return merge(docs, registry=REGISTRY, base_iri=BASE)


def listing(
    id: str,
    texts: Sequence[str],
    *,
    bodies: list[Body] | None = None,
    section: tuple[str, ...] = (),
    **said: Any,
) -> LoadedDocument:
    """A document of one-sentence tasks; `said` goes into its catalogue entry."""
    w = Writer()
    tasks = [
        sample.task(w, id, str(n), text, bodies or SOLE, section=section)
        for n, text in enumerate(texts, 1)
    ]
    return entry(sample.loaded(id, w, tasks), **said)


def entry(doc: LoadedDocument, **said: Any) -> LoadedDocument:
    found = CatalogueEntry(id=doc.extraction.document.id, known_from="测试", **said)
    return structs.replace(doc, catalogue=found)


def head(doc: LoadedDocument, **printed: Any) -> LoadedDocument:
    found = structs.replace(doc.extraction.document, **printed)
    return structs.replace(doc, extraction=structs.replace(doc.extraction, document=found))


def saying(doc: LoadedDocument, **things: Any) -> LoadedDocument:
    return structs.replace(doc, extraction=structs.replace(doc.extraction, **things))


def reprints(part: Part) -> dict[str, str]:
    return {d.id: d.reprint_of.id for d in part.documents if d.reprint_of}


def told(part: Part, id: str) -> tuple[Warning, ...]:
    return next(d.warnings for d in part.documents if d.id == id)


def quotes(thing: Any) -> list[Evidence]:
    if isinstance(thing, Evidence):
        return [thing]
    if isinstance(thing, tuple | list):
        return [e for part in thing for e in quotes(part)]
    if isinstance(thing, dict):
        return quotes(list(thing.values()))
    return (
        quotes(list(structs.asdict(thing).values())) if hasattr(thing, "__struct_fields__") else []
    )
