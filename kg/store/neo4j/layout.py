"""What the store keeps beside the graph so that it answers as the protocol says.

The graph proper (labels of the contract) is for explorers. To answer in our records, in
order and with totals, there are inner nodes, whose labels begin with ``Pkg``:

* ``PkgStore``: one; which publication answers.
* ``PkgState``: sums over all documents, of one publication.
* ``PkgSource``: a document as loaded, with the keys of its family.
* ``PkgDocument``: a document's record; ``PKG_NAMES`` leads to each ``PkgBody`` it names, with
  how many tasks do: in all, and by role.
* ``PkgItem``: any other thing: its record, and its *terms* and *grams* under one full-text
  index, so that any combination of filters and words is a single question to that index.

Inner nodes are never changed but only added (``from``: the publication that did) and
dropped (``PkgEnded``), so a reader sees one publication whatever is being loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from kg.ids import squeeze
from kg.records import TaskRecord
from kg.store import bodies
from kg.store.base import TaskQuery
from kg.store.embedded.schema import pack
from kg.store.texts import HIT_KINDS, Searchable

LAYOUT = 2
INDEX = "pkgTerms"
LAST = "~"  # behind every character of a key
LONGEST_PHRASE = 200  # characters; a longer word is looked for by its beginning, then compared
INNER = ("PkgStore", "PkgState", "PkgSource", "PkgDocument", "PkgBody", "PkgItem")
SCHEMA = (
    "CREATE CONSTRAINT pkg_store IF NOT EXISTS FOR (n:PkgStore) REQUIRE n.id IS UNIQUE",
    "CREATE CONSTRAINT pkg_body IF NOT EXISTS FOR (n:PkgBody) REQUIRE n.id IS UNIQUE",
    "CREATE INDEX pkg_state IF NOT EXISTS FOR (n:PkgState) ON (n.from)",
    "CREATE INDEX pkg_source IF NOT EXISTS FOR (n:PkgSource) ON (n.id)",
    "CREATE INDEX pkg_document IF NOT EXISTS FOR (n:PkgDocument) ON (n.id)",
    "CREATE INDEX pkg_document_sort IF NOT EXISTS FOR (n:PkgDocument) ON (n.sort)",
    "CREATE INDEX pkg_item IF NOT EXISTS FOR (n:PkgItem) ON (n.id)",
    "CREATE INDEX pkg_item_sort IF NOT EXISTS FOR (n:PkgItem) ON (n.sort)",
    f"CREATE FULLTEXT INDEX {INDEX} IF NOT EXISTS FOR (n:PkgItem|PkgSource) "
    "ON EACH [n.terms, n.grams] OPTIONS {indexConfig: {`fulltext.analyzer`: 'whitespace'}}",
)
_UNSAFE = re.compile(r"[\s%:]")
LEAD, COLLECTIVE, TASK = "has:lead", "has:collective", "kind:task"


# -- order -----------------------------------------------------------------------------------


def hexed(text: str) -> str:
    """Text in an alphabet that every part of the server orders as Python orders the text."""
    return text.encode("utf-8", "surrogatepass").hex()


def sort_key(kind: str, *parts: str | int) -> str:
    """Where a thing stands: kind, document, place, id, ordinal; a beginning is a bound."""
    written = (hexed(p) if isinstance(p, str) else _number(p) for p in parts)
    return "!".join([str(HIT_KINDS.index(kind)), *written])


def _number(n: int) -> str:
    return f"{n:019d}" if n >= 0 else "-"


def behind(kind: str, *parts: str | int) -> str:
    """The bound behind all things whose key begins so."""
    return sort_key(kind, *parts) + "!" + LAST


# -- terms: what filters ask for ----------------------------------------------------------


@lru_cache(1 << 16)
def term(kind: str, value: str) -> str:
    """One word of `terms`; blanks, which part words there, are written otherwise."""
    safe = _UNSAFE.sub(lambda m: "".join(f"%{b:02X}" for b in m[0].encode()), value)
    return f"{kind}:{safe}"


def value_of(word: str) -> str:
    """The value in a term."""
    return unquote(word.split(":", 1)[1])


def task_terms(task: TaskRecord) -> set[str]:
    """The terms of a task; `kg.store.match` says what each filter means."""
    leaders = bodies.leaders(task)
    out = {TASK, term("doc", task.document.id)} | {term("led", d) for d in leaders}
    if leaders:
        out.add(LEAD)
    for a in task.responsibilities:
        d = a.department.id
        out |= {term("inv", d), term(a.role, d), term("role", a.role), term("basis", a.basis)}
        if a.collective:
            out.add(COLLECTIVE)
    if task.year is not None:
        out.add(term("year", str(task.year)))
    if task.due is not None:
        out |= {term("due", task.due[:n]) for n in _PARTS}
    return out | {term("project", p.id) for p in task.projects}


_PARTS = (4, 7, 10)  # year, month and day of an ISO date


def due_by(day: str, known: Iterable[str]) -> list[str]:
    """The terms, among those known, of all dates up to a day: years, months, then days."""
    dates = [value_of(t) for t in known if t.startswith("due:")]
    near = [d for d in dates if len(d) == 4 or day.startswith(d[:-3])]
    return [term("due", d) for d in near if d < day[: len(d)] or d == day]


def thing_terms(thing: Searchable, record: Any) -> set[str]:
    """The terms of another thing: kind, document, and who else states it."""
    others = {e.document for e in record.evidence} - {record.document.id}
    shared = {term("shared", d) for d in others} if thing.kind != "measure" else set[str]()
    return {term("kind", thing.kind), term("in", thing.document.id)} | shared


def published(number: int) -> str:
    """The term of all that a publication added."""
    return f"from:{number}"


# -- grams: what words ask for ------------------------------------------------------------


def grams(fields: Iterable[str]) -> str:
    """Overlapping pairs of characters, each a word to the index; the last one stands alone.

    A phrase of pairs is found exactly where the text stands literally, and never across two
    fields.
    """
    return " ".join(_pairs(squeeze(field)) for field in fields)


def _pairs(text: str) -> str:
    return " ".join([*(text[i : i + 2] for i in range(len(text) - 1)), text[-1:]])


def phrase(word: str) -> str:
    """A (squeezed) word of two or more characters as it stands in `grams`."""
    return " ".join(word[i : i + 2] for i in range(len(word) - 1))


def item(number: int, kind: str, id: str, sort: str, terms: Iterable[str],
         fields: Sequence[str], record: Any) -> dict[str, Any]:  # fmt: skip
    """An inner node of a thing."""
    return {
        "id": id,
        "sort": sort,
        "from": number,
        "terms": " ".join(("", *sorted(terms), published(number), "")),
        "grams": f" {grams(fields)} ",
        "record": pack(record),
    }


# -- questions ----------------------------------------------------------------------------


class Wanted:
    """What a question asks of the index: groups of terms, of each of which one must hold."""

    def __init__(
        self,
        groups: Iterable[Iterable[str]] = (),
        without: Iterable[str] = (),
        words: Iterable[str] = (),
    ) -> None:
        self.groups = tuple(dict.fromkeys(tuple(sorted(set(g))) for g in groups))
        self.without = tuple(sorted(set(without)))
        self.words = tuple(words)

    def also(self, *terms: str) -> Wanted:
        """The same, and one of these terms."""
        return Wanted((*self.groups, terms), self.without, self.words)

    @property
    def writable(self) -> bool:
        """Whether it can be sent: half characters stand in no document."""
        try:
            "".join([*self.words, *(t for g in self.groups for t in g), *self.without]).encode()
        except UnicodeEncodeError:
            return False
        return True

    def lucene(self, staged: int) -> str:
        """The question to the full-text index; what publication `staged` adds is not there."""
        parts = [f"+{_any(group)}" for group in self.groups]
        parts += [f"+{_literal(word)}" for word in self.words]
        parts += [f"-terms:{quoted(t)}" for t in (*self.without, published(staged))]
        return " ".join(parts)

    def condition(self) -> tuple[str, dict[str, Any]]:
        """The same as a condition on a node `n`, for going through the things in order."""
        found: list[str] = []
        values: dict[str, Any] = {}

        def has(field: str, text: str) -> str:
            values[f"w{len(values)}"] = text
            return f"n.{field} CONTAINS $w{len(values) - 1}"

        for group in self.groups:
            found.append("(" + " OR ".join(has("terms", f" {t} ") for t in group) + ")")
        found += ["NOT " + has("terms", f" {t} ") for t in self.without]
        found += [has("grams", f" {w}" if len(w) == 1 else phrase(w)) for w in self.words]
        return " AND ".join(found) or "true", values

    @property
    def long_words(self) -> tuple[str, ...]:
        """Words of which the index is asked only for the beginning."""
        return tuple(w for w in self.words if len(w) > LONGEST_PHRASE)


def _any(group: Sequence[str]) -> str:
    return "(" + " ".join(f"terms:{quoted(t)}" for t in group) + ")"


def quoted(text: str) -> str:
    """Text as a phrase of the index's own query language."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _literal(word: str) -> str:
    if len(word) == 1:
        return "grams:" + re.sub(r"([!-/:-@\[-^`{-~])", r"\\\1", word) + "*"
    return f"grams:{quoted(phrase(word[:LONGEST_PHRASE]))}"


def meant(query: TaskQuery, kind: str, department: str,
          below: dict[str, frozenset[str]]) -> list[str]:  # fmt: skip
    """The terms of a body, and with `units` of its units."""
    own = frozenset({department})
    return [term(kind, d) for d in (below.get(department, own) if query.units else own)]
