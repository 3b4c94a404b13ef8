"""One table of operations; from it come the routes, their checks, OpenAPI and the docs page."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic
from typing import Any, Literal, TypeVar
from urllib.parse import unquote_to_bytes

from api.csvs import Table
from api.metrics import Metrics
from api.negotiate import HTML, JSON, Format
from api.problems import invalid
from kg.config import Settings
from kg.errors import UnavailableError
from kg.params import MAX_Q, Param
from kg.records import Dataset
from kg.registry import Registry
from kg.store.base import Kind, Store

Pairs = tuple[tuple[str, str], ...]
T = TypeVar("T")
PATIENCE = 5.0  # seconds an answer is tried again while publications come in between


@dataclass
class Context:
    """What all requests of one app share; the store is there between start and stop."""

    settings: Settings
    registry: Registry
    metrics: Metrics = field(default_factory=Metrics)
    operations: tuple[Operation, ...] = ()
    opener: Callable[[], Store] | None = None
    opened: Store | None = None
    _lock: Lock = field(default_factory=Lock)

    @property
    def store(self) -> Store:
        """The open store; one that was away at the start is tried again."""
        if self.opened is None:
            self.open()
        if self.opened is None:
            raise UnavailableError("图谱库没有打开", remedy="请稍后再试")
        return self.opened

    def open(self) -> None:
        """Open the store, once."""
        with self._lock:
            if self.opened is None and self.opener is not None:
                self.opened = self.opener()

    def close(self) -> None:
        """Close the store, if this app opened it."""
        with self._lock:
            if self.opened is not None and self.opener is not None:
                self.opened.close()
                self.opened = None


@dataclass(frozen=True)
class Call:
    """One request, read and checked."""

    context: Context
    path: str
    ids: dict[str, str]
    pairs: Pairs
    format: Format = JSON

    @property
    def store(self) -> Store:
        """The open store."""
        return self.context.store

    def one(self, name: str) -> str | None:
        """The value of a parameter that is given at most once."""
        return next((value for key, value in self.pairs if key == name), None)


@dataclass(frozen=True)
class Text:
    """An answer that is text already, word for word."""

    content: str


View = Callable[[Call, Any], tuple[str, dict[str, Any]]]  # to (template, values)


@dataclass(frozen=True)
class Operation:
    """One route: its address, what it answers, in which formats, with which parameters.

    `answer` gives the record or envelope; `result` is its type, for the schema; `view` names
    the template of its page; `kind` is set where the answer is a thing of the graph; `table`
    are the columns of a list as CSV, `item` the type of its results where `result` leaves it
    open; `required` names parameters that must be given, `longest` is the length of its texts;
    `volatile` answers depend on more than the content; `trial` gives parameters of an example.
    """

    path: str
    id: str
    summary: str
    answer: Callable[[Call], Any]
    result: Any
    tag: str = "graph"
    parameters: tuple[Param, ...] = ()
    formats: tuple[Format, ...] = (JSON, HTML)
    view: View | None = None
    kind: Kind | None = None
    table: Table | None = None
    item: type | None = None
    required: tuple[str, ...] = ()
    longest: int = MAX_Q
    volatile: bool = False
    description: str = ""
    trial: dict[str, str] | None = None
    errors: tuple[int, ...] = ()
    method: Literal["GET", "POST"] = "GET"

    @property
    def known(self) -> dict[str, Param]:
        """The query parameters by name, `format` among them where there is a choice."""
        params = list(self.parameters)
        if len(self.formats) > 1:
            params.append(format_param(self.formats))
        return {p.name: p for p in params}


def format_param(formats: Iterable[Format]) -> Param:
    """The parameter that chooses a representation where a link cannot set Accept."""
    return Param(
        name="format",
        type="choice",
        values=tuple(f.name for f in formats),
        zh="回答的格式；优先于 Accept 头",
        en="representation; wins over Accept",
        addition=True,
    )


def read_pairs(query: bytes) -> Pairs:
    """The query parameters, in order; what is not UTF-8 is refused, not repaired."""
    pairs = []
    for part in query.split(b"&"):
        if part:
            name, _, value = part.replace(b"+", b" ").partition(b"=")
            shown = name[:60].decode("ascii", "backslashreplace")
            key = _decode(name, shown)
            if not key:
                raise invalid("", "有一个参数没有名称")
            pairs.append((key, _decode(value, key)))
    return tuple(pairs)


def _decode(text: bytes, parameter: str) -> str:
    try:
        return unquote_to_bytes(text).decode("utf-8")
    except UnicodeDecodeError:
        raise invalid(
            parameter, "参数不是有效的 UTF-8", "用 UTF-8 百分号编码（浏览器和 curl -G 会代劳）"
        ) from None


def settled(store: Store, work: Callable[[], T]) -> tuple[T, Dataset]:
    """Do `work` over one and the same content, however many questions it asks the store.

    A publication in between would mix two contents in one answer: then it is asked again.
    """
    deadline = monotonic() + PATIENCE
    while True:
        before = store.dataset()
        done = work()
        if store.dataset() == before:
            return done, before
        if monotonic() > deadline:
            raise UnavailableError("图谱正在不断更新，暂时得不到完整的回答", remedy="请稍后再试")
