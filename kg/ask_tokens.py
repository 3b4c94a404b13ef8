"""A question as a row of pieces: known words, names, numbers, quoted words, the unknown."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from msgspec import Struct

from kg.ask_lexicon import Entry, Lexicon
from kg.ask_text import Plain
from kg.ask_words import traditional, words
from kg.deadlines import by_date

STOPS = ",;.。?!:()"
NAMED = frozenset({"body", "document", "project", "who", "units", "collective", "ambiguous"})
_DIGITS = "〇一二三四五六七八九"
_YEAR = re.compile(r"([0-9]{4}|[〇零一二三四五六七八九]{4})年度?(?!代|来|前|后|底|以|内)")
_DUE = re.compile(
    r"(?:到|至|在)?(20[0-9]{2}年(?:[0-9]{1,2}月)?(?:[0-9]{1,2}日)?"
    r"(?:上旬|中旬|下旬|上半年|第?[一二三四]季度|底|末|内)?)"
    r"(?:之?前|以前)?(?:要|应|须|需|必须)?(?:完成|办结|到期|截止)(?!情况|率)"
)
_PROJECT = re.compile(r"专[栏项]第?([0-9]{1,3}|[一二三四五六七八九十]{1,3})|"
                      r"第([0-9]{1,3}|[一二三四五六七八九十]{1,3})个?专[栏项]")  # fmt: skip
_LONGEST_TEXT = 60
_FIELD = re.compile("方面|(?:相|有)关(?!部门|单位|地|方|企业|机构)")
_NEXT = re.compile("、|(?<![而并暂尚])且")
_AND = re.compile(f"和|(?<!参)与|以及|{_NEXT.pattern}")
# Words that open a condition and are part of no subject: 「商标、且主要由公安部负责」.
_OPENS = re.compile(
    "(?:但|而|却|且|又|也|还|同时|并且|主要|应当|应|须|需|均|都|只|仅|年份)*(由|是|为|在|到)?"
)


class Token(Struct, frozen=True, kw_only=True):
    """A piece of the question; `start` and `end` are places in the compared text."""

    kind: str
    start: int
    end: int
    value: str = ""
    name: str = ""
    several: tuple[str, ...] = ()


def tokens(text: Plain, lexicon: Lexicon) -> list[Token]:
    """Cut a question into pieces, the longest known word first."""
    return _Cutter(text, lexicon).run()


class _Cutter:
    def __init__(self, text: Plain, lexicon: Lexicon) -> None:
        self.text = text
        self.lexicon = lexicon
        self.made: list[Token] = []

    def run(self) -> list[Token]:
        at = 0
        while at < len(self.text.text):
            for token in self._next(at):
                self._add(token)
            at = self.made[-1].end
        return self.made

    def _add(self, token: Token) -> None:
        last = self.made[-1] if self.made else None
        if token.kind == "unknown" and last is not None and last.kind == "unknown":
            self.made[-1] = self._token("unknown", last.start, token.end)
        else:
            self.made.append(token)

    def _token(self, kind: str, start: int, end: int, value: str = "", name: str = "") -> Token:
        return Token(kind=kind, start=start, end=end, value=value, name=name)

    def _next(self, at: int) -> list[Token]:
        found = self.lexicon.longest(self.text, at)
        best = [self._known(found[0], at, found[1])] if found else []
        readers: tuple[Callable[[int], list[Token]], ...] = (
            self._due, self._year, self._project, self._quoted, self._book,
        )  # fmt: skip
        for read in readers:
            other = read(at)
            if other and (not best or other[-1].end > best[-1].end):
                best = other
        if best:
            return [*best, *self._free_text(best[-1])]
        field = self._field(at)
        if field:
            return field
        char = self.text.text[at]
        return [self._token("stop" if char in STOPS else "unknown", at, at + 1)]

    def _known(self, entry: Entry, start: int, end: int) -> Token:
        return Token(kind=entry.kind, start=start, end=end, value=entry.value, name=entry.name,
                     several=entry.several)  # fmt: skip

    # -- numbers ---------------------------------------------------------------------------

    def _year(self, at: int) -> list[Token]:
        match = _YEAR.match(self.text.text, at)
        if match is None or not self.text.whole(at, at + 4):
            return []
        digits = match[1].replace("零", "〇")
        year = "".join(str(_DIGITS.index(c)) if c in _DIGITS else c for c in digits)
        return [self._token("year", at, match.end(), year, year)]

    def _due(self, at: int) -> list[Token]:
        """«2021年底前完成»: what is due by then; a year alone is the document's."""
        match = _DUE.match(self.text.text, at)
        day = by_date(match[1], None) if match else None
        if match is None or day is None:
            return []
        return [self._token("due_by", at, match.end(), day, day)]

    def _project(self, at: int) -> list[Token]:
        match = _PROJECT.match(self.text.text, at)
        if match is None:
            return []
        number = _number(match[1] or match[2])
        end = match.end()
        after = self._after_number(end)
        return [self._token("project", at, after, str(number), f"专栏{number}")] if number else []

    def _after_number(self, end: int) -> int:
        """Past the project's own name, where the question repeats it: 专栏1“商业秘密…”."""
        at = end + 1 if self.text.text[end : end + 1] == '"' else end
        found = self.lexicon.longest(self.text, at)
        if found is None or found[0].kind != "project":
            return end
        return found[1] + (1 if at > end and self.text.text[found[1] : found[1] + 1] == '"' else 0)

    # -- words in marks --------------------------------------------------------------------

    def _quoted(self, at: int) -> list[Token]:
        mark = self.text.text[at]
        if mark not in "\"'":
            return []
        end = self.text.text.find(mark, at + 1)
        if end <= at + 1:
            return []
        entry = self.lexicon.exact(self.text.text[at + 1 : end])
        if self.text.text[at + 1 : end] in words().colloquial:
            entry = None
        if entry is not None and entry.kind in self._nameable():
            return [self._known(entry, at, end + 1)]
        return [self._text(at, end + 1, at + 1, end)]

    def _nameable(self) -> frozenset[str]:
        """What words in marks may name here; after «提到» they are only words."""
        last = self.made[-1] if self.made else None
        if last is not None and last.kind == "intro":
            return frozenset()
        if last is not None and last.kind == "relation":
            return frozenset({"project", "body"})
        return frozenset({"document", "project", "body"})

    def _book(self, at: int) -> list[Token]:
        if self.text.text[at] != "《":
            return []
        end = _closing(self.text.text, at)
        if end <= at + 1:
            return []
        entry = self.lexicon.exact(self.text.text[at + 1 : end])
        if entry is not None and entry.kind in self._nameable() - {"body"}:
            return [self._known(entry, at, end + 1)]
        return [self._text(at, end + 1, at + 1, end)]

    def _text(self, start: int, end: int, inner: int, inner_end: int) -> Token:
        said = "".join(self.text.words(inner, inner_end).translate(traditional()).split())
        return self._token("text", start, end, said, said)

    # -- words without marks ---------------------------------------------------------------

    def _free_text(self, before: Token) -> list[Token]:
        """What follows «提到», «关于», or stands in «与…有关», where it names nothing known."""
        word = self.text.text[before.start : before.end]
        if before.kind == "conj" and word in ("与", "和", "跟", "同"):
            return self._about(before.end)
        soft = before.kind == "relation" and word in words().soft_intros
        if not soft and before.kind != "intro":
            return []
        end = self._text_end(before.end)
        if end == before.end or (soft and self._names_something(before.end, end, word)):
            return []
        return self._parts(before.end, end)

    def _about(self, start: int) -> list[Token]:
        text = self.text.text
        places = [text.find(w, start + 1, start + _LONGEST_TEXT) for w in words().about]
        end = min((p for p in places if p > start), default=-1)
        if end < 0 or end > self._text_end(start) or "、" in text[start:end]:
            return []
        found = self.lexicon.longest(self.text, start)
        if found is not None and found[0].kind in NAMED:
            return []
        return self._parts(start, end, about=True)

    def _field(self, at: int) -> list[Token]:
        """«知识产权保护方面的任务», «地理标志相关的任务»: the words before it are looked for."""
        field = _FIELD.search(self.text.text, at + 2, at + _LONGEST_TEXT)
        if field is None or field.start() > self._text_end(at):
            return []
        made = self._parts(at, field.start())
        known = made and made[0].kind == "text"
        return [*made, self._token("filler", *field.span())] if known else made

    def _text_end(self, start: int) -> int:
        places = [self.text.text.find(e, start) for e in words().text_ends]
        end = min((p for p in places if p >= 0), default=len(self.text.text))
        return self._before_next_condition(start, min(end, start + _LONGEST_TEXT))

    def _before_next_condition(self, start: int, end: int) -> int:
        """«商标、海关总署参与», «商标且由公安部牵头»: where something else begins."""
        for mark in _NEXT.finditer(self.text.text, start, end):
            at = mark.end() if mark[0] == "、" else mark.start()
            opening = _OPENS.match(self.text.text, at)
            assert opening is not None  # it may be empty
            if opening[1] == "由" or self._begins_condition(opening.end()):
                return mark.start()
        return end

    def _begins_condition(self, at: int) -> bool:
        found = self.lexicon.longest(self.text, at)
        if found is not None and found[0].kind not in ("filler", "conj", "units"):
            return True
        return any(read(at) for read in (self._due, self._year, self._project))

    def _names_something(self, start: int, end: int, intro: str) -> bool:
        found = self.lexicon.longest(self.text, start)
        if _YEAR.match(self.text.text, start) or _PROJECT.match(self.text.text, start):
            return True
        if found is None or found[0].kind not in NAMED | {"relation", "not"}:
            return False
        joined = found[1] < end and self.lexicon.longest(self.text, found[1]) is None
        return not joined or intro.startswith("涉及")

    def _parts(self, start: int, end: int, about: bool = False) -> list[Token]:
        """The words of a free text; the word that closes «与…有关» goes with it."""
        made = list(self._split(start, end))
        refused = [t for t in made if t.kind != "text"]
        if about and not refused:
            closing = self.lexicon.longest(self.text, end)
            made.append(self._token("filler", end, closing[1] if closing else end + 2))
        return refused or made

    def _split(self, start: int, end: int) -> Iterator[Token]:
        pieces = [p for p in _AND.split(self.text.text[start:end])]
        if not all(len(p) > 1 for p in pieces):
            pieces = [self.text.text[start:end]]
        at = start
        for number, piece in enumerate(pieces):
            place = self.text.text.index(piece, at)
            at = place + len(piece)
            yield self._checked(place, at, listed=number > 0)

    def _checked(self, start: int, end: int, listed: bool) -> Token:
        piece = self.text.text[start:end]
        if _ends_in_role(piece, listed) or piece.endswith(words().body_endings):
            return self._token("unknown_body", start, end, self.text.words(start, end))
        for word, (kind, why) in words().kinds.items():
            if kind == "refuse" and len(word) > 1 and word in piece:
                return self._token("refuse", start, end, why, word)
        return self._text(start, end, start, end)


def _ends_in_role(piece: str, listed: bool) -> bool:
    """«水利厅牵头» is a body with a role; «公众参与» may be a subject, unless it is listed."""
    for word, (kind, value) in words().kinds.items():
        if kind == "relation" and value != "involve" and piece.endswith(word):
            return (listed or value != "participant") and len(piece) > len(word) + 1
    return False


def _closing(text: str, at: int) -> int:
    depth = 0
    for place in range(at, len(text)):
        depth += {"《": 1, "》": -1}.get(text[place], 0)
        if not depth:
            return place
    return -1


def _number(text: str) -> int:
    """1 to 999 in digits, 1 to 99 in characters; 0 if it is no number."""
    if text.isdecimal():
        return int(text)
    tens, ten, ones = text.partition("十")
    values = [_DIGITS.find(part) if part else 0 for part in (tens, ones)]
    if max(len(tens), len(ones)) > 1 or min(values) < 0:
        return 0
    return (values[0] or 1) * 10 + values[1] if ten else values[0]


__all__ = ["Token", "tokens"]
