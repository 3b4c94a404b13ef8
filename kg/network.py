"""Network analysis of who works with whom; every measure with its source.

All functions are pure and take plain memberships: for each task the ids of the bodies that
its clause names. Nothing here knows a store.

Sources: projection by shared tasks and its weight 1/(n-1): M. E. J. Newman, Phys. Rev. E 64,
016132 (2001), eq. 2. Betweenness: L. C. Freeman, Sociometry 40 (1977) 35; weighted by distances
1/w as T. Opsahl et al., Social Networks 32 (2010) 245. Communities: V. D. Blondel et al., J. Stat.
Mech. (2008) P10008. Modularity: M. E. J. Newman, PNAS 103 (2006) 8577. Adjusted Rand index:
L. Hubert, P. Arabie, J. Classif. 2 (1985) 193, eq. 5. Rank correlation: C. Spearman, Am. J.
Psychol. 15 (1904) 72. What each may and may not say: docs/network.md.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import combinations
from math import comb, sqrt
from typing import Any, Literal, TypeAlias

import networkx as nx

from kg.records import Assignment, TaskRecord

Reading = Literal["strict", "closing-rule", "joint"]
READINGS: tuple[Reading, ...] = ("strict", "closing-rule", "joint")
Members = Sequence[Collection[str]]
Graph: TypeAlias = nx.Graph
DiGraph: TypeAlias = nx.DiGraph


def projection(members: Members, *, newman: bool = False) -> nx.Graph:
    """Bodies as nodes, joined where a task names both.

    Args:
        members: the bodies of each task.
        newman: weight each task 1/(n-1), n its number of bodies, so that a long list does not
            count for more than a short one; else each shared task weighs 1.

    Returns:
        A graph whose nodes carry `tasks` (how many name it) and whose edges carry `tasks`
        and `weight`.
    """
    counted: Counter[str] = Counter()
    ties: Counter[tuple[str, str]] = Counter()
    shares: defaultdict[tuple[str, str], float] = defaultdict(float)
    for task in members:
        bodies = sorted(set(task))
        counted.update(bodies)
        pairs = list(combinations(bodies, 2))
        ties.update(pairs)
        if newman:
            for pair in pairs:
                shares[pair] += 1 / (len(bodies) - 1)
    graph = nx.Graph()
    graph.add_nodes_from((body, {"tasks": n}) for body, n in sorted(counted.items()))
    graph.add_edges_from(
        (*pair, {"tasks": n, "weight": shares[pair] if newman else float(n)})
        for pair, n in ties.items()
    )
    return graph


def bipartite(tasks: Iterable[tuple[str, Collection[str]]]) -> nx.Graph:
    """Tasks (`bipartite` 1) and bodies (`bipartite` 0), joined where a task names a body."""
    graph = nx.Graph()
    for task, bodies in tasks:
        graph.add_node(("task", task), bipartite=1, label=task)
        for body in bodies:
            graph.add_node(("department", body), bipartite=0, label=body)
            graph.add_edge(("task", task), ("department", body))
    return graph


def without(members: Members, *bodies: str) -> list[set[str]]:
    """The memberships with some bodies taken out of every task."""
    return [set(task) - set(bodies) for task in members]


def centralities(graph: nx.Graph) -> dict[str, dict[str, float]]:
    """Degree, strength and betweenness of each node.

    `degree` counts partners, `strength` sums weights, `betweenness` is the share of shortest
    paths through a node where a strong tie is a short way (distance 1/weight), from 0 to 1.
    """
    distances = nx.Graph()
    distances.add_nodes_from(graph)
    distances.add_weighted_edges_from(
        ((a, b, 1 / w) for a, b, w in graph.edges(data="weight")), weight="distance"
    )
    between = nx.betweenness_centrality(distances, weight="distance", normalized=True)
    strength = dict(graph.degree(weight="weight"))
    return {
        node: {
            "degree": float(degree),
            "strength": float(strength[node]),
            "betweenness": float(between[node]),
        }
        for node, degree in graph.degree()
    }


def communities(graph: nx.Graph, seed: int = 0) -> list[set[str]]:
    """Louvain communities by weight, the largest first; the same seed gives the same answer."""
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed)
    return sorted((set(c) for c in found), key=lambda c: (-len(c), sorted(c)))


def modularity(graph: nx.Graph, parts: Iterable[Collection[str]]) -> float:
    """Newman's modularity of a division, weighted; 0 for a graph without edges."""
    if graph.number_of_edges() == 0:
        return 0.0
    return float(nx.community.modularity(graph, [set(p) for p in parts], weight="weight"))


def agreement(first: Sequence[Collection[str]], second: Sequence[Collection[str]]) -> float:
    """Adjusted Rand index of two divisions, over the nodes that stand in both.

    1: the same division; 0: no more alike than chance; it may fall below 0.
    """
    common = {n for part in first for n in part} & {n for part in second for n in part}
    ours, theirs = ([set(p) & common for p in parts] for parts in (first, second))
    both = sum(comb(len(a & b), 2) for a in ours for b in theirs)
    one, other = (sum(comb(len(p), 2) for p in parts) for parts in (ours, theirs))
    pairs = comb(len(common), 2)
    chance = one * other / pairs if pairs else 0.0
    most = (one + other) / 2
    return (both - chance) / (most - chance) if most != chance else 1.0


