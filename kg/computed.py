"""What is computed from the documents, as a graph of its own: instruments, topics, candidates.

No document states any of it, so it lies neither in the store nor in any answer: it is made
when it is asked for (`kg.open().graph(computed=True)`, ``kg export --computed``), stands in
the graph `COMPUTED`, and each edge is marked `derived` and carries the words it was made from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from kg import continuity, instruments, terms, topics
from kg.graph import COMPUTED, Edge, End, Graph, Node, Props
from kg.graph_rules import checked
from kg.ids import iri
from kg.records import Evidence
from kg.store.base import Store


def graphs(store: Store, base_iri: str, tasks: Collection[str] | None = None) -> Iterator[Graph]:
    """Checked graphs: one an instrument, one a topic, then one for all candidates.

    Args:
        store: where the documents lie.
        base_iri: the prefix of all IRIs.
        tasks: only what is computed of these tasks; None for everything.

    Raises:
        QueryError: more documents than candidates are sought between; see `kg.continuity`.
    """
    yield from _instruments(store, base_iri, tasks)
    yield from _topics(store, base_iri, tasks)
    yield _candidates(store, base_iri, tasks)


def _instruments(store: Store, base: str, tasks: Collection[str] | None) -> Iterator[Graph]:
    """Each law, rule or plan with the tasks, and the texts outside tasks, that name it."""
    found: defaultdict[str, list[instruments.Mention]] = defaultdict(list)
    for mention in instruments.of_store(store):
        if tasks is None or mention.task in tasks:
            found[mention.name].append(mention)
    for name, mentions in sorted(found.items()):
        id = name.replace("/", "／")  # an id holds no slash
        me = End(terms.INSTRUMENT, id, iri(base, "instrument", id))
        words: defaultdict[End, list[Evidence]] = defaultdict(list)
        for m in mentions:
            words[_namer(m, base)].append(m.evidence)
        props: Props = {"name": name, "instrumentKind": mentions[0].kind}
        evidence = tuple(m.evidence for m in mentions)
        node = Node(terms.INSTRUMENT, id, me.iri, props, evidence, COMPUTED)
        yield _about(node, [Edge(terms.MENTIONS, who, me, {}, tuple(said), COMPUTED, True)
                            for who, said in words.items()])  # fmt: skip


def _namer(m: instruments.Mention, base: str) -> End:
    if m.task is not None:
        return _task(m.task, base)
    document = m.evidence.document
    return End(terms.DOCUMENT, document, iri(base, "document", document))


def _topics(store: Store, base: str, tasks: Collection[str] | None) -> Iterator[Graph]:
    """Each topic with the tasks that have it and the word that gives it to them."""
    found: defaultdict[str, list[topics.Tag]] = defaultdict(list)
    for tag in topics.of_store(store):
        if tasks is None or tag.task in tasks:
            found[tag.topic].append(tag)
    for topic in topics.load():
        if tags := found.get(topic.name):
            me = End(terms.TOPIC, topic.name, iri(base, "topic", topic.name))
            evidence = tuple(t.evidence for t in tags)
            node = Node(terms.TOPIC, me.id, me.iri, {"name": topic.name}, evidence, COMPUTED)
            yield _about(node, [
                Edge(terms.HAS_TOPIC, _task(t.task, base), me, {}, (t.evidence,), COMPUTED, True)
                for t in tags
            ])  # fmt: skip


def _candidates(store: Store, base: str, tasks: Collection[str] | None) -> Graph:
    """Pairs of tasks that may continue each other, with the closest words of both."""
    edges: list[Edge] = []
    ranks: Counter[str] = Counter()
    for c in sorted(continuity.candidates(store), key=lambda c: (c.source.id, -c.score)):
        if tasks is None or (c.source.id in tasks and c.target.id in tasks):
            ranks[c.source.id] += 1
            facts: Props = {"rank": ranks[c.source.id], "pattern": c.kind, "score": c.score}
            ends = _task(c.source.id, base), _task(c.target.id, base)
            words = (c.source_words, c.target_words)
            edges.append(Edge(terms.MAY_CONTINUE_IN, *ends, facts, words, COMPUTED, True))
    return checked(Graph(edges=tuple(edges)))


def _task(id: str, base: str) -> End:
    return End(terms.TASK, id, iri(base, "task", id))


def _about(node: Node, edges: Iterable[Edge]) -> Graph:
    return checked(Graph((node,), tuple(edges)))
