"""The order of the files: the longest first, that no worker is left alone with one at the end."""

from __future__ import annotations

import pytest

# Minutes each: servers that are started and killed, thousands of files, an installed wheel.
LONGEST = ("test_computed.py", "test_wheel.py", "test_many.py", "neo4j/test_crash.py",
           "contract/test_publishing.py", "neo4j/test_failures.py", "test_export_neo4j.py",
           "contract/", "neo4j/", "test_notebooks.py", "test_crash.py", "sparql/", "cypher/",
           "browser/", "test_cli.py")  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by `LONGEST`; the tests of a file stay together and in their order."""

    def place(item: pytest.Item) -> int:
        path = item.path.as_posix()
        return next((n for n, part in enumerate(LONGEST) if f"tests/{part}" in path), len(LONGEST))

    items.sort(key=place)
