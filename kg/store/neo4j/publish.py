"""Publishing to a server: stage unseen, switch by one node, then tidy up.

What a publication adds lies beside what answers, under a number that no reader asks for;
one small transaction names that number, and with it the publication is there. Whatever
kills it before leaves the old graph, and the next publication clears the rest away.

The graph proper changes in that same transaction. Where the change is too large for one
(`ONE_TRANSACTION`), it is written before, document by document, each whole or not at all,
and ``complete`` on the one ``PkgStore`` node says so; our own answers switch as ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from neo4j import Transaction

from kg import cypher, facts, terms
from kg.families import keys as family_keys
from kg.merge import Part
from kg.model import Dataset, LoadedDocument
from kg.store import changes, digest, keys, proof
from kg.store.base import Progress, Receipt
from kg.store.embedded.schema import form as record_form
from kg.store.families import families
from kg.store.neo4j import layout
from kg.store.neo4j.old import Old
from kg.store.neo4j.sender import Sender
from kg.store.neo4j.server import Server
from kg.store.neo4j.state import Marker, State, Sums
from kg.store.neo4j.writer import AT_ONCE, Counters, Rows, write_graph
from kg.store.world import World

PREPARE, MERGE, VERIFY, SWITCH, CLEAN = "准备", "合并", "校验", "切换", "清理"
ONE_TRANSACTION = 5000  # tasks
STAGED = 4000  # things sent at once
LABELS = ("PkgItem", "PkgSource", "PkgDocument", "PkgState")


class Publisher:
    """One attempt to publish; `counters` are what the server changed."""

    def __init__(self, server: Server, world: World, progress: Progress | None = None) -> None:
        self._server, self._world = server, world
        self._progress = progress or (lambda what, done, total: None)
        self.counters = Counters()

    def publish(self, add: Sequence[LoadedDocument], remove: Sequence[str]) -> Receipt:
        """See `Store.publish`."""
        self._progress(PREPARE, 0, 1)
        old = Old.read(self._server)
        change = changes.plan(old.digests, add, remove)
        if self._nothing_to_do(old, change):
            return self._unchanged(old, change)
        self._create_schema()
        self._change("MERGE (:PkgStore {id: 'lock'})")
        with self._server.locked():
            old = Old.read(self._server)
            change = changes.plan(old.digests, add, remove)
            if self._nothing_to_do(old, change):
                return self._unchanged(old, change)
            self._clean(old.marker)
            return self._build(old, change)

    def _nothing_to_do(self, old: Old, change: changes.Changes) -> bool:
        if change.any:
            return False
        return old.marker is None or (old.marker.same_world(self._world) and old.marker.complete)

    def _unchanged(self, old: Old, change: changes.Changes) -> Receipt:
        if old.marker is None:
            return _receipt(False, digest.dataset({}, self._world.digest), change, State(
                sums=Sums(), departments=()).totals)  # fmt: skip
        made = Dataset(version=old.marker.version, sha256=old.marker.sha256)
        return _receipt(False, made, change, old.state(self._server).totals)

    def _create_schema(self) -> None:
        """Constraints and indexes, on first use or where one is missing."""
        wanted = (*layout.SCHEMA, *cypher.schema())
        with self._server.told():
            found = self._server.run("SHOW INDEXES YIELD name, state")
            ready = {row["name"] for row in found if row["state"] == "ONLINE"}
            if {name_of(statement) for statement in wanted} <= ready:
                return
            for statement in wanted:
                self._server.run(statement)
            self._server.run("CALL db.awaitIndexes(300)", limit=310.0)

    # -- clearing away -------------------------------------------------------------------

    def _clean(self, marker: Marker | None) -> None:
        """Drop what is no longer, or never was, part of what answers."""
        if marker is not None and not marker.tidy:
            self._drop("MATCH (n:PkgEnded)")
        elif marker is None or marker.building is not None:
            self._change("MATCH (n:PkgEnded) REMOVE n:PkgEnded")
        number = marker.number if marker else 0
        if marker is None or marker.building is not None:
            for label in LABELS:
                self._drop(f"MATCH (n:{label}) WHERE n.from > $number", number=number)
        if marker is not None and not (marker.tidy and marker.building is None):
            self._drop("MATCH (n:PkgState) WHERE n.from < $number", number=number)
            self._drop("MATCH (n:PkgBody) WHERE NOT (n)<-[:PKG_NAMES]-()")
            self._change("MATCH (s:PkgStore {id: 'store'}) SET s.tidy = true, s.building = null")

    def _drop(self, match: str, **values: Any) -> None:
        """Delete in portions, so that no transaction grows with the graph."""
        while True:
            with self._server.told(), self._server.writing() as transaction:
                statement = f"{match} WITH n LIMIT {AT_ONCE} DETACH DELETE n RETURN count(*)"
                if self.counters.run(transaction, statement, **values)[0][0] < AT_ONCE:
                    return

    def _change(self, statement: str, **values: Any) -> None:
        with self._server.told(), self._server.writing() as transaction:
            self.counters.run(transaction, statement, **values)

    # -- building ------------------------------------------------------------------------

    def _build(self, old: Old, change: changes.Changes) -> Receipt:
        build = _Build(self, old, change)
        state = build.stage()
        self._progress(SWITCH, 0, 1)
        build.switch(state)
        self._progress(CLEAN, 0, 1)
        self._clean(Marker(number=build.number, tidy=False))
        return _receipt(True, build.dataset, change, state.totals)


class _Build:
    """The contents of one publication."""

    def __init__(self, publisher: Publisher, old: Old, change: changes.Changes) -> None:
        self._publisher, self._old, self._change = publisher, old, change
        self._server, self._world = publisher._server, publisher._world
        self._progress, self._counters = publisher._progress, publisher.counters
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
        self._mark(building=self.number)
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
        self._publisher._change(
            "CREATE (s:PkgState) SET s = $row", row={"from": self.number, "state": state.packed()}
        )
        self._mark_ended()
        return state

    def _mark(self, **values: Any) -> None:
        with self._server.told(), self._server.writing() as transaction:
            self._set(transaction, **values)

    def _set(self, transaction: Transaction, **values: Any) -> None:
        first = {"number": 0, "tidy": True, "complete": True, "sha256": "", "version": "",
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
            self._publisher._change(
                f"UNWIND $questions AS q CALL db.index.fulltext.queryNodes('{layout.INDEX}', q) "
                "YIELD node WITH node WHERE node.from < $number SET node:PkgEnded",
                questions=questions,
                number=self.number,
            )
            for label, ids in (("PkgDocument", some), ("PkgSource", sorted(sources & set(some)))):
                self._publisher._change(
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
                tidy=False,
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
        fresh = [g for d in state.departments if (g := facts_of(d, base)) != known.get(d.id)]
        batch = cypher.batch(fresh)
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


def facts_of(department: Any, base_iri: str) -> Any:
    """The graph of one body's record."""
    return next(iter(facts.graphs([department], base_iri)))


def name_of(statement: str) -> str:
    """The name of the constraint or index that a statement creates."""
    words = statement.split()
    return words[words.index("IF") - 1]


def _label(collective: bool) -> str:
    return terms.COLLECTIVE if collective else terms.DEPARTMENT


def _prove(part: Part, docs: dict[str, LoadedDocument]) -> None:
    texts = {id: doc.text for id, doc in docs.items()}
    for kind in keys.PROVED:
        proof.prove(getattr(part, keys.plural(kind)), texts)


def _receipt(
    changed: bool, made: Dataset, change: changes.Changes, totals: dict[str, int]
) -> Receipt:
    return Receipt(
        changed=changed,
        dataset=made,
        added=change.added,
        replaced=change.replaced,
        unchanged=change.unchanged,
        removed=change.removed,
        totals=totals,
    )
