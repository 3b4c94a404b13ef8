"""The miniature documents are what they claim: every span quotes its text."""

from __future__ import annotations

import pytest

from kg.model import LoadedDocument
from tests.sample import all_documents


@pytest.mark.parametrize("doc", all_documents(), ids=lambda d: d.extraction.document.id)
def test_every_span_quotes_its_text(doc: LoadedDocument) -> None:
    for t in doc.extraction.tasks:
        assert doc.text[slice(*t.span)] == t.text
        assert doc.text[slice(*t.clause.span)] == t.clause.text
        for r in t.responsibilities:
            assert doc.text[slice(*r.span)] == r.mention
    for s in doc.extraction.sections:
        assert doc.text[slice(*s.span)] == s.heading
