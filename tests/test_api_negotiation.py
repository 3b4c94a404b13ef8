"""Same address, several representations: Accept, validators, HEAD, compression, CSV."""

from __future__ import annotations

import csv
import gzip
import io
import threading
from typing import Any

import pytest
import rdflib

from api.csvs import BOM, TASKS
from api.negotiate import CSV, HTML, JSON, TURTLE, choose, wants_html
from tests import sample
from tests.test_api_support import (
    BROWSER,
    HEADLINE,
    LISTS,
    PAGES,
    THINGS,
    client,
    filled_store,
    first_ids,
    get,
    new_client,
)

OFFERED = (JSON, HTML, CSV, TURTLE)


@pytest.mark.parametrize(
    ("header", "chosen"),
    [
        (None, JSON), ("", JSON), ("*/*", JSON), ("nonsense", JSON), (BROWSER, HTML),
        ("application/json", JSON), ("Application/JSON; charset=utf-8", JSON),
        ("text/csv", CSV), ("text/*", HTML), ("text/turtle, */*;q=0.1", TURTLE),
        ("text/html;q=0.2, text/csv;q=0.9", CSV), ("text/html;q=0, */*", JSON),
        ("application/json;q=0, */*;q=0.5", HTML), ("image/png", None), ("text/csv;q=0", None),
        ("text/csv;q=2, text/turtle", TURTLE), ("*/json", JSON),
        ("text/html, application/json", JSON),
    ],
)  # fmt: skip
def test_accept(header: str | None, chosen: Any) -> None:
    assert choose(header, OFFERED) is chosen


def test_only_a_browser_gets_its_errors_as_pages() -> None:
    assert wants_html(BROWSER) and wants_html("text/html")
    assert not any(map(wants_html, (None, "*/*", "application/json", "text/html;q=0.1, */*")))


@pytest.mark.parametrize("path", [*LISTS, *THINGS, HEADLINE, "/network", "/ask?q=公安部牵头的任务"])
def test_formats_of_one_address(path: str) -> None:
    plain = get(path)
    assert plain.headers["content-type"] == "application/json"
    assert {"Accept", "Accept-Encoding"} <= set(plain.headers["vary"].split(", "))
    page = get(path, BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert get(path + ("&" if "?" in path else "?") + "format=html").content == page.content
    assert 'rel="alternate"; type="text/html"' in plain.headers["link"]
    assert get(path, "image/png").status_code == 406
    etags = {plain.headers["etag"], page.headers["etag"]}
    assert len(etags) == 2


@pytest.mark.parametrize("path", [*LISTS, *THINGS, "/documents/plan/text", "/"])
def test_validators(path: str) -> None:
    first = get(path)
    etag = first.headers["etag"]
    for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
        again = get(path, **{"if-none-match": header})
        assert again.status_code == 304 and again.content == b""
        assert again.headers["etag"] == etag
    assert get(path, **{"if-none-match": '"other"'}).status_code == 200


def test_a_new_publication_changes_the_validator() -> None:
    store = filled_store()
    own = new_client(store)
    before = own.get("/tasks").headers["etag"]
    store.publish(remove=["annual"])
    again = own.get("/tasks", headers={"if-none-match": before})
    assert again.status_code == 200 and again.headers["etag"] != before


def test_a_missing_thing_is_404_whatever_the_client_has() -> None:
    assert get("/tasks/nobody", **{"if-none-match": "*"}).status_code == 404


@pytest.mark.parametrize("path", [*PAGES, "/healthz", "/metrics", "/static/style.css", "/nope"])
def test_head_is_get_without_a_body(path: str) -> None:
    for accept in ("*/*", BROWSER):
        full = get(path, accept, **{"accept-encoding": "identity"})
        head = client().head(path, headers={"accept": accept, "accept-encoding": "identity"})
        assert head.status_code == full.status_code and head.content == b""
        for name in ("content-type", "etag", "link"):
            assert head.headers.get(name) == full.headers.get(name)
        if path != "/metrics":
            assert head.headers["content-length"] == str(len(full.content))


def test_gzip_only_where_asked_and_worthwhile() -> None:
    plain = get(HEADLINE, **{"accept-encoding": "identity"})
    packed = new_client().get(HEADLINE, headers={"accept-encoding": "br, gzip;q=0.5"})
    assert packed.headers["content-encoding"] == "gzip" and packed.content == plain.content
    assert int(packed.headers["content-length"]) < len(plain.content) / 2
    assert packed.headers["etag"] != plain.headers["etag"]
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in get("/healthz", **{"accept-encoding": "gzip"}).headers
    assert "content-encoding" not in get(HEADLINE, **{"accept-encoding": "gzip;q=0"}).headers
    assert gzip.compress(b"x")  # the standard module is what packs


def rows(answer: Any) -> list[dict[str, str]]:
    """The rows of a CSV answer."""
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    text = answer.content.decode()
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM), newline="")))


