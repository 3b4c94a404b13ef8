"""The digest of a dataset: from content only, so that every store and machine agrees."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

import msgspec

from kg.model import LoadedDocument
from kg.records import Dataset


def document_digest(doc: LoadedDocument) -> str:
    """What a document contributes: source bytes, canonical text, extraction, catalogue.

    The file's name is left out: the same document under another name is the same content.
    """
    parts = (
        doc.raw,
        doc.text.encode(),
        doc.media_type.encode(),
        msgspec.json.encode(doc.extraction),
        msgspec.json.encode(doc.catalogue),
    )
    return sha256(b"".join(sha256(part).digest() for part in parts)).hexdigest()


def dataset(documents: Mapping[str, str], surroundings: str) -> Dataset:
    """The dataset of these documents (id → digest) under what else shapes the graph.

    `surroundings` is the digest of registry, ontology version and base IRI. The order of
    loading does not matter.
    """
    lines = [f"{id}\t{documents[id]}\n" for id in sorted(documents)]
    total = sha256((surroundings + "\n" + "".join(lines)).encode()).hexdigest()
    return Dataset(version=total[:12], sha256=total)
