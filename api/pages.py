"""Pages rendered by the server from the same answers as the JSON; no scripts, no hosts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from msgspec import Struct

from api import marks
from api.negotiate import FORMATS
from api.problems import Problem
from api.rows import listing_row
from kg.ask import MAX_QUESTION
from kg.records import Dataset, DocumentRecord, Statement, TaskRecord
from kg.wording import KIND_ZH, ROLE_ZH

HEADLINE = "国家知识产权局牵头、涉及海关总署的任务"
EXAMPLES = (
    HEADLINE,
    "海关总署参与的任务",
    "2019年推进计划里公安部负责哪些任务",
    "国家知识产权局牵头的任务有多少",
    "涉及“商标”的任务",
)
STATEMENTS = {
    "title": "标题", "number": "文号", "date": "日期", "issuer": "发布机构", "year": "年份",
    "kind": "类型", "source": "来源",
}  # fmt: skip


class Alternate(Struct, frozen=True):
    """Another representation of the same address."""

    url: str
    media_type: str
    label: str


@cache
def environment() -> Environment:
    """The templates; a name that is missing is an error, not a blank."""
    env = Environment(
        loader=PackageLoader("api", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=False,
    )
    env.globals.update(
        path=marks.path,
        passage_path=marks.passage_path,
        task_name=marks.task_name,
        clause_pieces=marks.clause_pieces,
        task_reasons=marks.task_reasons,
        why=marks.why,
        linked=marks.linked,
        roles=ROLE_ZH,
        kinds=KIND_ZH,
        bases=marks.BASES,
        row=listing_row,
        ask_url=lambda text: "/ask?q=" + quote(text),
    )
    return env


def render(
    template: str,
    here: str = "",
    alternates: Sequence[Alternate] = (),
    dataset: Dataset | None = None,
    **values: Any,
) -> bytes:
    """One page as bytes."""
    page = environment().get_template(template)
    values.setdefault("titles", {})
    return page.render(here=here, alternates=alternates, dataset=dataset, **values).encode()


def alternates(path: str, query: str, names: Sequence[str]) -> list[Alternate]:
    """Links to the other representations of an address, by the parameter `format`."""
    joined = quoted(path) + (f"?{query}&" if query else "?")
    return [
        Alternate(f"{joined}format={name}", FORMATS[name].media_type, FORMATS[name].label)
        for name in names
        if name != "html"
    ]


def quoted(path: str) -> str:
    """A decoded path as it stands in a header or link."""
    return quote(path.encode("utf-8", "replace"), safe="/:@!$&'()*+,;=-._~")


def problem_page(problem: Problem) -> bytes:
    """A problem for a reader with a browser; a question that was refused stays to be mended."""
    asked = urlsplit(problem.instance)
    given = parse_qs(asked.query)
    question = given.get("q", [""])[0] if asked.path == "/ask" else ""
    sparql = given.get("query", [""])[0] if asked.path == "/sparql" else ""
    return render("problem.html", problem=problem, question=question[:MAX_QUESTION], sparql=sparql)


def task_values(task: TaskRecord, text: str) -> dict[str, Any]:
    """What the page of a task needs besides the task."""
    return {"task": task, "title": marks.task_name(task), "pieces": marks.task_pieces(task, text)}


def document_values(record: DocumentRecord, start: str) -> dict[str, Any]:
    """What the page of a document needs besides it; `start` is the beginning of its text."""
    said: list[tuple[str, str, list[Statement]]] = []
    for field, statements in record.statements.items():
        by_value: dict[str, list[Statement]] = {}
        for s in statements:
            by_value.setdefault(s.value, []).append(s)
        said += [(STATEMENTS.get(field, field), value, of) for value, of in by_value.items()]
    return {"document": record, "title": record.title, "start": start, "said": said}
