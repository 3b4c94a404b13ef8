"""Publishing: all or nothing, alike in any order, on all stores."""

from __future__ import annotations

from itertools import islice, permutations
from typing import Any

import pytest
from msgspec.structs import replace

from kg.errors import DataError, KgError, NotFoundError, QueryError
from kg.model import LoadedDocument
from kg.store.base import Receipt, Store, TaskQuery
from tests.contract.compare import everything
from tests.contract.conftest import MakeStore, world
from tests.sample import (
    CUSTOMS,
    IPO,
    Writer,
    all_documents,
    annual,
    guide,
    infographic,
    loaded,
    plan,
    reprint,
    task,
)

REPRINTED = {"plan-4.1", "plan-4.3", "plan-4.4"}


def ids(store: Store, **filters: Any) -> set[str]:
    return {t.id for t in store.find_tasks(TaskQuery(**filters), limit=100).results}


def tiny(id: str, text: str = "加强保护。", body: str = IPO) -> LoadedDocument:
    w = Writer()
    return loaded(id, w, [task(w, id, "1", text, [(body, "sole", "sole")])], title=id, year=2020)


def test_an_empty_store_answers(store: Store) -> None:
    assert store.find_tasks(TaskQuery(), facets=("document",)).total == 0
    assert store.search(["知"]).total == 0
    assert store.names() == {}
    assert store.network().nodes == ()
    assert store.list("document").total == 0
    assert list(store.records("task")) == []
    assert store.get("task", "x") is store.profile("x") is store.loaded("x") is None
    assert store.dataset().sha256
    assert store.publish() == Receipt(
        changed=False, dataset=store.dataset(), totals=store.publish().totals
    )


def test_the_receipt_says_what_was_done(store: Store) -> None:
    first = store.publish([plan(), annual()])
    assert (first.changed, first.added, first.unchanged) == (True, ("annual", "plan"), ())
    assert first.dataset == store.dataset()
    assert first.totals["tasks"] == 8
    assert first.totals["documents"] == 2
    assert first.totals["responsibilities"] == sum(
        len(t.responsibilities) for t in store.records("task")
    )
    changed = replace(annual(), raw=b"other bytes")
    second = store.publish([plan(), changed, guide()], remove=[])
    assert (second.added, second.replaced, second.unchanged) == (
        ("guide",), ("annual",), ("plan",))  # fmt: skip
    third = store.publish(remove=["guide", "guide"])
    assert third.removed == ("guide",)
    assert third.totals == first.totals
    assert store.list("document").total == 2


def test_the_same_again_changes_nothing_and_says_so(store: Store) -> None:
    first = store.publish(all_documents())
    before = everything(store)
    again = store.publish(list(reversed(all_documents())))
    assert (again.changed, again.dataset, again.totals) == (False, first.dataset, first.totals)
    assert set(again.unchanged) == set(first.added)
    assert everything(store) == before


def test_one_graph_whatever_the_order(new_store: MakeStore) -> None:
    together = new_store()
    together.publish(all_documents())
    expected = everything(together)
    for order in islice(permutations(all_documents()), 0, 120, 17):
        store = new_store()
        for doc in order:
            store.publish([doc])
        assert everything(store) == expected


def test_a_reprint_adds_evidence_and_no_task(store: Store) -> None:
    store.publish([reprint()])
    assert ids(store) == {"reprint-4.1", "reprint-4.3", "reprint-4.4"}
    store.publish([plan()])
    assert ids(store) == REPRINTED | {"plan-4.2"}
    merged = store.get("task", "plan-4.1")
    assert [e.document for e in merged.evidence] == ["plan", "reprint"]
    document = store.get("document", "reprint")
    assert (document.tasks, document.shared_tasks, document.reprint_of.id) == (0, 3, "plan")


def test_without_its_root_a_reprint_speaks_for_itself(store: Store) -> None:
    store.publish(all_documents())
    before = everything(store)
    store.publish(remove=["plan"])
    assert ids(store, document="reprint") == {"reprint-4.1", "reprint-4.3", "reprint-4.4"}
    assert not [t for t in store.records("task") if t.document.id == "plan"]
    assert store.find_tasks(TaskQuery(q=("商标",))).total == 1
    store.publish([plan()])
    assert everything(store) == before


def test_nothing_is_left_of_what_is_replaced(store: Store) -> None:
    store.publish([plan(), annual(), guide()])
    store.publish([tiny("annual", "只此一项。", "没有登记的某某办公室")])
    assert ids(store, document="annual") == {"annual-1"}
    assert store.get("task", "annual-2") is None
    assert store.find_tasks(TaskQuery(q=("龙腾",))).total == 0
    assert store.search(["加大保护力度"]).total == 0
    assert store.get("department", "公安部") is None
    assert store.get("section", "annual-s1") is None
    assert store.find_tasks(TaskQuery(year=2019)).total == 0
    facets = store.find_tasks(TaskQuery(), facets=("year", "basis")).facets
    assert "2019" not in {v.value for v in facets["year"]}
    assert "first-listed" not in {v.value for v in facets["basis"]}


def test_replacing_equals_loading_afresh(new_store: MakeStore) -> None:
    grown, fresh = new_store(), new_store()
    grown.publish([tiny("annual"), tiny("x"), plan()])
    grown.publish([annual()], remove=["x"])
    grown.publish([reprint()])
    grown.publish([infographic(), guide()])
    fresh.publish(all_documents())
    assert everything(grown) == everything(fresh)


