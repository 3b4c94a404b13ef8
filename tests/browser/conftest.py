"""The product as `kg serve` starts it on the bundled documents, and a browser to read it with."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

import pytest
from playwright.sync_api import Browser, Page, Request, Response, sync_playwright

from tests import needs
from tests.neo4j.server import free_port

# Nothing but our own server is asked: no updates, no synchronising, no HTTP/3.
FLAGS = ("--disable-quic", "--disable-gpu", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync")  # fmt: skip
READY = 120.0  # seconds; about 5 on an idle machine


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The address of a server of its own, over a store in this folder."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "api.cli", "serve", "--port", str(port)]
    settings = {**os.environ, "KG_STORE": str(folder / "store"), "KG_BASE_IRI": f"{address}/"}
    with (folder / "out.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=settings)
    try:
        until = time.monotonic() + READY
        while not _ready(address):
            said = (folder / "out.log").read_text("utf-8", "replace")
            assert process.poll() is None and time.monotonic() < until, said
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def _ready(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (URLError, OSError):
        return False


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture(scope="module")  # its event loop must be gone before other tests run theirs
def browser() -> Iterator[Browser]:
    found = needs.browser()
    assert found, "没有浏览器：先运行 make needs"
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=found, args=list(FLAGS))
        yield made
        made.close()


@pytest.fixture
def page(browser: Browser, site: str) -> Iterator[Page]:
    """A fresh window of a desk's width; what fails to load or asks another host fails the test."""
    context = browser.new_context(
        base_url=site, locale="zh-CN", viewport={"width": 1280, "height": 800}
    )
    made = context.new_page()
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on("requestfailed", lambda request: faults.extend(_failed(request)))
    made.on("response", lambda answer: faults.extend(_missing(answer)))
    made.on("request", lambda r: None if r.url.startswith(site) else faults.append(r.url))
    yield made
    context.close()
    assert not faults, faults


def _failed(request: Request) -> Iterator[str]:
    """What could not be fetched; what the next click cancelled (the icon, say) is no fault."""
    if request.failure != "net::ERR_ABORTED":
        yield f"{request.url}: {request.failure}"


def _missing(answer: Response) -> Iterator[str]:
    """A part of a page that is not there; the page itself may be one of an error."""
    if answer.status >= 400 and answer.request.resource_type != "document":
        yield f"{answer.url}: {answer.status}"
