"""The RDF form: the same quads to every reader, the same facts as the property graph, valid."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from kg import ids, ontology
from kg.graph import Edge, End, Graph, Node
from kg.graph_rules import checked, united
from kg.rdf import (
    catalogue_graph,
    derived_graph,
    nquads,
    registry_graph,
    statements_graph,
)
from kg.rdf_plan import decimal
from kg.records import Evidence
from tests.test_graph import BASE, part, records, sample_graphs, task

NS = ontology.NAMESPACE
MISSING = "http://purl.org/linked-data/sdmx/2009/code#obsStatus-M"
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
