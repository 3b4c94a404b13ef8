"""Lint of the vocabulary, with rdflib and not with the product's own reader as judge."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import get_args

import pytest
from rdflib import OWL, RDF, RDFS, SKOS, Graph, URIRef
from rdflib.collection import Collection

from kg import ontology, terms
from kg.errors import DataError
from kg.model import Basis, Role
from kg.registry import load_registry
from kg.vocabulary import Form

ROOT = Path(__file__).resolve().parents[1]
TURTLE = (ROOT / "ontology.ttl").read_text("utf-8")
NS = ontology.NAMESPACE
CONTRACT_LABELS = {
    "Document", "Section", "Task", "Department", "Collective", "Project", "Goal", "Indicator",
}  # fmt: skip
CONTRACT_TYPES = {"LED_BY", "INVOLVES", "IN_DOCUMENT", "UNDER_TASK", "PART_OF"}
FORM = URIRef(NS + "form")


@pytest.fixture(scope="module")
def raw() -> Graph:
    return Graph().parse(data=TURTLE, format="turtle")


def own(raw: Graph, *types: URIRef) -> set[URIRef]:
    found = {s for type in types for s in raw.subjects(RDF.type, type)}
    return {s for s in found if isinstance(s, URIRef) and s.startswith(NS)}


def test_contract_names() -> None:
    assert set(ontology.load().nodes) >= CONTRACT_LABELS
    relations = ontology.load().relations
    assert set(relations) >= CONTRACT_TYPES
    for type, name in [("LED_BY", "ledBy"), ("IN_DOCUMENT", "inDocument"), ("PART_OF", "partOf")]:
        assert relations[type].name == name
    assert relations["LED_BY"].range == {"Department"}
    assert {"Department", "Collective"} <= relations["INVOLVES"].range
    assert relations["INVOLVES"].edge == "Responsibility"
    assert relations["INVOLVES"].distinct_by == ("order",)
    assert set(ontology.load().attributes_of("Responsibility")) == {"role", "basis", "order"}


def test_every_term_has_both_labels(raw: Graph) -> None:
    properties = own(raw, OWL.DatatypeProperty, OWL.ObjectProperty, OWL.AnnotationProperty)
    for term in own(raw, OWL.Class) | properties | own(raw, SKOS.ConceptScheme):
        assert {o.language for o in raw.objects(term, RDFS.label)} == {"zh", "en"}, term
    for concept in own(raw, SKOS.Concept):
        assert {o.language for o in raw.objects(concept, SKOS.prefLabel)} == {"zh", "en"}, concept


def test_every_class_has_a_key_of_known_properties(raw: Graph) -> None:
    for c in own(raw, OWL.Class):
        if raw.value(c, FORM) == URIRef(NS + "abstract"):
            continue
        key = raw.value(c, OWL.hasKey)
        assert key is not None, c
        for part in Collection(raw, key):
            assert not part.startswith(NS) or (part, RDFS.label, None) in raw, (c, part)


def test_no_name_with_two_meanings(raw: Graph) -> None:
    groups = {
        "class": own(raw, OWL.Class),
        "attribute": own(raw, OWL.DatatypeProperty),
        "relation": own(raw, OWL.ObjectProperty),
        "annotation": own(raw, OWL.AnnotationProperty),
        "concept": own(raw, SKOS.Concept),
        "scheme": own(raw, SKOS.ConceptScheme),
    }
    uses = Counter(term for group in groups.values() for term in group)
    assert [name for name, total in uses.items() if total > 1] == []
    for language in ("zh", "en"):
        labels = Counter(
            str(label)
            for group in ("class", "attribute", "relation")
            for term in groups[group]
            for label in raw.objects(term, RDFS.label)
            if label.language == language
        )
        assert [text for text, total in labels.items() if total > 1] == []
    types = [ontology.relationship_type(t.removeprefix(NS)) for t in groups["relation"]]
    assert len(types) == len(set(types))


def test_no_property_has_two_ranges(raw: Graph) -> None:
    for p in own(raw, OWL.DatatypeProperty, OWL.ObjectProperty):
        assert len(list(raw.objects(p, RDFS.range))) == 1, p


def test_every_referred_term_is_declared(raw: Graph) -> None:
    declared = {s for s in raw.subjects() if (s, None, None) in raw}
    declared |= {URIRef(NS + form) for form in get_args(Form)}
    used = {o for o in raw.objects() if isinstance(o, URIRef) and o.startswith(NS)}
    used |= {p for p in raw.predicates() if p.startswith(NS)}
    assert sorted(used - declared) == []


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("Task", "http://www.w3.org/ns/prov#Plan"),
        ("Document", "http://data.europa.eu/eli/ontology#LegalResource"),
        ("Section", "http://data.europa.eu/eli/ontology#LegalResourceSubdivision"),
        ("Department", "http://www.w3.org/ns/org#Organization"),
        ("Indicator", "http://www.w3.org/2004/02/skos/core#Concept"),
        ("Responsibility", "http://www.w3.org/ns/prov#Association"),
        ("Evidence", "http://www.w3.org/ns/oa#SpecificResource"),
        ("Selector", "http://www.w3.org/ns/oa#TextQuoteSelector"),
        ("Observation", "http://purl.org/linked-data/cube#Observation"),
        ("Load", "http://www.w3.org/ns/prov#Activity"),
    ],
)
def test_alignment(name: str, standard: str) -> None:
    assert standard in ontology.load().classes[name].aligned


def test_a_collective_is_never_an_organisation() -> None:
    aligned = ontology.load().classes["Collective"].aligned
    assert not any("/org#" in c for c in aligned)


def test_code_lists_are_those_of_the_records() -> None:
    schemes = ontology.load().schemes
    assert tuple(schemes["roles"]) == get_args(Role)
    assert tuple(schemes["bases"]) == get_args(Basis)
    kinds = load_registry().kinds
    assert {n: c.zh for n, c in schemes["departmentKinds"].items()} == kinds


def test_terms_are_fresh() -> None:
    assert Path(terms.__file__).read_text("utf-8") == ontology.terms_source(ontology.load())


def test_only_one_module_opens_the_file() -> None:
    """Only kg.ontology opens the file; all else goes through it."""
    for path in sorted((ROOT / "kg").rglob("*.py")) + sorted((ROOT / "api").rglob("*.py")):
        if path.name not in ("ontology.py", "config.py"):
            assert '"ontology.ttl"' not in path.read_text("utf-8"), path


@pytest.mark.parametrize(
    ("find", "put", "complaint"),
    [
        ('rdfs:label "任务"@zh , "Task"@en', 'rdfs:label "Task"@en', "zh 标签"),
        ('rdfs:label "任务"@zh , "Task"@en', 'rdfs:label "任务"@zh', "en 标签"),
        ('"任务"@zh', '"任务"@zh , "工作"@zh', "zh 标签"),
        ('rdfs:label "章节"@zh', 'rdfs:label "任务"@zh', "标签用了两次"),
        ("pkg:Load a owl:Class ; pkg:form pkg:resource", "pkg:Load a owl:Class", "形式"),
        ("owl:hasKey ( prov:generated ) ;", "", "没有键"),
        ("owl:hasKey ( pkg:id )", "owl:hasKey ( pkg:nothing )", "键不是"),
        ("rdfs:domain pkg:Goal ;", "rdfs:domain pkg:Gaol ;", "不存在"),
        ("rdfs:domain pkg:Goal ;", "", "没有定义域"),
        ("rdfs:domain pkg:Task ; rdfs:range pkg:Department", "rdfs:domain pkg:Task", "没有值域"),
        ("pkg:Content ; rdfs:range xsd:integer", "pkg:Content ; rdfs:range xsd:float", "类型"),
        ('rdfs:range rdf:langString ; pkg:language "en"', "rdfs:range rdf:langString", "类型"),
        ("pkg:edgeDistinctBy pkg:order ;", "", "区分"),
        ("pkg:edgeDistinctBy pkg:order ;", "pkg:edgeDistinctBy pkg:title ;", "区分"),
        ("pkg:edgeType pkg:involves ;", "", "edgeType"),
        ("pkg:codedBy pkg:roles ;", "pkg:codedBy pkg:rolls ;", "取值表"),
        ('skos:notation "sole"', 'skos:notation "lead"', "notation"),
        ("pkg:observedIn pkg:baselineYear", "pkg:observedIn pkg:baseYear", "观测年份"),
        ('owl:versionInfo "1.0.0" ;', "", "版本号"),
        ("@prefix pkg:", "prefix pkg", "Turtle"),
    ],
)
def test_an_inconsistent_ontology_is_refused(find: str, put: str, complaint: str) -> None:
    assert find in TURTLE
    with pytest.raises(DataError, match=complaint):
        ontology.parse(TURTLE.replace(find, put, 1))


def test_the_file_in_use_is_accepted_and_kept() -> None:
    assert ontology.parse(TURTLE) == ontology.load()
    assert ontology.load() is ontology.load()