def test_export_then_replace_changes_nothing(new_store: MakeStore) -> None:
    store = new_store()
    store.publish(all_documents())
    sources = [store.loaded(d.id) for d in store.records("document")]
    assert not store.publish([s for s in sources if s]).changed
    other = new_store()
    other.publish([s for s in sources if s])
    assert everything(other) == everything(store)


def test_removing_everything_leaves_the_empty_graph(store: Store) -> None:
    empty = store.dataset()
    store.publish(all_documents())
    store.publish(remove=["plan", "annual", "guide", "picture", "reprint"])
    assert store.dataset() == empty
    assert store.names() == {}
    assert store.find_tasks(TaskQuery()).total == 0
    assert store.search(["知"]).total == 0


def test_the_digest_depends_on_content(new_store: MakeStore) -> None:
    def digest(*docs: LoadedDocument) -> str:
        store = new_store()
        return store.publish(docs).dataset.sha256

    base = digest(plan())
    other = plan()
    assert digest(replace(other, file_name="other.txt")) == base
    assert digest(replace(other, raw=b"x")) != base
    assert digest(replace(other, catalogue=None)) != base
    assert digest(plan(), annual()) == digest(annual(), plan()) != base


def test_world_is_part_of_the_content() -> None:
    elsewhere = type(world()).of(world().registry, "http://elsewhere/")
    assert elsewhere.digest != world().digest


def refused(store: Store, error: type[KgError], *args: Any, **more: Any) -> None:
    before = everything(store)
    with pytest.raises(error):
        store.publish(*args, **more)
    assert everything(store) == before


def test_what_cannot_be_done_is_not_done_at_all(store: Store) -> None:
    store.publish([plan()])
    refused(store, NotFoundError, [annual()], remove=["plan", "nothing"])
    refused(store, QueryError, [annual(), annual()])
    refused(store, QueryError, [annual()], remove=["plan", "annual"])


def test_a_quote_that_is_not_in_the_text_is_refused_whole(store: Store) -> None:
    store.publish([plan()])
    wrong = annual()
    refused(store, DataError, [guide(), replace(wrong, text="另" + wrong.text)])


class Stop(Exception):
    pass


@pytest.mark.parametrize("moment", range(12))
def test_a_failing_publication_leaves_the_old_graph(store: Store, moment: int) -> None:
    store.publish([plan(), guide()])
    before = everything(store)
    seen = []

    def fail(what: str, done: int, total: int) -> None:
        seen.append(what)
        if len(seen) > moment and what != "清理":
            raise Stop

    try:
        store.publish([annual(), reprint(), infographic()], remove=["guide"], progress=fail)
    except Stop:
        assert everything(store) == before
    else:
        assert len(seen) <= moment + 1
    store.publish(all_documents())
    assert store.find_tasks(TaskQuery()).total == 10


def test_strange_ids_and_characters(store: Store) -> None:
    strange = "国知发 〔2021〕 3号 %_'\"\\ Ⅳ🄯"
    store.publish(
        [tiny(strange, "稀有字𠮷与\u3000全角（Ａ）\n换行'\"。", "某 部'委\"\\"), tiny("b")]
    )
    assert [t.document.id for t in store.find_tasks(TaskQuery(document=strange)).results] == [
        strange
    ]
    for word in ("𠮷", "字𠮷与", "(a)", "角（A", "换行'\"", "）换"):
        assert ids(store, q=(word,)) == {f"{strange}-1"}
        assert store.search([word]).total == 1
    assert ids(store, led_by="某 部'委\"\\") == {f"{strange}-1"}
    assert store.get("department", "某 部'委\"\\").total == 1
    assert store.get("task", f"{strange}-1").text.startswith("稀有字𠮷与")
    page = store.find_tasks(TaskQuery(), limit=1)
    assert (
        store.find_tasks(TaskQuery(), limit=5, after=page.after).results[0].document.id == strange
    )


def test_one_body_in_two_roles_stays_two_edges(store: Store) -> None:
    w = Writer()
    twice = task(w, "two", "1", "两种角色。", [(IPO, "lead", "explicit"), (CUSTOMS, "participant",
                 "explicit"), (IPO, "participant", "explicit")])  # fmt: skip
    store.publish([loaded("two", w, [twice], title="two")])
    record = store.get("task", "two-1")
    assert [(a.department.id, a.role) for a in record.responsibilities] == [
        (IPO, "lead"), (CUSTOMS, "participant"), (IPO, "participant")]  # fmt: skip
    department = store.get("department", IPO)
    assert (department.total, department.tasks["lead"], department.tasks["participant"]) == (
        1,
        1,
        1,
    )
    for role in ("lead", "participant"):
        assert ids(store, involves=(IPO,), role=role) == {"two-1"}
    assert [e.tasks for e in store.network().edges] == [1]


def test_a_reader_keeps_its_version_while_another_is_published(store: Store) -> None:
    store.publish([plan(), annual()])
    stream = store.records("task")
    first = next(stream)
    store.publish([guide()], remove=["plan"])
    rest = [t.id for t in stream]
    assert [first.id, *rest] == ["annual-1", "annual-2", "annual-3", "annual-4", "plan-4.1",
                                 "plan-4.2", "plan-4.3", "plan-4.4"]  # fmt: skip
    assert ids(store, document="plan") == set()