@pytest.mark.parametrize("path", LISTS)
def test_csv_is_the_whole_list_unless_a_limit_is_given(path: str) -> None:
    join = "&" if "?" in path else "?"
    whole = rows(get(path, "text/csv"))
    answer = get(path).json()
    assert len(whole) == answer["total"]
    if answer["total"]:
        assert [r["id"] for r in whole] == [
            r["id"] for r in get(f"{path}{join}limit=100").json()["results"]
        ]
    page = get(f"{path}{join}limit=1", "text/csv")
    assert len(rows(page)) == min(1, answer["total"])
    if answer["total"] > 1:
        assert 'rel="next"' in page.headers["link"]


def test_csv_of_tasks_proves_itself() -> None:
    texts = {d.extraction.document.id: d.text for d in sample.all_documents()}
    found = rows(get("/tasks", "text/csv"))
    assert list(found[0]) == list(TASKS)
    for row in found:
        text = texts[row["document"]]
        assert text[int(row["start"]) : int(row["end"])] == row["quote"]
        assert text[int(row["clause_start"]) : int(row["clause_end"])] == row["clause"]
    lead = next(r for r in found if r["id"] == "annual-2")
    assert lead["lead"] == "公安部" and lead["participants"] == "海关总署、国家知识产权局"


def test_a_long_list_is_streamed_to_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.serve.WHOLE", "3")
    answer = get("/tasks", "text/csv")
    assert "content-length" not in answer.headers
    assert len(rows(answer)) == get("/tasks").json()["total"]
    head = client().head("/tasks", headers={"accept": "text/csv"})
    assert dict(head.headers) == dict(answer.headers) and not head.content


def test_a_stream_says_so_when_it_is_broken_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.serve.WHOLE", "3")
    store = filled_store()
    calls, real = [], store.find_tasks

    def publishing(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            worker = threading.Thread(target=store.publish, kwargs={"remove": ["reprint"]})
            worker.start()
            worker.join()
        return real(*args, **kwargs)

    monkeypatch.setattr(store, "find_tasks", publishing)
    text = new_client(store).get("/tasks", headers={"accept": "text/csv"}).text
    assert text.splitlines()[-1].startswith("# 未完：")


@pytest.mark.parametrize("path", sorted(first_ids().values()))
def test_a_thing_is_the_same_graph_in_turtle_and_json_ld(path: str) -> None:
    turtle, json_ld = get(path, "text/turtle"), get(path, "application/ld+json")
    assert turtle.headers["content-type"] == "text/turtle; charset=utf-8"
    assert json_ld.headers["content-type"] == "application/ld+json"
    one = rdflib.Graph().parse(data=turtle.content, format="turtle")
    other = rdflib.Graph().parse(data=json_ld.content, format="json-ld")
    assert set(one) == set(other) and len(one) > 2
    iri = rdflib.URIRef(get(path).json().get("department", get(path).json())["iri"])
    assert (iri, rdflib.RDF.type, None) in one
