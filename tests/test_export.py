"""Exports: what is selected, where it goes, what it says of itself; the RDF forms."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given, settings

from kg import export as exports
from kg import rdf
from kg.check import check
from kg.errors import ConflictError, DataError, NotFoundError, QueryError
from kg.export import linked
from kg.export.place import MARK, aside
from kg.export.select import Source
from kg.graph import Graph
from kg.store.embedded import EmbeddedStore
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests.sample import all_documents
from tests.test_export_support import (
    AWKWARD,
    BASE,
    IPO,
    WHERE,
    Given,
    edges_of,
    exported,
    graphs,
    nodes_of,
    odd,
    part,
    registry,
    roles,
    store,
    whole,
)

ALL = [None, WHERE, f"involves={IPO}&units=true", "document=annual", "lead=none", "q=没有这样的话"]
NS = "https://policy-kg.github.io/ns#"
Triple = tuple[str, str, str, str, str]


# --- what is selected ------------------------------------------------------------------------


@pytest.mark.parametrize("where", ALL[1:])
def test_a_selection_is_a_closed_part_of_the_whole(where: str) -> None:
    chosen, everything = part(where), whole()  # `united` refuses an edge that leads outside
    nodes, edges = nodes_of(everything), edges_of(everything)
    assert all(nodes[k] == told for k, told in nodes_of(chosen).items())
    assert all(edges[k] == told for k, told in edges_of(chosen).items())


def test_a_selection_has_what_its_tasks_refer_to() -> None:
    labels = {k.split(":")[0] for k in nodes_of(part(WHERE))}
    assert labels == {"Task", "Document", "Section", "Department", "Collective"}
    found = nodes_of(part("project=商业秘密保护工程"))
    assert "Document:picture" in found and "Task:plan-4.1" in found
    assert "Measure:picture-project-1-m1" in found and "Document:plan" in found
    assert "Department:国家知识产权局" in nodes_of(part("involves=国家知识产权局-条法司"))


def test_a_selection_has_the_tasks_of_the_query(tmp_path: Path) -> None:
    from kg.export.select import question

    found = store().find_tasks(question(store(), registry(), WHERE), 100).results
    chosen = {k for k in nodes_of(part(WHERE)) if k.startswith("Task:")}
    assert chosen == {f"Task:{t.id}" for t in found} and len(found) == 3
    written = exports.export(store(), registry(), "nquads", tmp_path / "g", "?" + WHERE)
    assert written.tasks == 3


@pytest.mark.parametrize(
    ("format", "where", "error"),
    [("docx", None, QueryError), ("turtle", "leed_by=x", QueryError),
     ("csv", "led_by=无此部", NotFoundError), ("parquet", "limit=5", QueryError)],
)  # fmt: skip
def test_what_cannot_be_exported(
    tmp_path: Path, format: str, where: str | None, error: type[Exception]
) -> None:
    with pytest.raises(error):
        exports.export(store(), registry(), format, tmp_path / "g", where)
    assert not list(tmp_path.iterdir())


# --- where it goes ---------------------------------------------------------------------------


def test_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = exported("nquads", tmp_path)
    before = out.read_bytes()

    some = list(Source(store(), registry(), None).graphs())[:3]

    def breaks(_: Source) -> Iterator[Graph]:
        yield from some
        raise RuntimeError("broken off")

    monkeypatch.setattr(Source, "graphs", breaks)
    for format in exports.FORMATS:
        if format != "parquet":
            with pytest.raises(RuntimeError):
                exports.export(store(), registry(), format, tmp_path / f"graph.{format}")
    assert [p.name for p in tmp_path.iterdir()] == ["graph.nquads"] and out.read_bytes() == before


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    with pytest.raises(DataError, match="别的文件"):
        exports.export(store(), registry(), "csv", tmp_path / "mine")
    assert [p.name for p in (tmp_path / "mine").iterdir()] == ["letter.txt"]


def test_an_earlier_folder_is_replaced(tmp_path: Path) -> None:
    first = exported("csv", tmp_path)
    names = {p.name for p in first.iterdir()}
    (first / "nodes-Old.csv").write_text("stale")
    assert {p.name for p in exported("csv", tmp_path).iterdir()} == names
    assert [p.name for p in tmp_path.iterdir()] == [first.name]


@pytest.mark.parametrize(("format", "made"), [("csv", "file"), ("turtle", "folder")])
def test_a_file_and_a_folder_are_not_confused(tmp_path: Path, format: str, made: str) -> None:
    out = tmp_path / "x"
    out.write_text("") if made == "file" else out.mkdir()
    with pytest.raises(DataError):
        exports.export(store(), registry(), format, out)


def test_odd_places(tmp_path: Path) -> None:
    for out in (Path("/"), tmp_path / "none" / "x", Path("/dev/null")):
        with pytest.raises(DataError), aside(out, folder=False):
            pytest.fail("written")
    with aside(tmp_path / "名 字.ttl", folder=False) as draft:
        draft.write_text("x")
    assert (tmp_path / "名 字.ttl").read_text() == "x"


def test_a_new_version_meanwhile_is_told(tmp_path: Path) -> None:
    made = MemoryStore(World.of(registry(), BASE))
    made.publish(all_documents()[:2])
    source = Source(made, registry(), None)
    source.unchanged()
    made.publish(all_documents()[2:])
    with pytest.raises(ConflictError):
        source.unchanged()


def test_every_store_is_exported_alike(tmp_path: Path) -> None:
    made = EmbeddedStore(tmp_path / "store", World.of(registry(), BASE))
    made.publish([*all_documents(), odd()])
    for format in ("nquads", "gexf", "cypher"):
        for where in (None, WHERE):
            out = tmp_path / "embedded"
            exports.export(made, registry(), format, out, where)
            assert out.read_bytes() == exported(format, tmp_path, where).read_bytes()
    made.close()


# --- what it says of itself ------------------------------------------------------------------


@pytest.mark.parametrize("format", exports.FORMATS)
@pytest.mark.parametrize("where", [None, WHERE])
def test_each_says_what_it_is(tmp_path: Path, format: str, where: str | None) -> None:
    out = exported(format, tmp_path, where)
    head = out / "README.txt" if out.is_dir() else out
    said, dataset = head.read_text("utf-8"), store().dataset()
    for word in (dataset.version, dataset.sha256, "policy-kg 0.", "1.0.0", "licenses/by/4.0",
                 "第五条"):  # fmt: skip
        assert word in said, word
    assert where is None or where in said
    assert not out.is_dir() or said.startswith(MARK)


@pytest.mark.parametrize("format", [f for f in exports.FORMATS if f != "parquet"])
def test_the_same_content_gives_the_same_bytes(tmp_path: Path, format: str) -> None:
    def read(folder: str) -> dict[str, bytes]:
        (tmp_path / folder).mkdir()
        out = exported(format, tmp_path / folder)
        return {p.name: p.read_bytes() for p in (out.iterdir() if out.is_dir() else [out])}

    assert read("a") == read("b")


# --- RDF -------------------------------------------------------------------------------------


def triple(s: Any, p: Any, o: Any) -> Triple:
    """A triple of either library as plain text."""
    if isinstance(o, ox.Literal):
        return s.value, p.value, o.value, o.datatype.value, o.language or ""
    if isinstance(o, rdflib.Literal):
        default = rdflib.RDF.langString if o.language else rdflib.XSD.string
        return str(s), str(p), str(o), str(o.datatype or default), o.language or ""
    return getattr(s, "value", str(s)), getattr(p, "value", str(p)), str(
        getattr(o, "value", o)), "", ""  # fmt: skip


def by_oxigraph(path: Path, format: str) -> set[Triple]:
    kinds = {"turtle": ox.RdfFormat.TURTLE, "nquads": ox.RdfFormat.N_QUADS,
             "jsonld": ox.RdfFormat.JSON_LD}  # fmt: skip
    quads = ox.parse(path=str(path), format=kinds[format])
    return {triple(q.subject, q.predicate, q.object) for q in quads}


def by_rdflib(path: Path, format: str, monkeypatch: pytest.MonkeyPatch) -> set[Triple]:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    found = rdflib.Dataset()
    kinds = {"jsonld": "json-ld"}
    found.parse(str(path), format=kinds.get(format, format))
    return {triple(s, p, o) for s, p, o, _ in found.quads()}


def expected(where: str | None) -> set[Triple]:
    """What the RDF form says of the united graph, and where the export says it comes from."""
    source = Source(store(), registry(), where)
    text = "".join(rdf.nquads([part(where)], BASE)) + linked.provenance(source)
    quads = ox.parse(text, format=ox.RdfFormat.N_QUADS)
    return {triple(q.subject, q.predicate, q.object) for q in quads}


@pytest.mark.parametrize("where", ALL)
@pytest.mark.parametrize("format", ["turtle", "nquads", "jsonld"])
def test_rdf_read_again(
    tmp_path: Path, format: str, where: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = exported(format, tmp_path, where)
    wanted = expected(where)
    assert by_oxigraph(out, format) == wanted
    assert by_rdflib(out, format, monkeypatch) == wanted


def test_rdf_has_the_roles_and_quotes_of_the_records(tmp_path: Path) -> None:
    graph = rdflib.Graph().parse(str(exported("jsonld", tmp_path)), format="json-ld")
    query = f"""PREFIX pkg: <{NS}> PREFIX oa: <http://www.w3.org/ns/oa#>
        PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
        SELECT ?t ?d ?role ?basis ?order ?quote WHERE {{
          ?r a pkg:Responsibility ; pkg:task/pkg:id ?t ; pkg:agent/pkg:id ?d ;
             pkg:order ?order ; pkg:role ?ro ; pkg:basis ?ba ; pkg:evidence/oa:hasSelector ?s .
          ?s oa:exact ?quote .
          BIND(REPLACE(STR(?ro), ".*role-", "") AS ?role)
          BIND(REPLACE(STR(?ba), ".*basis-", "") AS ?basis) }}"""
    found = {tuple(v.toPython() for v in row) for row in graph.query(query)}  # type: ignore[union-attr]
    assert found == roles(store().records("task"))


def test_the_exported_graph_is_valid(tmp_path: Path) -> None:
    """The miniature annual plan lacks its rule, here as in the store: nothing is added."""
    assert check(exported("nquads", tmp_path).read_text()) == check(exports.quads(store()))


def test_jsonld_reads_well(tmp_path: Path) -> None:
    things = json.loads(exported("jsonld", tmp_path).read_text())["@graph"]
    task = next(t for t in things if t["@id"] == "tasks/plan-4.2")
    assert task["@type"] == "Task" and task["text"] == {"zh": "提升“商标”审查质量100%_\\。"}
    assert task["ledBy"] == f"departments/{IPO}" and task["open"] is False
    role = next(t for t in things if t["@id"] == "tasks/plan-4.2#responsibility-0")
    assert (role["role"], role["basis"], role["order"]) == ("role-lead", "basis-explicit", 0)
    assert any(t.get("text") == {"zh": AWKWARD} for t in things)


def test_quads_are_the_whole_graph_alone() -> None:
    lines = "".join(exports.quads(store()))
    assert "version#" not in lines and "tasks/plan-4.1" in lines


@given(graphs())
@settings(max_examples=40, deadline=None)
def test_jsonld_of_any_small_graph(made: list[Graph]) -> None:
    source = Given(made)
    text = "".join(linked.nquads(source))
    wanted = {triple(q.subject, q.predicate, q.object)
              for q in ox.parse(text, format=ox.RdfFormat.N_QUADS)}  # fmt: skip
    forms = {ox.RdfFormat.JSON_LD: linked.jsonld, ox.RdfFormat.TURTLE: linked.turtle}
    for format, pieces in forms.items():
        quads = ox.parse("".join(pieces(source)), format=format)
        assert {triple(q.subject, q.predicate, q.object) for q in quads} == wanted
