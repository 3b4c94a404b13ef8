"""Each measure against a small case computed by hand, and against NetworkX on random ones."""

from __future__ import annotations

import random
from math import isclose

import networkx as nx
import pytest

from kg import network
from kg.model import Basis, Clause, Role
from kg.records import Assignment, DocRef, Ref, TaskRecord

# Three tasks: A with B, A with B and C, D alone.
MEMBERS = [["A", "B"], ["A", "B", "C"], ["D"]]


def task(*bodies: tuple[str, Role, Basis], id: str = "t") -> TaskRecord:
    """A task that names bodies in order; a name in （） is a collective actor."""
    named = tuple(
        Assignment(department=Ref(b.strip("（）"), b), mention=b, span=(0, 1), order=n, role=role,
                   basis=basis, collective=b.startswith("（"), evidence=())
        for n, (b, role, basis) in enumerate(bodies)
    )  # fmt: skip
    return TaskRecord(id=id, iri="x:t", document=DocRef("d", "d"), number=None, title=None,
                      section=(), text="", span=(0, 0), clause=Clause("", (0, 0)), open=False,
                      scope=None, deadline=None, responsibilities=named, measures=(), projects=(),
                      evidence=(), position=0)  # fmt: skip


# --- projections ------------------------------------------------------------------------------


def test_projection_by_hand() -> None:
    plain, newman = network.projection(MEMBERS), network.projection(MEMBERS, newman=True)
    assert dict(plain.nodes(data="tasks")) == {"A": 2, "B": 2, "C": 1, "D": 1}
    assert {frozenset(e[:2]): e[2] for e in plain.edges(data="weight")} == {
        frozenset("AB"): 2, frozenset("AC"): 1, frozenset("BC"): 1,
    }  # fmt: skip
    weights = {frozenset(e[:2]): e[2] for e in newman.edges(data="weight")}
    assert weights == {frozenset("AB"): 1.5, frozenset("AC"): 0.5, frozenset("BC"): 0.5}
    assert newman["A"]["B"]["tasks"] == 2


def test_a_body_named_twice_counts_once() -> None:
    assert network.projection([["A", "B", "A"]]).edges["A", "B"] == {"tasks": 1, "weight": 1.0}


def _random(seed: int) -> list[list[str]]:
    source = random.Random(seed)
    return [source.sample("ABCDEFGH", source.randint(1, 5)) for _ in range(30)]


@pytest.mark.parametrize("seed", range(5))
def test_projections_are_those_of_networkx(seed: int) -> None:
    members = _random(seed)
    double = network.bipartite((str(n), m) for n, m in enumerate(members))
    bodies = [n for n, side in double.nodes(data="bipartite") if side == 0]
    for newman, theirs in (
        (False, nx.bipartite.weighted_projected_graph(double, bodies)),
        (True, nx.bipartite.collaboration_weighted_projected_graph(double, bodies)),
    ):
        ours = network.projection(members, newman=newman)
        assert set(ours) == {name for _, name in theirs}
        assert ours.number_of_edges() == theirs.number_of_edges()
        for (_, a), (_, b), weight in theirs.edges(data="weight"):
            assert isclose(ours[a][b]["weight"], weight)


@pytest.mark.parametrize("seed", range(3))
def test_newman_strength_counts_the_tasks_shared(seed: int) -> None:
    members = _random(seed)
    strength = dict(network.projection(members, newman=True).degree(weight="weight"))
    for body, found in strength.items():
        assert isclose(found, sum(body in m and len(m) > 1 for m in members))


def test_bipartite_keeps_both_sides_apart() -> None:
    double = network.bipartite([("1", ["A"]), ("A", ["1"])])
    assert nx.is_bipartite(double) and double.number_of_nodes() == 4


def test_without() -> None:
    assert network.without(MEMBERS, "A", "D") == [{"B"}, {"B", "C"}, set()]


# --- measures ---------------------------------------------------------------------------------


def test_centralities_by_hand() -> None:
    """A – B strong, B – C weak: all shortest ways between A and C go through B."""
    graph = network.projection([["A", "B"], ["A", "B"], ["B", "C"]])
    found = network.centralities(graph)
    assert found["B"] == {"degree": 2.0, "strength": 3.0, "betweenness": 1.0}
    assert found["A"] == {"degree": 1.0, "strength": 2.0, "betweenness": 0.0}


def test_a_strong_tie_is_a_short_way() -> None:
    """A and C share one task, but ten with B each: their way goes through B (0.2 < 1)."""
    graph = network.projection([["A", "C"], *[["A", "B"]] * 10, *[["B", "C"]] * 10])
    assert network.centralities(graph)["B"]["betweenness"] == 1.0


@pytest.mark.parametrize("seed", range(3))
def test_betweenness_is_that_of_networkx(seed: int) -> None:
    graph = network.projection(_random(seed), newman=True)
    for a, b, weight in graph.edges(data="weight"):
        graph[a][b]["far"] = 1 / weight
    theirs = nx.betweenness_centrality(graph, weight="far")
    ours = {n: v["betweenness"] for n, v in network.centralities(graph).items()}
    assert ours == pytest.approx(theirs)


