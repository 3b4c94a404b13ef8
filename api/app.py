"""The HTTP face: one factory, one store from start to stop, one exception table."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api import (
    problems,
    routes_cypher,
    routes_documents,
    routes_service,
    routes_sparql,
    routes_tasks,
    routes_things,
    static_files,
)
from api.about import program_version
from api.core import Context
from api.frame import Frame, errors
from api.problems import instance_of
from api.reply import refuse
from api.serve import endpoint
from kg.config import Settings, read_settings
from kg.errors import UnavailableError
from kg.registry import Registry, load_registry
from kg.store import open_store
from kg.store.base import Store
from kg.store.world import World

OPERATIONS = (
    *routes_tasks.OPERATIONS,
    *routes_things.OPERATIONS,
    *routes_documents.OPERATIONS,
    *routes_service.OPERATIONS,
)
DETAILS = {404: "没有这个地址。", 405: "该地址不支持这种方法。"}
REMEDIES = {
    404: "全部地址见 /openapi.json 或首页",
    405: "用回应的 Allow 一栏所列的方法；/cypher 只接受 POST",
}


def create_app(
    store: Store | str | Path,
    settings: Settings | None = None,
    registry: Registry | None = None,
) -> FastAPI:
    """The application over a store, or over the store at an address.

    A store that is handed over stays its owner's to close; one opened here is closed at the
    end. A store that is away at the start does not keep the program from starting: it is
    tried again with each request, which answers 503 until then.
    """
    settings = settings or read_settings()
    extra = Path(settings.registry) if settings.registry else None
    context = Context(settings, registry or load_registry(extra), operations=OPERATIONS)
    if isinstance(store, (str, Path)):
        context.opener = partial(_open, str(store), settings, context.registry)
    else:
        context.opened = store
    app = FastAPI(
        title="policy-kg", version=program_version(), lifespan=_lifespan, openapi_url=None,
        docs_url=None, redoc_url=None, redirect_slashes=False,
    )  # fmt: skip
    app.add_exception_handler(HTTPException, _framework_refusal)
    app.state.context = context
    app.state.consoles = routes_sparql.Consoles(settings)
    app.openapi = partial(routes_service.describe, context)  # type: ignore[method-assign]
    _add_routes(app)
    app.add_middleware(Frame, metrics=context.metrics)
    return app


def _open(address: str, settings: Settings, registry: Registry) -> Store:
    world = World.of(registry, settings.base_iri)
    return open_store(address, world=world)


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: Context = app.state.context
    try:
        await run_in_threadpool(context.open)
    except UnavailableError as error:
        errors.warning("%s", error)
    yield
    app.state.consoles.close()
    await run_in_threadpool(context.close)


def _add_routes(app: FastAPI) -> None:
    plain: dict[str, Any] = {"response_model": None, "include_in_schema": False}
    for operation in OPERATIONS:
        app.add_api_route(operation.path, endpoint(operation), methods=["GET", "HEAD"], **plain)
    app.add_api_route("/static/{name}", static_files.static, methods=["GET", "HEAD"], **plain)
    app.add_api_route("/sparql", routes_sparql.endpoint, methods=["GET", "HEAD", "POST"], **plain)
    app.add_api_route("/cypher", routes_cypher.endpoint, methods=["POST"], **plain)


def _framework_refusal(request: Request, error: Exception) -> Response:
    """404 and 405 of the router, in our shape."""
    assert isinstance(error, HTTPException)
    detail = DETAILS.get(error.status_code, str(error.detail))
    instance = instance_of(request.scope["path"], request.scope["query_string"])
    remedy = REMEDIES.get(error.status_code)
    problem = problems.of_status(error.status_code, detail, instance, remedy)
    return refuse(request, problem, dict(error.headers or {}))
