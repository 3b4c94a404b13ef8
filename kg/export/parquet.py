"""A folder of Parquet: the frames of `kg.frames`, typed, with the dictionary of their columns.

The frames are made in memory, one after the other: about 2 kB a task.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from kg.errors import DataError
from kg.export.place import MARK, README, writing
from kg.export.select import Source

INTEGERS = frozenset({"year", "start", "end", "order", "number", "total", "lead", "sole",
                      "participant", "joint", "tasks"})  # fmt: skip
BOOLEANS = frozenset({"open", "collective"})
NUMBERS = frozenset({"value"})
LISTS = frozenset({"section", "leads", "bodies", "collectives", "measures"})
TEXT = frozenset({("tasks", "number")})  # as printed
OTHERS = {"departments": "department", "projects": "project", "indicators": "indicator",
          "goals": "goal", "targets": "target", "documents": "document"}  # fmt: skip


def parquet(source: Source, folder: Path) -> None:
    """Write the folder.

    Raises:
        DataError: pandas or pyarrow is not installed.
    """
    try:
        import pyarrow.parquet as pq

        from kg.frames import COLUMNS, dictionary
    except ImportError as e:
        raise DataError(
            f"写 Parquet 要用 {e.name}", remedy="pip install 'policy-kg[notebooks]'"
        ) from e
    about = {k.encode(): v.encode() for k, v in source.about.facts()}
    for name in COLUMNS:
        frame = _frame(source, name)
        if name == "tasks":
            source.tasks = len(frame)
        pq.write_table(_table(name, frame, about), folder / f"{name}.parquet")
    words = dictionary()
    pq.write_table(_table("dictionary", words, about), folder / "dictionary.parquet")
    with writing(folder / README) as out:
        out.write(_readme(source, words.to_dict("records")))


def _frame(source: Source, name: str) -> Any:
    """A frame of everything, or of what is selected."""
    from kg.frames import Opened

    opened = Opened(source.store, source.registry)
    if name not in OTHERS:
        return getattr(opened, name)(**_parameters(source.about.where))
    frame = getattr(opened, name)()
    if source.selection is None:
        return frame
    return frame[frame["id"].isin(source.selection.ids[OTHERS[name]])]


def _parameters(where: str | None) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl((where or "").strip().lstrip("?"), keep_blank_values=True):
        found.setdefault(name, []).append(value)
    return found


def _table(name: str, frame: Any, about: dict[bytes, bytes]) -> Any:
    """An Arrow table: nothing is guessed from the values."""
    import pyarrow as pa

    from kg.frames import COLUMNS

    words = COLUMNS.get(name, {})
    fields = [
        pa.field(column, _type(name, column),
                 metadata={"zh": words[column][0], "en": words[column][1]} if words else None)
        for column in frame.columns
    ]  # fmt: skip
    schema = pa.schema(fields, metadata=about)
    table = pa.Table.from_pandas(frame, schema=schema, preserve_index=False)
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **about})


def _type(frame: str, column: str) -> Any:
    import pyarrow as pa

    if (frame, column) in TEXT:
        return pa.string()
    if column in INTEGERS:
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
