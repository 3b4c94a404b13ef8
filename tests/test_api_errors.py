"""One error shape for everything that is refused; no input makes the program fail."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from api.app import OPERATIONS
from api.problems import KINDS
from kg import errors
from tests.test_api_support import BASE, BROWSER, client, filled_store, get, new_client

FIELDS = {"type", "title", "status", "detail", "instance", "errors", "candidates", "remedy"}
ROUTES = [o.path.replace("{id}", "plan").replace("{name}", "not-found") for o in OPERATIONS]
NASTY = ["%00", "%0d%0aX-Evil:%201", "%ff", "%ed%a0%80", "%", "%zz", "%F0%9F%98%80", "\\", "'",
         "%22%3B--", "..%2f..%2fetc", "%E2%80%AE", "𠮷".encode().hex(), "a" * 300, "%2500",
         "9" * 400, "-1", "1e9", "NaN", "0", "٣"]  # fmt: skip


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The body of a refusal, its shape checked."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert set(body) == FIELDS and body["status"] == status
    assert body["title"] and body["detail"] and body["instance"].startswith("/")
    assert all(set(e) == {"detail", "parameter", "pointer"} for e in body["errors"])
    assert get(body["type"]).status_code == 200
    return body


@pytest.mark.parametrize("path", [*ROUTES, "/static/style.css"])
def test_an_unknown_parameter_is_refused_everywhere(path: str) -> None:
    body = problem(get(f"{path}?leed_by=x"), 400)
    assert body["errors"][0]["parameter"] == "leed_by"


def test_a_misspelt_parameter_has_candidates() -> None:
    assert "led_by" in problem(get("/tasks?leed_by=x"), 400)["candidates"]


@pytest.mark.parametrize(
    ("url", "parameter"),
    [
        ("/tasks?limit=0", "limit"), ("/tasks?limit=101", "limit"), ("/tasks?limit=x", "limit"),
        ("/tasks?limit=1&limit=2", "limit"), ("/tasks?cursor=x", "cursor"),
        ("/tasks?cursor=", "cursor"), ("/tasks?q=", "q"), ("/tasks?q=%20", "q"),
        (f"/tasks?q={'字' * 201}", "q"), ("/tasks?role=boss", "role"),
        ("/tasks?basis=x", "basis"), ("/tasks?lead=maybe", "lead"), ("/tasks?year=19", "year"),
        ("/tasks?units=yes", "units"), ("/tasks?facets=x", "facets"), ("/tasks?led_by=", "led_by"),
        ("/tasks?format=pdf", "format"), ("/tasks?q=%ff", "q"), ("/search", "q"),
        ("/search?q=", "q"), ("/ask", "q"), ("/ask?q=", "q"), ("/departments?q=", "q"),
        ("/departments?limit=0", "limit"), ("/departments?q=a&cursor=x", "cursor"),
        ("/projects?cursor=x", "cursor"), ("/documents?limit=-1", "limit"),
        ("/ask?q=" + "字" * 301, "q"),
    ],
)  # fmt: skip
def test_a_bad_value_names_its_parameter(url: str, parameter: str) -> None:
    body = problem(get(url), 400)
    assert [e["parameter"] for e in body["errors"]] == [parameter]


@pytest.mark.parametrize(
    "url",
    ["/tasks?led_by=海关", "/tasks?involves=教育厅", "/tasks?document=x", "/tasks?project=99",
     "/tasks/nobody", "/departments/海关", "/projects/x", "/documents/x", "/documents/x/text",
     "/goals/x", "/indicators/x", "/sections/x", "/targets/x", "/problems/x", "/nowhere",
     "/network?document=x", "/goals?document=x", "/tasks/", "/static/none.css",
     "/static/..%2fapp.py"],
)  # fmt: skip
def test_what_is_not_there_is_404(url: str) -> None:
    body = problem(get(url), 404)
    if "海关" in url:
        assert "海关总署" in body["candidates"]


def test_a_question_that_is_not_understood_is_422_with_examples() -> None:
    body = problem(get("/ask?q=今天天气怎么样"), 422)
    assert body["candidates"]
    for example in body["candidates"]:
        assert get(f"/ask?q={quote(example)}").status_code != 422


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
@pytest.mark.parametrize("path", ["/tasks", "/healthz", "/docs", "/documents/plan/text"])
def test_other_methods_are_405_and_say_which_are_not(method: str, path: str) -> None:
    answer = client().request(method, path)
    assert problem(answer, 405)["remedy"]
    assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_an_unacceptable_format_is_406_and_lists_those_there_are() -> None:
    body = problem(get("/tasks", "image/png"), 406)
    assert body["candidates"] == ["application/json", "text/html", "text/csv"]


def test_too_long_an_address_and_too_large_a_body() -> None:
    problem(get("/tasks?q=" + "a" * 9000), 414)
    problem(get("/" + "a" * 9000), 414)
    assert get("/tasks?q=" + "a" * 190).status_code == 200
    problem(client().post("/cypher", content=b"x" * 70_000), 413)
    problem(client().post("/cypher", content=b"x", headers={"content-length": "70000"}), 413)


def test_a_query_language_that_is_not_there_says_so() -> None:
    problem(client().post("/cypher", json={"query": "x"}), 501)
    problem(client().get("/cypher"), 405)


@pytest.mark.parametrize("value", NASTY)
def test_no_input_makes_it_fail(value: str) -> None:
    urls = [f"{p}?{n}={value}" for p in ("/tasks", "/departments", "/search", "/ask", "/network")
            for n in ("q", "led_by", "involves", "document", "year", "project", "limit", "cursor",
                      "facets", "format", value)]  # fmt: skip
    urls += [f"{p}/{value}" for p in ("/tasks", "/departments", "/documents", "/goals", "/problems",
                                      "/static", "")]  # fmt: skip
    for url in urls:
        for accept in ("*/*", BROWSER, value.encode("latin-1", "replace").decode("latin-1")[:20]):
            headers = {"accept": "".join(c for c in accept if " " <= c < "\x7f")}
            answer = client().get(url, headers=headers)
            assert answer.status_code < 500, (url, answer.text)
            assert "x-evil" not in answer.headers
            if answer.status_code >= 400 and accept == "*/*":
                problem(answer, answer.status_code)


class Broken:
    """A store that raises."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, name: str) -> Any:
        def fail(*args: Any, **kwargs: Any) -> Any:
            raise self.error

        return fail


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.QueryError("坏", where="q"), 400), (errors.NotFoundError("无"), 404),
        (errors.ConflictError("冲突"), 409), (errors.DataError("坏", where="x.ttl"), 500),
        (errors.UnavailableError("不在", remedy="等"), 503), (RuntimeError("secret"), 500),
        (errors.KgError("别的"), 500),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "path", ["/tasks", "/documents/plan", "/readyz", "/network", "/search?q=a"]
)
def test_every_error_of_a_store_has_its_status(error: Exception, status: int, path: str) -> None:
    answer = new_client(Broken(error)).get(path)
    body = problem(answer, status)
    assert "secret" not in answer.text
    if status == 503:
        assert answer.headers["retry-after"] and body["remedy"] == "等"


