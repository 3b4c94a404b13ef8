"""The RDF form: the same quads to every reader, the same facts as the property graph, valid."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rdflib import SH

from kg import facts, ids, ontology
from kg.check import Violation, check
from kg.graph import Edge, End, Graph, Node
from kg.graph_rules import checked, united
from kg.model import Dataset, Evidence
from kg.rdf import (
    catalogue_graph,
    derived_graph,
    json_ld,
    nquads,
    provenance,
    registry_graph,
    statements_graph,
    turtle,
    turtle_pieces,
)
from kg.rdf_plan import decimal
from tests.test_graph import BASE, part, records, sample_graphs, task

NS = ontology.NAMESPACE
PREFIX = (
    f"PREFIX pkg: <{NS}> PREFIX oa: <http://www.w3.org/ns/oa#> "
    "PREFIX qb: <http://purl.org/linked-data/cube#> "
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "PREFIX org: <http://www.w3.org/ns/org#> "
    "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> "
    "PREFIX m: <http://purl.org/linked-data/sdmx/2009/measure#> "
    "PREFIX d: <http://purl.org/linked-data/sdmx/2009/dimension#> "
    "PREFIX a: <http://purl.org/linked-data/sdmx/2009/attribute#> "
)


def text(graphs: Iterable[Graph] | None = None) -> str:
    return "".join(nquads(sample_graphs() if graphs is None else graphs, BASE))


def store(quads: str | None = None) -> ox.Store:
    made = ox.Store()
    made.extend(ox.parse(text() if quads is None else quads, format=ox.RdfFormat.N_QUADS))
    return made


def dump(made: ox.Store) -> str:
    return (made.dump(format=ox.RdfFormat.N_QUADS) or b"").decode()


def rows(made: ox.Store, query: str) -> set[tuple[str, ...]]:
    found = made.query(PREFIX + query, use_default_graph_as_union=True)
    assert isinstance(found, ox.QuerySolutions)
    return {tuple(getattr(term, "value", str(term)) for term in row) for row in found}


def plain(quads: str) -> set[tuple[str, ...]]:
    """Quads as tuples of text, as pyoxigraph reads them."""
    return {
        (q.subject.value, q.predicate.value, *ends(q.object), q.graph_name.value)
        for q in ox.parse(quads, format=ox.RdfFormat.N_QUADS)
    }


def ends(term: ox.Term) -> tuple[str, str, str]:
    if isinstance(term, ox.Literal):
        return term.value, term.datatype.value, term.language or ""
    return str(getattr(term, "value", term)), "", ""


def plain_rdflib(quads: str) -> set[tuple[str, ...]]:
    """The same as rdflib reads them, lexical forms untouched."""
    keep, rdflib.NORMALIZE_LITERALS = rdflib.NORMALIZE_LITERALS, False
    try:
        dataset = rdflib.Dataset()
        dataset.parse(data=quads, format="nquads")
    finally:
        rdflib.NORMALIZE_LITERALS = keep
    found = set()
    for s, p, o, g in dataset.quads():
        end = (str(o), "", "")
        if isinstance(o, rdflib.Literal):
            default = rdflib.RDF.langString if o.language else rdflib.XSD.string
            end = (str(o), str(o.datatype or default), o.language or "")
        found.add((str(s), str(p), *end, str(g)))
    return found


# --- written right ---------------------------------------------------------------------------


def test_two_readers_see_the_same_quads() -> None:
    quads = text()
    assert plain(quads) == plain_rdflib(quads)
    assert len(plain(quads)) == len(set(quads.splitlines()))


def test_the_store_gives_back_what_it_got() -> None:
    """Oxigraph rewrites some literals (xsd:nonNegativeInteger, 7.50); none of ours."""
    assert plain(dump(store())) == plain(text())


AWKWARD = 'a b"c\\d\ne\rf\tg\x00\x07\x7f\x85\u2028«»𠮷é{}|^`<>'


def odd(id: str, words: str) -> Graph:
    """A task of an oddly named document, with odd words."""
    doc = f"doc {id}"
    said = (Evidence(doc, (3, 3 + len(words)), words),)
    me = End("Task", id, ids.iri(BASE, "task", id))
    body = End("Department", id, ids.iri(BASE, "department", id))
    held = End("Document", doc, ids.iri(BASE, "document", doc))
    props = {"text": words, "number": words, "clause": words, "open": False}
    role = {"role": "lead", "basis": "explicit", "order": 0}
    return checked(
        Graph(
            (Node("Task", id, me.iri, {**props}, said, doc),),
            (
                Edge("IN_DOCUMENT", me, held, {}, said, doc),
                Edge("INVOLVES", me, body, {**role}, said, doc),
            ),
        )
    )


@pytest.mark.parametrize("id", ["a b", 'q"uote', "back\\slash", "a\tb", "甲<乙>", "100%", "x#y?z"])
def test_awkward_ids_and_words_survive(id: str) -> None:
    quads = text([odd(id, AWKWARD)])
    found = plain(quads)
    assert (NS + "text", AWKWARD) in {(p, o) for _, p, o, *_ in found}
    assert (NS + "id", id) in {(p, o) for _, p, o, *_ in found}
    assert quads.count("\n") == len(quads.split("\n")) - 1 == len(found)


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_words_survive(words: str) -> None:
    found = plain(text([odd("x", words)]))
    assert {o for _, p, o, *_ in found if p.endswith("#exact")} == {words}


@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Co", "Cn", "Zl", "Zp"]), min_size=1))
def test_any_id_is_a_valid_address(id: str) -> None:
    assert plain(text([odd(id, "x")]))


@pytest.mark.parametrize(
    ("value", "shown"),
    [(12, "12"), (6.3, "6.3"), (0, "0"), (-0.5, "-0.5"), (1e-7, "0.0000001"), (1e22, f"1{0:022}")],
)
def test_numbers_are_decimals_without_exponent(value: float, shown: str) -> None:
    assert decimal(value) == f'"{shown}"^^<http://www.w3.org/2001/XMLSchema#decimal>'


def test_no_blank_nodes_and_everything_in_a_named_graph() -> None:
    for quad in ox.parse(text(), format=ox.RdfFormat.N_QUADS):
        assert isinstance(quad.subject, ox.NamedNode)
        assert not isinstance(quad.object, ox.BlankNode)
        assert isinstance(quad.graph_name, ox.NamedNode)


def test_the_same_content_gives_the_same_text() -> None:
    assert text() == text()
    assert sorted(set(text().splitlines())) == sorted(
        set(text(sample_graphs([*reversed(records())])).splitlines())
    )


# --- the right facts -------------------------------------------------------------------------


def test_both_forms_say_the_same() -> None:
    """Each edge is a triple, each triple between nodes an edge; each property a literal."""
    whole = united(sample_graphs())
    made, nodes = store(), {n.iri: n for n in whole.nodes}
    for type, relation in ontology.load().relations.items():
        triples = rows(made, f"SELECT ?s ?o {{ ?s <{relation.iri}> ?o }}")
        assert triples == {(e.source.iri, e.target.iri) for e in whole.edges if e.type == type}
    for name, attribute in ontology.load().attributes.items():
        pairs = rows(made, f"SELECT ?s ?o {{ ?s <{attribute.iri}> ?o }}")
        found = {(s, o) for s, o in pairs if s in nodes}
        codes = ontology.load().schemes.get(attribute.scheme or "", {})
        expected = set()
        for node in whole.nodes:
            value = node.id if name == "id" else node.props.get(name, ())
            for one in value if isinstance(value, tuple) else (value,):
                shown = codes[one].iri if one in codes else str(one)
                expected.add((node.iri, shown.lower() if isinstance(one, bool) else shown))
        assert found == expected, name
    edges = [e for e in whole.edges if e.type == "INVOLVES"]
    assert len(rows(made, "SELECT ?r { ?r a pkg:Responsibility }")) == len(edges)


def test_the_headline_question() -> None:
    query = """SELECT ?id { ?t pkg:ledBy/pkg:name "公安部"@zh ; pkg:id ?id ;
                                pkg:involves/pkg:name "海关总署"@zh }"""
    assert rows(store(), query) == {("annual-2",)}


def test_a_responsibility_carries_role_basis_order_and_words() -> None:
    query = f"""SELECT ?role ?basis ?order ?exact ?start {{
        <{BASE}tasks/annual-2#responsibility-1> a pkg:Responsibility ;
            pkg:task <{BASE}tasks/annual-2> ; pkg:agent/pkg:name "海关总署"@zh ;
            pkg:role/skos:notation ?role ; pkg:basis/skos:notation ?basis ; pkg:order ?order ;
            pkg:evidence/oa:hasSelector [ oa:exact ?exact ; oa:start ?start ] }}"""
    made = store()
    made.extend(
        ox.Quad(t.subject, t.predicate, t.object)
        for t in ox.parse(ontology.load().turtle, format=ox.RdfFormat.TURTLE)
    )
    start = str(task("annual-2").responsibilities[1].span[0])
    assert rows(made, query) == {
        ("participant", "first-listed-contested", "1", "海关总署", start)
    }  # fmt: skip


def test_two_roles_of_one_department_are_two_resources() -> None:
    record = task("annual-2")
    again = replace(record.responsibilities[0], role="participant", order=3)
    twice = replace(record, responsibilities=(*record.responsibilities, again))
    found = rows(
        store(text(sample_graphs([twice]))),
        f"SELECT ?r ?role {{ ?r pkg:agent <{BASE}departments/公安部> ; pkg:role ?role }}",
    )
    assert {role.rsplit("-", 1)[1] for _, role in found} == {"lead", "participant"}
    assert len({r for r, _ in found}) == 2


def test_each_source_has_its_named_graph() -> None:
    made = store()
    names = {g[0] for g in rows(made, "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }")}
    documents = [d.id for d in part().documents]
    assert {statements_graph(BASE, d) for d in documents} <= names
    assert names - {statements_graph(BASE, d) for d in documents} == {
        registry_graph(BASE),
        catalogue_graph(BASE),
        *(derived_graph(BASE, d) for d in ("annual", "reprint", "picture")),
    }
    reprint = statements_graph(BASE, "reprint")
    in_reprint = f"SELECT ?p ?o {{ GRAPH <{reprint}> {{ <{BASE}tasks/plan-4.1> ?p ?o }} }}"
    stated = {p.removeprefix(NS) for p, _ in rows(made, in_reprint)}
    assert stated == {"evidence", "involves", "repeatedIn"}
    by_rule = f"SELECT ?t {{ GRAPH <{derived_graph(BASE, 'annual')}> {{ ?t pkg:ledBy ?d }} }}"
    assert len(rows(made, by_rule)) == 2


def test_a_missing_value_is_missing_and_not_zero() -> None:
    query = """SELECT ?period ?value ?status { ?o a pkg:Observation ; d:refPeriod ?period ;
        pkg:indicator/pkg:name "服判息诉率"@zh
        OPTIONAL { ?o m:obsValue ?value } OPTIONAL { ?o a:obsStatus ?status } }"""
    assert rows(store(), query) == {
        ("2020", "None", MISSING),
        ("2025", "85", "None"),
    }
    assert '"0"^^<http://www.w3.org/2001/XMLSchema#decimal>' not in text()


def test_units_and_kinds_are_concepts_where_known() -> None:
    made = store()
    units = rows(made, "SELECT DISTINCT ?u { ?o a:unitMeasure ?u }")
    assert units == {(NS + "unit-item",), (NS + "unit-percent",)}
    office = f"{BASE}departments/国家知识产权局-条法司"
    types = {t for (t,) in rows(made, f"SELECT ?t {{ <{office}> a ?t }}")}
    assert types == {NS + "Department", "http://www.w3.org/ns/org#OrganizationalUnit"}
    collective = rows(made, f"SELECT ?t {{ <{BASE}departments/有关部门> a ?t }}")
    assert collective == {(NS + "Collective",)}


# --- other writings --------------------------------------------------------------------------


def triples(quads: str) -> set[tuple[str, ...]]:
    return {quad[:-1] for quad in plain(quads)}


def read_turtle(turtle_text: str) -> set[tuple[str, ...]]:
    return {
        (t.subject.value, t.predicate.value, *ends(t.object))
        for t in ox.parse(turtle_text, format=ox.RdfFormat.TURTLE)
    }


def test_turtle_says_the_same() -> None:
    awkward = [odd(id, AWKWARD) for id in ("a b", "x#y", "甲，乙（丙）", "1.2.")]
    for graphs in (sample_graphs(), awkward):
        assert read_turtle(turtle(graphs, BASE)) == triples(text(graphs))
        assert read_turtle("".join(turtle_pieces(graphs, BASE))) == triples(text(graphs))
        assert len(rdflib.Graph().parse(data=turtle(graphs, BASE), format="turtle")) == len(
            triples(text(graphs))
        )


def test_turtle_of_one_task_is_readable() -> None:
    shown = turtle(facts.graphs([task("annual-2")], BASE), BASE)
    assert f"@base <{BASE}> ." in shown
    assert "\n<tasks/annual-2> a pkg:Task ;\n" in shown
    assert "    pkg:ledBy <departments/公安部> ;\n" in shown
    assert "<tasks/annual-2#responsibility-0> a pkg:Responsibility ;" in shown
    assert "pkg:open false" in shown and "pkg:order 0" in shown


def test_json_ld_says_the_same() -> None:
    shown = json_ld(sample_graphs(), BASE)
    read = rdflib.Graph().parse(data=shown, format="json-ld")
    assert len(read) == len(triples(text()))
    things = {thing["@id"]: thing for thing in json.loads(shown)["@graph"]}
    assert things["tasks/annual-2"]["@type"] == ["pkg:Task"]


def test_another_base_gives_the_same_with_that_base() -> None:
    graph = facts.graphs([task("plan-4.1")], "https://example.org/kg")
    assert read_turtle(turtle(graph, "https://example.org/kg"))


def test_provenance_depends_on_content_only() -> None:
    files = [("plan", "ab" * 32), ("annual", "cd" * 32)]
    made = Dataset("2021.1", "ef" * 32)
    first = provenance(made, "policy-kg 0.1.0", files, BASE)
    assert first == provenance(made, "policy-kg 0.1.0", files[::-1], BASE)
    assert "endedAtTime" not in first
    stamped = provenance(made, "policy-kg 0.1.0", files, BASE, at="2021-10-28T00:00:00Z")
    assert len(plain(stamped)) == len(plain(first)) + 1
    assert {g for *_, g in plain(first)} == {BASE + "version#provenance"}
    used = rows(store(first), "SELECT ?h { ?l a pkg:Load . ?s a pkg:Source ; pkg:sha256 ?h }")
    assert used == {(sha256,) for _, sha256 in files}


# --- valid -----------------------------------------------------------------------------------


def test_the_sample_is_valid() -> None:
    assert check(nquads(sample_graphs(), BASE)) == []
    dataset = rdflib.Dataset()
    dataset.parse(data=text(), format="nquads")
    assert check(dataset) == []
    assert check(dump(store())) == []


T = f"<{BASE}tasks/plan-4.2>"
R = f"<{BASE}tasks/plan-4.2#responsibility-0>"
IPO = f"<{BASE}departments/国家知识产权局>"
SOME = f"<{BASE}departments/有关部门>"
POLICE = f"<{BASE}departments/公安部>"
DOC = f"<{BASE}documents/plan>"
E = f"<{BASE}documents/plan#char=0,12>"
S = f"<{BASE}documents/plan/text#char=0,12>"


def drop(subject: str, path: str) -> str:
    return wipe(f"{subject} {path} ?o")


def wipe(pattern: str) -> str:
    return f"DELETE WHERE {{ GRAPH ?g {{ {pattern} }} }}"


def put(triple: str) -> str:
    return f"INSERT DATA {{ GRAPH <{BASE}x> {{ {triple} }} }}"


def swap(subject: str, path: str, value: str) -> str:
    return f"{drop(subject, path)} ; {put(f'{subject} {path} {value}')}"


MISSING = "http://purl.org/linked-data/sdmx/2009/code#obsStatus-M"
OBSERVED = f"<{BASE}indicators/picture-indicator-1#baseline>"
FAULTS = [
    ("每个事物有且只有一个编号", put(f'{T} pkg:id "other"')),
    ("每个事物有且只有一个编号", swap(T, "pkg:id", '"a/b"')),
    ("每个事物有且只有一个编号", drop(T, "pkg:id")),
    ("文件内容至少有一处原文依据", drop(T, "pkg:evidence")),
    ("文件内容属于且只属于一份文件", drop(T, "pkg:inDocument")),
    ("文件内容属于且只属于一份文件", put(f"{T} pkg:inDocument <{BASE}documents/annual>")),
    ("文件内容至多直接位于一个章节", put(f"{T} pkg:inSection <{BASE}sections/annual-s1>")),
    ("任务有且只有一段文字", drop(T, "pkg:text")),
    ("任务有且只有一个责任条款", put(f'{T} pkg:clause "（另一条）"@zh')),
    ("集体主体不能牵头", put(f"{T} pkg:ledBy {SOME}")),
    ("任务涉及的主体须与其各项责任的主体一致", put(f"{T} pkg:involves {POLICE}")),
    ("任务涉及的主体须与其各项责任的主体一致", drop(T, "pkg:involves")),
    ("没有读出任何主体", wipe(f"?r pkg:task {T}")),
    ("责任属于且只属于一项任务", put(f"{R} pkg:task <{BASE}tasks/plan-4.1>")),
    ("责任有且只有一个主体", drop(R, "pkg:agent")),
    ("责任有且只有一个主体", put(f"{R} pkg:agent {SOME}")),
    ("责任有且只有一个角色：", put(f"{R} pkg:role pkg:role-joint")),
    ("责任有且只有一个角色：", swap(R, "pkg:role", "pkg:role-chief")),
    ("责任有且只有一个角色依据", drop(R, "pkg:basis")),
    ("责任有且只有一个次序", swap(R, "pkg:order", "-1")),
    ("责任至少有一处原文依据", drop(R, "pkg:evidence")),
    ("须该文件自身写明这一规则", swap(R, "pkg:basis", "pkg:basis-first-listed")),
    ("须该文件自身写明这一规则", drop(f"<{BASE}documents/annual>", "pkg:leadRule")),
    ("集体主体不能牵头", swap(R, "pkg:agent", SOME)),
    ("主体有且只有一个中文名称", drop(SOME, "pkg:name")),
    ("同一语言只有一个首选名称", put(f'{IPO} skos:prefLabel "知识产权局"@zh')),
    ("集体主体不是组织", put(f"{SOME} a org:Organization")),
    ("集体主体不是组织", put(f"{SOME} pkg:partOf {IPO}")),
    ("机构至多隶属于一个机构", put(f"{IPO} pkg:partOf {IPO} , {POLICE}")),
    ("专项工程、指标有且只有一个名称", drop(f"<{BASE}projects/picture-project-1>", "pkg:name")),
    ("专项工程至多列于一项任务之下", put(f"<{BASE}projects/picture-project-1> pkg:underTask {T}")),
    ("专项工程没有对应到任务", drop(f"<{BASE}projects/picture-project-1>", "pkg:underTask")),
    ("源文件 sha256", swap(DOC, "pkg:sourceSha256", '"no"')),
    ("规范文本 sha256", drop(DOC, "pkg:textSha256")),
    ("文件至多有一个标题", put(f'{DOC} pkg:title "另一个"@zh')),
    ("文件没有标题", drop(DOC, "pkg:title")),
    ("成文日期至多一个", put(f'{DOC} pkg:date "2021-13-40"^^xsd:date')),
    ("指标值属于且只属于一个数据集", drop(OBSERVED, "qb:dataSet")),
    ("指标值属于且只属于一个指标", drop(OBSERVED, "pkg:indicator")),
    ("指标值有且只有一个年份", put(f'{OBSERVED} d:refPeriod "1999"^^xsd:gYear')),
    ("基期、目标或累计增加值之一", drop(OBSERVED, "pkg:valueKind")),
    ("要么是十进制数，要么标明缺失", drop(OBSERVED, "m:obsValue")),
    ("要么是十进制数，要么标明缺失", swap(OBSERVED, "m:obsValue", '"6.3"')),
    ("要么是十进制数，要么标明缺失", put(f"{OBSERVED} a:obsStatus <{MISSING}>")),
    ("出自且只出自一份规范文本", drop(E, "oa:hasSource")),
    ("原文依据有且只有一个选择器", drop(E, "oa:hasSelector")),
    ("规范文本属于且只属于一份文件", drop(f"<{BASE}documents/plan/text>", "pkg:textOf")),
    ("有且只有一段引文，不为空", swap(S, "oa:exact", '""')),
    ("且在终点之前", swap(S, "oa:start", "12")),
    ("终点有且只有一个", put(f"{S} oa:end 13")),
    ("牵头须有角色为牵头或单独负责的责任", put(f"{T} pkg:ledBy {POLICE}")),
    ("任务却没有相应的牵头", drop(T, "pkg:ledBy")),
    ("引文的字数与起止不符", swap(S, "oa:exact", '"短"')),
]  # fmt: skip


@pytest.mark.parametrize(("message", "fault"), FAULTS)
def test_a_planted_fault_is_found(message: str, fault: str) -> None:
    made = store()
    sound = set(made)
    made.update(PREFIX + fault)
    assert set(made) != sound, "the fault was not planted"
    found = check(dump(made))
    assert [v for v in found if message in v.message], [v.message for v in found]


def test_every_shape_has_a_planted_fault() -> None:
    shapes = rdflib.Graph().parse(data=ontology.load().turtle, format="turtle")
    messages = {str(m) for m in shapes.objects(None, SH.message)}
    planted = {m for m in messages if any(message in m for message, _ in FAULTS)}
    assert messages == planted


def test_a_finding_names_thing_property_value_and_severity() -> None:
    made = store()
    made.update(PREFIX + swap(R, "pkg:role", "pkg:role-chief"))
    found = check(dump(made))
    assert Violation(
        severity="violation",
        focus=R[1:-1],
        path=NS + "role",
        message="责任有且只有一个角色：牵头、参与、单独负责或共同负责",
        value=NS + "role-chief",
    ) in found  # fmt: skip
    made.update(PREFIX + drop(f"<{BASE}projects/picture-project-1>", "pkg:underTask"))
    found = check(dump(made))
    order = ["violation", "warning", "info"].index
    assert [v.severity for v in found] == sorted((v.severity for v in found), key=order)
    assert found[-1].severity == "info" and found[-1].focus.endswith("picture-project-1")


def test_a_finding_about_the_whole_names_the_culprit() -> None:
    made = store()
    made.update(PREFIX + swap(S, "oa:exact", '"短"'))
    found = check(dump(made))
    assert [(v.focus, v.value) for v in found] == [(S[1:-1], None)]


def test_an_empty_graph_is_valid() -> None:
    assert check("") == []