def matrix(graph: nx.Graph, nodes: Sequence[str], value: str = "tasks") -> list[list[float]]:
    """How much each two of `nodes` share, row by row; the diagonal is a node's own `tasks`."""
    return [
        [
            float(
                graph.nodes[a].get(value, 0)
                if a == b
                else graph.get_edge_data(a, b, {}).get(value, 0)
            )
            for b in nodes
        ]
        for a in nodes
    ]


def pairs_by_length(members: Members) -> dict[int, tuple[int, int]]:
    """For each length of list: how many tasks have it, and how many pairs they make.

    A list of n bodies makes n(n-1)/2 pairs: this is why a few long lists can make most ties.
    """
    lengths = Counter(len(set(task)) for task in members)
    return {n: (tasks, tasks * comb(n, 2)) for n, tasks in sorted(lengths.items())}


def densities(members: Members, longest: Iterable[int]) -> dict[int, float]:
    """Density of the projection when only tasks with at most n bodies are kept, for each n."""
    return {
        n: float(nx.density(projection([t for t in members if len(set(t)) <= n]))) for n in longest
    }


# --- readings ------------------------------------------------------------------------------


def leads(responsibilities: Iterable[Assignment], reading: Reading) -> set[str]:
    """The bodies that lead a task under a reading.

    * `strict`: 牵头 is printed, or the body is the only one named;
    * `closing-rule`: also the first listed where the document states that it leads;
    * `joint`: where no lead is stated, all who are named answer for it together.
    """
    bodies = [r for r in responsibilities if not r.collective]
    named = {r.department.id for r in bodies}
    stated = {r.department.id for r in bodies if r.role in ("lead", "sole")}
    printed = {r.department.id for r in bodies if r.role in ("lead", "sole") and not by_rule(r)}
    if reading == "strict":
        return printed
    if reading == "closing-rule":
        return stated
    return stated or named


def by_rule(r: Assignment) -> bool:
    """Whether a body leads only because its document says that the first listed does."""
    return r.basis.startswith("first-listed")


def lead_counts(tasks: Iterable[TaskRecord], reading: Reading) -> Counter[str]:
    """How many tasks each body leads under a reading."""
    return Counter(body for t in tasks for body in leads(t.responsibilities, reading))


def directed(tasks: Iterable[TaskRecord], reading: Reading) -> nx.DiGraph:
    """Who leads whom under a reading: an edge from each lead to every other body of its task.

    Each task adds 1 to `weight`; nodes carry `leads` and `tasks`. Two bodies that lead a task
    together point at each other. Where nobody leads, nobody points: bodies remain as nodes.
    """
    graph = nx.DiGraph()
    for task in tasks:
        named = {r.department.id for r in task.responsibilities if not r.collective}
        heads = leads(task.responsibilities, reading)
        for body in sorted(named):
            graph.add_node(body)
            facts = graph.nodes[body]
            facts["tasks"] = facts.get("tasks", 0) + 1
            facts["leads"] = facts.get("leads", 0) + (body in heads)
        for head in sorted(heads):
            for other in sorted(named - {head}):
                known = graph.get_edge_data(head, other, {"weight": 0})
                graph.add_edge(head, other, weight=known["weight"] + 1)
    return graph


def correlation(first: Mapping[str, float], second: Mapping[str, float]) -> float:
    """Spearman's rank correlation over the bodies of either; a missing count is 0.

    Equals share the mean of their ranks. 1 where both order alike, 0 if one is all equal.
    """
    bodies = sorted({*first, *second})
    a, b = (_mean_ranks([counts.get(body, 0) for body in bodies]) for counts in (first, second))
    middle = (len(bodies) + 1) / 2
    above = sum((x - middle) * (y - middle) for x, y in zip(a, b, strict=True))
    spread = sqrt(sum((x - middle) ** 2 for x in a) * sum((y - middle) ** 2 for y in b))
    return above / spread if spread else 0.0


def _mean_ranks(values: Sequence[float]) -> list[float]:
    tied = Counter(values)
    below, at = {}, 0
    for value in sorted(tied):
        below[value] = at + (tied[value] + 1) / 2
        at += tied[value]
    return [below[value] for value in values]


def ranks(counts: Mapping[str, float]) -> dict[str, int]:
    """Rank of each body by count, 1 the highest; equals share the better rank."""
    ordered = sorted(set(counts.values()), reverse=True)
    better = {value: sum(v > value for v in counts.values()) for value in ordered}
    return {body: better[value] + 1 for body, value in counts.items()}


def flips(before: Mapping[str, float], after: Mapping[str, float], top: int = 10) -> list[str]:
    """Bodies that are among the first `top` under one count and not under the other."""

    def first(counts: Mapping[str, float]) -> set[str]:
        return {body for body, rank in ranks(counts).items() if rank <= top}

    return sorted(first(before) ^ first(after))


def members_of(tasks: Iterable[TaskRecord], roles: Collection[str] = ()) -> list[list[str]]:
    """The bodies (no collectives) of each task, in printed order; only some roles if given."""
    return [
        [
            r.department.id
            for r in t.responsibilities
            if not r.collective and (not roles or r.role in roles)
        ]
        for t in tasks
    ]


def as_rows(measures: Mapping[str, Mapping[str, float]]) -> list[dict[str, Any]]:
    """Measures by node as rows with an `id`, the strongest first."""
    rows = [{"id": node, **values} for node, values in measures.items()]
    return sorted(rows, key=lambda r: (-float(r.get("strength", 0)), str(r["id"])))
