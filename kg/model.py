"""What one document says, read by itself: `Extraction` and its parts.

Encoded as JSON it is what ``kg extract`` prints (contract, section 3). Frozen and plain: no
library beyond msgspec, no engine. What the graph says of merged documents: `kg.records`.

A span is a pair of code-point offsets into the document's canonical text, from 0, end
exclusive; the quote beside it equals the text at the span.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Span = tuple[int, int]
Role = Literal["lead", "participant", "sole", "joint"]
Basis = Literal["explicit", "first-listed", "first-listed-contested", "sole", "joint", "table"]


class LeadRule(Struct, frozen=True, gc=False):
    """A statement that the first listed department leads (列第一位的为牵头部门)."""

    kind: Literal["first-listed"]
    quote: str
    span: Span


class DocumentHead(Struct, frozen=True, kw_only=True, gc=False):
    """What the document prints about itself; never what a catalogue says.

    `date` is ISO 8601 (YYYY-MM-DD) read off a printed date; `*_span` say where each stands.
    """

    id: str
    title: str | None = None
    issuer: str | None = None
    number: str | None = None
    date: str | None = None
    lead_rule: LeadRule | None = None
    title_span: Span | None = None
    issuer_span: Span | None = None
    number_span: Span | None = None
    date_span: Span | None = None


class Clause(Struct, frozen=True, gc=False):
    """The words that give a task its responsible bodies, brackets included."""

    text: str
    span: Span


class Responsibility(Struct, frozen=True, kw_only=True, gc=False):
    """One body named in a clause.

    `department` is the canonical name, `mention` the printed words at `span`; `order`
    counts from 0; `department_id` tells bodies of one name apart (a unit's id holds its
    parent's).
    """

    department: str
    mention: str
    span: Span
    order: int
    role: Role
    basis: Basis
    collective: bool = False
    department_id: str = ""


class Correction(Struct, frozen=True, gc=False):
    """A user's case that replaced a reading: who says so, why, and the file that says it."""

    by: str
    why: str
    case: str


class Measure(Struct, frozen=True, gc=False):
    """What one actor is to do, from a table's 落实举措 cell."""

    actor: str
    text: str
    span: Span


class Task(Struct, frozen=True, kw_only=True, gc=False):
    """A unit of text that owns a responsibility clause.

    `text` is the canonical text at `span`: it includes the title, not the printed number
    and not the clause. `scope_span`, `deadline_span`, `title_span` ground those fields;
    `correction` is set where a user's case replaced what was read.
    """

    id: str
    number: str | None
    title: str | None
    section: tuple[str, ...]
    text: str
    span: Span
    clause: Clause
    open: bool = False
    scope: str | None = None
    deadline: str | None = None
    responsibilities: tuple[Responsibility, ...] = ()
    measures: tuple[Measure, ...] = ()
    title_span: Span | None = None
    scope_span: Span | None = None
    deadline_span: Span | None = None
    correction: Correction | None = None


class Section(Struct, frozen=True, kw_only=True, gc=False):
    """A heading on a line of its own; `path` ends with its own heading."""

    id: str
    path: tuple[str, ...]
    heading: str
    span: Span


class Project(Struct, frozen=True, kw_only=True, gc=False):
    """A special project (专栏); `task` is the title of the task it stands under."""

    number: int
    name: str
    measures: tuple[str, ...]
    section: tuple[str, ...]
    task: str | None
    span: Span
    measure_spans: tuple[Span, ...] = ()
    task_span: Span | None = None


class Goal(Struct, frozen=True, kw_only=True, gc=False):
    """A listed goal; `detail` is what follows its headline."""

    number: int
    text: str
    detail: str | None
    span: Span
    detail_span: Span | None = None


class Value(Struct, frozen=True, gc=False):
    """A value of a year; `value` is None where the document prints «—»."""

    year: int
    value: float | None


class Indicator(Struct, frozen=True, kw_only=True, gc=False):
    """A row of an indicator table, as printed."""

    number: int
    name: str
    unit: str | None
    baseline: Value | None
    target: Value | None
    increase: float | None
    definition: str | None = None
    notes: tuple[str, ...] = ()
    span: Span


class Definition(Struct, frozen=True, kw_only=True, gc=False):
    """A note of a document that defines a term («“…”是指…»), or `term` None: a bare remark."""

    marks: str
    term: str | None
    text: str
    span: Span


class Target(Struct, frozen=True, kw_only=True, gc=False):
    """A figure still to be reached, in running text; `by` is a year as printed, or None."""

    subject: str
    value: float
    unit: str
    by: str | None
    quote: str
    span: Span


class Warning(Struct, frozen=True, gc=False):
    """Something the reader could not read, with its place."""

    code: str
    message: str
    span: Span | None = None


class Extraction(Struct, frozen=True, kw_only=True, gc=False):
    """Everything read from one document, by itself."""

    document: DocumentHead
    tasks: tuple[Task, ...] = ()
    projects: tuple[Project, ...] = ()
    goals: tuple[Goal, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    targets: tuple[Target, ...] = ()
    warnings: tuple[Warning, ...] = ()
    sections: tuple[Section, ...] = ()
    definitions: tuple[Definition, ...] = ()


class CatalogueEntry(Struct, frozen=True, kw_only=True, gc=False):
    """What an editor says about a document that it may not print itself.

    `known_from` says where the statements are known from; `kind` is one of 规划, 推进计划,
    工作指引, 图解, 转载, or free.
    """

    id: str
    title: str | None = None
    number: str | None = None
    date: str | None = None
    year: int | None = None
    issuer: str | None = None
    kind: str | None = None
    source: str | None = None
    known_from: str = ""


class LoadedDocument(Struct, frozen=True, kw_only=True, gc=False):
    """A document as the store keeps it: source bytes, canonical text, extraction, catalogue.

    `pages` are the offsets at which printed pages begin, where the format has pages.
    """

    extraction: Extraction
    text: str
    raw: bytes
    file_name: str
    media_type: str
    encoding: str | None = None
    catalogue: CatalogueEntry | None = None
    pages: tuple[int, ...] = ()
