"""The connection to a server: the only place that opens one, and no wait without an end."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar
from urllib.parse import urlsplit

from neo4j import (
    READ_ACCESS,
    WRITE_ACCESS,
    Driver,
    GraphDatabase,
    NotificationMinimumSeverity,
    Query,
    Transaction,
)
from neo4j.exceptions import DriverError, Neo4jError

from kg.console.limits import Limits
from kg.errors import ConflictError, UnavailableError
from kg.store.neo4j.console_child import Target
from kg.store.neo4j.errors import lost, translated

T = TypeVar("T")
Row = dict[str, Any]
CONNECT, ACQUIRE, READ, WHOLE = 3.0, 4.0, 6.0, 9.0  # seconds; no request outlives WHOLE
LOCK = 3.0
BATCH = 120.0  # one transaction of a load
OLDEST = (5, 0)


class Server:
    """A server at an address; connections come and go as they are needed."""

    def __init__(self, address: str, user: str, password: str) -> None:
        parts = urlsplit(address)
        self.where = address
        self._uri = f"{parts.scheme}://{parts.netloc}"
        self._database = parts.path.strip("/") or None
        self._auth = (user, password)
        self._lock = threading.Lock()
        self._driver: Driver | None = None
        self._watch = Watch(self._drop)
        if not password:
            raise UnavailableError(
                "没有给出 Neo4j 的口令", where=address, remedy="设置环境变量 KG_NEO4J_PASSWORD"
            )

    def target(self, limits: Limits) -> Target:
        """The same server, for a process of its own."""
        user, password = self._auth
        return Target(
            uri=self._uri, database=self._database, user=user, password=password, limits=limits
        )

    def driver(self) -> Driver:
        """The driver, opened when first needed; it looks at the server's version once."""
        with self._lock:
            if self._driver is not None:
                return self._driver
        made = self._open()
        with self._lock:
            if self._driver is None:
                self._driver, made = made, None  # type: ignore[assignment]
            current = self._driver
        if made is not None:
            made.close()
        return current

    def _open(self) -> Driver:
        made = GraphDatabase.driver(
            self._uri,
            auth=self._auth,
            connection_timeout=CONNECT,
            connection_acquisition_timeout=ACQUIRE,
            connection_write_timeout=WHOLE,
            liveness_check_timeout=5.0,
            max_transaction_retry_time=0.0,
            notifications_min_severity=NotificationMinimumSeverity.OFF,
            user_agent="policy-kg",
        )
        try:
            with self._watch:
                info = made.get_server_info()
            self._refuse_old(info.agent)
        except BaseException:
            made.close()
            raise
        return made

    def _refuse_old(self, agent: str) -> None:
        name, _, version = agent.partition("/")
        numbers = tuple(int(n) for n in version.split(".")[:2] if n.isdecimal())
        if name == "Neo4j" and numbers and numbers < OLDEST:
            raise ConflictError(
                f"服务器是 {agent}，太旧", where=self.where, remedy="需要 Neo4j 5 或更新，建议 5.26"
            )

    def _drop(self) -> None:
        """Give up all connections: whoever waits on one is told that it is gone."""
        with self._lock:
            old, self._driver = self._driver, None
        if old is not None:
            with suppress(Exception):
                old.close()

    def close(self) -> None:
        """Release all connections; the next question opens new ones."""
        self._drop()

    @contextmanager
    def told(self, limit: float = READ) -> Iterator[None]:
        """Tell in our words what goes wrong below."""
        try:
            yield
        except (Neo4jError, DriverError, OSError, ValueError) as e:
            if isinstance(e, UnicodeError):
                raise
            raise translated(e, self.where, limit) from e

    # -- reading -------------------------------------------------------------------------

    def read(self, ask: Callable[[Asking], T]) -> T:
        """Ask within one transaction that can only read, of limited time.

        A connection that the server dropped meanwhile (a restart) is replaced once.
        """
        began = time.monotonic()
        with self.told():
            try:
                return self._read(ask)
            except (Neo4jError, DriverError, OSError) as e:
                if not lost(e) or time.monotonic() - began > CONNECT:
                    raise
            return self._read(ask)

    def _read(self, ask: Callable[[Asking], T]) -> T:
        driver = self.driver()
        with (
            self._watch,
            driver.session(database=self._database, default_access_mode=READ_ACCESS) as session,
            session.begin_transaction(timeout=READ) as transaction,
        ):
            return ask(Asking(transaction))

    @contextmanager
    def reading(self, limit: float) -> Iterator[Transaction]:
        """A transaction that can only read, for as long as its user needs, at most `limit`."""
        driver = self.driver()
        with (
            self._watch,
            driver.session(database=self._database, default_access_mode=READ_ACCESS) as session,
            session.begin_transaction(timeout=limit) as transaction,
        ):
            yield transaction

    # -- writing -------------------------------------------------------------------------

    @contextmanager
    def writing(self, limit: float = BATCH) -> Iterator[Transaction]:
        """A transaction that writes; it is committed if nothing goes wrong inside."""
        driver = self.driver()
        with (
            driver.session(database=self._database, default_access_mode=WRITE_ACCESS) as session,
            session.begin_transaction(timeout=limit) as transaction,
        ):
            yield transaction
            transaction.commit()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Be the only one who publishes; the lock goes with the connection, however it ends.

        Raises:
            ConflictError: somebody else publishes.
        """
        with self.told():
            own = self._open()
        try:
            with own.session(database=self._database) as session:
                transaction = session.begin_transaction()
                try:
                    with Watch(own.close, LOCK):
                        transaction.run(
                            "MATCH (s:PkgStore {id: 'lock'}) SET s.held = true"
                        ).consume()
                except (Neo4jError, DriverError, OSError) as e:
                    raise self._lock_refused(e) from e
                yield
        finally:
            with suppress(Exception):
                own.close()

    def _lock_refused(self, error: Exception) -> Exception:
        told = translated(error, self.where, LOCK)
        if isinstance(told, ConflictError) or not lost(error):
            return told
        return ConflictError(
            "另一个进程正在写入这个图谱", where=self.where, remedy="等它结束后再试；读取不受影响"
        )

    def run(self, statement: str, limit: float = BATCH, **values: Any) -> list[Row]:
        """One statement in a transaction of its own, for what allows no other."""
        driver = self.driver()
        query = Query(statement, timeout=limit)
        with driver.session(database=self._database) as session:
            return session.run(query, values).data()


class Asking:
    """Questions within one reading transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    def all(self, statement: str, **values: Any) -> list[Any]:
        """The rows of a statement, as tuples."""
        result = self._transaction.run(statement, values)
        return [r.values() for r in result]

    def one(self, statement: str, **values: Any) -> Any | None:
        """The first row of a statement, or None."""
        found = self.all(statement, **values)
        return found[0] if found else None

    def column(self, statement: str, **values: Any) -> list[Any]:
        """The first values of a statement's rows."""
        return [row[0] for row in self.all(statement, **values)]


