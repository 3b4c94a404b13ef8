"""Questions about tasks: the query, one task, a question in words, the first page."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from api import csvs, pages
from api.core import Call, Operation
from api.negotiate import CSV, HTML, JSON, JSONLD, TURTLE
from api.serve import thing
from kg.ask import MAX_QUESTION, NotUnderstood, Reply, ask
from kg.errors import NotFoundError
from kg.params import PARAMS, Param, address, parse
from kg.query import Answer, find_tasks
from kg.query_names import clean
from kg.records import TaskRecord
from kg.store.base import TaskQuery
from kg.wording import facet_value

Q_ASK = Param(
    name="q", type="text", zh=f"中文问题，最多 {MAX_QUESTION} 字", en="a question in Chinese"
)
NARROW = {
    "led_by": "牵头", "involves": "涉及", "document": "文件", "basis": "依据", "lead": "有无牵头",
}  # fmt: skip


class Choice(Struct, frozen=True):
    """A facet value as a link that narrows the question."""

    href: str
    name: str
    total: int


def tasks(call: Call) -> Answer:
    """`GET /tasks`."""
    pairs = call.pairs
    if call.format is HTML and call.one("facets") is None:
        pairs = (*pairs, ("facets", ",".join(NARROW)))
    question = parse(pairs, call.store, call.context.registry)
    return find_tasks(call.store, call.context.registry, question)


def tasks_view(call: Call, answer: Answer) -> tuple[str, dict[str, Any]]:
    """The page of a query, with links that narrow it."""
    given = [p for p in call.pairs if p[0] not in ("cursor", "facets")]
    taken = {value for _, value in given} | {name for name, _ in given if name != "involves"}
    narrow = []
    for name, label in NARROW.items():
        values = [
            Choice(address("/tasks", [*given, (name, v.value)]), facet_value(name, v), v.total)
            for v in answer.facets.get(name, ())[:12]
            if v.value not in taken
        ]
        if values and name not in taken and answer.total > 1:
            narrow.append({"label": label, "values": values})
    return "tasks.html", {"answer": answer, "narrow": narrow}


def task(call: Call) -> TaskRecord:
    """`GET /tasks/{id}`."""
    found: TaskRecord = thing(call, "task", "任务")
    return found


def task_view(call: Call, record: TaskRecord) -> tuple[str, dict[str, Any]]:
    """The page of a task, its words as they stand in the document."""
    loaded = call.store.loaded(record.document.id)
    if loaded is None:
        raise NotFoundError(f"没有这份文件：{record.document.id}")
    return "task.html", pages.task_values(record, loaded.text)


def asked(call: Call) -> Reply:
    """`GET /ask`."""
    question = clean("q", call.one("q") or "", MAX_QUESTION)
    return ask(call.store, call.context.registry, question)


def asked_view(call: Call, found: Reply) -> tuple[str, dict[str, Any]]:
    """The page of a question in words."""
    return "ask.html", {"asked": found}


def home(call: Call) -> Reply | None:
    """`GET /`: the headline question with its answer, where the graph has one."""
    try:
        return ask(call.store, call.context.registry, pages.HEADLINE)
    except (NotFoundError, NotUnderstood):
        return None


def home_view(call: Call, found: Reply | None) -> tuple[str, dict[str, Any]]:
    """The first page."""
    store = call.store
    counts = {
        "documents": store.list("document", limit=1).total,
        "departments": store.list("department", limit=1).total,
        "tasks": store.find_tasks(TaskQuery(), limit=0).total,
    }
    values = {
        "asked": found,
        "question": pages.HEADLINE,
        "examples": pages.EXAMPLES,
        "counts": counts,
    }
    return "home.html", values


OPERATIONS = (
    Operation(
        "/", "home", "首页：例题和它的回答", home, None, tag="questions", formats=(HTML, JSON),
        view=home_view,
    ),
    Operation(
        "/tasks", "listTasks", "查询任务：谁牵头、谁参与", tasks, Answer, parameters=PARAMS,
        formats=(JSON, HTML, CSV), view=tasks_view, table=csvs.TASKS, errors=(404,),
        description="各条件须同时满足；问“甲牵头、涉及乙”而没有一项符合时，near 给出相近的任务。"
        "CSV 不给 limit 时为整个列表。",
        trial={"led_by": "国家知识产权局", "involves": "海关总署"},
    ),
    Operation(
        "/tasks/{id}", "getTask", "一项任务", task, TaskRecord, kind="task",
        formats=(JSON, HTML, TURTLE, JSONLD), view=task_view,
    ),
    Operation(
        "/ask", "ask", "用一句中文提问", asked, Reply, tag="questions", parameters=(Q_ASK,),
        required=("q",), longest=MAX_QUESTION,
        view=asked_view, errors=(404, 422), trial={"q": pages.HEADLINE},
        description="不用语言模型。读不懂时回答 422，candidates 给出例子。",
    ),
)  # fmt: skip
