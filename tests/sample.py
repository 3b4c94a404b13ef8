"""Small hand-built documents for tests of everything behind the loaders.

`document()` writes a canonical text from a compact description and returns the
`LoadedDocument` whose every span is right by construction. Real documents are for
golden tests; take this where a store, a merge or an answer is tested.
"""

from __future__ import annotations

from collections.abc import Sequence

from kg.model import (
    Basis,
    CatalogueEntry,
    Clause,
    Definition,
    DocumentHead,
    Extraction,
    Goal,
    Indicator,
    LoadedDocument,
    Measure,
    Project,
    Responsibility,
    Role,
    Section,
    Span,
    Task,
    Value,
)

COLLECTIVES = {"有关部门", "地方各级人民政府", "各地方知识产权局", "各地区"}
Body = tuple[str, Role, Basis]


class Writer:
    """Grows a text and remembers where each piece stands."""

    def __init__(self) -> None:
        self.text = ""

    def put(self, piece: str) -> Span:
        start = len(self.text)
        self.text += piece
        return start, len(self.text)


def task(
    writer: Writer,
    doc: str,
    label: str,
    text: str,
    bodies: Sequence[Body],
    *,
    title: str | None = None,
    section: tuple[str, ...] = (),
    number: str | None = None,
    open: bool = False,
    measures: Sequence[tuple[str, str]] = (),
    deadline: str | None = None,
) -> Task:
    """Write one task and its clause; `bodies` are (canonical name, role, basis)."""
    if number:
        writer.put(number + ".")
    start = len(writer.text)
    title_span = writer.put(title) if title else None
    writer.put(text)
    made = tuple(Measure(a, t, writer.put(t)) for a, t in measures)
    end = len(writer.text)
    clause_start = writer.put("（")[0]
    responsibilities = []
    for order, (name, role, basis) in enumerate(bodies):
        if order:
            writer.put("、")
        responsibilities.append(
            Responsibility(
                department=name.split("-")[-1],
                department_id=name,
                mention=name.split("-")[-1],
                span=writer.put(name.split("-")[-1]),
                order=order,
                role=role,
                basis=basis,
                collective=name in COLLECTIVES,
            )
        )
    clause_end = writer.put("等负责）" if open else "负责）")[1]
    due = writer.put(deadline) if deadline else None
    writer.put("\n")
    return Task(
        id=f"{doc}-{label}",
        number=number,
        title=title,
        section=section,
        text=writer.text[start:end],
        span=(start, end),
        title_span=title_span,
        clause=Clause(writer.text[clause_start:clause_end], (clause_start, clause_end)),
        open=open,
        responsibilities=tuple(responsibilities),
        measures=made,
        deadline=deadline,
        deadline_span=due,
    )


def loaded(
    id: str,
    writer: Writer,
    tasks: Sequence[Task],
    *,
    title: str | None = None,
    year: int | None = None,
    sections: Sequence[Section] = (),
    projects: Sequence[Project] = (),
    goals: Sequence[Goal] = (),
    indicators: Sequence[Indicator] = (),
    definitions: Sequence[Definition] = (),
    kind: str | None = None,
) -> LoadedDocument:
    """Wrap what was written into a document; title and year go into its catalogue entry."""
    return LoadedDocument(
        extraction=Extraction(
            document=DocumentHead(id=id),
            tasks=tuple(tasks),
            sections=tuple(sections),
            projects=tuple(projects),
            goals=tuple(goals),
            indicators=tuple(indicators),
            definitions=tuple(definitions),
        ),
        text=writer.text,
        raw=writer.text.encode(),
        file_name=f"{id}.txt",
        media_type="text/plain",
        encoding="utf-8",
        catalogue=CatalogueEntry(
            id=id, title=title, year=year, kind=kind, known_from="tests/sample.py"
        ),
    )


def section(writer: Writer, doc: str, label: str, *path: str) -> Section:
    """Write a heading line."""
    span = writer.put(path[-1])
    writer.put("\n")
    return Section(id=f"{doc}-s{label}", path=path, heading=path[-1], span=span)


IPO, CUSTOMS, POLICE = "国家知识产权局", "海关总署", "公安部"


def plan() -> LoadedDocument:
    """A plan: a lead with participants, joint tasks, a unit, goals, notes."""
    w, d = Writer(), "plan"
    s1 = section(w, d, "1", "一、全面加强知识产权保护")
    s2 = section(w, d, "4", "一、全面加强知识产权保护", "（四）完善体系。")
    path = s2.path
    goal_head = w.put("知识产权保护迈上新台阶")
    w.put("。")
    goal_detail = w.put("法治化水平不断提高。")
    w.put("\n")
    note = w.put("①“高价值发明专利拥有量”是指有效发明专利数量。")
    w.put("\n")
    remark = w.put("③④为2019年值。")
    w.put("\n")
    tasks = [
        task(w, d, "4.1", "加强专利立法。", [(IPO, "joint", "joint"), (CUSTOMS, "joint", "joint"),
             ("财政部", "joint", "joint")], title="健全法律法规。", section=path, open=True),
        task(w, d, "4.2", "提升“商标”审查质量100%_\\。", [(IPO, "lead", "explicit"),
             ("中央宣传部", "participant", "explicit"), ("有关部门", "participant", "explicit")],
             section=path),
        task(w, d, "4.3", "制定标准。", [(IPO, "sole", "sole")], title="提高水平。", section=path),
        task(w, d, "4.4", "先行先试。", [("地方各级人民政府", "joint", "joint"),
             ("有关部门", "joint", "joint")], section=path),
    ]  # fmt: skip
    goal = Goal(number=1, text="知识产权保护迈上新台阶", detail="法治化水平不断提高。",
                span=(goal_head[0], goal_detail[1]), detail_span=goal_detail)  # fmt: skip
    text = w.text
    definitions = [
        Definition(marks="①", term="高价值发明专利拥有量", text=text[slice(*note)], span=note),
        Definition(marks="③④", term=None, text=text[slice(*remark)], span=remark),
    ]
    return loaded(d, w, tasks, title="“十四五”知识产权规划", year=2021, sections=[s1, s2],
                  goals=[goal], definitions=definitions, kind="规划")  # fmt: skip


