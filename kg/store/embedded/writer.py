"""Writes the query index: takes whole families out and puts them in, keeping all sums."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby
from typing import Any

from pyroaring import BitMap

from kg.merge import Part
from kg.model import LoadedDocument
from kg.records import DepartmentRecord, TaskRecord
from kg.store import bodies, keys, texts
from kg.store.embedded.schema import grams, pack, pack_source, rows_of, term, unpack
from kg.store.embedded.terms import pairs, task_terms, thing_terms

Described = Callable[[str, str, bool], DepartmentRecord]


class IndexWriter:
    """One publication's changes to an index that no reader sees yet.

    Tables are changed at once; the sets of rows and the counts are gathered and written by
    `finish`, each touched one once.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._next: dict[str, int] = {"task": 0, "thing": 0}
        self._next |= dict(db.execute("SELECT key, value FROM meta"))
        self._gone = {"task": BitMap(), "thing": BitMap()}
        self._touched: dict[str, str] = {}
        self._added: dict[str, BitMap] = {}
        self._pairs: Counter[tuple[str, str]] = Counter()
        self._mentions: Counter[tuple[str, str]] = Counter()
        self._bodies: dict[str, tuple[str, bool]] = {}

    # -- taking out ----------------------------------------------------------------------

    def remove(self, document: str) -> None:
        """Take out all that belongs to a document, its source excepted."""
        at = "SELECT task_base, tasks, thing_base, things FROM document WHERE id = ?"
        task_base, tasks, thing_base, things = self._db.execute(at, (document,)).fetchone()
        self._remove_tasks(task_base, task_base + tasks)
        self._remove_things(thing_base, thing_base + things)
        for table in ("share", "named"):
            self._db.execute(f"DELETE FROM {table} WHERE document = ?", (document,))
        self._db.execute("DELETE FROM document WHERE id = ?", (document,))

    def _remove_tasks(self, start: int, end: int) -> None:
        found = self._db.execute(
            "SELECT row, record FROM task WHERE row >= ? AND row < ?", (start, end)
        ).fetchall()
        for row, blob in found:
            task = unpack("task", blob)
            self._unindex("task", row, task_terms(task), texts.task_fields(task))
            self._count(task, -1)
        self._db.execute("DELETE FROM task WHERE row >= ? AND row < ?", (start, end))
        self._db.execute("DELETE FROM task_project WHERE row >= ? AND row < ?", (start, end))

    def _remove_things(self, start: int, end: int) -> None:
        found = self._db.execute(
            "SELECT row, kind, record FROM thing WHERE row >= ? AND row < ?", (start, end)
        ).fetchall()
        for row, kind, blob in found:
            record = unpack(kind, blob)
            fields = record.fields if kind == "measure" else texts.searchables(record)[0].fields
            self._unindex("thing", row, thing_terms(kind, record), fields)
        self._db.execute("DELETE FROM thing WHERE row >= ? AND row < ?", (start, end))

    def _unindex(self, of: str, row: int, terms: Iterable[str], fields: tuple[str, ...]) -> None:
        self._gone[of].add(row)
        self._touched.update(dict.fromkeys(terms, of))
        self._db.execute(
            f"INSERT INTO {of}_text({of}_text, rowid, grams) VALUES ('delete', ?, ?)",
            (row, grams(fields)),
        )

    def forget(self, document: str) -> None:
        """Take out a document's source and keys."""
        self._db.execute("DELETE FROM source WHERE id = ?", (document,))
        self._db.execute("DELETE FROM family WHERE document = ?", (document,))

    # -- putting in ----------------------------------------------------------------------

    def keep(self, doc: LoadedDocument, digest: str, family_keys: Iterable[str]) -> None:
        """Put in a document's source and keys, in place of those it had."""
        id = doc.extraction.document.id
        self.forget(id)
        self._db.execute("INSERT INTO source VALUES (?, ?, ?)", (id, digest, pack_source(doc)))
        self._db.executemany("INSERT INTO family VALUES (?, ?)", ((k, id) for k in family_keys))

    def add(self, part: Part) -> None:
        """Put in the records of one family."""
        tasks = _by_document(part.tasks, lambda t: t.position)
        things = _by_document(_things(part), lambda pair: pair[0].key)
        for record in part.documents:
            own, others = tasks.get(record.id, []), things.get(record.id, [])
            responsibilities = sum(len(t.responsibilities) for t in own)
            row = (
                record.id,
                record.title,
                record.source_sha256,
                self._next["task"],
                len(own),
                responsibilities,
                self._next["thing"],
                len(others),
                pack(record),
            )
            self._db.execute("INSERT INTO document VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", row)
            for task in own:
                self._add_task(task)
            for thing, thing_record in others:
                self._add_thing(thing, thing_record)
            self._share(record.id, own)
        self._name(part.tasks)

    def _add_task(self, task: TaskRecord) -> None:
        row = self._take("task")
        self._db.execute(
            "INSERT INTO task VALUES (?, ?, ?, ?)", (row, task.id, task.position, pack(task))
        )
        for p in task.projects:
            self._db.execute("INSERT INTO task_project VALUES (?, ?)", (row, p.id))
        self._index("task", row, task_terms(task), texts.task_fields(task))
        self._count(task, 1)

    def _add_thing(self, thing: texts.Searchable, record: Any) -> None:
        row = self._take("thing")
        stored = (row, thing.kind, thing.id, thing.place, thing.ordinal, pack(record))
        self._db.execute("INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?)", stored)
        self._index("thing", row, thing_terms(thing.kind, record), thing.fields)

    def _take(self, of: str) -> int:
        self._next[of] += 1
        return self._next[of] - 1

    def _index(self, of: str, row: int, terms: Iterable[str], fields: tuple[str, ...]) -> None:
        for t in terms:
            found = self._added.get(t)
            if found is None:
                found = self._added[t] = BitMap()
                self._touched[t] = of
            found.add(row)
        self._db.execute(f"INSERT INTO {of}_text(rowid, grams) VALUES (?, ?)", (row, grams(fields)))

    def _count(self, task: TaskRecord, by: int) -> None:
        for pair in pairs(task):
            self._pairs[pair] += by
        for a in task.responsibilities:
            self._mentions[a.department.id, a.mention] += by
            if by > 0:
                self._bodies[a.department.id] = (a.department.name, a.collective)

    def _share(self, document: str, tasks: Iterable[TaskRecord]) -> None:
        for id, body in bodies.tally(tasks).items():
            counts = (body.roles.get(role, 0) for role in bodies.ROLES)
            self._db.execute(
                "INSERT INTO share VALUES (?, ?, ?, ?, ?, ?, ?)",
                (document, id, body.total, *counts),
            )

    def _name(self, tasks: Iterable[TaskRecord]) -> None:
        """Which document names whom, reprints included."""
        found = {
            (document, a.department.id)
            for t in tasks
            for a in t.responsibilities
            for document in {t.document.id, *(e.document for e in a.evidence)}
        }
        self._db.executemany("INSERT INTO named VALUES (?, ?)", sorted(found))

    # -- finishing -----------------------------------------------------------------------

    def finish(self, describe: Described, compact: bool) -> tuple[DepartmentRecord, ...]:
        """Write sets and sums, and the departments, which depend on them; then commit."""
        self._write_postings()
        self._write_sums("pair", "a, b", "tasks", self._pairs)
        self._write_sums("mention", "department, words", "n", self._mentions)
        self._db.executemany(
            "INSERT OR REPLACE INTO body VALUES (?, ?, ?)",
            ((id, name, collective) for id, (name, collective) in self._bodies.items()),
        )
        departments = self._write_departments(describe)
        self._db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", self._next.items())
        if compact:
            for of in ("task", "thing"):
                self._db.execute(f"INSERT INTO {of}_text({of}_text) VALUES ('optimize')")
        self._db.execute("COMMIT")
        return departments

    def _write_postings(self) -> None:
        for t, of in self._touched.items():
            found = self._db.execute("SELECT rows FROM posting WHERE term = ?", (t,)).fetchone()
            rows = rows_of(found[0]) - self._gone[of] if found else BitMap()
            rows |= self._added.get(t, BitMap())
            if rows:
                rows.run_optimize()
                self._db.execute(
                    "INSERT OR REPLACE INTO posting VALUES (?, ?)", (t, rows.serialize())
                )
            else:
                self._db.execute("DELETE FROM posting WHERE term = ?", (t,))

    def _write_sums(
        self, table: str, key: str, value: str, sums: Mapping[tuple[str, str], int]
    ) -> None:
        self._db.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?) "
            f"ON CONFLICT({key}) DO UPDATE SET {value} = {value} + excluded.{value}",
            ((a, b, n) for (a, b), n in sums.items() if n),
        )
        self._db.execute(f"DELETE FROM {table} WHERE {value} = 0")

    def _write_departments(self, describe: Described) -> tuple[DepartmentRecord, ...]:
        self._db.execute(
            "DELETE FROM body WHERE id NOT IN (SELECT DISTINCT department FROM mention)"
        )
        tallies = {
            id: bodies.Tally(name, bool(collective), *self._totals(id))
            for id, name, collective in self._db.execute("SELECT * FROM body").fetchall()
        }
        for department, words in self._db.execute("SELECT department, words FROM mention"):
            tallies[department].mentions.add(words)
        departments = bodies.records(tallies, describe)
        self._db.execute("DELETE FROM department")
        self._db.executemany(
            "INSERT INTO department VALUES (?, ?)",
            ((n, pack(d)) for n, d in enumerate(departments)),
        )
        return departments

    def _totals(self, department: str) -> tuple[int, dict[str, int]]:
        counts: dict[str, int] = {
            role: self._total(term("inv", department, role)) for role in bodies.ROLES
        }
        return self._total(term("inv", department)), counts

    def _total(self, of: str) -> int:
        found = self._db.execute("SELECT rows FROM posting WHERE term = ?", (of,)).fetchone()
        return len(rows_of(found[0])) if found else 0


def _things(part: Part) -> list[tuple[texts.Searchable, Any]]:
    """All that has text beside tasks, with the record to store; measures are their own."""
    made = []
    for kind in ("task", *keys.PLACED):
        for record in getattr(part, keys.plural(kind)):
            for thing in texts.searchables(record):
                if thing.kind != "task":
                    made.append((thing, thing if thing.kind == "measure" else record))
    return made


def _by_document(items: Iterable[Any], order: Callable[[Any], Any]) -> dict[str, list[Any]]:
    """Items per document, each document's in order."""

    def document(item: Any) -> str:
        thing = item[0] if isinstance(item, tuple) else item
        return str(thing.document.id)

    ordered = sorted(items, key=lambda i: (document(i), order(i)))
    return {id: list(group) for id, group in groupby(ordered, key=document)}
