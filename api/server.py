"""Running the application under uvicorn, with limits and logs that fit it."""

from __future__ import annotations

import logging
from typing import Any

from fastapi import FastAPI

from api.protocol import Protocol

BIGGEST_HEAD = 1024 * 1024  # bytes of request line and headers; the app refuses from 8 kB on


def options(host: str, port: int) -> dict[str, Any]:
    """What uvicorn is told.

    Its own parser gives up on long addresses with a bare text; so much room is left to it
    that the app itself refuses them, in the one error shape.
    """
    return {
        "host": host,
        "port": port,
        "http": Protocol,
        "h11_max_incomplete_event_size": BIGGEST_HEAD,
        "access_log": False,
        "log_level": "warning",
        "server_header": False,
        "timeout_graceful_shutdown": 10,
    }


def set_up_logs() -> None:
    """One line for each request on standard error, errors with their story beside it."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log = logging.getLogger("policy_kg")
    log.handlers = [handler]
    log.setLevel(logging.INFO)
    log.propagate = False


def run(app: FastAPI, host: str, port: int) -> None:
    """Serve until interrupted."""
    import uvicorn

    set_up_logs()
    uvicorn.run(app, **options(host, port))
