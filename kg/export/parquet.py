"""A folder of Parquet: the frames of `kg.frames`, typed, with the dictionary of their columns.

What documents state, not what is computed from it (topics, continuity …). Rows are written
in groups as the records come; no type is guessed from the values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kg import frame_rows
from kg.errors import DataError
from kg.export.place import MARK, README, writing
from kg.export.select import Source
from kg.frame_columns import COLUMNS, PRINTED, WHOLE
from kg.store.base import Kind

GROUP = 20_000  # rows that are in memory together
BOOLEANS = frozenset({"open", "collective"})
NUMBERS = frozenset({"value"})
LISTS = frozenset({"section", "leads", "bodies", "collectives", "measures"})
DICTIONARY = ("frame", "column", "zh", "en")
Row = dict[str, Any]


def _one(row: Callable[[Any], Row]) -> Callable[[Any], Iterator[Row]]:
    return lambda record: iter((row(record),))


FRAMES: dict[str, tuple[Kind, Callable[[Any], Iterator[Row]]]] = {
    "tasks": ("task", _one(frame_rows.task)),
    "responsibilities": ("task", frame_rows.responsibilities),
    "departments": ("department", _one(frame_rows.department)),
    "projects": ("project", _one(frame_rows.project)),
    "indicators": ("indicator", frame_rows.values),
    "goals": ("goal", _one(frame_rows.goal)),
    "targets": ("target", _one(frame_rows.target)),
    "documents": ("document", _one(frame_rows.document)),
}


def parquet(source: Source, folder: Path) -> None:
    """Write the folder.

    Raises:
        DataError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa
    except ImportError as e:
        raise DataError(
            "写 Parquet 要用 pyarrow", remedy="pip install 'policy-kg[notebooks]'"
        ) from e
    about = {k.encode(): v.encode() for k, v in source.about.facts()}
    for name, (kind, rows) in FRAMES.items():
        schema = _schema(name).with_metadata(about)
        found = (row for record in source.of(kind) for row in rows(record))
        written = _write(found, schema, folder / f"{name}.parquet")
        if name == "tasks":
            source.tasks = written
    words = dictionary()
    schema = pa.schema([(column, pa.string()) for column in DICTIONARY], metadata=about)
    _write(iter(words), schema, folder / "dictionary.parquet")
    with writing(folder / README) as out:
        out.write(_readme(source, words))


def dictionary() -> list[dict[str, str]]:
    """What each column means."""
    return [
        dict(zip(DICTIONARY, (frame, column, zh, en), strict=True))
        for frame in FRAMES
        for column, (zh, en) in COLUMNS[frame].items()
    ]


def _write(rows: Iterator[Row], schema: Any, path: Path) -> int:
    """Write all rows; how many they were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    total = 0
    with pq.ParquetWriter(path, schema) as out:
        while group := list(islice(rows, GROUP)):
            out.write_table(pa.Table.from_pylist(group, schema=schema))
            total += len(group)
    return total


def _schema(frame: str) -> Any:
    """The columns with their types; each says in both languages what it means."""
    import pyarrow as pa

    return pa.schema(
        [
            pa.field(column, _type(frame, column), metadata={"zh": zh, "en": en})
            for column, (zh, en) in COLUMNS[frame].items()
        ]
    )


def _type(frame: str, column: str) -> Any:
    import pyarrow as pa

    if column in WHOLE and column not in PRINTED.get(frame, ()):
        return pa.int64()
    if column in BOOLEANS:
        return pa.bool_()
    if column in NUMBERS:
        return pa.float64()
    return pa.list_(pa.string()) if column in LISTS else pa.string()


def _readme(source: Source, words: list[dict[str, str]]) -> str:
    lines = [f"{w['frame']}.{w['column']}\t{w['zh']}\t{w['en']}\n" for w in words]
    return (
        f"{MARK}\n\n{source.about.text()}\n"
        "import pandas as pd; tasks = pd.read_parquet('tasks.parquet')\n\n"
        "列的含义 · what the columns mean (dictionary.parquet):\n\n" + "".join(lines)
    )
