"""The only reader of ``ontology.ttl``; refuses an inconsistent one.

``python -m kg.ontology`` rewrites ``kg/terms.py`` from it.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, NoReturn, get_args

import pyoxigraph as ox

from kg.errors import DataError
from kg.vocabulary import (
    Attribute,
    Class,
    Concept,
    Form,
    Ontology,
    Relation,
    faults,
    relationship_type,
)

NAMESPACE = "https://policy-kg.github.io/ns#"
FILE = "ontology.ttl"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_LANG_STRING = _RDF + "langString"
_DATATYPES = {_LANG_STRING: "text"} | {
    _XSD + name: name for name in ("string", "integer", "decimal", "boolean", "date")
}


@lru_cache(maxsize=1)
def load() -> Ontology:
    """The product's vocabulary, read once.

    In a wheel the file travels as package data; in a clone it lies at the root.
    """
    packed = resources.files("kg.data").joinpath(FILE)
    if packed.is_file():
        return parse(packed.read_text("utf-8"))
    return parse((Path(__file__).resolve().parents[1] / FILE).read_text("utf-8"))


def parse(turtle: str) -> Ontology:
    """Read a vocabulary.

    Raises:
        DataError: it is not Turtle, or a term lacks a label, a key, a domain or a range, or
            refers to a term that is not there.
    """
    facts = _Facts(turtle)
    classes = {c.name: c for c in map(facts.a_class, facts.typed(_OWL + "Class"))}
    below = {
        name: frozenset(c.name for c in classes.values() if name in (c.name, *c.parents))
        for name in classes
    }
    schemes = {_local(s): facts.concepts(s) for s in facts.typed(_SKOS + "ConceptScheme")}
    attributes, relations = {}, {}
    ends = {e for c in facts.typed(_OWL + "Class") for e in facts.ends(c)}
    evidence = {
        facts.one(p, NAMESPACE + "evidenceOf"): p for p in facts.typed(_OWL + "ObjectProperty")
    }
    for iri in facts.typed(_OWL + "DatatypeProperty") + facts.typed(_OWL + "ObjectProperty"):
        form = facts.kind(iri, ends)
        if form == "attribute":
            attributes[_local(iri)] = facts.attribute(iri, below, evidence.get(iri))
        elif form == "relation":
            relations[relationship_type(_local(iri))] = facts.relation(iri, below)
    version = facts.one(NAMESPACE[:-1], _OWL + "versionInfo")
    if not version:
        _refuse(NAMESPACE[:-1], "没有版本号 owl:versionInfo")
    found = Ontology(version=version, classes=classes, attributes=attributes,
                     relations=relations, schemes=schemes, turtle=turtle)  # fmt: skip
    for name, why in faults(found):
        _refuse(name, why)
    return found


class _Facts:
    """What the file says, by subject and predicate."""

    def __init__(self, turtle: str) -> None:
        self.found: defaultdict[str, defaultdict[str, list[Any]]] = defaultdict(
            lambda: defaultdict(list)
        )
        try:
            for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE):
                self.found[_key(quad.subject)][quad.predicate.value].append(quad.object)
        except SyntaxError as error:
            raise DataError(f"本体文件不是合法的 Turtle：{error}", where=FILE) from error

    def typed(self, type: str) -> list[str]:
        """The terms of the namespace that have a type, in the order of the file."""
        return [
            s
            for s, facts in list(self.found.items())
            if s.startswith(NAMESPACE) and type in map(_key, facts.get(_RDF + "type", ()))
        ]

    def all(self, subject: str, predicate: str) -> list[str]:
        """All values, as text; lists and unions are opened."""
        terms = self.found[subject].get(predicate, ()) if subject in self.found else ()
        return [value for term in terms for value in self._open(term)]

    def _open(self, term: Any) -> list[str]:
        key = _key(term)
        if key == _RDF + "nil":
            return []
        if not isinstance(term, ox.BlankNode):
            return [key]
        return [v for p in (_OWL + "unionOf", _RDF + "first", _RDF + "rest")
                for v in self.all(key, p)]  # fmt: skip

    def one(self, subject: str, predicate: str) -> str | None:
        """The only value, or None."""
        values = self.all(subject, predicate)
        if len(values) > 1:
            _refuse(subject, f"有 {len(values)} 个 {_local(predicate)}，至多应有一个")
        return values[0] if values else None

    def flag(self, subject: str, name: str) -> bool:
        return self.one(subject, NAMESPACE + name) == "true"

    def label(self, subject: str, language: str, predicate: str) -> str:
        """The only label in a language."""
        terms = self.found[subject].get(predicate, ())
        found = [t.value for t in terms if getattr(t, "language", None) == language]
        if len(found) != 1:
            _refuse(subject, f"应有且只有一个 {language} 标签，现有 {len(found)} 个")
        return str(found[0])

    def described(self, iri: str) -> dict[str, str]:
        """What classes and properties have in common."""
        comment = " ".join(self.all(iri, _RDFS + "comment"))
        return {**self.labels(iri, _RDFS + "label"), "name": _local(iri), "comment": comment}

    def labels(self, iri: str, predicate: str) -> dict[str, str]:
        zh, en = (self.label(iri, language, predicate) for language in ("zh", "en"))
        return {"iri": iri, "zh": zh, "en": en}

    def ancestors(self, iri: str) -> list[str]:
        direct = self.all(iri, _RDFS + "subClassOf")
        return list(dict.fromkeys(direct + [a for d in direct for a in self.ancestors(d)]))

    def a_class(self, iri: str) -> Class:
        form = _local(self.one(iri, NAMESPACE + "form") or "")
        if form not in get_args(Form):
            _refuse(iri, "没有写明形式 pkg:form（node、edge、resource 或 abstract）")
        key = tuple(_local(k) for k in self.all(iri, _OWL + "hasKey"))
        if not key and form != "abstract":
            _refuse(iri, "没有键 owl:hasKey")
        ancestors = self.ancestors(iri)
        return Class(
            **self.described(iri),
            form=form,  # type: ignore[arg-type]
            key=key,
            parents=tuple(_local(a) for a in ancestors if a.startswith(NAMESPACE)),
            aligned=tuple(a for a in ancestors if not a.startswith(NAMESPACE)),
            ungrounded=self.flag(iri, "ungrounded"),
        )

    def concepts(self, scheme: str) -> dict[str, Concept]:
        self.described(scheme)
        found: dict[str, Concept] = {}
        for iri in self.typed(_SKOS + "Concept"):
            if scheme not in self.all(iri, _SKOS + "inScheme"):
                continue
            notation = self.one(iri, _SKOS + "notation")
            if not notation or notation in found:
                _refuse(iri, "取值没有 skos:notation，或与同表的另一取值相同")
            found[notation] = Concept(
                **self.labels(iri, _SKOS + "prefLabel"),
                notation=notation,
                implies=self.one(iri, NAMESPACE + "impliesClass"),
                derives=self.flag(iri, "derives"),
            )
        return found

    def ends(self, iri: str) -> list[str]:
        """The properties that link an edge class to its two ends."""
        return self.all(iri, NAMESPACE + "edgeFrom") + self.all(iri, NAMESPACE + "edgeTo")

    def kind(self, iri: str, ends: set[str]) -> str:
        """What a property is to the property graph: attribute, relation or nothing."""
        self.described(iri)
        datatype = iri in self.typed(_OWL + "DatatypeProperty")
        if datatype or self.all(iri, NAMESPACE + "codedBy"):
            return "attribute"
        domain = {_local(d) for d in self.all(iri, _RDFS + "domain")}
        node = all(self.one(NAMESPACE + d, NAMESPACE + "form") in
                   (NAMESPACE + "node", NAMESPACE + "abstract") for d in domain)  # fmt: skip
        return "relation" if domain and node and iri not in ends else "resource"

    def classes_of(
        self, iri: str, predicate: str, below: dict[str, frozenset[str]]
    ) -> frozenset[str]:
        """The classes a property's domain, range … covers, subclasses included."""
        named = [_local(v) for v in self.all(iri, predicate)]
        for name in named:
            if name not in below:
                _refuse(iri, f"{_local(predicate)} 所指的类不存在：{name}")
        return frozenset(c for name in named for c in below[name])

    def attribute(
        self, iri: str, below: dict[str, frozenset[str]], evidence: str | None
    ) -> Attribute:
        scheme, range = self.one(iri, NAMESPACE + "codedBy"), self.one(iri, _RDFS + "range")
        datatype = "code" if scheme else _DATATYPES.get(range or "", "")
        language = self.one(iri, NAMESPACE + "language")
        if not datatype or (datatype == "text") != bool(language):
            _refuse(iri, "值域不是所支持的类型，或文字没有写明语言")
        domain = self.classes_of(iri, _RDFS + "domain", below)
        if not domain:
            _refuse(iri, "没有定义域 rdfs:domain")
        observed_in = self.one(iri, NAMESPACE + "observedIn")
        return Attribute(
            **self.described(iri),
            domain=domain,
            required=self.classes_of(iri, NAMESPACE + "requiredIn", below),
            functional=_OWL + "FunctionalProperty" in self.all(iri, _RDF + "type"),
            datatype=datatype,
            language=language,
            scheme=_local(scheme) if scheme else None,
            open=self.flag(iri, "openList"),
            also=tuple(self.all(iri, NAMESPACE + "alsoAs")),
            evidence=evidence,
            observes=self.one(iri, NAMESPACE + "observes"),
            observed_in=_local(observed_in) if observed_in else None,
        )

    def relation(self, iri: str, below: dict[str, frozenset[str]]) -> Relation:
        range = self.classes_of(iri, _RDFS + "range", below)
        if not range:
            _refuse(iri, "没有值域 rdfs:range")
        carriers = [c for c in self.typed(_OWL + "Class")
                    if self.one(c, NAMESPACE + "edgeType") == iri]  # fmt: skip
        if len(carriers) > 1:
            _refuse(iri, "有两个类都以它为边")
        edge = carriers[0] if carriers else ""
        return Relation(
            **self.described(iri),
            type=relationship_type(_local(iri)),
            domain=self.classes_of(iri, _RDFS + "domain", below),
            range=range,
            required=self.classes_of(iri, NAMESPACE + "requiredIn", below),
            functional=_OWL + "FunctionalProperty" in self.all(iri, _RDF + "type"),
            ungrounded=self.flag(iri, "ungrounded"),
            edge=_local(edge) or None,
            edge_from=self.one(edge, NAMESPACE + "edgeFrom"),
            edge_to=self.one(edge, NAMESPACE + "edgeTo"),
            distinct_by=tuple(map(_local, self.all(edge, NAMESPACE + "edgeDistinctBy"))),
        )


