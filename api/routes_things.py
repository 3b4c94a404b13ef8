"""Lists and single things: departments, projects, goals, indicators, targets, sections, network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api import csvs
from api.core import Call, Operation
from api.find_departments import Q_NAME, departments
from api.negotiate import CSV, HTML, JSON, JSONLD, TURTLE
from api.rows import listing_row, value_words
from api.serve import thing
from kg.errors import NotFoundError, QueryError
from kg.params import Param
from kg.query import (
    DepartmentPage,
    ListAnswer,
    NetworkAnswer,
    department_page,
    list_things,
    network,
)
from kg.query_lists import params_of
from kg.records import (
    DepartmentRecord,
    GoalRecord,
    IndicatorRecord,
    ProjectRecord,
    SectionRecord,
    TargetRecord,
)
from kg.search import SearchAnswer, search
from kg.store.base import Kind
from kg.wording import KIND_ZH

LIST_FORMATS = (JSON, HTML, CSV)
THING_FORMATS = (JSON, HTML, TURTLE, JSONLD)
TOP_LINKS = 50


def list_params(name: str) -> tuple[Param, ...]:
    """The parameters of a list, from the one table."""
    return tuple(params_of(name).values())


def list_of(kind: Kind) -> Callable[[Call], ListAnswer]:
    """The answer of a plain list."""
    return lambda call: list_things(call.store, kind, call.pairs)


def list_view(call: Call, answer: Any) -> tuple[str, dict[str, Any]]:
    """The page of any list."""
    return "listing.html", {
        "title": answer.interpretation,
        "total": answer.total,
        "results": answer.results,
        "why_empty": answer.why_empty,
        "near": getattr(answer, "near", ()),
        "next": answer.next,
    }


def one_of(kind: Kind, label: str) -> Callable[[Call], Any]:
    """The answer of one thing by id."""
    return lambda call: thing(call, kind, label)


def thing_view(call: Call, record: Any) -> tuple[str, dict[str, Any]]:
    """The page of a small thing."""
    row = listing_row(record)
    evidence = [*record.evidence]
    for name in ("measure_evidence", "detail_evidence", "definition_evidence", "note_evidence"):
        evidence += getattr(record, name, ())
    return "thing.html", {
        "record": record,
        "title": row.title,
        "meta": row.meta,
        "fields": _fields(record),
        "evidence": list(dict.fromkeys(evidence)),
    }


def _fields(record: Any) -> list[tuple[str, str, str]]:
    from api.marks import path

    fields: list[tuple[str, str | None, str]] = []
    if isinstance(record, ProjectRecord):
        under = record.under
        fields = [
            ("所属任务", under.name if under else record.task,
             path("task", under.id) if under else ""),
            ("章节", " › ".join(record.section), ""),
        ]  # fmt: skip
    elif isinstance(record, IndicatorRecord):
        fields = [
            ("基期", value_words(record.baseline, record.unit), ""),
            ("目标", value_words(record.target, record.unit), ""),
            ("累计增加", "—" if record.increase is None else f"{record.increase:g}", ""),
            ("定义", record.definition, ""),
            *(("注", note, "") for note in record.notes),
        ]
    elif isinstance(record, TargetRecord):
        fields = [("到何年", record.by, "")]
    return [(name, value, href) for name, value, href in fields if value]


def department(call: Call) -> DepartmentPage:
    """`GET /departments/{id}`: by id, name or alias."""
    try:
        return department_page(call.store, call.context.registry, call.ids["id"])
    except (NotFoundError, QueryError) as error:  # a name in the path: no parameter to point at
        raise NotFoundError(
            error.what.replace("参数 department 的值", "部门的名称"),
            remedy="全部部门见 /departments", candidates=error.candidates,
        ) from error  # fmt: skip


def department_view(call: Call, page: DepartmentPage) -> tuple[str, dict[str, Any]]:
    """The page of a department."""
    return "department.html", {"profile": page}


def network_view(call: Call, found: NetworkAnswer) -> tuple[str, dict[str, Any]]:
    """The strongest links as a table."""
    top = sorted(found.edges, key=lambda e: (-e.tasks, e.source, e.target))[:TOP_LINKS]
    names = {n.department.id: n.department.name for n in found.nodes}
    return "network.html", {
        "title": found.interpretation,
        "network": found,
        "top": top,
        "names": names,
    }


def _pair(kind: Kind, plural: str, record: type, table: csvs.Table) -> tuple[Operation, Operation]:
    name, label = plural.capitalize(), KIND_ZH[kind]
    return (
        Operation(
            f"/{plural}", f"list{name}", f"全部{label}", list_of(kind), ListAnswer,
            parameters=list_params(kind), formats=LIST_FORMATS, view=list_view, table=table,
            item=record, errors=(404,), trial={"limit": "5"},
        ),
        Operation(
            f"/{plural}/{{id}}", f"get{name[:-1]}", f"一个{label}", one_of(kind, label), record,
            formats=THING_FORMATS, kind=kind, view=thing_view,
        ),
    )  # fmt: skip


OPERATIONS = (
    Operation(
        "/departments", "listDepartments", "全部部门，按任务数", departments, ListAnswer,
        parameters=(Q_NAME, *list_params("department")), formats=LIST_FORMATS, view=list_view,
        table=csvs.DEPARTMENTS, item=DepartmentRecord, errors=(404,), trial={"q": "海关"},
    ),
    Operation(
        "/departments/{id}", "getDepartment", "一个部门：名称、单位、任务、伙伴", department,
        DepartmentPage, formats=THING_FORMATS, kind="department", view=department_view,
        description="可用 id、名称或别名。",
    ),
    *_pair("project", "projects", ProjectRecord, csvs.PROJECTS),
    *_pair("goal", "goals", GoalRecord, csvs.GOALS),
    *_pair("indicator", "indicators", IndicatorRecord, csvs.INDICATORS),
    *_pair("target", "targets", TargetRecord, csvs.TARGETS),
    *_pair("section", "sections", SectionRecord, csvs.SECTIONS),
    Operation(
        "/search", "search", "检索一切有文字的东西",
        lambda call: search(call.store, call.context.registry, call.pairs),
        SearchAnswer, tag="questions", parameters=list_params("search"), formats=LIST_FORMATS,
        view=list_view, table=csvs.HITS, required=("q",), trial={"q": "知识产权", "limit": "5"},
    ),
    Operation(
        "/network", "getNetwork", "部门之间的共同任务",
        lambda call: network(call.store, call.pairs), NetworkAnswer,
        parameters=list_params("network"), view=network_view, errors=(404,), trial={},
    ),
)  # fmt: skip
