"""From documents of one family to the records of the graph.

What several documents state in the same words of the same plan is one record with several
pieces of evidence: the root's own first, then the others' by document id. `kg.families`
tells a family, `kg.papers` what is the same, `kg.links` what a picture takes from its plan;
here the records are made. Pure, independent of the order of loading, and every quote is
compared with its span before it enters a record.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from kg import ids
from kg.deadlines import by_date
from kg.describe import name_of
from kg.families import keys, member, relations
from kg.links import Hosts, Notes
from kg.model import Indicator, LoadedDocument, Project, Responsibility, Task
from kg.papers import KINDS, SINGULAR, Paper, Place, distinct, shared
from kg.records import (
    Assignment,
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
from kg.registry import Registry


class Part(Struct, frozen=True, kw_only=True):
    """The records of one family, each kind in order: document id, place in it."""

    documents: tuple[DocumentRecord, ...] = ()
    tasks: tuple[TaskRecord, ...] = ()
    projects: tuple[ProjectRecord, ...] = ()
    goals: tuple[GoalRecord, ...] = ()
    indicators: tuple[IndicatorRecord, ...] = ()
    targets: tuple[TargetRecord, ...] = ()
    sections: tuple[SectionRecord, ...] = ()


def merge(family: Sequence[LoadedDocument], *, registry: Registry, base_iri: str) -> Part:
    """The records of documents that share keys; the order of `family` does not matter.

    Raises DataError if a quote differs from its span, or if two things get one id.
    """
    members = sorted((member(doc) for doc in family), key=lambda m: m.id)
    distinct([m.id for m in members], "文件")
    ties = relations(members)
    papers = {m.id: Paper(m, ties.get(m.id)) for m in members}
    return _Merger(papers, registry, base_iri).part()


class _Merger:
    """The records of one family."""

    def __init__(self, papers: dict[str, Paper], registry: Registry, base_iri: str) -> None:
        self.papers, self.registry, self.base_iri = papers, registry, base_iri
        found = {kind: shared(kind, papers) for kind in KINDS}
        self.home = {kind: home for kind, (home, _) in found.items()}
        self.echoes = {kind: echoes for kind, (_, echoes) in found.items()}
        self.names: dict[str, str] = {}
        self.notes = Notes(papers)
        hosts = Hosts(papers, self.home["tasks"])
        self.warnings = hosts.warnings
        self.under = {place: hosts.find(*place) for place in self._places("projects")}
        self.hosted: defaultdict[str, list[Ref]] = defaultdict(list)
        for (doc, n), task in self.under.items():
            if task:
                paper = self.papers[doc]
                name = paper.items["projects"][n].name
                self.hosted[task.id].append(Ref(paper.ids["projects"][n], name))

    def part(self) -> Part:
        """All records, each kind in order."""
        tasks = tuple(self._task(*place) for place in self._places("tasks"))
        distinct([task.id for task in tasks], "任务")
        return Part(
            documents=tuple(self._document(paper) for paper in self.papers.values()),
            tasks=tasks,
            projects=tuple(self._project(*place) for place in self._places("projects")),
            goals=tuple(self._goal(*place) for place in self._places("goals")),
            indicators=tuple(self._indicator(*place) for place in self._places("indicators")),
            targets=tuple(self._target(*place) for place in self._places("targets")),
            sections=tuple(self._section(*place) for place in self._places("sections")),
        )

    def _places(self, kind: str) -> Iterator[Place]:
        """Places of the things that are records of their own, not another document's."""
        home = self.home[kind]
        for paper in self.papers.values():
            for n in range(len(paper.items[kind])):
                if (paper.id, n) not in home:
                    yield paper.id, n

    def _stated(self, kind: str, doc: str, n: int) -> Iterator[tuple[Paper, Any]]:
        """Every document that states a thing, with the thing as it stands there."""
        for id, place in ((doc, n), *self.echoes[kind].get((doc, n), ())):
            paper = self.papers[id]
            yield paper, paper.items[kind][place]

    def _evidence(self, kind: str, doc: str, n: int) -> tuple[Evidence, ...]:
        return tuple(paper.evidence(item.span) for paper, item in self._stated(kind, doc, n))

    def _common(self, kind: str, doc: str, n: int) -> dict[str, Any]:
        """The fields all records have: id, IRI, document."""
        paper = self.papers[doc]
        id = paper.ids[kind][n]
        iri = ids.iri(self.base_iri, SINGULAR[kind], id)
        return {"id": id, "iri": iri, "document": paper.ref}

    def _document(self, paper: Paper) -> DocumentRecord:
        parent = self.papers[paper.tie.parent].ref if paper.tie else None
        absorbed = sum((paper.id, n) in self.home["tasks"] for n in range(len(paper.ids["tasks"])))
        return paper.record(self.base_iri, parent, absorbed, self.warnings.get(paper.id, ()))

    def _task(self, doc: str, n: int) -> TaskRecord:
        stated = list(self._stated("tasks", doc, n))
        paper, task = self.papers[doc], stated[0][1]
        for other, it in stated:
            other.evidence(it.clause.span, it.clause.text)
        for measure in task.measures:
            paper.evidence(measure.span, measure.text)
        by_rule = any(r.basis.startswith("first-listed") for r in task.responsibilities)
        return TaskRecord(
            **self._common("tasks", doc, n),
            number=task.number,
            title=task.title,
            section=task.section,
            text=task.text,
            span=task.span,
            clause=task.clause,
            open=task.open,
            scope=task.scope,
            deadline=task.deadline,
            responsibilities=tuple(self._assignment(stated, r) for r in task.responsibilities),
            measures=task.measures,
            projects=tuple(self.hosted.get(task.id, ())),
            evidence=tuple(other.evidence(it.span, it.text) for other, it in stated),
            position=n,
            year=paper.year,
            lead_rule=paper.head.lead_rule if by_rule else None,
            due=by_date(task.deadline, paper.year),
            correction=task.correction,
        )

    def _assignment(self, stated: list[tuple[Paper, Task]], r: Responsibility) -> Assignment:
        """A responsibility, with its mention in every document that states the task."""
        id = r.department_id or r.department
        mentions = [stated[0][0].evidence(r.span, r.mention)]
        for paper, task in stated[1:]:
            named = [o for o in task.responsibilities if (o.department_id or o.department) == id]
            named.sort(key=lambda o: o.order != r.order)
            mentions += [paper.evidence(o.span, o.mention) for o in named[:1]]
        if id not in self.names:
            self.names[id] = name_of(self.registry, id, r)
        return Assignment(
            department=Ref(id, self.names[id]),
            mention=r.mention,
            span=r.span,
            order=r.order,
            role=r.role,
            basis=r.basis,
            collective=r.collective,
            evidence=tuple(mentions),
        )

    def _project(self, doc: str, n: int) -> ProjectRecord:
        paper = self.papers[doc]
        project: Project = paper.items["projects"][n]
        spans = zip(project.measure_spans, project.measures, strict=False)
        return ProjectRecord(
            **self._common("projects", doc, n),
            number=project.number,
            name=project.name,
            measures=project.measures,
            section=project.section,
            task=project.task,
            under=self.under[doc, n],
            evidence=self._evidence("projects", doc, n),
            measure_evidence=tuple(paper.evidence(span, text) for span, text in spans),
        )

    def _goal(self, doc: str, n: int) -> GoalRecord:
        stated = list(self._stated("goals", doc, n))
        goal = stated[0][1]
        return GoalRecord(
            **self._common("goals", doc, n),
            number=goal.number,
            text=goal.text,
            detail=goal.detail,
            evidence=self._evidence("goals", doc, n),
            detail_evidence=tuple(
                paper.evidence(it.detail_span, it.detail)
                for paper, it in stated
                if it.detail_span and it.detail
            ),
        )

    def _target(self, doc: str, n: int) -> TargetRecord:
        stated = list(self._stated("targets", doc, n))
        target = stated[0][1]
        return TargetRecord(
            **self._common("targets", doc, n),
            subject=target.subject,
            value=target.value,
            unit=target.unit,
            by=target.by,
            evidence=tuple(paper.evidence(it.span, it.quote) for paper, it in stated),
        )

    def _section(self, doc: str, n: int) -> SectionRecord:
        section = self.papers[doc].items["sections"][n]
        return SectionRecord(
            **self._common("sections", doc, n),
            heading=section.heading,
            path=section.path,
            evidence=self._evidence("sections", doc, n),
        )

    def _indicator(self, doc: str, n: int) -> IndicatorRecord:
        paper = self.papers[doc]
        indicator: Indicator = paper.items["indicators"][n]
        definition, shown = self.notes.definition(paper, indicator)
        doubts = self.notes.doubts(paper, indicator) if definition is None else ()
        return IndicatorRecord(
            **self._common("indicators", doc, n),
            number=indicator.number,
            name=indicator.name,
            unit=indicator.unit,
            baseline=indicator.baseline,
            target=indicator.target,
            increase=indicator.increase,
            definition=definition,
            notes=(*indicator.notes, *(note for note, _ in doubts)),
            evidence=self._evidence("indicators", doc, n),
            definition_evidence=shown,
            note_evidence=tuple(shown for _, shown in doubts),
        )


__all__ = ["Part", "keys", "merge"]
