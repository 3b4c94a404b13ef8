"""From merged records to the neutral graph: what each record states, and which source does.

A thing lies in the graph of its own document; a further document that states it adds its
evidence and a REPEATED_IN. What the registry or the catalogue says lies in theirs.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from typing import Any

from kg import terms
from kg.errors import DataError
from kg.fact_sources import department_facts, document_facts, listed, props_of
from kg.graph import Edge, End, Graph, Node, Props
from kg.graph_rules import checked
from kg.ids import iri
from kg.model import Value
from kg.records import (
    Assignment,
    DepartmentRecord,
    DocumentRecord,
    Evidence,
    GoalRecord,
    IndicatorRecord,
    ProjectRecord,
    Ref,
    SectionRecord,
    TargetRecord,
    TaskRecord,
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
Content = TaskRecord | ProjectRecord | GoalRecord | IndicatorRecord | TargetRecord | SectionRecord


def graphs(
    records: Iterable[Record],
    base_iri: str,
    sections: Iterable[SectionRecord] = (),
    registered: Container[str] = (),
) -> Iterator[Graph]:
    """One checked graph for each record, in their order; nothing is kept in between.

    Args:
        records: of any kinds.
        base_iri: the prefix of all IRIs, as the records were merged with.
        sections: of the same documents; tells content which section it stands in.
        registered: ids of bodies whose own record, among these, says that the registry
            knows them; other bodies are named in the graph of each document that names them.

    Raises:
        DataError: a record says what the ontology does not allow.
    """
    builder = Builder(base_iri, sections, registered)
    for record in records:
        yield builder.graph(record)


class Builder:
    """Turns records into graphs."""

    def __init__(
        self,
        base_iri: str,
        sections: Iterable[SectionRecord] = (),
        registered: Container[str] = (),
    ) -> None:
        self.base = base_iri
        self.registered = registered
        self._documents: dict[str, End] = {}
        self._bodies: dict[tuple[str, bool], End] = {}
        self._named: tuple[str, set[str]] = ("", set())
        self._sections: defaultdict[tuple[str, tuple[str, ...]], list[tuple[int, End]]] = (
            defaultdict(list)
        )
        for s in sections:
            for e in s.evidence:
                place = self._sections[e.document, s.path]
                place.append((e.span[0], End(terms.SECTION, s.id, s.iri)))
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
            end = self._documents[id] = End(terms.DOCUMENT, id, iri(self.base, "document", id))
        return end

    def _body(self, ref: Ref, collective: bool) -> End:
        end = self._bodies.get((ref.id, collective))
        if end is None:
            label = terms.COLLECTIVE if collective else terms.DEPARTMENT
            end = End(label, ref.id, iri(self.base, "department", ref.id))
            self._bodies[ref.id, collective] = end
        return end

    def _placed(self, end: End, record: Content, path: tuple[str, ...], props: Props) -> list[Edge]:
        """Where content stands: its document, its section, the documents that repeat it.

        A heading that is no section of the graph is kept as the property `heading`.
        """
        own, evidence = record.document.id, record.evidence
        first = tuple(e for e in evidence if e.document == own)
        edges = [Edge(terms.IN_DOCUMENT, end, self._document(own), {}, first, own)]
        for doc in dict.fromkeys(e.document for e in evidence if e.document != own):
            words = tuple(e for e in evidence if e.document == doc)
            edges.append(Edge(terms.REPEATED_IN, end, self._document(doc), {}, words, doc))
        if path:
            section = self._section(own, path, first[0].span[0] if first else 0)
            if section is None:
                props["heading"] = path[-1]
            else:
                edges.append(Edge(terms.IN_SECTION, end, section, {}, first, own))
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
        own, me = r.document.id, End(terms.TASK, r.id, r.iri)
        bases = {a.basis for a in r.responsibilities}
        props = props_of(
            number=r.number, title=r.title, text=r.text, clause=r.clause.text, open=r.open,
            scope=r.scope, deadline=r.deadline, due=r.due, position=r.position,
            basis=bases.pop() if len(bases) == 1 else None,
        )  # fmt: skip
        if r.correction:
            props |= props_of(correctedBy=r.correction.by, correctionReason=r.correction.why,
                              correctionCase=r.correction.case)  # fmt: skip
        edges = self._placed(me, r, r.section, props)
        clause = Evidence(own, r.clause.span, r.clause.text)
        node = Node(terms.TASK, r.id, r.iri, props, r.evidence, own, (("clause", clause),))
        measures = [(m.actor, m.text, Evidence(own, m.span, m.text)) for m in r.measures]
        nodes, more = self._measures(me, own, measures)
        nodes.insert(0, node)
        leads: dict[End, list[Assignment]] = {}
        for a in r.responsibilities:
            who = self._body(a.department, a.collective)
            facts: Props = {"role": a.role, "basis": a.basis, "order": a.order}
            edges.append(Edge(terms.INVOLVES, me, who, facts, a.evidence, own))
            if a.role in ("lead", "sole") and not a.collective:
                leads.setdefault(who, []).append(a)
            if who.id not in self.registered and self._first_mention(own, who.iri):
                name: Props = {"name": a.department.name}
                nodes.append(Node(who.label, who.id, who.iri, name, (), own))
        for who, given in leads.items():
            words = tuple(e for a in given for e in a.evidence)
            derived = all(a.basis.startswith("first-listed") for a in given)
            edges.append(Edge(terms.LED_BY, me, who, {}, words, own, derived))
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
            me = End(terms.MEASURE, f"{owner.id}-m{n}", f"{owner.iri}#measure-{n}")
            props = props_of(ordinal=n, text=text, actor=actor)
            nodes.append(Node(terms.MEASURE, me.id, me.iri, props, (words,), own))
            edges.append(Edge(terms.MEASURE_OF, me, owner, {}, (words,), own))
            edges.append(Edge(terms.IN_DOCUMENT, me, self._document(own), {}, (words,), own))
        return nodes, edges

    def _project(self, r: ProjectRecord) -> tuple[list[Node], list[Edge]]:
        own, me = r.document.id, End(terms.PROJECT, r.id, r.iri)
        props = props_of(ordinal=r.number, name=r.name)
        edges = self._placed(me, r, r.section, props)
        words = r.measure_evidence + r.evidence[:1] * (len(r.measures) - len(r.measure_evidence))
        pairs = zip(r.measures, words, strict=True)
        nodes, more = self._measures(me, own, [(None, m, e) for m, e in pairs])
        if r.under:
            host = End(terms.TASK, r.under.id, iri(self.base, "task", r.under.id))
            edges.append(Edge(terms.UNDER_TASK, me, host, {}, r.evidence[:1], own))
        return [Node(terms.PROJECT, r.id, r.iri, props, r.evidence, own), *nodes], edges + more

    def _goal(self, r: GoalRecord) -> tuple[list[Node], list[Edge]]:
        props = props_of(ordinal=r.number, text=r.text, detail=r.detail)
        edges = self._placed(End(terms.GOAL, r.id, r.iri), r, (), props)
        backing = tuple(("detail", e) for e in r.detail_evidence)
        return [Node(terms.GOAL, r.id, r.iri, props, r.evidence, r.document.id, backing)], edges

    def _indicator(self, r: IndicatorRecord) -> tuple[list[Node], list[Edge]]:
        """Definitions and doubts may stand in another document: then they lie in its graph."""
        own = r.document.id
        props = props_of(ordinal=r.number, name=r.name, unit=r.unit, increase=_number(r.increase))
        for name, given in (("baseline", r.baseline), ("target", r.target)):
            if given is not None:
                props |= _observed(name, given)
        edges = self._placed(End(terms.INDICATOR, r.id, r.iri), r, (), props)
        stated: list[tuple[str, str, Evidence | None]] = []
        if r.definition is not None:
            stated += [("definition", r.definition, e) for e in r.definition_evidence or (None,)]
        bare = len(r.notes) - len(r.note_evidence)
        stated += [("note", note, None) for note in r.notes[:bare]]
        stated += [("note", n, e) for n, e in zip(r.notes[bare:], r.note_evidence, strict=True)]
        pieces: dict[str, tuple[Props, list[tuple[str, Evidence]]]] = {own: (props, [])}
        for name, text, words in stated:
            facts, backing = pieces.setdefault(words.document if words else own, ({}, []))
            facts[name] = (*listed(facts, name), text) if name == "note" else text
            backing += [(name, words)] if words else []
        return [
            Node(terms.INDICATOR, r.id, r.iri, facts, _spoken(r.evidence, doc, own, backing), doc,
                 tuple(backing))
            for doc, (facts, backing) in pieces.items()
        ], edges  # fmt: skip

    def _target(self, r: TargetRecord) -> tuple[list[Node], list[Edge]]:
        props = props_of(subject=r.subject, value=_number(r.value), unit=r.unit, by=r.by)
        edges = self._placed(End(terms.TARGET, r.id, r.iri), r, (), props)
        return [Node(terms.TARGET, r.id, r.iri, props, r.evidence, r.document.id)], edges

    def _section_record(self, r: SectionRecord) -> tuple[list[Node], list[Edge]]:
        props = props_of(title=r.heading)
        edges = self._placed(End(terms.SECTION, r.id, r.iri), r, r.path[:-1], props)
        return [Node(terms.SECTION, r.id, r.iri, props, r.evidence, r.document.id)], edges


_MAKERS: dict[type, Callable[[Builder, Any], tuple[list[Node], list[Edge]]]] = {
    TaskRecord: Builder._task,
    ProjectRecord: Builder._project,
    GoalRecord: Builder._goal,
    IndicatorRecord: Builder._indicator,
    TargetRecord: Builder._target,
    SectionRecord: Builder._section_record,
    DocumentRecord: lambda b, r: document_facts(r, b._document),
    DepartmentRecord: lambda b, r: department_facts(r, b._body),
}


def _number(value: float | None) -> float | int | None:
    """A whole number stays whole: 12, not 12.0."""
    return int(value) if value is not None and value == int(value) else value


def _observed(name: str, value: Value) -> Props:
    """Year and value; no value where the document prints «—»."""
    return props_of(**{f"{name}Year": value.year, f"{name}Value": _number(value.value)})


def _spoken(
    evidence: tuple[Evidence, ...], document: str, own: str, backing: list[tuple[str, Evidence]]
) -> tuple[Evidence, ...]:
    """The words for a piece: the thing's own in its document, elsewhere those behind it."""
    return evidence if document == own else tuple(dict.fromkeys(e for _, e in backing))
