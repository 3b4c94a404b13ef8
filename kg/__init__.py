"""policy-kg: policy documents as a knowledge graph with proof.

import kg
g = kg.open()
g.tasks(led_by="国家知识产权局", involves="海关总署")
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.frames import Opened

__all__ = ["open"]


def open(address: str | None = None) -> Opened:
    """Open a graph for work in Python: frames and networks. See `kg.frames`.

    Args:
        address: a folder or neo4j://…; what KG_STORE says if not given.

    Raises:
        NotFoundError: nothing was loaded there yet.
    """
    from kg.frames import open_graph  # pandas is loaded only where frames are wanted

    return open_graph(address)
