"""The store protocol: the product's own questions, in the product's own records.

No query language and no engine type appears here. `kg.store.memory` is the plain reference
that fixes what each question means; every other store must answer alike, order included.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, Protocol

from msgspec import Struct

from kg.model import Basis, LoadedDocument, Role
from kg.records import Dataset, DepartmentProfile, Hit, Network, TaskRecord

Kind = Literal[
    "task", "project", "goal", "indicator", "target", "section", "document", "department"
]
Facet = Literal["led_by", "involves", "role", "basis", "lead", "document", "year", "project"]
FACETS: tuple[Facet, ...] = (
    "led_by",
    "involves",
    "role",
    "basis",
    "lead",
    "document",
    "year",
    "project",
)
Key = tuple[str | int, ...]
Progress = Callable[[str, int, int], None]  # (what, done, total)


class TaskQuery(Struct, frozen=True, kw_only=True):
    """A question about tasks; every filter given must hold. Ids, not names.

    * `led_by`: this body has role lead or sole.
    * `involves`: each of these is named; with `role`, named in that role.
    * `role` without `involves`: some body has that role.
    * `excludes`: none of these is named, in any role.
    * `basis`: the basis shared by the task's clause.
    * `lead`: "none" = no body has role lead or sole (a collective `sole` is no lead:
      nobody leads); "stated" = the opposite.
    * `collective`: True = some collective actor (有关部门 …) is named.
    * `due_by`: the last day of its deadline (ISO date) is this day or before.
    * `project`: id of a project that stands under the task.
    * `q`: words, all of which must occur literally in title or text, white space ignored,
      NFKC and case folded.
    * `units`: a unit's tasks count as its parent's too, for led_by, involves and excludes.
    """

    led_by: str | None = None
    involves: tuple[str, ...] = ()
    role: Role | None = None
    excludes: tuple[str, ...] = ()
    basis: Basis | None = None
    lead: Literal["none", "stated"] | None = None
    collective: bool | None = None
    document: str | None = None
    year: int | None = None
    due_by: str | None = None
    project: tuple[str, ...] = ()
    q: tuple[str, ...] = ()
    units: bool = False


class FacetValue(Struct, frozen=True):
    """A value a filter may take, and how many tasks of the answer have it."""

    value: str
    name: str
    total: int


class TaskPage(Struct, frozen=True, kw_only=True):
    """One page of tasks in order (document id, place in it).

    `after` is the key of the last result if more follow, else None. A facet's values stand
    by total (largest first), then value; at most 100 each.
    """

    results: tuple[TaskRecord, ...]
    total: int
    after: Key | None
    facets: dict[str, tuple[FacetValue, ...]] = {}


class Page(Struct, frozen=True, kw_only=True):
    """One page of any other list; `after` as in TaskPage."""

    results: tuple[Any, ...]
    total: int
    after: Key | None


class Receipt(Struct, frozen=True, kw_only=True):
    """What a publication did. `changed` False: the content was there already."""

    changed: bool
    dataset: Dataset
    added: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    totals: dict[str, int] = {}


class Store(Protocol):
    """What every store can be asked. Methods raise only `kg.errors` errors.

    Readers see the last finished publication, whole; a publication in progress, or killed,
    is invisible. Methods may be called from several threads.
    """

    def dataset(self) -> Dataset:
        """Which content answers now."""

    def publish(
        self,
        add: Sequence[LoadedDocument] = (),
        remove: Sequence[str] = (),
        progress: Progress | None = None,
    ) -> Receipt:
        """Add or replace documents by id and take others away, all or nothing.

        Raises NotFoundError if an id of `remove` is not there, ConflictError if another
        process publishes.
        """

    def find_tasks(
        self,
        query: TaskQuery,
        limit: int = 20,
        after: Key | None = None,
        facets: Sequence[Facet] = (),
    ) -> TaskPage:
        """Tasks that satisfy the query; `limit` 0 asks for the total only."""

    def get(self, kind: Kind, id: str) -> Any | None:
        """The record of one thing by id (…Record of kg.records), or None."""

    def list(
        self, kind: Kind, limit: int = 20, after: Key | None = None, document: str | None = None
    ) -> Page:
        """All things of a kind but tasks, in order.

        Departments: by total (largest first), then id. Documents: by id. The others:
        document id, then place. `document` keeps what that document states (departments:
        those it names, their counts still of the whole graph).
        """

    def profile(self, department: str) -> DepartmentProfile | None:
        """A department with its tasks by document (50 largest) and its 20 closest partners."""

    def names(self) -> dict[str, tuple[str, ...]]:
        """Each name and each id of a department or collective → the ids it means."""

    def search(self, words: Sequence[str], limit: int = 20, after: Key | None = None) -> Page:
        """Things whose text holds all the words (as TaskQuery.q); results are `Hit`.

        Order: kind (task, section, project, measure, goal, indicator, target), then
        document, then place.
        """

    def network(self, document: str | None = None) -> Network:
        """Departments (collectives excluded) and the tasks they share."""

    def loaded(self, document: str) -> LoadedDocument | None:
        """A document as it was loaded: source bytes, canonical text, extraction."""

    def records(self, kind: Kind) -> Iterator[Any]:
        """All records of a kind, in the order of `list`; for exports."""

    def close(self) -> None:
        """Release what the store holds; further calls do nothing."""


__all__ = [
    "FACETS",
    "Facet",
    "FacetValue",
    "Hit",
    "Key",
    "Kind",
    "Page",
    "Progress",
    "Receipt",
    "Store",
    "TaskPage",
    "TaskQuery",
]
