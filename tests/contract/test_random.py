"""Random questions over random small corpora: every store answers as the reference does."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.model import LoadedDocument
from kg.store.base import FACETS, Store, TaskQuery
from tests.contract.compare import everything
from tests.contract.conftest import BACKENDS, maker
from tests.sample import COLLECTIVES, Writer, loaded, section, task

BODIES = ["国家知识产权局", "海关总署", "公安部", "财政部", "国家知识产权局-条法司", "某某局",
          "国家知识产权局-专利局", *sorted(COLLECTIVES)]  # fmt: skip
WORDS = ["海关", "商标", "专利", "保护", "100%", "加强", "a_b", "。", "（", "𠮷", "“引”"]
DOCUMENTS = ["a", "b", "c 1", "d%"]
Forms = [("lead", "explicit"), ("participant", "explicit"), ("sole", "sole"), ("joint", "joint"),
         ("joint", "table"), ("lead", "first-listed")]  # fmt: skip

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("".join)
bodies = st.lists(st.tuples(st.sampled_from(BODIES), st.sampled_from(Forms)), max_size=4)
tasks = st.tuples(texts, bodies)


@st.composite
def documents(draw: Any, id: str | None = None) -> LoadedDocument:
    id = id or draw(st.sampled_from(DOCUMENTS))
    w = Writer()
    sections = [section(w, id, "1", draw(texts))] if draw(st.booleans()) else []
    made = [
        task(w, id, str(n), text, [(name, role, basis) for name, (role, basis) in named])
        for n, (text, named) in enumerate(draw(st.lists(tasks, max_size=6)))
    ]
    title, year = (
        draw(st.sampled_from(["甲乙丙丁戊规划", "无题"])),
        draw(st.sampled_from([2019, 2021, None])),
    )
    return loaded(id, w, made, title=title, year=year, sections=sections)


def optional(values: Any) -> Any:
    return st.one_of(st.none(), values)


queries = st.builds(
    TaskQuery,
    led_by=optional(st.sampled_from(BODIES)),
    involves=st.lists(st.sampled_from(BODIES), max_size=2).map(tuple),
    role=optional(st.sampled_from(["lead", "participant", "sole", "joint"])),
    excludes=st.lists(st.sampled_from(BODIES), max_size=1).map(tuple),
    basis=optional(st.sampled_from(["explicit", "sole", "joint", "table"])),
    lead=optional(st.sampled_from(["none", "stated"])),
    collective=optional(st.booleans()),
    document=optional(st.sampled_from(DOCUMENTS)),
    year=optional(st.sampled_from([2019, 2021, 1])),
    q=st.lists(texts, max_size=2).map(tuple),
    units=st.booleans(),
)
steps = st.lists(st.one_of(documents(), st.sampled_from(DOCUMENTS)), min_size=1, max_size=4)


def apply(store: Store, step: Any) -> None:
    if isinstance(step, LoadedDocument):
        store.publish([step])
    elif store.get("document", step):
        store.publish(remove=[step])


def pages(store: Store, query: TaskQuery) -> list[Any]:
    out: list[Any] = []
    after = None
    while True:
        page = store.find_tasks(query, 2, after, FACETS)
        out.append(page)
        after = page.after
        if after is None:
            return out


given_corpora = given(
    start=st.tuples(*map(documents, DOCUMENTS)),
    steps=steps,
    asked=st.lists(queries, min_size=5, max_size=25),
)


@pytest.mark.parametrize("backend", [b for b in BACKENDS if b not in ("memory", "neo4j")])
@settings(max_examples=60, deadline=None)
@given_corpora
def test_answers_as_the_reference(
    backend: str, start: Any, steps: Any, asked: list[TaskQuery]
) -> None:
    compare_with_reference(backend, start, steps, asked)


@settings(max_examples=12, deadline=None)  # a publication at a server takes longer
@given_corpora
def test_a_server_answers_as_the_reference(start: Any, steps: Any, asked: list[TaskQuery]) -> None:
    compare_with_reference("neo4j", start, steps, asked)


def compare_with_reference(backend: str, start: Any, steps: Any, asked: list[TaskQuery]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        reference, store = maker("memory", folder)(), maker(backend, folder)()
        for s in (reference, store):
            s.publish(start)
            for step in steps:
                apply(s, step)
        assert everything(store) == everything(reference)
        for query in asked:
            assert pages(store, query) == pages(reference, query)
            if query.q:
                assert store.search(query.q) == reference.search(query.q)
        store.close()
    finally:
        shutil.rmtree(folder)
