"""The Parquet folder, read again by pyarrow and pandas and compared with the store."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kg.errors import DataError
from kg.export.parquet import BOOLEANS, FRAMES, LISTS, NUMBERS
from kg.export.select import question
from kg.frame_columns import COLUMNS, WHOLE
from kg.frames import Opened
from tests.test_export_support import WHERE, exported, part, registry, roles, store


def test_each_frame_is_that_of_python(tmp_path: Path) -> None:
    folder, opened = exported("parquet", tmp_path), Opened(store(), registry())
    for name in FRAMES:
        wanted = getattr(opened, name)()
        found = pd.read_parquet(folder / f"{name}.parquet", dtype_backend="numpy_nullable")
        assert list(found.columns) == list(wanted.columns) == list(COLUMNS[name])
        assert plain(found) == plain(wanted), name


def plain(frame: pd.DataFrame) -> list[list[Any]]:
    """Rows of plain values: what is missing is None, lists are lists."""
    return [[one(v) for v in row] for row in frame.itertuples(index=False)]


def one(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return value
    return None if pd.isna(value) else value


def test_types_are_stated(tmp_path: Path) -> None:
    folder = exported("parquet", tmp_path)
    tasks = pq.read_schema(folder / "tasks.parquet")
    assert tasks.field("year").type == pa.int64() and tasks.field("open").type == pa.bool_()
    assert tasks.field("leads").type == pa.list_(pa.string())
    assert tasks.field("number").type == pa.string()
    indicators = pq.read_table(folder / "indicators.parquet").to_pylist()
    assert {i["year"] for i in indicators} == {2020, 2025, None}
    assert [i["value"] for i in indicators if i["name"] == "服判息诉率"] == [None, 85.0, None]
    assert tasks.field("clause").metadata[b"zh"] == "责任分工原文".encode()


def test_every_column_has_the_type_of_its_values(tmp_path: Path) -> None:
    """A column that another part of the program adds does not become text by silence."""
    folder, opened = exported("parquet", tmp_path), Opened(store(), registry())
    for name in FRAMES:
        schema = pq.read_schema(folder / f"{name}.parquet")
        for column in getattr(opened, name)().columns:
            text = schema.field(column).type == pa.string()
            values = [one(v) for v in getattr(opened, name)()[column]]
            assert text == all(isinstance(v, str) for v in values if v is not None) or (
                column in BOOLEANS | LISTS | NUMBERS | WHOLE
            ), f"{name}.{column}"


@pytest.mark.parametrize("where", [None, WHERE, "lead=none", "q=没有这样的话"])
def test_what_is_selected(tmp_path: Path, where: str | None) -> None:
    folder, graph = exported("parquet", tmp_path, where), part(where)
    for name, label in (("tasks", "Task"), ("documents", "Document"), ("projects", "Project"),
                        ("goals", "Goal")):  # fmt: skip
        ids = {row["id"] for row in pq.read_table(folder / f"{name}.parquet").to_pylist()}
        assert ids == {n.id for n in graph.nodes if n.label == label}, name
    tasks = list(store().records("task"))
    if where:
        tasks = list(store().find_tasks(question(store(), registry(), where), 100).results)
    found = pq.read_table(folder / "responsibilities.parquet").to_pylist()
    wanted = {row[:5] for row in roles(tasks)}
    assert {(r["task"], r["department"], r["role"], r["basis"], r["order"]) for r in found
            } == wanted  # fmt: skip


def test_each_file_says_what_it_is(tmp_path: Path) -> None:
    folder = exported("parquet", tmp_path, WHERE)
    for name in [*FRAMES, "dictionary"]:
        said = pq.read_schema(folder / f"{name}.parquet").metadata
        assert said[b"sha256"].decode() == store().dataset().sha256
        assert said[b"selection"].decode() == WHERE and b"CC BY" in said[b"licence"]
    words = pq.read_table(folder / "dictionary.parquet").to_pylist()
    assert {(w["frame"], w["column"]) for w in words} == {
        (f, c) for f in FRAMES for c in COLUMNS[f]
    }


def test_without_pyarrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(DataError, match="notebooks"):
        exported("parquet", tmp_path)
    assert not list(tmp_path.iterdir())
