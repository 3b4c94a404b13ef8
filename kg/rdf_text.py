"""Turtle and JSON-LD of triples: by subject, short names, addresses relative to the base."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from kg.ontology import NAMESPACE
from kg.rdf_plan import XSD, literal

PREFIXES = {
    "pkg": NAMESPACE,
    "dcat": "http://www.w3.org/ns/dcat#",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
    "sdmx-code": "http://purl.org/linked-data/sdmx/2009/code#",
    "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
    "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "xsd": XSD,
}
_BY_NAMESPACE = {namespace: prefix for prefix, namespace in PREFIXES.items()}
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
_BARE = {
    XSD + "integer": re.compile(r"[+-]?\d+"),
    XSD + "decimal": re.compile(r"[+-]?\d*\.\d+"),
    XSD + "boolean": re.compile("true|false"),
}


def grouped(triples: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Each triple once: subjects in order of first mention, a subject's types first."""
    unique = dict.fromkeys(triples)
    place = {s: n for n, s in enumerate(dict.fromkeys(t.subject for t in unique))}
    return sorted(unique, key=lambda t: (place[t.subject], *_rank(t.predicate), _key(t.object)))


def _rank(predicate: ox.NamedNode) -> tuple[bool, str]:
    return predicate.value != _TYPE, predicate.value


def _key(term: Any) -> str:
    return str(term)


def turtle_head(base_iri: str) -> str:
    """The base and the prefixes."""
    lines = [f"@base <{base_iri}> ."]
    lines += [f"@prefix {prefix}: <{namespace}> ." for prefix, namespace in PREFIXES.items()]
    return "\n".join(lines) + "\n"


def turtle_body(triples: Iterable[ox.Triple], base_iri: str) -> Iterator[str]:
    """One block of Turtle for each run of triples about one subject."""
    for subject, about in groupby(triples, key=lambda t: t.subject):
        parts = []
        for predicate, same in groupby(about, key=lambda t: t.predicate):
            verb = "a" if predicate.value == _TYPE else _term(predicate, base_iri)
            parts.append(f"{verb} " + " , ".join(_term(t.object, base_iri) for t in same))
        yield f"\n{_term(subject, base_iri)} " + " ;\n    ".join(parts) + " .\n"


def _term(term: Any, base_iri: str) -> str:
    if isinstance(term, ox.Literal):
        bare = _BARE.get(term.datatype.value)
        if bare and bare.fullmatch(term.value):
            return term.value
        if term.language or term.datatype.value == XSD + "string":
            return literal(term.value, term.language)
        return f"{literal(term.value)}^^{_short(term.datatype.value, base_iri)}"
    return _short(term.value, base_iri)


def _short(iri: str, base_iri: str) -> str:
    return _prefixed(iri) or f"<{_relative(iri, base_iri)}>"


def _prefixed(iri: str) -> str | None:
    at = max(iri.rfind("#"), iri.rfind("/")) + 1
    prefix = _BY_NAMESPACE.get(iri[:at])
    named = prefix and re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", iri[at:])
    return f"{prefix}:{iri[at:]}" if named else None


def _relative(iri: str, base_iri: str) -> str:
    """An address within the base as a path; only a first part without colon is safe."""
    path = iri.removeprefix(base_iri)
    safe = base_iri.endswith("/") and re.match(r"[a-z]+[/#]", path)
    return path if safe and path != iri else iri


def jsonld(triples: Iterable[ox.Triple], base_iri: str) -> str:
    """JSON-LD, one object for each subject, with the prefixes as its context."""
    things = []
    for subject, about in groupby(triples, key=lambda t: t.subject):
        thing: dict[str, Any] = {"@id": _relative(_value(subject), base_iri)}
        for predicate, same in groupby(about, key=lambda t: t.predicate):
            if predicate.value == _TYPE:
                thing["@type"] = [_prefixed(v) or v for v in map(_value, (t.object for t in same))]
            else:
                values = [_json(t.object, base_iri) for t in same]
                name = _prefixed(predicate.value) or predicate.value
                thing[name] = values[0] if len(values) == 1 else values
        things.append(thing)
    context = {"@base": base_iri, **PREFIXES}
    return json.dumps({"@context": context, "@graph": things}, ensure_ascii=False, indent=1)


def _value(term: Any) -> str:
    return str(term.value)


def _json(term: Any, base_iri: str) -> Any:
    if not isinstance(term, ox.Literal):
        return {"@id": _prefixed(term.value) or _relative(term.value, base_iri)}
    if term.language:
        return {"@value": term.value, "@language": term.language}
    datatype = term.datatype.value
    if datatype == XSD + "string":
        return term.value
    if datatype == XSD + "boolean":
        return term.value == "true"
    return {"@value": term.value, "@type": _prefixed(datatype) or datatype}
