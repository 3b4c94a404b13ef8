"""For the tests of exports: stores, sources, and the graph as every export must tell it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from kg import facts
from kg.export import FORMATS, export
from kg.export.about import about
from kg.export.flat import clean
from kg.export.select import KINDS, Source
from kg.graph import Edge, End, Graph, Node, edge_key, properties
from kg.graph_rules import checked, united
from kg.ids import iri
from kg.model import LoadedDocument
from kg.records import Dataset, Evidence
from kg.registry import Registry, load_registry
from kg.store.base import Store
from kg.store.memory import MemoryStore
from kg.store.world import World
from tests import sample

BASE = "http://kg.test/"
FILES = [name for name, format in FORMATS.items() if not format.folder]
IPO = sample.IPO
WHERE = f"led_by={IPO}"
AWKWARD = "甲 \"引\" 'b' \\u0041 \\n\\ <&>]]> 𠮷，、“”\t§\r\n二；;|{}$"
Row = tuple[Any, ...]


def odd() -> LoadedDocument:
    """A document whose id, names and words hold what formats stumble over."""
    w, d = sample.Writer(), "odd \"id\" \\ 'b' <&>"
    bodies: list[sample.Body] = [
        ('O\'Brien "局" \\u0041', "lead", "explicit"),
        ("部，门、甲", "participant", "explicit"),
        ('O\'Brien "局" \\u0041', "participant", "explicit"),
    ]
    head = sample.section(w, d, "1", '一、"标题" <&>')
    tasks = [
        sample.task(w, d, "1", AWKWARD, bodies, section=head.path, number="1"),
        sample.task(w, d, "2", "控\x07制\x00。", [("公安部", "sole", "sole")], title="\x1f题。"),
    ]
    return sample.loaded(d, w, tasks, title='《"奇"》\\', year=2020, sections=[head])


@cache
def registry() -> Registry:
    return load_registry()


@cache
def store() -> Store:
    """The five miniature documents and the odd one; for reading only."""
    made = MemoryStore(World.of(registry(), BASE))
    made.publish([*sample.all_documents(), odd()])
    return made


def exported(format: str, folder: Path, where: str | None = None) -> Path:
    out = folder / f"graph.{format}"
    export(store(), registry(), format, out, where)
    return out


def whole(of: Store | None = None) -> Graph:
    """The graph of everything, united and checked by the rules of the graph itself."""
    of = of or store()
    records = [r for kind in KINDS for r in of.records(kind)]
    return united(facts.graphs(records, BASE, tuple(of.records("section"))))


def part(where: str | None) -> Graph:
    """The graph that an export tells."""
    if where is None:
        return whole()
    return united(Source(store(), registry(), where).graphs())


def key(end: Node | End) -> str:
    return str(clean(f"{end.label}:{end.id}"))


def told(thing: Node | Edge) -> dict[str, Any]:
    return {k: clean(v) for k, v in properties(thing).items()}


def nodes_of(graph: Graph) -> dict[str, dict[str, Any]]:
    return {key(n): told(n) for n in graph.nodes}


def edges_of(graph: Graph) -> dict[tuple[Any, ...], dict[str, Any]]:
    """Edges by type, ends and order."""
    return {(e.type, key(e.source), key(e.target), *edge_key(e)[5:]): told(e) for e in graph.edges}


def roles(of: Iterable[Any]) -> set[Row]:
    """Who has which role in which task, by which words, straight from the records."""
    return {
        (t.id, r.department.id, r.role, r.basis, r.order, clean(r.evidence[0].quote))
        for t in of
        for r in t.responsibilities
    }


class Given(Source):
    """A source of graphs that are given."""

    def __init__(self, graphs: Iterable[Graph], where: str | None = None) -> None:
        self.given = tuple(graphs)
        self.about = about(Dataset("v", "0" * 64), where)
        self.base_iri, self.tasks, self.selection = BASE, 0, None

    def graphs(self) -> Iterator[Graph]:
        yield from self.given

    def documents(self) -> Iterator[tuple[str, str]]:
        yield "d", "0" * 64


# --- small graphs for hypothesis -------------------------------------------------------------

words = st.text(
    st.one_of(st.sampled_from("部局、，；“”\"'\\\n\r\t <>&]|;,{}$`un\x00\x1f\x85\u2028𠮷é"),
              st.characters(exclude_categories=["Cs", "Co", "Cn"])),
    min_size=1, max_size=12,
).filter(lambda t: clean(t).strip())  # fmt: skip
# `.` and `..` are steps in a path, not names: `kg.ids.slug` makes neither.
names = words.filter(lambda t: clean(t) not in (".", ".."))
ROLES = ("lead", "participant", "sole", "joint")


@st.composite
def graphs(draw: st.DrawFn) -> list[Graph]:
    """Tasks of a document with bodies, some of them named twice, in odd words."""
    doc = draw(names)
    document = End("Document", doc, iri(BASE, "document", doc))
    about_it = {"mediaType": "text/plain", "characters": 9, "sourceSha256": "a", "textSha256": "b"}
    made = [Graph((Node("Document", doc, document.iri, {**about_it, "name": doc}, (), doc),))]
    bodies = draw(st.lists(names, min_size=1, max_size=3, unique_by=clean))
    for id in draw(st.lists(names, min_size=1, max_size=3, unique_by=clean)):
        text = draw(words)
        said = (Evidence(doc, (3, 3 + len(text)), text),)
        me = End("Task", id, iri(BASE, "task", id))
        props = {"text": text, "clause": text, "open": draw(st.booleans()), "position": 1}
        nodes = [Node("Task", id, me.iri, props, said, doc)]
        edges = [Edge("IN_DOCUMENT", me, document, {}, said, doc)]
        for order, name in enumerate(draw(st.lists(st.sampled_from(bodies), max_size=4))):
            who = End("Department", name, iri(BASE, "department", name))
            role = {"role": draw(st.sampled_from(ROLES)), "basis": "joint", "order": order}
            nodes.append(Node("Department", name, who.iri, {"name": name}, (), doc))
            edges.append(Edge("INVOLVES", me, who, role, said, doc))
        made.append(checked(Graph(tuple(nodes), tuple(edges))))
    return made
