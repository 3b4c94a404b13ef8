"""The application behind its real server: what a socket adds to what a test client shows."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn

from api.app import create_app
from api.server import options
from kg.config import Settings
from tests.test_api_support import BASE, filled_store


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number = free.getsockname()[1]
    app = create_app(filled_store(), Settings(base_iri=BASE))
    server = uvicorn.Server(uvicorn.Config(app, **options("127.0.0.1", number)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield number
    server.should_exit = True
    thread.join(20)


def exchange(port: int, request: bytes) -> tuple[int, dict[str, str], bytes]:
    """Send raw bytes, read to the end."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        s.sendall(request)
        data = b""
        while chunk := s.recv(65536):
            data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v for k, v in (line.split(": ", 1) for line in lines)}
    return int(first.split()[1]), headers, body


def request(target: bytes, method: bytes = b"GET", more: bytes = b"") -> bytes:
    return (
        method + b" " + target + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + more + b"\r\n"
    )


@pytest.mark.parametrize("length", [9_000, 100_000, 700_000])
def test_an_address_of_any_length_gets_a_problem(port: int, length: int) -> None:
    status, headers, body = exchange(port, request(b"/tasks?q=" + b"a" * length))
    assert status == 414 and headers["content-type"] == "application/problem+json"
    assert json.loads(body)["type"] == "/problems/uri-too-long"


@pytest.mark.parametrize(
    "target",
    [b"/tasks?q=%ff", b"/tasks?q=\xff", b"/%ff%00", b"//", b"/tasks/%2e%2e/x", b"/a%0d%0ab"],
)
def test_raw_bytes_in_an_address(port: int, target: bytes) -> None:
    status, headers, _ = exchange(port, request(target))
    assert status in (400, 404) and headers["content-type"]


def test_an_address_in_raw_utf8_or_encoded_is_the_same(port: int) -> None:
    encoded = exchange(port, request(b"/tasks?led_by=%E5%85%AC%E5%AE%89%E9%83%A8"))
    assert encoded[0] == 200 and json.loads(encoded[2])["total"] == 2


def test_a_body_too_large_is_refused_before_it_is_read(port: int) -> None:
    status, headers, _ = exchange(
        port, request(b"/cypher", b"POST", b"Content-Length: 99999999\r\n")
    )
    assert status == 413 and headers["content-type"] == "application/problem+json"


def test_head_sends_no_body(port: int) -> None:
    status, headers, body = exchange(port, request(b"/tasks", b"HEAD"))
    assert status == 200 and body == b"" and int(headers["content-length"]) > 100


def test_no_server_banner(port: int) -> None:
    assert "server" not in exchange(port, request(b"/healthz"))[1]


@pytest.mark.parametrize("cut", [0, 3, 14, 20, 30])
def test_an_address_as_people_type_it(port: int, cut: int) -> None:
    sent = request("/tasks?led_by=公安部".encode())
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        s.sendall(sent[:cut])
        time.sleep(0.05)
        s.sendall(sent[cut:])
        data = b""
        while chunk := s.recv(65536):
            data += chunk
    assert data.startswith(b"HTTP/1.1 200")
    typed = json.loads(data.partition(b"\r\n\r\n")[2])
    encoded = exchange(port, request(b"/tasks?led_by=%E5%85%AC%E5%AE%89%E9%83%A8"))
    assert typed == json.loads(encoded[2])


def test_one_connection_carries_many_typed_addresses(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as s:
        for _ in range(3):
            s.sendall("HEAD /departments/海关总署 HTTP/1.1\r\nHost: x\r\n\r\n".encode())
            assert s.recv(65536).startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "garbage", [b"\x16\x03\x01\x00\xff\r\n\r\n", b"GET\r\n\r\n", b"x y z\r\n\r\n"]
)
def test_what_is_no_http_gets_a_problem_too(port: int, garbage: bytes) -> None:
    status, headers, body = exchange(port, garbage)
    assert status == 400 and headers["content-type"] == "application/problem+json"
    assert json.loads(body)["status"] == 400
