"""The contents of one publication: staged beside what answers, then switched to.

The graph proper changes in the transaction that switches. Where the change is too large for
one (`ONE_TRANSACTION`), it is written before, document by document, each whole or not at
all, and ``complete`` on the one ``PkgStore`` node says so; our own answers switch as ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from neo4j import Transaction

from kg import cypher, facts, terms
from kg.families import keys as family_keys
from kg.graph import Graph
from kg.merge import Part
from kg.model import LoadedDocument
from kg.records import DepartmentRecord
from kg.store import changes, digest, keys, proof
from kg.store.base import Progress
from kg.store.embedded.schema import form as record_form
from kg.store.families import families
from kg.store.neo4j import layout
from kg.store.neo4j.old import Old
from kg.store.neo4j.sender import Sender
from kg.store.neo4j.server import Server
from kg.store.neo4j.state import State, Sums
from kg.store.neo4j.writer import Counters, Rows, change, write_graph
from kg.store.world import World

MERGE, VERIFY = "合并", "校验"
ONE_TRANSACTION = 5000  # tasks
STAGED = 2000  # things sent at once; twice as many cost the server a quarter more


class Build:
    """The contents of one publication."""

    def __init__(
        self,
        server: Server,
        world: World,
        counters: Counters,
        progress: Progress,
        old: Old,
        change: changes.Changes,
    ) -> None:
        self._server, self._world, self._counters = server, world, counters
        self._progress, self._old, self._change = progress, old, change
        self.number = (old.marker.number if old.marker else 0) + 1
        gone = set(change.removed)
        self._digests = {i: d for i, d in old.digests.items() if i not in gone} | change.digests
        self.dataset = digest.dataset(self._digests, self._world.digest)
        self._fresh = old.marker is None or not (
            old.marker.same_world(self._world) and old.marker.complete
        )
        new_keys = {id: family_keys(d) for id, d in change.write.items()}
        self._keys = old.keys_with(self._server, new_keys, gone, everything=self._fresh)
        self._touched = old.touched(self._keys, change) if not self._fresh else set(self._digests)
        self._ended = sorted(set(old.digests) if self._fresh else self._touched & set(old.digests))
        self._graphs: list[Rows] = []

    def stage(self) -> State:
        """Send everything new to the server, where nobody sees it; the sums over all."""
        self._mark(building=self.number, tidied=self.number - 1)
        self._found = self._old.state(self._server) if not self._fresh else None
        sums = self._found.sums if self._found else Sums()
        tasks = 0
        if self._found:
            tasks = self._old.subtract(self._server, self._ended, sums)
        ids = sorted(set(self._digests) & self._touched)
        tasks += sum(len(d.extraction.tasks) for d in self._change.write.values())
        self._large = tasks > ONE_TRANSACTION or (self._fresh and len(ids) > ONE_TRANSACTION // 5)
        if self._large:
            self._mark(complete=False)
        with Sender(self._server, self._counters, graph=self._large) as sender:
            self._send(sender, ids, sums)
        sums = sums.cleaned()
        state = State(sums=sums, departments=sums.departments(self._world.describe))
        self._progress(VERIFY, 0, 1)
        self._alter(
            "CREATE (s:PkgState) SET s = $row", row={"from": self.number, "state": state.packed()}
        )
        self._mark_ended()
        return state

    def _alter(self, statement: str, **values: Any) -> None:
        change(self._server, self._counters, statement, **values)

    def _mark(self, **values: Any) -> None:
        with self._server.told(), self._server.writing() as transaction:
            self._set(transaction, **values)

    def _set(self, transaction: Transaction, **values: Any) -> None:
        first = {"number": 0, "tidied": 0, "complete": True, "sha256": "", "version": "",
                 "layout": layout.LAYOUT, "form": "", "world": "", "program": ""}  # fmt: skip
        self._counters.run(
            transaction,
            "MERGE (s:PkgStore {id: 'store'}) ON CREATE SET s += $first SET s += $values",
            first=first,
            values=values,
        )

    def _send(self, sender: Sender, ids: list[str], sums: Sums) -> None:
        """Merge families and hand them over in batches."""
        rows, done = Rows(), 0
        for group in families({id: self._keys[id] for id in ids}):
            docs = self._loaded(group)
            part = self._world.merge(list(docs.values()))
            _prove(part, docs)
            rows.add(part, self.number, sums, self._world.base_iri)
            for id in group:
                if self._fresh or id in self._change.write:
                    rows.keep(docs[id], self._digests[id], self._keys[id], self.number)
            done += len(group)
            self._progress(MERGE, done, len(ids))
            if rows.size >= STAGED:
                rows = self._hand_over(sender, rows)
        self._hand_over(sender, rows)

    def _hand_over(self, sender: Sender, rows: Rows) -> Rows:
        if not self._large:
            self._graphs.append(rows)
        if rows.size:
            sender.put(rows)
        return Rows()

    def _loaded(self, group: Iterable[str]) -> dict[str, LoadedDocument]:
        there = [id for id in group if id not in self._change.write]
        found = self._old.loaded(self._server, there)
        return {id: self._change.write.get(id) or found[id] for id in group}

    def _mark_ended(self) -> None:
        """Mark what will be no more; nobody minds the marks until the switch."""
        sources = set(self._ended) if self._fresh else {*self._change.write, *self._change.removed}
        for n in range(0, len(self._ended), 100):
            some = self._ended[n : n + 100]
            questions = [
                f"terms:{layout.quoted(layout.term(kind, id))}"
                for id in some
                for kind in ("doc", "in")
            ]
            self._alter(
                f"UNWIND $questions AS q CALL db.index.fulltext.queryNodes('{layout.INDEX}', q) "
                "YIELD node WITH node WHERE node.from < $number SET node:PkgEnded",
                questions=questions,
                number=self.number,
            )
            for label, ids in (("PkgDocument", some), ("PkgSource", sorted(sources & set(some)))):
                self._alter(
                    f"UNWIND $ids AS id MATCH (n:{label} {{id: id}}) WHERE n.from < $number "
                    "SET n:PkgEnded",
                    ids=ids,
                    number=self.number,
                )

    # -- switching -----------------------------------------------------------------------

    def switch(self, state: State) -> None:
        """One transaction: the graph proper, unless it was too large, and the number."""
        with self._server.told(), self._server.writing(600.0) as transaction:
            for rows in self._graphs:
                write_graph(transaction, rows.ids, rows.graph(), self._counters)
            self._drop_documents(transaction)
            self._write_bodies(transaction, state)
            self._set(
                transaction,
                number=self.number,
                sha256=self.dataset.sha256,
                version=self.dataset.version,
                building=None,
                complete=True,
                layout=layout.LAYOUT,
                form=record_form(),
                world=self._world.digest,
                program=self._world.program,
                ontology=self._world.ontology_version,
                base=self._world.base_iri,
            )

    def _drop_documents(self, transaction: Transaction) -> None:
        gone = list(self._change.removed)
        if self._fresh:
            found = self._counters.run(
                transaction, f"MATCH (d:{terms.DOCUMENT}:{cypher.OWNED}) RETURN d.id"
            )
            gone = sorted({row[0] for row in found} - set(self._digests))
        if gone:
            write_graph(transaction, gone, cypher.Batch(), self._counters)

    def _write_bodies(self, transaction: Transaction, state: State) -> None:
        """Write what changed of the bodies' own records; drop those nobody names any more."""
        old = self._found.departments if self._found else ()
        base = self._world.base_iri
        known = {d.id: facts_of(d, base) for d in old}
        all_ = {d.id: facts_of(d, base) for d in state.departments}
        differ = {id for id, graph in all_.items() if graph != known.get(id)}
        # A body's graph names what it is part of; that one is written in full beside it.
        above = {d.id: d.parent.id for d in state.departments if d.parent}
        while more := {above[id] for id in differ if id in above} - differ:
            differ |= more
        batch = cypher.batch(all_[id] for id in sorted(differ))
        for statement, values in cypher.replace_bodies(batch):
            self._counters.run(transaction, statement, **values)
        kept = {(_label(d.collective), d.id) for d in state.departments}
        there = {(_label(d.collective), d.id) for d in old}
        if self._fresh:
            for label in cypher.BODIES:
                rows = self._counters.run(
                    transaction, f"MATCH (n:{label}:{cypher.OWNED}) RETURN n.id"
                )
                there |= {(label, row[0]) for row in rows}
        for statement, values in cypher.remove(there - kept):
            self._counters.run(transaction, statement, **values)


def facts_of(department: DepartmentRecord, base_iri: str) -> Graph:
    """The graph of one body's record."""
    return next(iter(facts.graphs([department], base_iri)))


def _label(collective: bool) -> str:
    return terms.COLLECTIVE if collective else terms.DEPARTMENT


def _prove(part: Part, docs: dict[str, LoadedDocument]) -> None:
    texts = {id: doc.text for id, doc in docs.items()}
    for kind in keys.PROVED:
        proof.prove(getattr(part, keys.plural(kind)), texts)
