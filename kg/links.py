"""What a document takes from the plan it reprints or is drawn from.

A picture of a plan (图解) shows projects without saying what tasks they serve but by a
title, and indicators whose definitions stand in the plan. Both are tied by the printed
words alone; where these do not settle it, nothing is tied and the doubt is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from kg.model import Definition, Indicator, Project, Task, Warning
from kg.papers import Paper, Place, plain
from kg.records import Evidence, Ref


def chain(paper: Paper, papers: dict[str, Paper]) -> Iterator[Paper]:
    """A document, then what it reprints or is drawn from, to the plan."""
    yield paper
    while paper.tie:
        paper = papers[paper.tie.parent]
        yield paper


class Hosts:
    """The tasks that projects stand under."""

    def __init__(self, papers: dict[str, Paper], home: dict[Place, Place]) -> None:
        self.papers, self.home = papers, home
        self.titled: dict[str, dict[str, list[tuple[Place, set[str]]]]] = {}
        self.warnings: defaultdict[str, list[Warning]] = defaultdict(list)

    def find(self, doc: str, n: int) -> Ref | None:
        """The task a project stands under: of its title, in its section, and the only one.

        Looked for in the project's own document first, then in the plan it is drawn from.
        None or several: nothing is tied, and the document's warnings say so.
        """
        paper = self.papers[doc]
        project: Project = paper.items["projects"][n]
        if not project.task:
            return None
        section, found = {plain(s) for s in project.section}, set[Place]()
        for source in chain(paper, self.papers):
            hosts = self._tasks(source).get(plain(project.task), ())
            found = {place for place, at in hosts if section <= at or at <= section}
            if found:
                break
        if len(found) != 1:
            self.warnings[doc].append(_unsettled(project, len(found)))
            return None
        ((id, place),) = found
        task: Task = self.papers[id].items["tasks"][place]
        return Ref(task.id, task.title or task.text[:40])

    def _tasks(self, paper: Paper) -> dict[str, list[tuple[Place, set[str]]]]:
        """Titles of a document's tasks → the tasks of the graph and their headings."""
        if paper.id not in self.titled:
            index: defaultdict[str, list[tuple[Place, set[str]]]] = defaultdict(list)
            for n, task in enumerate(paper.items["tasks"]):
                if task.title:
                    place = self.home.get((paper.id, n), (paper.id, n))
                    index[plain(task.title)].append((place, {plain(s) for s in task.section}))
            self.titled[paper.id] = index
        return self.titled[paper.id]


def _unsettled(project: Project, found: int) -> Warning:
    how_many = f"有 {found} 项" if found else "没有"
    return Warning(
        code="project-task",
        message=f"专栏{project.number}“{project.name}”列在“{project.task}”之下，"
        f"所载文件中{how_many}标题与章节相符的任务，未作关联",
        span=project.task_span or project.span,
    )


class Notes:
    """Definitions and remarks that concern the indicators of a document."""

    def __init__(self, papers: dict[str, Paper]) -> None:
        self.papers = papers
        self.reprints: defaultdict[str, list[Paper]] = defaultdict(list)
        for paper in papers.values():
            noted = paper.doc.extraction.definitions
            if noted and paper.tie and paper.tie.kind == "reprint":
                self.reprints[paper.tie.parent].append(paper)

    def definition(self, paper: Paper, it: Indicator) -> tuple[str | None, tuple[Evidence, ...]]:
        """The note that defines the indicator's name, in its own words, and where it stands.

        The document's own note counts first, then its plan's; a reprint of the plan that
        prints the note as well is further evidence.
        """
        text, shown = it.definition, []
        for source, note in self._notes(paper):
            if note.term is None or plain(note.term) != plain(it.name):
                continue
            text = text or note.text
            if plain(note.text) == plain(text):
                shown.append(source.evidence(note.span, note.text))
        return text, tuple(shown)

    def _notes(self, paper: Paper) -> Iterator[tuple[Paper, Definition]]:
        sources = list(chain(paper, self.papers))
        for source in (*sources, *self.reprints.get(sources[-1].id, ())):
            for note in source.doc.extraction.definitions:
                yield source, note

    def doubts(self, paper: Paper, it: Indicator) -> tuple[tuple[str, Evidence], ...]:
        """Remarks of the plan that do not say which rows they mean.

        «③④为2019年值» may concern any printed baseline that no definition explains. Which
        ones is not printed, so each is told of the doubt and no year is changed.
        """
        if it.baseline is None or it.baseline.value is None:
            return ()
        return tuple(
            (
                f"《{source.ref.title}》原文注“{note.text}”，但未标明对应哪几行；"
                "此处年份与数值按所印，未作改动。",
                source.evidence(note.span, note.text),
            )
            for source in list(chain(paper, self.papers))[1:]
            for note in source.doc.extraction.definitions
            if note.term is None
        )
