"""One application over the miniature documents, shared by the tests that change nothing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from tests.sparql.support import filled, serving


@pytest.fixture(scope="session")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = filled(tmp_path_factory.mktemp("sparql") / "store")
    with serving(store) as client:
        yield client
    store.close()
