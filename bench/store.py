"""The embedded store at size: ``python -m bench.store 100000``.

Beside it, in the same run, the same questions as plain SQLite joins and as SPARQL on
Oxigraph. Medians in milliseconds over different arguments, caches of results aside.
"""

from __future__ import annotations

import argparse
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import ANY

import pyoxigraph as ox

from bench.corpus import documents, names
from kg.config import read_settings
from kg.merge import Part
from kg.ontology import NAMESPACE
from kg.store.base import FACETS, TaskQuery
from kg.store.embedded import EmbeddedStore
from kg.store.embedded import dataset as rdf
from kg.store.world import World

Question = Callable[[int], Any]
PORTION = 10_000  # documents of one publication
PLAIN = """
CREATE TABLE task(row INTEGER PRIMARY KEY, id TEXT, text TEXT);
CREATE TABLE responsibility(task INTEGER, department TEXT, role TEXT);
"""
PLAIN_INDEX = """
CREATE INDEX by_department ON responsibility(department, role, task);
CREATE INDEX by_task ON responsibility(task);
ANALYZE;
"""


class NoRdf:
    """Stands in for the RDF writer where only the index is measured."""

    def __init__(self, path: Path, world: World) -> None:
        pass

    def __enter__(self) -> NoRdf:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def add(self, part: Part) -> None:
        """Nothing to write."""

    def remove(self, document: str) -> None:
        """Nothing to take out."""

    def finish(self, *_: object) -> None:
        """Nothing to write."""

    def count_tasks(self) -> Any:
        """Whatever is expected."""
        return ANY


def timed(ask: Question, times: int) -> float:
    """The median of an answer's time, in ms."""
    taken = []
    for n in range(times):
        began = time.perf_counter()
        ask(n)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)


def size(path: Path) -> float:
    """Megabytes on the disk."""
    return sum(p.stat().st_size for p in path.rglob("*") if p.is_file()) / 1e6


