"""Every route: status, envelope, paging, the answer itself."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from tests import sample
from tests.test_api_support import BASE, HEADLINE, LISTS, client, first_ids, get, new_client

ENVELOPE = {"interpretation", "total", "results", "why_empty", "dataset", "next", "limit", "url"}
MORE = {"/tasks": {"near", "caveats", "facets", "interpretation_en"}, "/search": {"near"}}


@pytest.mark.parametrize("path", LISTS)
def test_every_list_has_one_envelope(path: str) -> None:
    answer = get(path).json()
    assert set(answer) == ENVELOPE | MORE.get(path.split("?")[0], set())
    assert (answer["why_empty"] is None) == (answer["total"] > 0)
    assert answer["total"] >= len(answer["results"])
    assert answer["next"] is None or answer["next"].startswith(path.split("?")[0])
    assert set(answer["dataset"]) == {"version", "sha256"}


@pytest.mark.parametrize("path", LISTS)
def test_pages_follow_each_other_without_gap_or_repeat(path: str) -> None:
    join = "&" if "?" in path else "?"
    whole = get(f"{path}{join}limit=100").json()
    url, seen = f"{path}{join}limit=1", []
    while url:
        page = get(url).json()
        assert page["total"] == whole["total"]
        assert len(page["results"]) <= 1
        seen += page["results"]
        url = page["next"]
    assert seen == whole["results"]


def test_headline_question_is_answered_with_what_is_near() -> None:
    answer = get(HEADLINE).json()
    assert answer["interpretation"] == "国家知识产权局牵头、涉及海关总署的任务"
    assert answer["total"] == 0 and answer["results"] == [] and answer["why_empty"]
    tiers = {t["tier"]: t for t in answer["near"]}
    assert [r["id"] for r in tiers["joint_no_lead"]["results"]] == ["plan-4.1"]
    assert [r["id"] for r in tiers["other_lead"]["results"]] == ["annual-2"]
    for tier in answer["near"]:
        again = get(tier["url"]).json()
        assert again["total"] == tier["total"]
        assert again["results"][: len(tier["results"])] == tier["results"]


def test_a_task_carries_its_proof() -> None:
    texts = {d.extraction.document.id: d.text for d in sample.all_documents()}
    for task in get("/tasks?limit=100").json()["results"]:
        proofs = [*task["evidence"], *(e for r in task["responsibilities"] for e in r["evidence"])]
        assert task["evidence"][0]["document"] == task["document"]["id"]
        for e in proofs:
            start, end = e["span"]
            assert get(f"/documents/{e['document']}/text").text[start:end] == e["quote"]
            assert texts[e["document"]][start:end] == e["quote"]
        assert set(task["responsibilities"][0]["department"]) == {"id", "name"}


def test_every_iri_is_an_address() -> None:
    paths = first_ids()
    assert {"/tasks", "/departments", "/projects", "/goals", "/indicators", "/sections",
            "/documents"} <= set(paths)  # fmt: skip
    for path in paths.values():
        answer = get(path)
        assert answer.status_code == 200, path
    for kind in ("tasks", "projects", "goals", "indicators", "sections", "documents"):
        for record in get(f"/{kind}?limit=100").json()["results"]:
            assert get(record["iri"].removeprefix(BASE.rstrip("/"))).json() == record


@pytest.mark.parametrize("name", ["国家知识产权局", "知识产权局", "CNIPA", "国家知识产权局-条法司"])
def test_a_department_answers_to_its_names(name: str) -> None:
    answer = get(f"/departments/{quote(name)}")
    if name == "CNIPA":
        assert answer.status_code in (200, 404)
        return
    profile = answer.json()
    assert profile["department"]["name"] in name or name in profile["department"]["aliases"]
    assert set(profile) >= {"department", "by_document", "partners", "dataset"}


def test_departments_are_found_by_any_part_of_a_name() -> None:
    found = get("/departments?q=海关").json()
    assert [d["name"] for d in found["results"]] == ["海关总署"] and found["total"] == 1
    assert get("/departments?q=总署&document=annual").json()["total"] == 1
    assert get("/departments?q=总署&document=guide").json()["total"] == 0
    first = get("/departments?q=国家&limit=1").json()
    assert get(first["next"]).json()["results"] != first["results"]


def test_text_is_the_canonical_text_byte_for_byte() -> None:
    for document in sample.all_documents():
        answer = get(f"/documents/{document.extraction.document.id}/text")
        assert answer.content == document.text.encode()
        assert answer.headers["content-type"] == "text/plain; charset=utf-8"


def test_facets_count_what_the_filter_selects() -> None:
    answer = get("/tasks?facets=led_by,document&facets=lead").json()
    assert set(answer["facets"]) == {"led_by", "document", "lead"}
    for value in answer["facets"]["led_by"]:
        assert get(f"/tasks?led_by={quote(value['value'])}").json()["total"] == value["total"]


def test_ask_says_how_it_read_the_question() -> None:
    answer = get("/ask?q=国家知识产权局牵头、涉及海关总署的任务").json()
    assert set(answer) >= {"question", "interpretation", "url", "answer"}
    assert get(answer["url"]).json() == answer["answer"]


def test_network_links_departments() -> None:
    answer = get("/network?document=plan").json()
    ids = {n["department"]["id"] for n in answer["nodes"]}
    assert answer["edges"] and all({e["source"], e["target"]} <= ids for e in answer["edges"])


def test_service_routes() -> None:
    assert get("/healthz").json() == {"status": "ok"}
    assert get("/readyz").json()["documents"] == 5
    version = get("/version").json()
    assert version["store"] == "memory" and version["dataset"]["sha256"] and version["ontology"]
    spec = get("/openapi.json").json()
    assert spec["openapi"].startswith("3.1")


def test_an_empty_store_lives_but_is_not_ready() -> None:
    from kg.registry import load_registry
    from kg.store.memory import MemoryStore
    from kg.store.world import World

    empty = new_client(MemoryStore(World.of(load_registry(), BASE)))
    assert empty.get("/healthz").status_code == 200
    assert empty.get("/readyz").status_code == 503
    assert empty.get("/tasks").json()["total"] == 0
    for path in ("/", "/tasks", "/departments", "/docs"):
        assert empty.get(path, headers={"accept": "text/html"}).status_code == 200, path
    assert empty.get("/openapi.json").status_code == 200


def test_metrics_count_requests_by_route() -> None:
    own = new_client()
    for path in ("/tasks/plan-4.2", "/tasks/plan-4.3", "/tasks/nobody", "/nowhere/at/all"):
        own.get(path)
    text = own.get("/metrics").text
    assert 'kg_http_requests_total{route="/tasks/{id}",method="GET",status="200"} 2' in text
    assert 'kg_http_requests_total{route="/tasks/{id}",method="GET",status="404"} 1' in text
    assert 'route="(none)",method="GET",status="404"} 1' in text
    assert 'kg_http_request_duration_seconds_count{route="/tasks/{id}"} 3' in text
    assert "kg_dataset_info{" in text and "kg_store_up 1" in text


def test_one_line_for_each_request_in_the_access_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level("INFO", logger="policy_kg.access"):
        client().get("/tasks?q=a%0Ab&limit=1")
    lines = [r.getMessage() for r in caplog.records if r.name == "policy_kg.access"]
    assert len(lines) == 1 and "\n" not in lines[0]
    assert lines[0].startswith("GET /tasks?q=a%0Ab&limit=1 200 ")
