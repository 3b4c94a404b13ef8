"""The reading rules: who leads, who takes part, and why. The heart of the project.

`RULES` lists them in the order in which they are tried; each has a name, the sentence of a
document that justifies it, and a function. The first that applies to a clause decides for
all of its bodies (contract, section 3, «Roles and why»).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.model import Basis, Responsibility, Role
from loaders.clauses import Actor, ParsedClause
from loaders.names import Name

Roles = list[tuple[Name, Role]]


@dataclass(frozen=True)
class Context:
    """What a rule may look at: the clause's actors, and what holds around it."""

    actors: tuple[Actor, ...]
    open: bool
    separately: bool
    first_leads: bool
    in_table: bool

    @property
    def names(self) -> list[Name]:
        """All actors in printed order."""
        return [a.name for a in self.actors]

    @property
    def several(self) -> bool:
        """An open list counts as several."""
        return self.open or len({n.id for n in self.names}) > 1


def explicit_lead(c: Context) -> tuple[Roles, Basis] | None:
    """牵头 is printed for it; A、B牵头 means both. Everybody else takes part."""
    leads = {a.name.id for a in c.actors if a.duty == "lead" and not a.name.collective}
    if not leads:
        return None
    return [(n, "lead" if n.id in leads else "participant") for n in c.names], "explicit"


def first_listed_leads(c: Context) -> tuple[Roles, Basis] | None:
    """The document says that the first listed leads, and the clause names several.

    A class of unnamed units cannot be the leading unit: a collective first leads nothing.
    """
    if not c.first_leads or not c.several or c.names[0].collective:
        return None
    roles: Roles = [(n, "participant") for n in c.names]
    roles[0] = (c.names[0], "lead")
    return roles, "first-listed-contested" if c.separately else "first-listed"


def sole_body(c: Context) -> tuple[Roles, Basis] | None:
    """The only body of a clause without 牵头, and no 等 behind it."""
    return None if c.several else ([(c.names[0], "sole")], "sole")


def joint_bodies(c: Context) -> tuple[Roles, Basis] | None:
    """Several bodies and no lead: the document does not say who leads, nor do we."""
    return [(n, "joint") for n in c.names], "table" if c.in_table else "joint"


@dataclass(frozen=True)
class Rule:
    """A reading rule with the words that justify it."""

    name: str
    zh: str
    quote: str
    source: str
    apply: Callable[[Context], tuple[Roles, Basis] | None]


RULES: tuple[Rule, ...] = (
    Rule(
        "explicit-lead",
        "写明牵头",
        "（国家知识产权局牵头，中央宣传部、文化和旅游部、市场监管总局等按职责分工负责）",
        "“十四五”国家知识产权保护和运用规划，（六）",
        explicit_lead,
    ),
    Rule(
        "first-listed-leads",
        "文件规定列第一位的牵头",
        "上述各项任务分工中，由多个部门负责的，列第一位的部门为牵头部门，其他为参与部门。",
        "2019年推进计划，文末",
        first_listed_leads,
    ),
    Rule(
        "sole-body",
        "只列一个机构",
        "（国家知识产权局负责）",
        "“十四五”国家知识产权保护和运用规划，（十一）",
        sole_body,
    ),
    Rule(
        "joint-bodies",
        "并列多个机构，未写明牵头",
        "（科技部、工业和信息化部、财政部、国家知识产权局等按职责分工负责）",
        "“十四五”国家知识产权保护和运用规划，（八）",
        joint_bodies,
    ),
)


def assign(
    clause: ParsedClause, *, first_leads: bool, in_table: bool = False
) -> tuple[Responsibility, ...]:
    """Give each body of a clause its role and the basis for it.

    Args:
        clause: the clause taken apart.
        first_leads: whether a stated rule of this document covers the clause.
        in_table: whether the clause is a cell of a task table.
    """
    context = Context(clause.actors, clause.open, clause.separately, first_leads, in_table)
    roles, basis = next(r for r in (rule.apply(context) for rule in RULES) if r is not None)
    return tuple(_responsibilities(roles, basis))


def _responsibilities(roles: Roles, basis: Basis) -> Sequence[Responsibility]:
    seen: set[str] = set()
    out: list[Responsibility] = []
    for name, role in roles:
        if name.id in seen:
            continue  # the same body printed twice in one clause is one responsibility
        seen.add(name.id)
        out.append(
            Responsibility(
                department=name.department,
                department_id=name.id,
                mention=name.mention,
                span=name.span,
                order=len(out),
                role=role,
                basis=basis,
                collective=name.collective,
            )
        )
    return out
