"""The Neo4j store at size, beside the embedded one: ``python -m bench.neo4j 100000 ADDRESS``.

ADDRESS is an empty database, with KG_NEO4J_USER and KG_NEO4J_PASSWORD; it is emptied again
at the end. ``python -m tests.neo4j.server`` starts a server to measure against.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from neo4j import Driver, GraphDatabase

from bench.corpus import documents, names
from bench.store import NoRdf, Question, questions, timed
from kg import cypher, facts
from kg.config import read_settings
from kg.graph import merged, properties
from kg.merge import Part
from kg.model import LoadedDocument
from kg.store import open_store
from kg.store.base import Store, TaskQuery
from kg.store.embedded import EmbeddedStore
from kg.store.embedded import dataset as rdf
from kg.store.neo4j import layout
from kg.store.neo4j.publish import name_of
from kg.store.world import World

TIMES = 15


def load(name: str, store: Store, docs: list[Any], tasks: int) -> None:
    """Load the whole corpus in one publication and say how fast; then small changes."""
    began = time.perf_counter()
    receipt = store.publish(docs)
    took = time.perf_counter() - began
    print(f"-- {name}\nload            {tasks / took:10.0f} tasks/s  {took:8.1f} s")
    print(f"                {receipt.totals}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    print(f"client's memory {peak:10.0f} MB at most", flush=True)
    for what, change in {
        "same again, all": lambda: store.publish(docs),
        "remove one": lambda: store.publish(remove=["d000001"]),
        "add it again": lambda: store.publish(docs[1:2]),
    }.items():
        began = time.perf_counter()
        change()
        print(f"{what:15} {(time.perf_counter() - began) * 1000:10.0f} ms", flush=True)


def text(store: Store, words: tuple[str, ...]) -> dict[str, Question]:
    """Words, each with its own name."""

    def ask(word: str) -> Question:
        return lambda n: store.find_tasks(TaskQuery(q=(word,)), 20 + n % 2)

    return {f"text {word}": ask(word) for word in words}


def compare(embedded: Store, server: Store, ids: list[str], tasks: int) -> None:
    """All questions on both, which must answer alike; medians in ms."""
    words = ("商标", "海关", "知识产权", "关", "审查体系")
    asked = [questions(s, ids, tasks) | text(s, words) for s in (embedded, server)]  # type: ignore[arg-type]
    print(f"-- {'median ms':28} {'embedded':>10} {'Neo4j':>10}")
    for name in asked[0]:
        alike = all(asked[0][name](n) == asked[1][name](n) for n in range(3))
        took = [timed(a[name], TIMES) for a in asked]
        print(f"{name:31} {took[0]:10.2f} {took[1]:10.2f}{'' if alike else '  DIFFERENT'}",
              flush=True)  # fmt: skip


def connected(address: str) -> Driver:
    """The driver alone, past the store."""
    settings = read_settings()
    return GraphDatabase.driver(address, auth=(settings.neo4j_user, settings.neo4j_password))


def plain(docs: list[LoadedDocument], world: World, address: str, tasks: int) -> None:
    """Beside it what one writes first: the same graph, UNWIND in batches of 10,000.

    Constraints and the text index as ours; no inner records, no proof, not all or nothing.
    """
    with connected(address) as driver:
        for statement in cypher.schema():
            driver.execute_query(statement)
        began = time.perf_counter()
        sent: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
        for statement, row in plain_rows(world.merge(docs), world.base_iri):
            sent[statement].append(row)
        for statement, rows in sorted(sent.items(), key=lambda s: "MATCH" in s[0]):
            for some in (rows[n : n + 10_000] for n in range(0, len(rows), 10_000)):
                driver.execute_query(statement, rows=some)
        took = time.perf_counter() - began
        print("-- plain UNWIND, the graph proper alone\n"
              f"load            {tasks / took:10.0f} tasks/s  {took:8.1f} s", flush=True)  # fmt: skip
    empty(address)


def empty(address: str) -> None:
    """Take everything away, constraints and indexes too, as on the first day."""
    with connected(address) as driver:
        for statement in (
            "MATCH ()-[r]->() WITH r LIMIT 50000 DELETE r RETURN count(*)",
            "MATCH (n) WITH n LIMIT 20000 DELETE n RETURN count(*)",
        ):
            while driver.execute_query(statement).records[0].value():
                pass
        for statement in (*layout.SCHEMA, *cypher.schema()):
            what = "CONSTRAINT" if "CONSTRAINT" in statement else "INDEX"
            driver.execute_query(f"DROP {what} {name_of(statement)} IF EXISTS")


def plain_rows(part: Part, base_iri: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Statements with a row for each: nodes once, then edges."""
    records = (*part.documents, *part.sections, *part.tasks)
    graphs = list(facts.graphs(records, base_iri, part.sections))
    for node in merged(n for g in graphs for n in g.nodes):
        yield f"UNWIND $rows AS row CREATE (n:{node.label}) SET n = row", properties(node)
    for edge in (e for g in graphs for e in g.edges):
        yield (
            f"UNWIND $rows AS row MATCH (a:{edge.source.label} {{id: row.a}}) "
            f"MATCH (b:{edge.target.label} {{id: row.b}}) "
            f"CREATE (a)-[r:{edge.type}]->(b) SET r = row.props",
            {"a": edge.source.id, "b": edge.target.id, "props": properties(edge)},
        )


def measure(tasks: int, address: str) -> None:
    """Measure loading and all questions at one size, in an empty database."""
    rdf.Writer = NoRdf  # type: ignore[assignment, misc]
    rdf.copy = lambda old, new: None
    world = World.from_settings(read_settings())
    bodies = names(world.registry)
    docs = list(documents(tasks, bodies))
    folder = Path(tempfile.mkdtemp(prefix="kg-bench-"))
    server = open_store(address, read_only=False, world=world)
    if server.list("document", limit=0).total:
        raise SystemExit("the database is not empty")
    try:
        embedded = EmbeddedStore(folder / "store", world)
        load("embedded, without RDF", embedded, docs, tasks)
        # In turn, twice: whoever comes first finds the server cold.
        plain(docs, world, address, tasks)
        load("Neo4j", server, docs, tasks)
        compare(embedded, server, [id for id, _ in bodies], tasks)
        empty(address)
        plain(docs, world, address, tasks)
        load("Neo4j, once more", server, docs, tasks)
    finally:
        shutil.rmtree(folder)
        server.close()
        empty(address)


def main() -> None:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tasks", type=int)
    parser.add_argument("address", help="an empty database, e.g. bolt://127.0.0.1:7687")
    given = parser.parse_args()
    measure(given.tasks, given.address)


if __name__ == "__main__":
    main()
