"""Writes what publications add, in batches: inner nodes first, unseen, then the graph proper."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from msgspec import Struct, field
from neo4j import Transaction

from kg import cypher, facts
from kg.merge import Part
from kg.model import LoadedDocument
from kg.records import DocumentRecord, TaskRecord
from kg.store import bodies, keys, texts
from kg.store.embedded.schema import pack, pack_source
from kg.store.neo4j.layout import (
    hexed,
    item,
    sort_key,
    task_terms,
    thing_terms,
)
from kg.store.neo4j.server import Server
from kg.store.neo4j.state import Sums

Row = dict[str, Any]
COUNTED = ("nodes_created", "nodes_deleted", "relationships_created", "relationships_deleted")
AT_ONCE = 5000  # rows of one statement that drops or marks


class Counters(Struct):
    """What the server says it changed."""

    nodes_created: int = 0
    nodes_deleted: int = 0
    relationships_created: int = 0
    relationships_deleted: int = 0

    def run(self, transaction: Transaction, statement: str, **values: Any) -> list[Any]:
        """Run a statement, and add up what it changed."""
        result = transaction.run(statement, values)
        rows = [r.values() for r in result]
        found = result.consume().counters
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(found, name))
        return rows


def change(server: Server, counters: Counters, statement: str, **values: Any) -> None:
    """Run one statement in a transaction of its own."""
    with server.told(), server.writing() as transaction:
        counters.run(transaction, statement, **values)


class Rows(Struct):
    """What one batch writes: inner nodes, and the graph of the same documents."""

    items: list[Row] = field(default_factory=list)
    documents: list[tuple[Row, list[list[Any]]]] = field(default_factory=list)
    sources: list[Row] = field(default_factory=list)
    graphs: list[Any] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Roughly how much it is, in things."""
        return len(self.items) + 4 * len(self.documents)

    def graph(self) -> cypher.Batch:
        """The graph proper, ready to be written."""
        return cypher.batch(self.graphs)

    def add(self, part: Part, number: int, sums: Sums, base_iri: str) -> None:
        """Put in the records of one family, and count them."""
        tasks: dict[str, list[TaskRecord]] = {}
        for task in part.tasks:
            own = task_terms(task)
            sums.count_task(task, own, 1)
            tasks.setdefault(task.document.id, []).append(task)
            self.items.append(_task_item(task, own, number))
        for kind in ("task", *keys.PLACED):
            for record in getattr(part, keys.plural(kind)):
                for thing in texts.searchables(record):
                    if thing.kind != "task":
                        sums.count_thing(thing, record, 1)
                        self.items.append(_thing_item(thing, record, number))
        named = _named(part.tasks)
        for document in part.documents:
            row = _document_row(
                document, tasks.get(document.id, []), sorted(named.get(document.id, ())), number
            )
            self.documents.append(row)
            self.ids.append(document.id)
        sums.documents += len(part.documents)
        records: tuple[facts.Record, ...] = (
            *part.documents, *part.sections, *part.tasks, *part.projects,
            *part.goals, *part.indicators, *part.targets,
        )  # fmt: skip
        self.graphs += facts.graphs(records, base_iri, part.sections)

    def keep(self, doc: LoadedDocument, digest: str, keys: Iterable[str], number: int) -> None:
        """Put in a document as it was loaded."""
        self.sources.append(
            {
                "id": doc.extraction.document.id,
                "from": number,
                "digest": digest,
                "terms": " ".join(("", *sorted(keys), f"from:{number}", "")),
                "loaded": pack_source(doc),
            }
        )

    def write(self, transaction: Transaction, counters: Counters) -> None:
        """Write the inner nodes."""
        for label, rows in (("PkgItem", self.items), ("PkgSource", self.sources)):
            if rows:
                create = f"{cypher.KEEP_PLAN} UNWIND $rows AS row CREATE (n:{label}) SET n = row"
                counters.run(transaction, create, rows=rows)
        if self.documents:
            places: dict[str, int] = {}
            documents = [
                [props, [[places.setdefault(id, len(places)), *counts] for id, *counts in named]]
                for props, named in self.documents
            ]
            counters.run(transaction, _DOCUMENTS, rows=documents, bodies=list(places))


# The counts by role are one list: as a property each they took a sixth of the server's time.
_DOCUMENTS = """
CALL { UNWIND $bodies AS id MERGE (b:PkgBody {id: id}) RETURN collect(b) AS bodies }
UNWIND $rows AS row CREATE (d:PkgDocument) SET d = row[0]
WITH d, row, bodies UNWIND row[1] AS e WITH d, e, bodies[e[0]] AS b
CREATE (d)-[:PKG_NAMES {total: e[1], roles: e[2..]}]->(b)
"""


def _task_item(task: TaskRecord, terms: set[str], number: int) -> Row:
    sort = sort_key("task", task.document.id, task.position, task.id, 0)
    return item(number, "task", task.id, sort, terms, texts.task_fields(task), task)


def _thing_item(thing: texts.Searchable, record: Any, number: int) -> Row:
    sort = sort_key(thing.kind, thing.document.id, thing.place, thing.id, thing.ordinal)
    stored = thing if thing.kind == "measure" else record
    terms = thing_terms(thing, record)
    return item(number, thing.kind, thing.id, sort, terms, thing.fields, stored)


def _document_row(
    document: DocumentRecord, tasks: Sequence[TaskRecord], named: list[str], number: int
) -> tuple[Row, list[list[Any]]]:
    shares = [
        [id, body.total, *(body.roles.get(role, 0) for role in bodies.ROLES)]
        for id, body in bodies.tally(tasks).items()
    ]
    props = {
        "id": document.id,
        "sort": hexed(document.id),
        "from": number,
        "title": document.title,
        "named": named,
        "record": pack(document),
    }
    return props, shares


def _named(tasks: Iterable[TaskRecord]) -> dict[str, set[str]]:
    """Which document names whom, reprints included."""
    found: dict[str, set[str]] = {}
    for task in tasks:
        for a in task.responsibilities:
            for document in {task.document.id, *(e.document for e in a.evidence)}:
                found.setdefault(document, set()).add(a.department.id)
    return found


def write_graph(
    transaction: Transaction, documents: Sequence[str], batch: cypher.Batch, counters: Counters
) -> None:
    """Make the graph of some documents what it is to be.

    Nodes that stay are kept and changed, so that what others attached to them stays too.
    """
    rows = counters.run(
        transaction, cypher.contents(), documents=list(documents), owned=cypher.OWNED
    )
    there = {(label, id) for _, label, id in rows if label}
    there |= {("Document", document) for document, _, _ in rows}
    wanted = batch.ids()
    for statement, values in cypher.remove(there - wanted):
        counters.run(transaction, statement, **values)
    for statement, values in cypher.clear(there & wanted):
        counters.run(transaction, statement, **values)
    for statement, values in cypher.write(batch, fresh=not there):
        counters.run(transaction, statement, **values)


__all__ = ["AT_ONCE", "Counters", "Rows", "change", "write_graph"]