def test_the_service_describes_itself_while_the_store_is_away() -> None:
    away = new_client(Broken(errors.UnavailableError("不在")))
    for path in ("/healthz", "/openapi.json", "/docs", "/problems/unavailable"):
        assert away.get(path).status_code == 200, path
    assert "kg_store_up 0" in away.get("/metrics").text
    page = away.get("/", headers={"accept": BROWSER})
    assert page.status_code == 503 and page.headers["content-type"].startswith("text/html")


def test_a_store_that_is_away_at_the_start_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from api.app import create_app
    from kg.config import Settings

    tries: list[int] = []

    def open_store(address: str, **_: Any) -> Any:
        tries.append(1)
        if len(tries) < 3:
            raise errors.UnavailableError("不在")
        return filled_store()

    monkeypatch.setattr("api.app.open_store", open_store)
    app = create_app("neo4j://nowhere", Settings(base_iri=BASE))
    with TestClient(app, base_url=BASE) as own:
        assert own.get("/readyz").status_code == 503
        assert own.get("/readyz").status_code == 200
    assert len(tries) == 3


def test_every_kind_of_problem_has_its_page() -> None:
    for name, kind in KINDS.items():
        assert get(f"/problems/{name}").json()["status"] == kind.status
        assert kind.title in get(f"/problems/{name}", BROWSER).text


def test_security_headers_are_on_everything() -> None:
    for path in ("/", "/tasks", "/nope", "/static/style.css", "/tasks?q=" + "a" * 9000):
        headers = get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_a_problem_is_utf8_json() -> None:
    answer = get("/tasks/不存在")
    assert json.loads(answer.content.decode("utf-8"))["instance"] == "/tasks/" + quote("不存在")