def test_communities_and_modularity() -> None:
    """Two triangles joined by one weak tie. Q = 2·(3/7 − (7/14)²) = 5/14."""
    triangles = [list("AB"), list("BC"), list("AC"), list("XY"), list("YZ"), list("XZ"), list("CX")]
    graph = network.projection(triangles)
    parts = network.communities(graph)
    assert parts == [{"A", "B", "C"}, {"X", "Y", "Z"}]
    assert network.modularity(graph, parts) == pytest.approx(5 / 14)
    assert network.modularity(network.projection([["A"]]), [{"A"}]) == 0.0
    assert all(network.communities(graph, 3) == network.communities(graph, 3) for _ in range(3))


def test_agreement_by_hand() -> None:
    """Hubert and Arabie: AB|CD against AC|BD. No pair in both, two in each, six in all."""
    assert network.agreement(["AB", "CD"], ["CD", "AB"]) == 1.0
    chance = 2 * 2 / 6
    assert network.agreement(["AB", "CD"], ["AC", "BD"]) == pytest.approx(-chance / (2 - chance))
    assert network.agreement(["AB"], ["ABX"]) == 1.0  # X stands in one only
    assert network.agreement([], []) == 1.0


def test_matrix() -> None:
    graph = network.projection(MEMBERS)
    assert network.matrix(graph, ["A", "B", "D"]) == [[2, 2, 0], [2, 2, 0], [0, 0, 1]]


def test_lengths_and_densities_by_hand() -> None:
    assert network.pairs_by_length(MEMBERS) == {1: (1, 0), 2: (1, 1), 3: (1, 3)}
    # up to 2: A–B and D: 1 of 3 pairs; up to 3: A–B–C and D: 3 of 6.
    assert network.densities(MEMBERS, [1, 2, 3]) == pytest.approx({1: 0.0, 2: 1 / 3, 3: 0.5})


# --- readings ---------------------------------------------------------------------------------

EXPLICIT = task(("A", "lead", "explicit"), ("B", "participant", "explicit"))
SOLE = task(("C", "sole", "sole"))
RULED = task(("B", "lead", "first-listed"), ("A", "participant", "first-listed"))
JOINT = task(("A", "joint", "joint"), ("C", "joint", "joint"), ("（有关部门", "joint", "joint"))
NOBODY = task(("（各地区", "sole", "sole"))
TASKS = [EXPLICIT, SOLE, RULED, JOINT, NOBODY]


@pytest.mark.parametrize(
    ("reading", "counts"),
    [
        ("strict", {"A": 1, "C": 1}),
        ("closing-rule", {"A": 1, "B": 1, "C": 1}),
        ("joint", {"A": 2, "B": 1, "C": 2}),
    ],
)
def test_lead_counts_by_hand(reading: network.Reading, counts: dict[str, int]) -> None:
    assert network.lead_counts(TASKS, reading) == counts


def test_a_collective_never_leads() -> None:
    for reading in network.READINGS:
        assert network.leads(NOBODY.responsibilities, reading) == set()
    assert network.members_of(TASKS) == [["A", "B"], ["C"], ["B", "A"], ["A", "C"], []]
    assert network.members_of(TASKS, ["lead"]) == [["A"], [], ["B"], [], []]


def test_directed_by_hand() -> None:
    strict = network.directed(TASKS, "strict")
    assert list(strict.edges(data="weight")) == [("A", "B", 1)]
    assert set(strict) == {"A", "B", "C"}
    ruled = network.directed(TASKS, "closing-rule")
    assert sorted(ruled.edges) == [("A", "B"), ("B", "A")]
    joint = network.directed([JOINT, JOINT], "joint")
    assert sorted(joint.edges(data="weight")) == [("A", "C", 2), ("C", "A", 2)]
    assert joint.nodes["A"] == {"tasks": 2, "leads": 2}


def test_ranks_flips_and_correlation_by_hand() -> None:
    before, after = {"A": 3, "B": 2, "C": 2, "D": 0}, {"A": 3, "B": 0, "C": 2, "D": 5}
    assert network.ranks(before) == {"A": 1, "B": 2, "C": 2, "D": 4}
    assert network.flips(before, after, top=2) == ["B", "C", "D"]
    assert network.flips(before, before) == []
    assert network.correlation(before, {k: 10 * v for k, v in before.items()}) == pytest.approx(1)
    assert network.correlation({"A": 1, "B": 2, "C": 3}, {"A": 3, "B": 2, "C": 1}) == -1
    # 1 − 6·(1+1)/(3·8): one pair exchanged.
    assert network.correlation({"A": 1, "B": 2, "C": 3}, {"A": 2, "B": 1, "C": 3}) == 0.5
    assert network.correlation({"A": 1, "B": 1}, {"A": 1}) == 0.0


def test_as_rows() -> None:
    rows = network.as_rows({"A": {"strength": 1.0}, "B": {"strength": 2.0}})
    assert [r["id"] for r in rows] == ["B", "A"]