class Watch:
    """Calls `give_up` when a request runs longer than it may: a server that hangs says nothing.

    The driver cannot be told how long to wait for an answer; closing it ends the wait.
    """

    def __init__(self, give_up: Callable[[], None], limit: float = WHOLE) -> None:
        self._give_up, self._limit = give_up, limit
        self._lock = threading.Lock()
        self._busy: dict[int, list[float]] = {}
        self._thread: threading.Thread | None = None

    def __enter__(self) -> None:
        until = time.monotonic() + self._limit
        with self._lock:
            self._busy.setdefault(threading.get_ident(), []).append(until)
            if self._thread is None:
                self._thread = threading.Thread(target=self._look, daemon=True, name="neo4j-watch")
                self._thread.start()

    def __exit__(self, *error: object) -> None:
        with self._lock:
            mine = self._busy[threading.get_ident()]
            mine.pop()
            if not mine:
                del self._busy[threading.get_ident()]

    def _look(self) -> None:
        """Look twice a second while anybody waits; stop a minute after the last."""
        idle = 0
        while True:
            time.sleep(0.5)
            with self._lock:
                now = time.monotonic()
                late = any(u < now for waits in self._busy.values() for u in waits)
                idle = 0 if self._busy else idle + 1
                if idle > 120:
                    self._thread = None
                    return
            if late:
                self._give_up()
                time.sleep(0.5)
