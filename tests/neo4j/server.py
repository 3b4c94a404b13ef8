"""Real Neo4j servers for the tests: collected by Maven, started on free ports, always stopped.

Take `lease()` where a test needs an empty database of its own, `server()` where it kills or
restarts one. Nothing here skips: without Java or Maven the tests fail and name `make needs`.
"""

from __future__ import annotations

import atexit
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from itertools import count
from pathlib import Path

import pytest
from neo4j import GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

POM = Path(__file__).with_name("pom.xml")
CACHE = Path(os.environ.get("KG_TEST_CACHE") or Path(__file__).parents[2] / ".cache" / "neo4j")
USER, PASSWORD = "neo4j", "for-the-tests"
READY = 180.0  # seconds; about 8 on an idle machine
OPENS = ("java.base/java.nio", "java.base/java.io", "java.base/sun.nio.ch",
         "java.base/java.util.concurrent")  # fmt: skip
CONFIGURATION = """
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.http.enabled=false
server.https.enabled=false
dbms.usage_report.enabled=false
server.memory.heap.initial_size={heap}
server.memory.heap.max_size={heap}
server.memory.pagecache.size={pages}
db.tx_log.preallocate=false
db.tx_log.rotation.retention_policy=keep_none
db.transaction.concurrent.maximum=100
"""


def needed(program: str) -> str:
    """Where a program is; the test fails if it is nowhere."""
    found = shutil.which(program)
    if not found:
        pytest.fail(
            f"没有 {program}：测试要用真的 Neo4j 服务器。先运行 make needs",
            pytrace=False,
        )
    return str(found)


def jars() -> Path:
    """The server's jars, collected once into the cache, whole or not at all."""
    folder = CACHE / f"jars-{hashlib.sha256(POM.read_bytes()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    CACHE.mkdir(parents=True, exist_ok=True)
    (CACHE / ".gitignore").write_text("*\n")
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.is_dir():
            _collect(folder)
    return folder


def _collect(folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=CACHE) as draft:
        made = subprocess.run(
            [needed("mvn"), "-q", "-B", "-f", str(POM), "dependency:copy-dependencies",
             "-DincludeScope=runtime", f"-DoutputDirectory={draft}/jars"],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        if made.returncode:
            pytest.fail(f"Maven 没有取到 Neo4j：\n{made.stdout[-2000:]}", pytrace=False)
        Path(draft, "jars").replace(folder)


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def _die_with_parent() -> None:
    """The server goes with the tests, even where these are killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Neo4jServer:
    """One server with a data folder of its own."""

    def __init__(self, heap: str = "512m", pages: str = "128m", fast: bool = True) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="kg-neo4j-"))
        self.port = free_port()
        self.heap, self.fast = heap, fast
        (self.home / "conf").mkdir()
        text = CONFIGURATION.format(port=self.port, heap=heap, pages=pages)
        (self.home / "conf" / "neo4j.conf").write_text(text)
        self.process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"bolt://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to start; `wait` until it answers."""
        opens = [f"--add-opens={o}=ALL-UNNAMED" for o in OPENS]
        tuned = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"] if self.fast else []
        command = [needed("java"), f"-Xms{self.heap}", f"-Xmx{self.heap}", *tuned, *opens,
                   "-cp", f"{jars()}/*", "org.neo4j.server.CommunityEntryPoint",
                   f"--home-dir={self.home}", f"--config-dir={self.home}/conf"]  # fmt: skip
        with (self.home / "out.log").open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )  # fmt: skip

    def wait(self) -> Neo4jServer:
        """Wait until it answers with our password, which is set the first time."""
        until = time.monotonic() + READY
        while not self._answers():
            if time.monotonic() > until or self.process is None or self.process.poll() is not None:
                pytest.fail(f"Neo4j 没有启动：\n{self.log()[-3000:]}", pytrace=False)
            time.sleep(0.2)
        return self

    def _answers(self) -> bool:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", self.port)):
                return False
        try:
            with GraphDatabase.driver(self.address, auth=(USER, PASSWORD)) as driver:
                driver.execute_query("RETURN 1", database_="neo4j")
                return True
        except AuthError:
            with (
                suppress(Neo4jError, DriverError),
                GraphDatabase.driver(self.address, auth=(USER, "neo4j")) as driver,
                driver.session(database="system") as session,
            ):
                session.run(
                    "ALTER CURRENT USER SET PASSWORD FROM 'neo4j' TO $new", new=PASSWORD
                ).consume()
        except (Neo4jError, DriverError):
            pass
        return False

    def log(self) -> str:
        return (self.home / "out.log").read_text(errors="replace")

    def kill(self) -> None:
        """As by a power cut, even while it hangs."""
        if self.process:
            self.process.kill()
            self.process.wait()
        self.process = None

    def pause(self) -> None:
        """Hang: connections stay, nothing answers, as soon as this returns."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)  # until then a thread may still answer

    def go_on(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def restart(self) -> None:
        self.start()
        self.wait()

    def stop(self) -> None:
        """Stop for good; nothing is left. Killed: an orderly end takes ten seconds."""
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def query(self, statement: str, **values: object) -> list[list[object]]:
        """Ask the server itself, past the store."""
        with GraphDatabase.driver(self.address, auth=(USER, PASSWORD)) as driver:
            found = driver.execute_query(statement, values, database_="neo4j")  # type: ignore[arg-type]
            return [list(r.values()) for r in found.records]

    def wipe(self) -> None:
        """An empty database; constraints and indexes stay, as they would for a user."""
        while self.query("MATCH (n) WITH n LIMIT 5000 DETACH DELETE n RETURN count(*)") != [[0]]:
            pass


_servers: list[Neo4jServer] = []
_turns = count()
SHARED = 2


@atexit.register
def stop_all() -> None:
    while _servers:
        _servers.pop().stop()


def server() -> Neo4jServer:
    """A new server of the caller's own; stopped at the end at the latest."""
    made = Neo4jServer()
    _servers.append(made)
    return made.wait()


_shared: list[Neo4jServer] = []


def lease() -> Neo4jServer:
    """One of the shared servers, emptied: two leases in a row are two databases."""
    if not _shared:
        _shared.extend(Neo4jServer() for _ in range(SHARED))
        _servers.extend(_shared)
    chosen = _shared[next(_turns) % SHARED].wait()
    chosen.wipe()
    return chosen


if __name__ == "__main__":
    heap, pages = sys.argv[1:3] if len(sys.argv) > 2 else ("1g", "512m")
    running = Neo4jServer(heap, pages, fast=False)
    _servers.append(running)
    running.wait()
    print(f"{running.address}  KG_NEO4J_USER={USER} KG_NEO4J_PASSWORD={PASSWORD}", flush=True)
    with suppress(KeyboardInterrupt):
        signal.pause()
