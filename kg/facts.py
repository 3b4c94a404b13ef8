"""From merged records to the neutral graph: what each record states, and which source does.

A thing lies in the graph of its own document; a further document that states it adds its
evidence and a REPEATED_IN. What the registry or the catalogue says lies in theirs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from kg.errors import DataError
from kg.graph import CATALOGUE, REGISTRY, Edge, End, Graph, Node, Props, checked
from kg.ids import iri
from kg.model import (
    Assignment,
    DepartmentRecord,
    DocRef,
    DocumentRecord,
    Evidence,
    GoalRecord,
    IndicatorRecord,
    ProjectRecord,
    Ref,
    SectionRecord,
    Statement,
    TargetRecord,
    TaskRecord,
    Value,
)

Record = (
    TaskRecord
    | ProjectRecord
    | GoalRecord
    | IndicatorRecord
    | TargetRecord
    | SectionRecord
    | DocumentRecord
    | DepartmentRecord
)
Content = (
    TaskRecord | ProjectRecord | GoalRecord | IndicatorRecord | TargetRecord | SectionRecord
)
_FIELDS = {"kind": "documentType", "source": "sourceAddress"}
_PRINTED = ("title", "number", "date", "issuer")


def graphs(
    records: Iterable[Record], base_iri: str, sections: Iterable[SectionRecord] = ()
) -> Iterator[Graph]:
    """One checked graph for each record, in their order; nothing is kept in between.

    Args:
        records: of any kinds.
        base_iri: the prefix of all IRIs, as the records were merged with.
        sections: of the same documents; tells content which section it stands in.

    Raises:
        DataError: a record says what the ontology does not allow.
    """
    builder = Builder(base_iri, sections)
    for record in records:
        yield builder.graph(record)


class Builder:
    """Turns records into graphs."""

    def __init__(self, base_iri: str, sections: Iterable[SectionRecord] = ()) -> None:
        self.base = base_iri
        self._documents: dict[str, End] = {}
        self._bodies: dict[tuple[str, bool], End] = {}
        self._named: tuple[str, set[str]] = ("", set())
        self._sections: defaultdict[tuple[str, tuple[str, ...]], list[tuple[int, End]]] = (
            defaultdict(list)
        )
        for s in sections:
            for e in s.evidence:
                place = self._sections[e.document, s.path]
                place.append((e.span[0], End("Section", s.id, s.iri)))
                place.sort(key=lambda entry: entry[0])

    def graph(self, record: Record) -> Graph:
        """What one record states, checked against the ontology."""
        make = _MAKERS.get(type(record))
        if make is None:
            raise DataError(f"图中没有这种记录：{type(record).__name__}")
        nodes, edges = make(self, record)
        return checked(Graph(tuple(nodes), tuple(edges)))

    # -- ends ------------------------------------------------------------------------------

    def _document(self, id: str) -> End:
        end = self._documents.get(id)
        if end is None:
            end = self._documents[id] = End("Document", id, iri(self.base, "document", id))
        return end

    def _body(self, ref: Ref, collective: bool) -> End:
        end = self._bodies.get((ref.id, collective))
        if end is None:
            label = "Collective" if collective else "Department"
            end = End(label, ref.id, iri(self.base, "department", ref.id))
            self._bodies[ref.id, collective] = end
        return end

    def _placed(
        self, end: End, record: Content, path: tuple[str, ...], props: Props
    ) -> list[Edge]:
        """Where content stands: its document, its section, the documents that repeat it.

        A heading that is no section of the graph is kept as the property `heading`.
        """
        own, evidence = record.document.id, record.evidence
        first = tuple(e for e in evidence if e.document == own)
        edges = [Edge("IN_DOCUMENT", end, self._document(own), {}, first, own)]
        for doc in dict.fromkeys(e.document for e in evidence if e.document != own):
            words = tuple(e for e in evidence if e.document == doc)
            edges.append(Edge("REPEATED_IN", end, self._document(doc), {}, words, doc))
        if path:
            section = self._section(own, path, first[0].span[0] if first else 0)
            if section is None:
                props["heading"] = path[-1]
            else:
                edges.append(Edge("IN_SECTION", end, section, {}, first, own))
        return edges

    def _section(self, document: str, path: tuple[str, ...], place: int) -> End | None:
        """The section with this path; where a document repeats it, the last before `place`."""
        found = self._sections.get((document, path))
        if not found:
            return None
        at = bisect_right(found, place, key=lambda entry: entry[0])
        return found[max(0, at - 1)][1]

    # -- records ---------------------------------------------------------------------------

    def _task(self, r: TaskRecord) -> tuple[list[Node], list[Edge]]:
        own, me = r.document.id, End("Task", r.id, r.iri)
        bases = {a.basis for a in r.responsibilities}
        props = _props(
            number=r.number, title=r.title, text=r.text, clause=r.clause.text, open=r.open,
            scope=r.scope, deadline=r.deadline, position=r.position,
            basis=bases.pop() if len(bases) == 1 else None,
        )  # fmt: skip
        edges = self._placed(me, r, r.section, props)
        clause = Evidence(own, r.clause.span, r.clause.text)
        node = Node("Task", r.id, r.iri, props, r.evidence, own, (("clause", clause),))
        measures = [(m.actor, m.text, Evidence(own, m.span, m.text)) for m in r.measures]
        nodes, more = self._measures(me, own, measures)
        nodes.insert(0, node)
        leads: dict[End, list[Assignment]] = {}
        for a in r.responsibilities:
            who = self._body(a.department, a.collective)
            facts: Props = {"role": a.role, "basis": a.basis, "order": a.order}
            edges.append(Edge("INVOLVES", me, who, facts, a.evidence, own))
            if a.role in ("lead", "sole") and not a.collective:
                leads.setdefault(who, []).append(a)
            if self._first_mention(own, who.iri):
                name: Props = {"name": a.department.name}
                nodes.append(Node(who.label, who.id, who.iri, name, a.evidence[:1], own))
        for who, given in leads.items():
            words = tuple(e for a in given for e in a.evidence)
            derived = all(a.basis.startswith("first-listed") for a in given)
            edges.append(Edge("LED_BY", me, who, {}, words, own, derived))
        return nodes, edges + more

    def _first_mention(self, document: str, body: str) -> bool:
        """Whether a document, read in order, has not named a body before."""
        if self._named[0] != document:
            self._named = (document, set())
        new = body not in self._named[1]
        self._named[1].add(body)
        return new

    def _measures(
        self, owner: End, own: str, measures: Sequence[tuple[str | None, str, Evidence]]
    ) -> tuple[list[Node], list[Edge]]:
        nodes: list[Node] = []
        edges: list[Edge] = []
        for n, (actor, text, words) in enumerate(measures, 1):
            me = End("Measure", f"{owner.id}-m{n}", f"{owner.iri}#measure-{n}")
            props = _props(ordinal=n, text=text, actor=actor)
            nodes.append(Node("Measure", me.id, me.iri, props, (words,), own))
            edges.append(Edge("MEASURE_OF", me, owner, {}, (words,), own))
            edges.append(Edge("IN_DOCUMENT", me, self._document(own), {}, (words,), own))
        return nodes, edges

    def _project(self, r: ProjectRecord) -> tuple[list[Node], list[Edge]]:
        own, me = r.document.id, End("Project", r.id, r.iri)
        props = _props(ordinal=r.number, name=r.name)
        edges = self._placed(me, r, r.section, props)
        words = r.measure_evidence + r.evidence[:1] * (len(r.measures) - len(r.measure_evidence))
        pairs = zip(r.measures, words, strict=True)
        nodes, more = self._measures(me, own, [(None, m, e) for m, e in pairs])
        if r.under:
            host = End("Task", r.under.id, iri(self.base, "task", r.under.id))
            edges.append(Edge("UNDER_TASK", me, host, {}, r.evidence[:1], own))
        return [Node("Project", r.id, r.iri, props, r.evidence, own), *nodes], edges + more

    def _goal(self, r: GoalRecord) -> tuple[list[Node], list[Edge]]:
        props = _props(ordinal=r.number, text=r.text, detail=r.detail)
        edges = self._placed(End("Goal", r.id, r.iri), r, (), props)
        backing = tuple(("detail", e) for e in r.detail_evidence)
        return [Node("Goal", r.id, r.iri, props, r.evidence, r.document.id, backing)], edges

    def _indicator(self, r: IndicatorRecord) -> tuple[list[Node], list[Edge]]:
        """Definitions and doubts may stand in another document: then they lie in its graph."""
        own = r.document.id
        props = _props(ordinal=r.number, name=r.name, unit=r.unit, increase=_number(r.increase))
        for name, given in (("baseline", r.baseline), ("target", r.target)):
            if given is not None:
                props |= _observed(name, given)
        edges = self._placed(End("Indicator", r.id, r.iri), r, (), props)
        stated: list[tuple[str, str, Evidence | None]] = []
        if r.definition is not None:
            stated += [("definition", r.definition, e) for e in r.definition_evidence or (None,)]
        bare = len(r.notes) - len(r.note_evidence)
        stated += [("note", note, None) for note in r.notes[:bare]]
        stated += [("note", n, e) for n, e in zip(r.notes[bare:], r.note_evidence, strict=True)]
        pieces: dict[str, tuple[Props, list[tuple[str, Evidence]]]] = {own: (props, [])}
        for name, text, words in stated:
            facts, backing = pieces.setdefault(words.document if words else own, ({}, []))
            facts[name] = (*_list(facts, name), text) if name == "note" else text
            backing += [(name, words)] if words else []
        return [
            Node("Indicator", r.id, r.iri, facts, _spoken(r.evidence, doc, own, backing), doc,
                 tuple(backing))
            for doc, (facts, backing) in pieces.items()
        ], edges  # fmt: skip

    def _target(self, r: TargetRecord) -> tuple[list[Node], list[Edge]]:
        props = _props(subject=r.subject, value=_number(r.value), unit=r.unit, by=r.by)
        edges = self._placed(End("Target", r.id, r.iri), r, (), props)
        return [Node("Target", r.id, r.iri, props, r.evidence, r.document.id)], edges

    def _section_record(self, r: SectionRecord) -> tuple[list[Node], list[Edge]]:
        props = _props(title=r.heading)
        edges = self._placed(End("Section", r.id, r.iri), r, r.path[:-1], props)
        return [Node("Section", r.id, r.iri, props, r.evidence, r.document.id)], edges

    def _document_record(self, r: DocumentRecord) -> tuple[list[Node], list[Edge]]:
        own, me = r.id, End("Document", r.id, r.iri)
        printed = _props(mediaType=r.media_type, characters=r.characters,
                         sourceSha256=r.source_sha256, textSha256=r.text_sha256,
                         leadRule=r.lead_rule.quote if r.lead_rule else None)  # fmt: skip
        backing: list[tuple[str, Evidence]] = []
        if r.lead_rule:
            backing.append(("leadRule", Evidence(own, r.lead_rule.span, r.lead_rule.quote)))
        edited: Props = {}
        for field, statements in r.statements.items():
            _state(_FIELDS.get(field, field), statements, printed, edited, backing)
        if r.year is not None and "year" not in edited:
            (printed if "date" in printed else edited).setdefault("year", r.year)
        if "title" in printed or "title" in edited:
            (printed if "title" in printed else edited)["name"] = r.title
        words = tuple(dict.fromkeys(e for _, e in backing))
        nodes = [Node("Document", own, r.iri, printed, words, own, tuple(backing))]
        if edited:
            nodes.append(Node("Document", own, r.iri, edited, (), CATALOGUE))
        edges = [
            Edge(type, me, self._document(ref.id), {}, (), own, True)
            for type, ref in (("REPRINT_OF", r.reprint_of), ("DERIVED_FROM", r.derived_from))
            if isinstance(ref, DocRef)
        ]
        return nodes, edges

    def _department(self, r: DepartmentRecord) -> tuple[list[Node], list[Edge]]:
        """What the registry says; a body it does not know is stated by the documents alone."""
        if r.registry_source is None:
            return [], []
        me = self._body(Ref(r.id, r.name), r.collective)
        props = _props(
            name=r.name, official=r.official, nameEn=r.en, alias=tuple(sorted(set(r.aliases))),
            classification=None if r.collective else r.kind, knownFrom=(r.registry_source,),
            note=(r.note,) if r.note else None,
        )  # fmt: skip
        nodes, edges = [Node(me.label, r.id, r.iri, props, (), REGISTRY)], []
        if r.parent:
            parent = self._body(r.parent, False)
            name: Props = {"name": r.parent.name}
            nodes.append(Node(parent.label, parent.id, parent.iri, name, (), REGISTRY))
            edges.append(Edge("PART_OF", me, parent, {}, (), REGISTRY))
        return nodes, edges


_MAKERS: dict[type, Callable[[Builder, Any], tuple[list[Node], list[Edge]]]] = {
    TaskRecord: Builder._task,
    ProjectRecord: Builder._project,
    GoalRecord: Builder._goal,
    IndicatorRecord: Builder._indicator,
    TargetRecord: Builder._target,
    SectionRecord: Builder._section_record,
    DocumentRecord: Builder._document_record,
    DepartmentRecord: Builder._department,
}


def _props(**given: Any) -> Props:
    """The properties that have a value."""
    return {name: value for name, value in given.items() if value is not None and value != ()}


def _list(props: Props, name: str) -> tuple[Any, ...]:
    value = props.get(name, ())
    return value if isinstance(value, tuple) else (value,)


def _number(value: float | None) -> float | int | None:
    """A whole number stays whole: 12, not 12.0."""
    return int(value) if value is not None and value == int(value) else value


def _observed(name: str, value: Value) -> Props:
    """Year and value; no value where the document prints «—»."""
    return _props(**{f"{name}Year": value.year, f"{name}Value": _number(value.value)})


def _spoken(
    evidence: tuple[Evidence, ...], document: str, own: str, backing: list[tuple[str, Evidence]]
) -> tuple[Evidence, ...]:
    """The words for a piece: the thing's own in its document, elsewhere those behind it."""
    return evidence if document == own else tuple(dict.fromkeys(e for _, e in backing))


def _state(
    name: str,
    statements: tuple[Statement, ...],
    printed: Props,
    edited: Props,
    backing: list[tuple[str, Evidence]],
) -> None:
    """Enter one field of a document: what is printed wins, what an editor says otherwise stays."""
    for s in sorted(statements, key=lambda s: s.origin != "printed"):
        value: Any = int(s.value) if name == "year" else s.value
        if s.known_from:
            edited["knownFrom"] = tuple(sorted({*_list(edited, "knownFrom"), s.known_from}))
        if s.origin == "printed":
            printed[name] = value
            if s.evidence and name in _PRINTED:
                backing.append((name, s.evidence))
        elif name not in printed and name not in edited and (name != "date" or len(value) == 10):
            edited[name] = value
        elif printed.get(name, edited.get(name)) != value:
            other = f"{name}：{value}"
            edited["editorial"] = tuple(sorted({*_list(edited, "editorial"), other}))
