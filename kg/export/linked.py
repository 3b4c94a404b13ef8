"""The RDF forms: Turtle, N-Quads, JSON-LD. Streamed; nothing is kept between two records."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from kg import rdf
from kg.export.about import LICENCE_IRI, RIGHTS_EN, RIGHTS_ZH
from kg.export.select import Source
from kg.ontology import NAMESPACE, load
from kg.rdf_plan import A, literal
from kg.rdf_text import PREFIXES

_DCTERMS = "http://purl.org/dc/terms/"
_LINE = re.compile(
    r"<(?P<s>[^>]*)> <(?P<p>[^>]*)> "
    r'(?:<(?P<iri>[^>]*)>|(?P<text>"(?:[^"\\]|\\.)*")(?:@(?P<lang>[\w-]+))?) <[^>]*> \.'
)


def nquads(source: Source) -> Iterator[str]:
    """N-Quads, where the content comes from in a graph of its own at the end."""
    yield from rdf.nquads(source.graphs(), source.base_iri)
    yield provenance(source)


def turtle(source: Source) -> Iterator[str]:
    """Turtle, the facts about the export as comments before and as triples after."""
    yield source.about.text("# ")
    yield from rdf.turtle_pieces(source.graphs(), source.base_iri)
    tail = f" <{rdf.provenance_graph(source.base_iri)}> .\n"
    yield "\n" + provenance(source).replace(tail, " .\n")


def provenance(source: Source) -> str:
    """Which version this is, made from what by what, and under which terms."""
    about, base = source.about, source.base_iri
    here, tail = f"<{base}version#dataset>", f" <{rdf.provenance_graph(base)}> .\n"
    lines = _rights(here)
    if about.where:
        part = f"<{base}version#selection>"
        lines += [
            f"{part} {A} <{PREFIXES['dcat']}Dataset>",
            f"{part} <{PREFIXES['prov']}wasDerivedFrom> {here}",
            f"{part} <{_DCTERMS}description> {literal(about.where)}",
            *_rights(part),
        ]
    told = rdf.provenance(about.dataset, about.software, source.documents(), base)
    return told + "".join(line + tail for line in lines)


def _rights(subject: str) -> list[str]:
    return [
        f"{subject} <{_DCTERMS}license> <{LICENCE_IRI}>",
        f"{subject} <{_DCTERMS}rights> {literal(RIGHTS_ZH, 'zh')}",
        f"{subject} <{_DCTERMS}rights> {literal(RIGHTS_EN, 'en')}",
    ]


# --- JSON-LD ---------------------------------------------------------------------------------


def jsonld(source: Source) -> Iterator[str]:
    """JSON-LD: a context, then one object a line for what a source says of a thing."""
    terms = context(source.base_iri)
    head = json.dumps(terms, ensure_ascii=False, indent=1)
    yield f'{{"@context": {head},\n"@graph": [\n'
    about = _told(provenance(source))
    yield ",\n".join(_line(thing, terms) for thing in about)
    for graph in source.graphs():
        for thing in json.loads(rdf.json_ld([graph], source.base_iri))["@graph"]:
            yield ",\n" + _line(thing, terms)
    yield "\n]}\n"


def context(base_iri: str) -> dict[str, Any]:
    """Terms of the vocabulary stand bare, languages as maps, links and codes as plain text."""
    ontology = load()
    found: dict[str, Any] = {"@base": base_iri, "@vocab": NAMESPACE, **PREFIXES,
                             "dcterms": _DCTERMS}  # fmt: skip
    for a in ontology.attributes.values():
        coerced = "@vocab" if a.scheme else _COERCED.get(a.datatype)
        if a.language:
            for name in (a.name, *filter(None, map(_short, a.also))):
                found[name] = {"@container": "@language"}
        elif coerced:
            found[a.name] = {"@type": coerced}
        if a.evidence:
            found[_bare(_short(a.evidence) or "")] = {"@type": "@id"}
    for r in ontology.relations.values():
        found[r.name] = {"@type": "@id"}
        found |= {_bare(_short(end) or ""): {"@type": "@id"}
                  for end in (r.edge_from, r.edge_to) if end}  # fmt: skip
    found |= {name: {"@type": "@id"} for name in _LINKS}
    found |= {"valueKind": {"@type": "@vocab"}, "dcterms:rights": {"@container": "@language"}}
    found |= {"sdmx-measure:obsValue": {"@type": "xsd:decimal"},
              "sdmx-dimension:refPeriod": {"@type": "xsd:gYear"}}  # fmt: skip
    return {name: value for name, value in found.items() if name}


_COERCED = {"decimal": "xsd:decimal", "date": "xsd:date"}
_LINKS = ("evidence", "textOf", "indicator", "oa:hasSource", "oa:hasSelector", "qb:dataSet",
          "qb:structure", "dcterms:license", "prov:used", "prov:generated",
          "prov:wasGeneratedBy", "prov:wasDerivedFrom", "prov:wasAssociatedWith")  # fmt: skip


def _short(iri: str) -> str | None:
    """`prefix:name` of an address in one of the known namespaces."""
    for prefix, namespace in {**PREFIXES, "dcterms": _DCTERMS}.items():
        if iri.startswith(namespace):
            return f"{prefix}:{iri.removeprefix(namespace)}"
    return None


def _bare(name: str) -> str:
    return name.removeprefix("pkg:")


def _line(thing: dict[str, Any], terms: dict[str, Any]) -> str:
    told: dict[str, Any] = {}
    for key, value in thing.items():
        if key == "@id":
            told[key] = value
        elif key == "@type":
            types = [_bare(v) for v in value]
            told[key] = types[0] if len(types) == 1 else types
        else:
            values = value if isinstance(value, list) else [value]
            name = _bare(key)
            told[name] = _values(values, terms.get(name, {}))
    return json.dumps(told, ensure_ascii=False)


def _values(values: list[Any], term: dict[str, str]) -> Any:
    """Values as the context lets them be read."""
    if term.get("@container") == "@language":
        found: dict[str, Any] = {}
        for v in values:
            found.setdefault(v["@language"], []).append(v["@value"])
        return {lang: ws[0] if len(ws) == 1 else ws for lang, ws in found.items()}
    plain = [_value(v, term.get("@type")) for v in values]
    return plain[0] if len(plain) == 1 else plain


def _value(value: Any, coerced: str | None) -> Any:
    if isinstance(value, str):
        return {"@value": value} if coerced else value
    if not isinstance(value, dict):
        return value
    if "@id" in value and coerced in ("@id", "@vocab"):
        return _bare(value["@id"]) if coerced == "@vocab" else value["@id"]
    if value.get("@type") == "xsd:integer" and re.fullmatch(r"0|-?[1-9]\d*", value["@value"]):
        return int(value["@value"])
    return value["@value"] if coerced and value.get("@type") == coerced else value


def _told(quads: str) -> list[dict[str, Any]]:
    """The provenance as expanded objects, one a subject."""
    things: dict[str, dict[str, Any]] = {}
    for m in _LINE.finditer(quads):
        thing = things.setdefault(m["s"], {"@id": m["s"]})
        if m["p"] == A[1:-1]:
            thing.setdefault("@type", []).append(_short(m["iri"]) or m["iri"])
        else:
            value: Any = {"@id": m["iri"]} if m["iri"] is not None else json.loads(m["text"])
            value = {"@value": value, "@language": m["lang"]} if m["lang"] else value
            thing.setdefault(_short(m["p"]) or m["p"], []).append(value)
    return list(things.values())