def load(store: EmbeddedStore, folder: Path, tasks: int, bodies: list[tuple[str, str]]) -> None:
    """Load the corpus and say how fast; then one more document, and the same again."""
    left, took = documents(tasks, bodies), 0.0
    while docs := list(islice(left, PORTION)):
        began = time.perf_counter()
        receipt = store.publish(docs)
        took += time.perf_counter() - began
    print(f"load            {tasks / took:10.0f} tasks/s  {took:8.1f} s  {receipt.totals}")
    current = folder / "versions" / (folder / "CURRENT").read_text().strip()
    index = (current / "index.sqlite").stat().st_size / 1e6
    print(f"disk            {size(current):10.0f} MB, index {index:.0f} MB")
    again = list(documents(tasks // 100, bodies))
    began = time.perf_counter()
    store.publish(again)
    print(f"same again, 1 % {(time.perf_counter() - began) * 1000:10.0f} ms")
    began = time.perf_counter()
    store.publish(remove=["d000001"])
    print(f"remove one      {(time.perf_counter() - began) * 1000:10.0f} ms")
    began = time.perf_counter()
    store.publish([d for d in again if d.extraction.document.id == "d000001"])
    print(f"add it again    {(time.perf_counter() - began) * 1000:10.0f} ms")


def questions(store: EmbeddedStore, ids: list[str], tasks: int) -> dict[str, Question]:
    """The questions measured; `n` varies the arguments so that no answer is repeated."""

    def find(limit: int = 20, **filters: Any) -> Any:
        return store.find_tasks(TaskQuery(**filters), limit)

    mid = ids[10:40]
    last = ("d" + f"{tasks // 25 * 9 // 10:06d}", 3)
    return {
        "headline popular x mid": lambda n: find(led_by=ids[0], involves=(mid[n % 30],)),
        "headline popular x popular": lambda n: find(led_by=ids[n % 3], involves=(ids[3 + n % 3],)),
        "lead none, two bodies, year": lambda n: find(
            lead="none", involves=(ids[0], ids[1 + n % 9]), year=2000 + n % 25),
        "basis, role, excludes": lambda n: find(
            basis="explicit", involves=(ids[n % 9],), role="participant", excludes=(ids[9],)),
        "led by, text, year": lambda n: find(led_by=ids[n % 3], q=("商标",), year=2000 + n % 25),
        "units": lambda n: find(led_by=ids[n % 9], units=True),
        "no filter": lambda n: find(),
        "deep page": lambda n: store.find_tasks(TaskQuery(involves=(ids[n % 9],)), 20, last),
        "all facets, popular": lambda n: store.find_tasks(
            TaskQuery(involves=(ids[n % 9],)), 20, None, FACETS),
        "profile, popular": lambda n: store.profile(ids[n % 3]),
        "network": lambda n: store.network(),
        "network of a document": lambda n: store.network(f"d{n * 7 + 2:06d}"),
        "one task": lambda n: store.get("task", f"d{n * 13 % (tasks // 25):06d}-7"),
        "search 知识产权 试点": lambda n: store.search(["知识产权", "试点"], 20 + n % 2),
        "departments": lambda n: store.list("department", 100),
    }  # fmt: skip


def text(store: EmbeddedStore, words: Iterable[str]) -> None:
    """Each word first with nothing cached, then again."""
    for word in words:
        store.close()
        store.dataset()
        times = []
        for _ in range(2):
            began = time.perf_counter()
            total = store.find_tasks(TaskQuery(q=(word,))).total
            times.append((time.perf_counter() - began) * 1000)
        print(f"text {word:12} {times[0]:10.2f} ms first, {times[1]:.2f} ms again  ({total} tasks)")


def plain(store: EmbeddedStore, path: Path, ids: list[str]) -> None:
    """The same questions as joins over two tables."""
    db = sqlite3.connect(path)
    db.executescript(PLAIN)
    for row, task in enumerate(store.records("task")):
        db.execute("INSERT INTO task VALUES (?, ?, ?)", (row, task.id, task.text))
        db.executemany("INSERT INTO responsibility VALUES (?, ?, ?)",
                       [(row, a.department.id, a.role) for a in task.responsibilities])  # fmt: skip
    db.executescript(PLAIN_INDEX)
    join = ("FROM responsibility l JOIN responsibility i ON i.task = l.task WHERE l.department = ? "
            "AND l.role IN ('lead', 'sole') AND i.department = ?")  # fmt: skip

    def headline(a: str, b: str) -> Any:
        total = db.execute(f"SELECT count(DISTINCT l.task) {join}", (a, b)).fetchone()
        return total, db.execute(
            f"SELECT * FROM task WHERE row IN (SELECT l.task {join} ORDER BY 1 LIMIT 20)", (a, b)
        ).fetchall()

    pairs = (
        "SELECT a.department, b.department, count(DISTINCT a.task) FROM responsibility a "
        "JOIN responsibility b ON a.task = b.task AND a.department < b.department {} GROUP BY 1, 2"
    )
    report("plain SQLite", {
        "headline popular x mid": lambda n: headline(ids[0], ids[10 + n]),
        "headline popular x popular": lambda n: headline(ids[n % 3], ids[3 + n % 3]),
        "profile, popular": lambda n: db.execute(
            pairs.format("AND a.department = ?"), (ids[n % 3],)).fetchall(),
        "network": lambda n: db.execute(pairs.format("")).fetchall(),
        "text 商标": lambda n: db.execute(
            "SELECT count(*) FROM task WHERE text LIKE '%商标%'").fetchone(),
    }, 3)  # fmt: skip
    db.close()


def sparql(store: EmbeddedStore, ids: list[str]) -> None:
    """The headline question and the text on the RDF dataset."""
    dataset = ox.Store.read_only(str(store.rdf_folder))
    base = read_settings().base_iri

    def ask(query: str) -> Any:
        found = dataset.query(f"PREFIX kg: <{NAMESPACE}> " + query, use_default_graph_as_union=True)
        return list(found)  # type: ignore[arg-type]

    def headline(a: str, b: str) -> Any:
        return ask(f"SELECT (count(DISTINCT ?t) AS ?n) {{ ?t kg:involves <{base}departments/{b}> . "
                   f"?t kg:ledBy <{base}departments/{a}> }}")  # fmt: skip

    report("Oxigraph, SPARQL", {
        "headline popular x mid": lambda n: headline(ids[0], ids[10 + n]),
        "headline popular x popular": lambda n: headline(ids[n % 3], ids[3 + n % 3]),
        "text 商标": lambda n: ask(
            "SELECT (count(?t) AS ?n) { ?t kg:text ?x FILTER CONTAINS(?x, '商标') }"),
    }, 3)  # fmt: skip


def report(title: str, asked: dict[str, Question], times: int) -> None:
    """Print the medians."""
    print(f"-- {title}, median ms")
    for name, ask in asked.items():
        ask(0)
        print(f"{name:30} {timed(ask, times):10.3f}", flush=True)


def measure(tasks: int, *, without_rdf: bool = False) -> None:
    """Measure everything at one size."""
    if without_rdf:
        rdf.Writer = NoRdf  # type: ignore[assignment, misc]
        rdf.copy = lambda old, new: None
    world = World.from_settings(read_settings())
    bodies = names(world.registry)
    ids = [id for id, _ in bodies]
    folder = Path(tempfile.mkdtemp(prefix="kg-bench-"))
    try:
        store = EmbeddedStore(folder / "store", world)
        load(store, folder / "store", tasks, bodies)
        report("embedded store", questions(store, ids, tasks), 30)
        text(store, ["商标", "海关", "知识产权", "关", "审查体系"])
        plain(store, folder / "plain.sqlite", ids)
        if not without_rdf:
            sparql(store, ids)
    finally:
        shutil.rmtree(folder)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int)
    parser.add_argument("--without-rdf", action="store_true", help="measure the index only")
    given = parser.parse_args()
    measure(given.tasks, without_rdf=given.without_rdf)


if __name__ == "__main__":
    main()
