"""From the pieces of a question to the parameters of `/tasks`: no piece is dropped unread.

Bodies wait until a relation takes them: «A和B参与» (before it), «涉及A» (after it). Whatever
cannot be said in the parameters becomes a problem, and the question is refused.
"""

from __future__ import annotations

from collections.abc import Callable

from kg.ask_reading import LABELS, SAID, Reading, why_unknown
from kg.ask_row import STOPS, Row
from kg.ask_tokens import Token
from kg.ask_words import words
from kg.wording import ROLE_ZH, listing

_DROPS_PARTICIPANTS = frozenset({"没有", "无", "除", "除了"})

_UNITS_ALONE = (
    "不能只查内设机构而不查上级；可以说“国家知识产权局（含内设机构）”，或写出内设机构的名称"
)


class Reader:
    """Reads one row of pieces."""

    def __init__(self, row: Row) -> None:
        self.row = row
        self.tokens = row.tokens
        self.out = Reading()
        self._pending: list[Token] = []
        self._bare: list[Token] = []
        self._only: Token | None = None
        self._except = False

    def read(self) -> Reading:
        """Read all pieces, then what was left waiting."""
        at = 0
        while at < len(self.tokens):
            at = self._step(at)
        self._flush(self._pending)
        self._pending = []
        self._settle_bare()
        if self._only is not None:
            self.out.fail(self._only, "“只”要说全：例如“只由海关总署负责”")
        self.out.settle()
        return self.out

    def _step(self, at: int) -> int:
        token = self.tokens[at]
        handlers: dict[str, Callable[[int, Token], int | None]] = {
            "relation": self._relation,
            "not": self._not,
            "not_after": self._not_after,
            "no_lead_verb": self._no_lead_verb,
            "intro": self._intro,
            "bare_role": self._bare_role,
        }
        if token.kind in handlers:
            return handlers[token.kind](at, token) or at + 1
        if token.kind in ("body", "who", "noun", "stop"):
            self._pending.append(token)
        elif token.kind == "conj" and self.row.joins_questions(at):
            self.out.fail(token, "前后是两个问题；请分开问")
        elif token.kind not in ("filler", "conj"):
            self._value(token)
        return at + 1

    # -- what is no body and no relation ----------------------------------------------------

    def _value(self, token: Token) -> None:
        fixed = {"no_lead": ("lead", "none", "没有写明牵头部门"),
                 "stated_lead": ("lead", "stated", "有牵头或单独负责部门"),
                 "units": ("units", "true", "内设机构的任务也算作上级部门的"),
                 "collective": ("collective", "true", "列有“有关部门”一类泛称")}  # fmt: skip
        if token.kind == "units" and token.value:
            self.out.fail(token, _UNITS_ALONE)
        elif token.kind in LABELS:
            self.out.set(token, token.kind, token.value, f"{LABELS[token.kind]}：{token.name}")
        elif token.kind in fixed:
            self.out.set(token, *fixed[token.kind])
        elif token.kind == "text":
            self.out.words.append(token.value)
            self.out.said[token] = f"字样“{token.value}”（在标题或正文里）"
        else:
            self._sign(token)

    def _sign(self, token: Token) -> None:
        if token.kind == "count":
            self.out.counts = True
            self.out.said[token] = "问有几项"
        elif token.kind == "most":
            self.out.most = token
            self.out.said[token] = "按项数多少排列"
        elif token.kind == "which":
            self.out.facet(
                token, token.value, "按" + {"document": "文件", "year": "年份"}[token.value]
            )
        elif token.kind == "only":
            self._only = token
        else:
            self.out.fail(token, why_unknown(token))

    def _intro(self, at: int, token: Token) -> int | None:
        if at + 1 < len(self.tokens) and self.tokens[at + 1].kind in (
            "text",
            "unknown_body",
            "refuse",
        ):
            self.out.said[token] = "标题或正文里有"
        else:
            self.out.fail(token, "后面没有要找的字样")
        return None

    # -- bodies that wait -------------------------------------------------------------------

    def _take(self) -> list[Token]:
        """Bodies the next relation speaks of: those after the last stop, or else before it."""
        groups: list[list[Token]] = [[]]
        for token in self._pending:
            if token.kind in STOPS:
                self._note(token)
                groups.append([])
            else:
                groups[-1].append(token)
        filled = [g for g in groups if g]
        self._pending = []
        for group in filled[:-1]:
            self._flush(group)
        taken = filled[-1] if filled else []
        apart = [n for n in range(1, len(taken)) if not self.row.listed(taken[n - 1], taken[n])]
        first = apart[-1] if apart else 0
        self._pending = taken[:first]
        return taken[first:]

    def _flush(self, waiting: list[Token]) -> None:
        """Bodies without a relation: «海关总署的任务»."""
        for token in waiting:
            if token.kind == "body":
                self.out.assign("involve", [token])
            elif token.kind == "who":
                self.out.fail(token, "没有说清问的是谁牵头、谁参与还是谁负责")
            self._note(token)

    def _note(self, token: Token) -> None:
        if token.kind == "noun":
            self.out.said[token] = "问的是任务"

    # -- relations --------------------------------------------------------------------------

    def _relation(self, at: int, token: Token) -> int | None:
        self.out.said[token] = SAID[token.value]
        if token.value == "involve":
            return self._involve_relation(at, token)
        relation = self._with_only(token)
        before = self._take()
        after, end, behind = self.row.following(at)
        word = self.row.word(token)
        if before:
            self.out.assign(relation, before)
            if after and behind is None and word in words().joins | words().helps:
                self.out.assign("joint" if word in words().joins else "lead", after)
                return end
            return None
        direct = self.row.place(after[0]) == at + 1 if after else False
        if after and behind is None and (self.row.noun_form(token) or not direct):
            self.out.assign(relation, after)
            return end
        self._bare.append(token)
        return None

    def _with_only(self, token: Token) -> str:
        if self._only is None:
            return token.value
        only, self._only = self._only, None
        self.out.said[only] = "只有一个部门"
        if token.value not in ("responsible", "sole"):
            self.out.fail(only, "“只”只能与“负责”连用")
        return "sole"

    def _involve_relation(self, at: int, token: Token) -> int | None:
        before = self._take()
        after, end, behind = self.row.following(at)
        self.out.assign("involve", before)
        if after and behind is not None:
            return self._hand_over("involve", at, end, after, behind)
        self.out.assign("involve", after)
        if after:
            return end
        about = (
            at > 0 and self.tokens[at - 1].kind == "text" and self.row.word(token) in words().about
        )
        if about:
            self.out.said[token] = "标题或正文里有"
        elif not before and not self._leads_on(at + 1):
            self.out.fail(token, "没有说涉及哪个部门或什么字样")
        return None

    def _leads_on(self, at: int) -> bool:
        """Whether the next piece that counts explains a relation without bodies."""
        for token in self.tokens[at:]:
            if token.kind != "filler":
                named = ("text", "units", "collective", "unknown_body", "refuse", "unknown",
                         "ambiguous", "which", "document", "year", "project")  # fmt: skip
                return token.kind in named or token.value == "involve"
        return False

    def _hand_over(
        self, relation: str, at: int, end: int, after: list[Token], behind: Token
    ) -> int:
        """«涉及A、B牵头»: B leads; «涉及A参与»: A participates; «涉及A和B牵头» is unclear."""
        if len(after) > 1 and self.row.joint_before(after[-1]) != "、":
            names = listing([t.name for t in after])
            self.out.fail(behind, f"看不出{names}是都{self.row.word(behind)}，还是只有后一个")
        self.out.assign(relation, after[:-1])
        self._pending = [after[-1]]
        return end

    # -- negations --------------------------------------------------------------------------

    def _not(self, at: int, token: Token) -> int | None:
        word = self.row.word(token)
        self._except = word in ("除", "除了")
        if self._except and any(t.kind == "who" for t in self.tokens):
            self.out.fail(
                token, "看不出是不数这个部门，还是不要它的任务；可以说“不涉及某部门的任务”"
            )
        self.out.said[token] = SAID["exclude"]
        after, end, behind = self.row.following(at)
        if any(t.kind == "who" for t in after):
            self.out.fail(token, "不能问谁不在名单上")
        if after and behind is not None:
            return self._not_with_role(word, at, end, after, behind)
        if after:
            self.out.assign("exclude", after)
            return end
        then = self.row.content(at + 1)
        if then is not None and then.kind == "units":
            self.out.said[then] = "内设机构的任务不计入"
            return self.row.place(then) + 1
        postfix = then is None or then.kind in ("noun", "stop", "conj", "relation")
        before = self._take() if postfix and word not in _DROPS_PARTICIPANTS else []
        self.out.assign("exclude", before)
        if not before:
            self.out.fail(token, "没有说不涉及哪个部门；不能查不含某字样的任务")
        return None

    def _not_with_role(
        self, word: str, at: int, end: int, after: list[Token], behind: Token
    ) -> int:
        if word in _DROPS_PARTICIPANTS or len(after) == 1:
            if behind.value != "participant":
                self.out.fail(behind, "不能查不由某部门牵头或负责的任务；可以说“不涉及某部门”")
            self.out.assign("exclude", after)
            self.out.said[behind] = SAID["exclude"]
            return self.row.place(behind) + 1
        return self._hand_over("exclude", at, end, after, behind)

    def _not_after(self, at: int, token: Token) -> int | None:
        if self._except and self.row.word(token) in words().exception_ends:
            self._except = False
            return None
        before = self._take()
        self.out.assign("exclude", before)
        self.out.said[token] = SAID["exclude"]
        if not before or any(t.kind == "who" for t in before):
            self.out.fail(token, "没有说哪个部门不在名单上")
        return None

    def _no_lead_verb(self, at: int, token: Token) -> int | None:
        if any(t.kind in ("body", "who") for t in self.tokens[:at]):
            self.out.fail(
                token, "看不出是这个部门不牵头，还是没有写明牵头；可以说“没有写明牵头部门”"
            )
        self.out.set(token, "lead", "none", "没有写明牵头部门")
        return None

    # -- roles without a body ---------------------------------------------------------------

    def _bare_role(self, at: int, token: Token) -> None:
        self._bare.append(token)

    def _settle_bare(self) -> None:
        for token in self._bare:
            if token.kind == "relation" and any(t.kind in ("body", "who") for t in self.tokens):
                self.out.fail(token, f"没有说清由谁{self.row.word(token)}")
                continue
            if token.value in ("lead", "responsible"):
                self.out.set(token, "lead", "stated", "有牵头或单独负责部门")
            else:
                self.out.set(token, "role", token.value, f"有部门{ROLE_ZH[token.value]}")


__all__ = ["Reader"]
