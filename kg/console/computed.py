"""What is computed is in no store: a query for it is told so, and where it is, instead of 0."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from kg import terms
from kg.errors import QueryError

COMPUTED = {terms.INSTRUMENT, terms.TOPIC, terms.MENTIONS, terms.HAS_TOPIC, terms.MAY_CONTINUE_IN}


def refuse_computed(tokens: Sequence[tuple[str, str]]) -> None:
    """Refuse a label or type of what is computed.

    Args:
        tokens: kind and text of each word or mark of a Cypher statement, without blanks.

    Raises:
        QueryError: it asks for instruments, topics or candidates of continuity.
    """
    for (_, before), (kind, text) in itertools.pairwise(tokens):
        if kind in ("word", "quoted") and before in (":", "|") and text.strip("`") in COMPUTED:
            raise QueryError(
                f"{text} 是算出来的，不是文件写明的，不在图谱库里",
                where="query",
                remedy="用 kg export --computed 或 kg.open().graph(computed=True)，见 docs/continuity.md",
            )
