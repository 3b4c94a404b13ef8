"""What the graph says, after documents were merged: `TaskRecord` and its kin.

Encoded as JSON it is what the API answers (contract, section 4). Frozen and plain: no
library beyond msgspec, no engine. What one document says by itself: `kg.model`.

A span is a pair of code-point offsets into the document's canonical text, from 0, end
exclusive; the quote beside it equals the text at the span.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from kg.model import Basis, Clause, Correction, LeadRule, Measure, Role, Span, Value, Warning


class Evidence(Struct, frozen=True, gc=False):
    """Words of a document that say so: text[span] == quote."""

    document: str
    span: Span
    quote: str


class Ref(Struct, frozen=True, gc=False):
    """A thing by id, with the name people know it by."""

    id: str
    name: str


class DocRef(Struct, frozen=True, gc=False):
    """A document by id and title."""

    id: str
    title: str


class Assignment(Struct, frozen=True, kw_only=True, gc=False):
    """A task's responsibility in an answer; its own document's evidence first."""

    department: Ref
    mention: str
    span: Span
    order: int
    role: Role
    basis: Basis
    collective: bool
    evidence: tuple[Evidence, ...]


class TaskRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A task in an answer (contract, section 4). `position` is its place in the document.

    `due` is the last day of its deadline, ISO 8601, where the words allow one.
    """

    id: str
    iri: str
    document: DocRef
    number: str | None
    title: str | None
    section: tuple[str, ...]
    text: str
    span: Span
    clause: Clause
    open: bool
    scope: str | None
    deadline: str | None
    responsibilities: tuple[Assignment, ...]
    measures: tuple[Measure, ...]
    projects: tuple[Ref, ...]
    evidence: tuple[Evidence, ...]
    position: int
    year: int | None = None
    lead_rule: LeadRule | None = None
    due: str | None = None
    correction: Correction | None = None


class ProjectRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A special project; `under` is the task of the graph it stands under."""

    id: str
    iri: str
    number: int
    name: str
    measures: tuple[str, ...]
    section: tuple[str, ...]
    task: str | None
    under: Ref | None
    document: DocRef
    evidence: tuple[Evidence, ...]
    measure_evidence: tuple[Evidence, ...] = ()


class GoalRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A goal; stated by several documents of one plan it has several pieces of evidence."""

    id: str
    iri: str
    number: int
    text: str
    detail: str | None
    document: DocRef
    evidence: tuple[Evidence, ...]
    detail_evidence: tuple[Evidence, ...] = ()


class IndicatorRecord(Struct, frozen=True, kw_only=True, gc=False):
    """An indicator as printed; `definition_evidence` may stand in another document."""

    id: str
    iri: str
    number: int
    name: str
    unit: str | None
    baseline: Value | None
    target: Value | None
    increase: float | None
    definition: str | None
    notes: tuple[str, ...]
    document: DocRef
    evidence: tuple[Evidence, ...]
    definition_evidence: tuple[Evidence, ...] = ()
    note_evidence: tuple[Evidence, ...] = ()


class TargetRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A quantitative target of running text."""

    id: str
    iri: str
    subject: str
    value: float
    unit: str
    by: str | None
    document: DocRef
    evidence: tuple[Evidence, ...]


class SectionRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A section heading."""

    id: str
    iri: str
    heading: str
    path: tuple[str, ...]
    document: DocRef
    evidence: tuple[Evidence, ...]


class Statement(Struct, frozen=True, kw_only=True, gc=False):
    """One field of a document: printed (with its evidence) or editorial (with its source)."""

    value: str
    origin: Literal["printed", "catalogue"]
    known_from: str | None = None
    evidence: Evidence | None = None


class DocumentRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A document; each of `statements` says what is printed and what is editorial.

    `title` is the printed title or else the catalogue's or else the id. `reprint_of` and
    `derived_from` name another document; `tasks` counts its own tasks, `shared_tasks` those
    of another document that it prints as well; `pages` are the offsets at which printed
    pages begin, where the format has pages.
    """

    id: str
    iri: str
    title: str
    year: int | None
    kind: str | None
    statements: dict[str, tuple[Statement, ...]]
    lead_rule: LeadRule | None
    reprint_of: DocRef | None
    derived_from: DocRef | None
    tasks: int
    shared_tasks: int
    projects: int
    goals: int
    indicators: int
    targets: int
    characters: int
    source_sha256: str
    text_sha256: str
    media_type: str
    warnings: tuple[Warning, ...]
    pages: tuple[int, ...] = ()


class DepartmentRecord(Struct, frozen=True, kw_only=True, gc=False):
    """A body of the graph; what `registry_source` marks comes from the registry.

    `kind` is `collective` for 有关部门 and its like. `tasks` counts by role; `total` counts
    tasks that name it in any role.
    """

    id: str
    iri: str
    name: str
    kind: str | None
    collective: bool
    total: int
    tasks: dict[str, int]
    official: str | None = None
    en: str | None = None
    aliases: tuple[str, ...] = ()
    parent: Ref | None = None
    units: tuple[Ref, ...] = ()
    registry_source: str | None = None
    note: str | None = None
    mentions: tuple[str, ...] = ()


class Partner(Struct, frozen=True, gc=False):
    """A body named together with another, in `tasks` tasks."""

    department: Ref
    tasks: int


class DocumentCount(Struct, frozen=True, gc=False):
    """How many tasks of a document, by role."""

    document: DocRef
    tasks: dict[str, int]


class DepartmentProfile(Struct, frozen=True, kw_only=True, gc=False):
    """A department's page: itself, its tasks by document, its closest partners."""

    department: DepartmentRecord
    by_document: tuple[DocumentCount, ...]
    partners: tuple[Partner, ...]


class Hit(Struct, frozen=True, kw_only=True, gc=False):
    """One find of /search."""

    kind: Literal["task", "section", "project", "measure", "goal", "indicator", "target"]
    id: str
    iri: str
    title: str
    snippet: str
    document: DocRef
    evidence: tuple[Evidence, ...]


class Link(Struct, frozen=True, gc=False):
    """Two departments that share `tasks` tasks (source < target by id)."""

    source: str
    target: str
    tasks: int


class Network(Struct, frozen=True, gc=False):
    """Departments as nodes, shared tasks as weighted edges; a node's weight is its tasks."""

    nodes: tuple[Partner, ...]
    edges: tuple[Link, ...]


class Dataset(Struct, frozen=True, gc=False):
    """Which content answers: derived from the content, alike on every store."""

    version: str
    sha256: str
