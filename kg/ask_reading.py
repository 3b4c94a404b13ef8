"""What a question was read as, growing piece by piece into parameters of `/tasks`."""

from __future__ import annotations

from kg.ask_tokens import Token
from kg.body_forms import is_collective
from kg.params import BY_NAME, Pairs
from kg.wording import ROLE_ZH, listing

NARROWING = frozenset({"participant", "sole", "joint"})
LABELS = {"document": "文件", "year": "年份", "project": "专项", "due_by": "期限不晚于"}
SAID = {
    "lead": "牵头（含单独负责）",
    "responsible": "负责（即牵头或单独负责）",
    "sole": "单独负责",
    "participant": "参与",
    "joint": "共同负责",
    "involve": "在责任名单上（任何角色）",
    "exclude": "不在责任名单上",
}
Problem = tuple[Token, str]


class Reading:
    """Parameters, the meaning of each piece (`said`), and what could not be read."""

    def __init__(self) -> None:
        self.said: dict[Token, str] = {}
        self.problems: list[Problem] = []
        self.words: list[str] = []
        self.counts = False
        self.most: Token | None = None
        self._led: list[str] = []
        self._involved: dict[str, str | None] = {}
        self._excluded: list[str] = []
        self._values: dict[str, str] = {}
        self._facets: list[str] = []

    def fail(self, token: Token, why: str) -> None:
        """Note a piece that cannot be said in the parameters."""
        self.problems.append((token, why))

    def set(self, token: Token, name: str, value: str, meaning: str) -> None:
        """Give a parameter its only value."""
        if self._values.setdefault(name, value) != value:
            self.fail(token, f"一次只能问一个{LABELS.get(name, '这样的条件')}")
        self.said[token] = meaning

    def facet(self, token: Token, facet: str, meaning: str) -> None:
        """Ask for the values of a facet to be told apart."""
        if facet not in self._facets:
            self._facets.append(facet)
        self.said[token] = meaning + "分别统计"

    def assign(self, relation: str, bodies: list[Token]) -> None:
        """Put bodies into a relation to the tasks; «谁» becomes a facet."""
        several = len([t for t in bodies if t.kind == "body"]) > 1
        if relation == "responsible" and (several or all(map(_nobody, bodies))):
            relation = "involve"  # «有关部门负责»: a collective is on the list, and never leads
        for token in bodies:
            if token.kind == "who":
                self._who(token, relation)
            elif relation in ("lead", "responsible"):
                self._lead(token, bodies)
            elif relation == "exclude":
                self._excluded.append(token.value)
            else:
                self._involve(token, None if relation == "involve" else relation)
            if token.kind == "body":
                self.said[token] = f"部门“{token.name}”：{SAID[relation]}"
        if relation == "sole" and several:
            self.fail(bodies[0], "单独负责的部门只能有一个")

    def _lead(self, token: Token, listed: list[Token]) -> None:
        others = [id for id in self._led if id not in {t.value for t in listed}]
        if others and token.value not in self._led:
            self.fail(token, "前面已问另一个部门牵头；都牵头的请说“A和B共同牵头”，否则请分开问")
        self._led.append(token.value)

    def _who(self, token: Token, relation: str) -> None:
        led = relation in ("lead", "responsible", "sole")
        self.facet(token, "led_by" if led else "involves", "按牵头部门" if led else "按部门")
        if relation in ("sole", "joint", "participant"):
            self._values.setdefault("role", relation)

    def _involve(self, token: Token, role: str | None) -> None:
        if self._involved.setdefault(token.value, role) != role:
            self.fail(token, "同一个部门只能问一种角色")

    def settle(self) -> None:
        """Several leads become one `led_by` and the others in role lead; one role at most."""
        if self.most is not None and not self._facets:
            self.fail(self.most, "没有说清按什么数：例如“谁牵头的任务最多”")
        led = list(dict.fromkeys(self._led))
        for id in led[1:]:
            self._involved[id] = "lead"
        self._led = led[:1]
        for id in self._led:
            if self._involved.get(id, "") is None:
                del self._involved[id]
        roles = {r for r in (*self._involved.values(), self._values.get("role"))}
        roles -= set() if self._involved and None in self._involved.values() else {None}
        if len(roles) > 1:
            words = [t for t in self.said if t.kind == "relation" and t.value in NARROWING]
            token = next((t for t in words), next(iter(self.said)))
            said = listing([ROLE_ZH[r] if r else "涉及" for r in sorted(roles, key=str)])
            self.fail(token, f"一次只能问一种角色（这里有{said}）；请分开问")
        elif roles - {None}:
            self._values["role"] = str(next(iter(roles)))

    def pairs(self) -> Pairs:
        """The parameters, in their canonical order."""
        found = [("led_by", id) for id in self._led]
        found += [("involves", id) for id in self._involved]
        found += [("excludes", id) for id in dict.fromkeys(self._excluded)]
        found += list(self._values.items())
        if self.words:
            found.append(("q", " ".join(dict.fromkeys(self.words))))
        if self._facets:
            found.append(("facets", ",".join(self._facets)))
        order = list(BY_NAME)
        return tuple(sorted(found, key=lambda pair: order.index(pair[0])))


def _nobody(token: Token) -> bool:
    return token.kind == "body" and is_collective(token.name)


def why_unknown(token: Token) -> str:
    """What to tell about a piece that has no place in a question."""
    if token.kind == "refuse":
        return token.value
    if token.kind == "unknown_body":
        return "不认识这个机构"
    if token.kind == "ambiguous":
        return f"不止一个{token.value}叫这个名字：" + "、".join(token.several)
    return "没有读懂"


__all__ = ["LABELS", "SAID", "Reading", "why_unknown"]
