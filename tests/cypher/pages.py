"""The pages of queries in docs, read for the tests of every engine; no test here."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, NamedTuple

DOCS = Path(__file__).resolve().parents[2] / "docs"
SAVED = DOCS / "browser-saved-queries.cypher"
_HEADING = re.compile(r"^### (\d+) · (.+)$", re.MULTILINE)
_SAME = re.compile(r"^## (\d+) · (.+)$", re.MULTILINE)
_BLOCK = re.compile(r"^```([^\n]*)\n(.*?)\n```$", re.MULTILINE | re.DOTALL)
_ADDRESS = re.compile(r"^地址：`([^`]+)`$", re.MULTILINE)


class Example(NamedTuple):
    """One question of a page; `neo4j` is another spelling where Neo4j needs one."""

    number: int
    question: str
    query: str
    neo4j: str | None
    columns: list[str]
    rows: list[list[Any]]


class Same(NamedTuple):
    """One question asked through every door, and the tasks it gives."""

    question: str
    address: str
    cypher: str
    sparql: str
    tasks: list[str]


def _parts(text: str, heading: re.Pattern[str]) -> list[tuple[int, str, str]]:
    found = list(heading.finditer(text))
    ends = [m.start() for m in found[1:]] + [len(text)]
    return [(int(m[1]), m[2], text[m.end() : e]) for m, e in zip(found, ends, strict=True)]


def _blocks(text: str) -> dict[str, str]:
    return {m[1]: m[2] for m in _BLOCK.finditer(text)}


def examples(language: str) -> list[Example]:
    """The questions of ``docs/{language}.md``, each with its answer on the five documents."""
    found = []
    for number, question, text in _parts((DOCS / f"{language}.md").read_text("utf-8"), _HEADING):
        blocks = _blocks(text)
        answer = json.loads(blocks["json"])
        assert "注意：" in text, question
        found.append(
            Example(number, question, blocks[language], blocks.get(f"{language} neo4j"),
                    answer["columns"], answer["rows"])
        )  # fmt: skip
    return found


def same() -> list[Same]:
    """The questions of ``docs/same-question.md``."""
    found = []
    for _, question, text in _parts((DOCS / "same-question.md").read_text("utf-8"), _SAME):
        blocks, address = _blocks(text), _ADDRESS.search(text)
        assert address, question
        tasks = json.loads(blocks["json"])
        found.append(Same(question, address[1], blocks["cypher"], blocks["sparql"], tasks))
    return found
