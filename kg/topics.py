"""Topics of tasks by a list of words: a task has a topic if its words hold one of the list's.

Nothing is inferred. The list is `kg/data/topics.toml`, made for intellectual property; for
another field, `load` reads a file of the same form. The first word found is the evidence.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Sequence
from importlib import resources
from pathlib import Path

from msgspec import Struct

from kg.errors import DataError
from kg.records import Evidence, TaskRecord
from kg.store.base import Store


class Topic(Struct, frozen=True):
    """A topic and the words that give it."""

    name: str
    en: str
    words: tuple[str, ...]


class Tag(Struct, frozen=True):
    """A topic of a task, with the word that gives it."""

    task: str
    topic: str
    evidence: Evidence


def load(path: Path | None = None) -> tuple[Topic, ...]:
    """The topics of a file, or the bundled ones.

    Raises:
        DataError: the file is not of the form.
    """
    file = path or resources.files("kg.data").joinpath("topics.toml")
    try:
        rows = tomllib.loads(file.read_text("utf-8"))["topic"]
        return tuple(Topic(r["name"], r["en"], tuple(r["words"])) for r in rows)
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise DataError(f"主题词表读不了：{e}", where=str(file), remedy="照随附的那份写") from e


def tags(tasks: Iterable[TaskRecord], topics: Sequence[Topic]) -> Iterator[Tag]:
    """The topics of tasks, in the order of the list."""
    for task in tasks:
        for topic in topics:
            places = [(task.text.find(word), word) for word in topic.words]
            found = min(((at, word) for at, word in places if at >= 0), default=None)
            if found:
                start = task.span[0] + found[0]
                span = (start, start + len(found[1]))
                yield Tag(task.id, topic.name, Evidence(task.document.id, span, found[1]))


def of_store(store: Store, topics: Sequence[Topic] | None = None) -> Iterator[Tag]:
    """The topics of all tasks of a store."""
    return tags(store.records("task"), load() if topics is None else topics)