def _refuse(subject: str, why: str) -> NoReturn:
    raise DataError(why, where=f"{FILE}，{_local(subject)}", remedy="改正本体文件")


def _key(term: Any) -> str:
    return str(term) if isinstance(term, ox.BlankNode) else str(term.value)


def _local(iri: str) -> str:
    return iri.removeprefix(NAMESPACE)


def terms_source(ontology: Ontology) -> str:
    """The text of ``kg/terms.py``: names other code may use without spelling them again."""
    groups = {
        "labels of nodes": {relationship_type(n): n for n in ontology.nodes},
        "types of relationships": {t: t for t in sorted(ontology.relations)},
    }
    lines = ['"""Names of the ontology. Written by ``python -m kg.ontology``; do not edit."""', ""]
    lines += [f'NAMESPACE = "{NAMESPACE}"', f'VERSION = "{ontology.version}"']
    for title, names in groups.items():
        lines += ["", f"# {title}"]
        lines += [f'{constant} = "{name}"' for constant, name in names.items()]
    lines += ["", "ROLES = {"]
    lines += [f'    "{c.notation}": "{c.zh}",' for c in ontology.schemes["roles"].values()]
    lines += ["}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    target = Path(__file__).with_name("terms.py")
    target.write_text(terms_source(load()), "utf-8")
