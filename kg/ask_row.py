"""The pieces of a question in a row: which bodies are listed together, and what follows."""

from __future__ import annotations

from kg.ask_tokens import Token

ACTIVE = frozenset({"lead", "responsible", "sole", "participant", "joint"})
STOPS = frozenset({"noun", "stop"})
_APART = frozenset({"的", "中", "里", "是", "有", "里面", "其中"})
_AND = frozenset({"和", "以及", "及"})
_ABOUT = frozenset({"有关", "相关", "有关联", "相关联"})


class Row:
    """Looks around in the pieces; changes nothing."""

    def __init__(self, tokens: list[Token], text: str) -> None:
        """`text` is the compared text the pieces were cut from."""
        self.tokens = tokens
        self._text = text
        self._places = {token.start: place for place, token in enumerate(tokens)}

    def word(self, token: Token) -> str:
        """The compared text of a piece."""
        return self._text[token.start : token.end]

    def place(self, token: Token) -> int:
        """Where a piece stands in the row."""
        return self._places[token.start]

    def content(self, at: int) -> Token | None:
        """The first piece from a place on that is no filler."""
        return next((t for t in self.tokens[at:] if t.kind != "filler"), None)

    def following(self, at: int) -> tuple[list[Token], int, Token | None]:
        """The bodies listed after a relation, where they end, and a relation right behind."""
        found: list[Token] = []
        end = place = at + 1
        joined = True
        while place < len(self.tokens):
            token = self.tokens[place]
            if token.kind in ("body", "who") and joined:
                found.append(token)
                joined, end = False, place + 1
            elif token.kind == "conj" and found:
                joined = True
            elif token.kind != "filler" or (found and not joined):
                break
            place += 1
        return found, end, self._behind(end) if found else None

    def _behind(self, at: int) -> Token | None:
        """An active relation that follows the listed bodies at once."""
        for token in self.tokens[at:]:
            if token.kind == "relation" and token.value in ACTIVE:
                return token
            if token.kind != "filler" or self.word(token) in _APART:
                return None
        return None

    def listed(self, first: Token, second: Token) -> bool:
        """Whether two bodies are one list: «A和B», «A B», but not «A在B», nor «A谁»."""
        between = self.tokens[self.place(first) + 1 : self.place(second)]
        if not between:
            return first.kind == second.kind == "body"
        return any(t.kind == "conj" for t in between) and all(
            t.kind in ("conj", "filler") for t in between
        )

    def joint_before(self, token: Token) -> str:
        """The word that joins a body to the list before it."""
        joints = [t for t in self.tokens[: self.place(token)] if t.kind == "conj"]
        return self.word(joints[-1]) if joints else ""

    def noun_form(self, token: Token) -> bool:
        """Whether a relation is named like a thing: 牵头部门."""
        return self.word(token).endswith(("部门", "单位", "机构"))

    def joins_questions(self, at: int) -> bool:
        """Whether an 和 joins two questions: «A牵头的任务和B牵头的任务», «A牵头的和B参与的»."""
        before = self.tokens[max(at - 2, 0) : at]
        after = self.tokens[at + 1 :]
        if not before or self.word(self.tokens[at]) not in _AND:
            return False
        relation = next((t for t in after if t.kind == "relation"), None)
        if relation is None or self.word(relation) in _ABOUT:
            return False
        if before[-1].kind == "noun":
            return any(t.kind == "noun" for t in after)
        return len(before) == 2 and before[0].kind == "relation" and self.word(before[1]) == "的"