def annual() -> LoadedDocument:
    """An annual plan under a closing rule: first-listed, contested and plain."""
    w, d = Writer(), "annual"
    s1 = section(w, d, "1", "一、加大保护力度")
    rows: list[tuple[str, str, list[Body]]] = [
        ("1", "打击侵犯知识产权犯罪。", [(POLICE, "sole", "sole")]),
        ("2", "深入推进国际执法合作。", [(POLICE, "lead", "first-listed-contested"),
            (CUSTOMS, "participant", "first-listed-contested"),
            (IPO, "participant", "first-listed-contested")]),
        ("3", "开展“龙腾”行动，海关保护。", [(CUSTOMS, "sole", "sole")]),
        ("4", "整合专利、商标政策。", [(IPO, "lead", "first-listed"),
            ("财政部", "participant", "first-listed")]),
    ]  # fmt: skip
    tasks = [task(w, d, n, t, b, number=n, section=s1.path) for n, t, b in rows]
    return loaded(d, w, tasks, title="2019年推进计划", year=2019, sections=[s1], kind="推进计划")


def guide() -> LoadedDocument:
    """A guide whose tasks fall to offices of a department, one with measures by actor."""
    w, d = Writer(), "guide"
    tasks = [
        task(w, d, "1", "研究制定规则。", [("国家知识产权局-条法司", "sole", "sole")]),
        task(w, d, "t1", "深化合作\t", [("国家知识产权局-条法司", "joint", "table"),
             ("国家知识产权局-保护司", "joint", "table")], number="1",
             measures=[("各地区", "要积极参与合作。")], deadline="年底前完成"),
    ]  # fmt: skip
    return loaded(d, w, tasks, title="2021年工作指引", year=2021, kind="工作指引")


def reprint() -> LoadedDocument:
    """Three tasks of `plan()` again, word for word."""
    w, d = Writer(), "reprint"
    w.put("国务院印发《“十四五”知识产权规划》\n")
    tasks = [
        task(w, d, "4.1", "加强专利立法。", [(IPO, "joint", "joint"), (CUSTOMS, "joint", "joint"),
             ("财政部", "joint", "joint")], title="健全法律法规。", open=True),
        task(w, d, "4.3", "制定标准。", [(IPO, "sole", "sole")], title="提高水平。"),
        task(w, d, "4.4", "先行先试。", [("地方各级人民政府", "joint", "joint"),
             ("有关部门", "joint", "joint")]),
    ]  # fmt: skip
    return loaded(d, w, tasks, title="国务院印发《“十四五”知识产权规划》", year=2021, kind="转载")


def infographic() -> LoadedDocument:
    """A picture of `plan()`: an indicator, a project under one of its tasks, its goal again."""
    w, d = Writer(), "picture"
    w.put("一图读懂“十四五”知识产权规划\n")
    goal = w.put("知识产权保护迈上新台阶")
    w.put("\n")
    row = w.put("1 高价值发明专利拥有量 (件)\t6.3\t12\t5.7")
    w.put("\n")
    row2 = w.put("2 服判息诉率 (%)\t—\t85\t—")
    w.put("\n")
    host = w.put("健全法律法规")
    w.put("\n")
    head = w.put("专栏1 商业秘密保护工程")
    w.put("\n")
    measure = w.put("健全商业秘密保护政策")
    w.put("\n")
    project = Project(number=1, name="商业秘密保护工程", measures=("健全商业秘密保护政策",),
                      measure_spans=(measure,), section=("一、全面加强知识产权保护",),
                      task="健全法律法规", task_span=host, span=(head[0], measure[1]))  # fmt: skip
    indicators = [
        Indicator(number=1, name="高价值发明专利拥有量", unit="件", baseline=Value(2020, 6.3),
                  target=Value(2025, 12), increase=5.7, span=row),
        Indicator(number=2, name="服判息诉率", unit="%", baseline=Value(2020, None),
                  target=Value(2025, 85), increase=None, span=row2),
    ]  # fmt: skip
    goals = [Goal(number=1, text="知识产权保护迈上新台阶", detail=None, span=goal)]
    return loaded(d, w, [], title="一图读懂“十四五”知识产权规划", year=2021, kind="图解",
                  projects=[project], goals=goals, indicators=indicators)  # fmt: skip


def all_documents() -> list[LoadedDocument]:
    """The five miniature documents, in no particular order."""
    return [reprint(), plan(), infographic(), annual(), guide()]
