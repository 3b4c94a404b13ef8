"""The process of a query: ``python -m kg.console.child START`` answers requests one by one."""

from __future__ import annotations

import gc
import os
import sys

import msgspec

from kg.console import fence, wire

GRACE = 2.0  # seconds after the limit at which the kernel ends a child nobody killed


def _open(start: wire.Start) -> wire.Answer:
    """The engine a child is for; the other one is not even imported."""
    if start.language == "sparql":
        from kg.console import sparql_engine

        return sparql_engine.opened(start)
    from kg.console import cypher_engine

    return cypher_engine.opened(start)


def serve(start: wire.Start, out: int) -> None:
    """Say that all is ready, then answer until the parent closes its end."""
    fence.limit(start.limits, start.room)
    answer = _open(start)
    fence.close(network=start.network, files=not start.locked)
    gc.freeze()
    wire.write(out, b"ready")
    while (request := wire.read(0)) is not None:
        fence.alarm(start.limits.seconds + GRACE)
        try:
            reply = answer(request)
        except MemoryError:
            os._exit(wire.NO_MEMORY)
        fence.alarm(0)
        wire.write(out, msgspec.msgpack.encode(reply))


def main() -> None:
    """Run one child; what libraries print does not mix with the answers."""
    out = os.dup(1)
    os.dup2(2, 1)
    serve(msgspec.json.decode(sys.argv[1], type=wire.Start), out)


if __name__ == "__main__":
    main()
