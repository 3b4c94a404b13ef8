"""Documents and departments in the neutral graph: what is printed, edited or registered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kg import terms
from kg.graph import CATALOGUE, REGISTRY, Edge, End, Node, Props
from kg.records import DepartmentRecord, DocRef, DocumentRecord, Evidence, Ref, Statement

_FIELDS = {"kind": "documentType", "source": "sourceAddress"}
_PRINTED = ("title", "number", "date", "issuer")


def props_of(**given: Any) -> Props:
    """The properties that have a value."""
    return {name: value for name, value in given.items() if value is not None and value != ()}


def listed(props: Props, name: str) -> tuple[Any, ...]:
    """The values of a property so far."""
    value = props.get(name, ())
    return value if isinstance(value, tuple) else (value,)


def document_facts(
    r: DocumentRecord, document: Callable[[str], End]
) -> tuple[list[Node], list[Edge]]:
    """What a document prints about itself, what is known of its text, and what an editor says."""
    own, me = r.id, End(terms.DOCUMENT, r.id, r.iri)
    printed = props_of(mediaType=r.media_type, characters=r.characters,
                     sourceSha256=r.source_sha256, textSha256=r.text_sha256,
                     leadRule=r.lead_rule.quote if r.lead_rule else None)  # fmt: skip
    backing: list[tuple[str, Evidence]] = []
    if r.lead_rule:
        backing.append(("leadRule", Evidence(own, r.lead_rule.span, r.lead_rule.quote)))
    edited: Props = {}
    for field, statements in r.statements.items():
        _state(_FIELDS.get(field, field), statements, printed, edited, backing)
    if r.year is not None and "year" not in edited:
        (printed if "date" in printed else edited).setdefault("year", r.year)
    if "title" in printed or "title" in edited:
        (printed if "title" in printed else edited)["name"] = r.title
    words = tuple(dict.fromkeys(e for _, e in backing))
    nodes = [Node(terms.DOCUMENT, own, r.iri, printed, words, own, tuple(backing))]
    if edited:
        nodes.append(Node(terms.DOCUMENT, own, r.iri, edited, (), CATALOGUE))
    edges = [
        Edge(type, me, document(ref.id), {}, (), own, True)
        for type, ref in ((terms.REPRINT_OF, r.reprint_of), (terms.DERIVED_FROM, r.derived_from))
        if isinstance(ref, DocRef)
    ]
    return nodes, edges


def department_facts(
    r: DepartmentRecord, body: Callable[[Ref, bool], End]
) -> tuple[list[Node], list[Edge]]:
    """What the registry says; a body it does not know is stated by the documents alone."""
    if r.registry_source is None:
        return [], []
    me = body(Ref(r.id, r.name), r.collective)
    props = props_of(
        name=r.name, official=r.official, nameEn=r.en, alias=tuple(sorted(set(r.aliases))),
        classification=None if r.collective else r.kind, knownFrom=(r.registry_source,),
        note=(r.note,) if r.note else None,
    )  # fmt: skip
    nodes, edges = [Node(me.label, r.id, r.iri, props, (), REGISTRY)], []
    if r.parent:
        parent = body(r.parent, False)
        name: Props = {"name": r.parent.name}
        nodes.append(Node(parent.label, parent.id, parent.iri, name, (), REGISTRY))
        edges.append(Edge(terms.PART_OF, me, parent, {}, (), REGISTRY))
    return nodes, edges


def _state(
    name: str,
    statements: tuple[Statement, ...],
    printed: Props,
    edited: Props,
    backing: list[tuple[str, Evidence]],
) -> None:
    """Enter one field of a document: what is printed wins, what an editor says otherwise stays."""
    for s in sorted(statements, key=lambda s: s.origin != "printed"):
        value: Any = int(s.value) if name == "year" else s.value
        if s.known_from:
            edited["knownFrom"] = tuple(sorted({*listed(edited, "knownFrom"), s.known_from}))
        if s.origin == "printed":
            printed[name] = value
            if s.evidence and name in _PRINTED:
                backing.append((name, s.evidence))
        elif name not in printed and name not in edited and (name != "date" or len(value) == 10):
            edited[name] = value
        elif printed.get(name, edited.get(name)) != value:
            other = f"{name}：{value}"
            edited["editorial"] = tuple(sorted({*listed(edited, "editorial"), other}))
