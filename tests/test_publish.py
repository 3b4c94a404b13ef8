"""The embedded store's folder: what lies in it, who may write it, what becomes of old ones."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg import rdf
from kg.errors import ConflictError, NotFoundError, UnavailableError
from kg.ontology import NAMESPACE
from kg.store import open_store
from kg.store.base import Store, TaskQuery
from kg.store.embedded import EmbeddedStore, publish
from kg.store.memory import MemoryStore
from tests.contract.compare import everything
from tests.contract.conftest import BASE, world
from tests.sample import all_documents, annual, guide, infographic, plan, reprint


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "my store"


@pytest.fixture
def store(folder: Path) -> EmbeddedStore:
    made = EmbeddedStore(folder, world())
    made.publish(all_documents())
    return made


def versions(folder: Path) -> list[str]:
    return sorted(p.name for p in (folder / "versions").iterdir())


def edit_manifest(folder: Path, **changes: Any) -> None:
    path = folder / "versions" / (folder / "CURRENT").read_text().strip() / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_what_lies_in_the_folder(store: EmbeddedStore, folder: Path) -> None:
    name = (folder / "CURRENT").read_text().strip()
    version = folder / "versions" / name
    manifest = json.loads((version / "manifest.json").read_text())
    assert name.endswith(store.dataset().version)
    assert manifest["sha256"] == store.dataset().sha256
    assert manifest["totals"]["tasks"] == 10
    assert {p.name for p in version.iterdir()} == {"index.sqlite", "rdf", "manifest.json"}
    assert not list(version.glob("index.sqlite-*"))


def test_one_previous_version_is_kept(store: EmbeddedStore, folder: Path) -> None:
    first = versions(folder)
    store.publish(remove=["guide"])
    assert len(versions(folder)) == 2
    store.publish([guide()])
    assert len(versions(folder)) == 2
    assert first[0] not in versions(folder)
    assert not store.publish(all_documents()).changed
    assert len(versions(folder)) == 2


def test_a_copied_folder_works(store: EmbeddedStore, folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "else where" / "副本#?%"
    shutil.copytree(folder, copy)
    expected = everything(store)
    shutil.rmtree(folder)
    other = EmbeddedStore(copy, world())
    assert everything(other) == expected
    other.publish(remove=["guide"])
    assert other.list("document").total == 4


def test_a_folder_that_may_not_be_written_can_be_read(store: EmbeddedStore, folder: Path) -> None:
    expected = everything(store)
    store.close()
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)
    before = sorted(folder.rglob("*"))
    other = EmbeddedStore(folder, world(), read_only=True)
    assert everything(other) == expected
    assert sorted(folder.rglob("*")) == before
    for path in [folder, *folder.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_store_opened_to_read_does_not_publish(store: EmbeddedStore, folder: Path) -> None:
    with pytest.raises(ConflictError):
        EmbeddedStore(folder, world(), read_only=True).publish([plan()])


def test_a_reader_notices_what_another_published(store: EmbeddedStore, folder: Path) -> None:
    reader = EmbeddedStore(folder, world(), read_only=True)
    assert reader.find_tasks(TaskQuery()).total == 10
    store.publish(remove=["annual"])
    assert reader.find_tasks(TaskQuery()).total == 6
    assert reader.dataset() == store.dataset()


@pytest.mark.parametrize("content", ["file", "folder"])
def test_what_is_no_store_is_refused_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / "thing"
    if content == "file":
        path.write_text("precious")
    else:
        path.mkdir()
        (path / "thesis.txt").write_text("precious")
    for read_only in (True, False):
        with pytest.raises(ConflictError) as e:
            open_store(str(path), read_only=read_only)
        assert str(path) in str(e.value)
    assert path.is_dir() == (content == "folder")


def test_an_empty_folder_may_become_a_store(tmp_path: Path) -> None:
    store = open_store(str(tmp_path), read_only=False)
    assert store.publish([plan()]).changed


def test_nothing_is_created_where_nothing_is_published(folder: Path) -> None:
    with pytest.raises(NotFoundError) as e:
        open_store(str(folder))
    assert "kg load" in str(e.value)
    store = open_store(str(folder), read_only=False)
    assert not store.publish().changed
    assert store.find_tasks(TaskQuery()).total == 0
    assert not folder.exists()


def test_opened_by_its_address(store: EmbeddedStore, folder: Path) -> None:
    assert open_store(str(folder)).dataset() == store.dataset()


@pytest.mark.parametrize("address", ["neo4j://127.0.0.1:7687", "bolt://x", "http://x", "s3://y"])
def test_other_addresses_are_told_apart(address: str) -> None:
    with pytest.raises(UnavailableError) as e:
        open_store(address)
    assert address in str(e.value)


# -- versions of the program and of the surroundings ----------------------------------------


@pytest.mark.parametrize("read_only", [True, False])
@pytest.mark.parametrize("changes", [{"layout": 0}, {"form": "older"}])
def test_an_older_layout_is_published_again(
    store: EmbeddedStore, folder: Path, changes: dict[str, Any], read_only: bool
) -> None:
    expected = everything(store)
    edit_manifest(folder, **changes)
    renewed = EmbeddedStore(folder, world(), read_only=read_only)
    assert everything(renewed) == expected
    assert publish.usable(renewed._folder.manifest(renewed._folder.current() or ""))


def test_a_layout_that_cannot_be_read_is_refused_with_the_command(
    store: EmbeddedStore, folder: Path
) -> None:
    edit_manifest(folder, layout=99)
    name = (folder / "CURRENT").read_text().strip()
    db = sqlite3.connect(folder / "versions" / name / "index.sqlite")
    db.execute("DROP TABLE source")
    db.commit()
    db.close()
    with pytest.raises(ConflictError) as e:
        EmbeddedStore(folder, world()).find_tasks(TaskQuery())
    assert f"kg load … --store {folder}" in str(e.value)


def test_another_world_builds_everything_again(store: EmbeddedStore, folder: Path) -> None:
    elsewhere = type(world()).of(world().registry, "http://elsewhere.test/")
    other = EmbeddedStore(folder, elsewhere)
    assert other.dataset() == store.dataset(), "reading leaves things as they are"
    assert other.publish().changed
    assert other.get("task", "guide-1").iri == "http://elsewhere.test/tasks/guide-1"
    assert not other.publish().changed
    reference = MemoryStore(elsewhere)
    reference.publish(all_documents())
    assert everything(other) == everything(reference)


def test_another_program_builds_everything_again(store: EmbeddedStore, folder: Path) -> None:
    newer = EmbeddedStore(folder, replace(world(), program="999"))
    receipt = newer.publish(all_documents())
    assert receipt.changed
    assert receipt.dataset == store.dataset(), "the content is the same"
    assert not newer.publish(all_documents()).changed


def test_a_damaged_folder_is_unavailable_in_our_words(folder: Path) -> None:
    EmbeddedStore(folder, world()).publish([plan()])
    name = (folder / "CURRENT").read_text().strip()
    index = folder / "versions" / name / "index.sqlite"
    index.write_bytes(b"rubbish" * 1000)
    with pytest.raises(UnavailableError) as e:
        EmbeddedStore(folder, world()).find_tasks(TaskQuery())
    assert str(folder) in str(e.value)
    shutil.rmtree(folder / "versions")
    with pytest.raises(UnavailableError):
        EmbeddedStore(folder, world()).names()


# -- the RDF dataset ------------------------------------------------------------------------


def dataset(store: EmbeddedStore) -> ox.Store:
    assert store.rdf_folder
    return ox.Store.read_only(str(store.rdf_folder))


def lines(store: EmbeddedStore) -> set[str]:
    return {str(quad) for quad in dataset(store)}


def test_the_dataset_has_a_graph_for_each_source(store: EmbeddedStore) -> None:
    graphs = {str(g.value) for g in dataset(store).named_graphs() if isinstance(g, ox.NamedNode)}
    for id in ("plan", "annual", "guide", "picture", "reprint"):
        assert rdf.statements_graph(BASE, id) in graphs
    for graph in (rdf.registry_graph, rdf.catalogue_graph, rdf.provenance_graph):
        assert graph(BASE) in graphs


def test_the_dataset_is_the_same_however_it_grew(folder: Path, tmp_path: Path) -> None:
    grown = EmbeddedStore(folder, world())
    for doc in (annual(), reprint(), guide(), infographic(), plan()):
        grown.publish([doc])
    fresh = EmbeddedStore(tmp_path / "fresh", world())
    fresh.publish(all_documents())
    assert lines(grown) == lines(fresh)
    grown.publish(remove=["plan"])
    left = EmbeddedStore(tmp_path / "left", world())
    left.publish([annual(), reprint(), guide(), infographic()])
    assert lines(grown) == lines(left)
    assert not any("/documents/plan#" in line for line in lines(grown))


def test_index_and_dataset_agree_on_the_headline(store: EmbeddedStore) -> None:
    query = (
        f"PREFIX kg: <{NAMESPACE}> SELECT DISTINCT ?id "
        "{ ?t kg:ledBy/kg:name '国家知识产权局'@zh ; kg:id ?id }"
    )
    found = dataset(store).query(query, use_default_graph_as_union=True)
    ids = {row["id"].value for row in found}  # type: ignore[union-attr]
    assert ids == {
        t.id for t in store.find_tasks(TaskQuery(led_by="国家知识产权局")).results
    } == {"plan-4.2", "plan-4.3", "annual-4"}  # fmt: skip


def test_the_digest_is_the_same_in_another_process(store: Store) -> None:
    code = (
        "from tests.contract.conftest import world; from kg.store.memory import MemoryStore;"
        "from tests.sample import all_documents; s = MemoryStore(world());"
        "print(s.publish(all_documents()[::-1]).dataset.sha256)"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[1],
    )
    assert out.stdout.strip() == store.dataset().sha256
