"""Both stores at one size, each beside what one would use instead: ``make bench TASKS=20000``."""

from __future__ import annotations

import argparse
import os

from bench import neo4j, store


def main() -> None:
    """Measure the embedded store, then a Neo4j server that is started for it and stopped."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--tasks", type=int, default=20_000, help="how many tasks (20000)")
    parser.add_argument("--embedded", action="store_true", help="without Neo4j: no Java is needed")
    given = parser.parse_args()
    print(f"== embedded, {given.tasks} tasks", flush=True)
    store.measure(given.tasks)
    if given.embedded:
        return
    from tests.neo4j.server import PASSWORD, USER, Neo4jServer

    server = Neo4jServer("2g", "512m", fast=False)
    try:
        server.wait()
        os.environ |= {"KG_NEO4J_USER": USER, "KG_NEO4J_PASSWORD": PASSWORD}
        print(f"== Neo4j, {given.tasks} tasks", flush=True)
        neo4j.measure(given.tasks, server.address)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
