"""Publishing to a server: stage unseen, switch by one node, then tidy up.

What a publication adds lies beside what answers, under a number that no reader asks for;
one small transaction names that number, and with it the publication is there. Whatever
kills it before leaves the old graph, and the next publication clears the rest away.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kg import cypher
from kg.model import LoadedDocument
from kg.records import Dataset
from kg.store import changes, digest
from kg.store.base import Progress, Receipt
from kg.store.neo4j import layout
from kg.store.neo4j.build import Build
from kg.store.neo4j.old import Old
from kg.store.neo4j.server import Server
from kg.store.neo4j.state import Marker, State, Sums
from kg.store.neo4j.writer import AT_ONCE, Counters, change
from kg.store.world import World

PREPARE, INDEX, SWITCH, CLEAN = "准备", "索引", "切换", "清理"
FULLTEXT = "FULLTEXT INDEX"
INDEXED = 3600  # seconds at most; 100,000 tasks take about six
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
        wanted = changes.asked(add, remove)
        old = Old.read(self._server)
        plan = changes.plan(old.digests, wanted)
        if self._nothing_to_do(old, plan) and (old.marker is None or old.marker.settled):
            return self._unchanged(old, plan)
        self._create_schema(text=old.marker is not None)
        self._change("MERGE (:PkgStore {id: 'lock'})")
        with self._server.locked():
            old = Old.read(self._server)
            plan = changes.plan(old.digests, wanted)
            self._clean(old.marker)
            if self._nothing_to_do(old, plan):
                return self._unchanged(old, plan)
            return self._build(old, plan)

    def _nothing_to_do(self, old: Old, plan: changes.Changes) -> bool:
        if plan.any:
            return False
        return old.marker is None or (old.marker.same_world(self._world) and old.marker.complete)

    def _unchanged(self, old: Old, plan: changes.Changes) -> Receipt:
        if old.marker is None:
            return _receipt(False, digest.dataset({}, self._world.digest), plan, State(
                sums=Sums(), departments=()).totals)  # fmt: skip
        made = Dataset(version=old.marker.version, sha256=old.marker.sha256)
        return _receipt(False, made, plan, old.state(self._server).totals)

    def _create_schema(self, *, text: bool) -> None:
        """Constraints and indexes, on first use or where one is missing.

        Without `text` no full-text index: one that is made over everything at once costs a
        third of one that grows with every transaction.
        """
        wanted = [s for s in (*layout.SCHEMA, *cypher.schema()) if text or FULLTEXT not in s]
        with self._server.told():
            found = self._server.run("SHOW INDEXES YIELD name, state")
            ready = {row["name"] for row in found if row["state"] == "ONLINE"}
            missing = [s for s in wanted if name_of(s) not in ready]
            for statement in missing:
                self._server.run(statement)
            for name in map(name_of, missing):
                self._server.run(
                    "CALL db.awaitIndex($name, $most)", INDEXED + 10, name=name, most=INDEXED
                )

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
        if marker is not None and not marker.settled:
            self._drop("MATCH (n:PkgState) WHERE n.from < $number", number=number)
            self._drop("MATCH (n:PkgBody) WHERE NOT (n)<-[:PKG_NAMES]-()")
            self._change(
                "MATCH (s:PkgStore {id: 'store'}) SET s.tidied = s.number, s.building = null"
            )

    def _drop(self, match: str, **values: Any) -> None:
        """Delete in portions, so that no transaction grows with the graph."""
        while True:
            with self._server.told(), self._server.writing() as transaction:
                statement = f"{match} WITH n LIMIT {AT_ONCE} DETACH DELETE n RETURN count(*)"
                if self.counters.run(transaction, statement, **values)[0][0] < AT_ONCE:
                    return

    def _change(self, statement: str, **values: Any) -> None:
        change(self._server, self.counters, statement, **values)

    def _build(self, old: Old, plan: changes.Changes) -> Receipt:
        build = Build(self._server, self._world, self.counters, self._progress, old, plan)
        state = build.stage()
        self._progress(INDEX, 0, 1)
        self._create_schema(text=True)
        self._progress(SWITCH, 0, 1)
        build.switch(state)
        self._progress(CLEAN, 0, 1)
        self._clean(Marker(number=build.number, tidied=build.number - 1))
        return _receipt(True, build.dataset, plan, state.totals)


def name_of(statement: str) -> str:
    """The name of the constraint or index that a statement creates."""
    words = statement.split()
    return words[words.index("IF") - 1]


def _receipt(
    changed: bool, made: Dataset, plan: changes.Changes, totals: dict[str, int]
) -> Receipt:
    return Receipt(
        changed=changed,
        dataset=made,
        added=plan.added,
        replaced=plan.replaced,
        unchanged=plan.unchanged,
        removed=plan.removed,
        totals=totals,
    )
