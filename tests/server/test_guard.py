"""The guard, on a real server with raw requests: who may speak to it, from where, how much."""

import itertools
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.server_process import Server
from webui.server.guard import MAX_BODY_BYTES

FOREIGN_HOSTS = (
    "evil.com",
    "localhost.evil.com",
    "127.0.0.1.nip.io",
    "127.1",
    "0x7f.1",
    "2130706433",
    "localhost.",
    "",
    "127.0.0.1@evil.com",
    "evil.com#127.0.0.1",
    "[::ffff:127.0.0.1]",
    "0.0.0.0",
    "192.168.0.10",
    "127.0.0.1:port",
    "*",
)
FOREIGN_ORIGINS = (
    "http://evil.com",
    "https://evil.com",
    "null",
    "file://",
    "http://127.0.0.1:1",
    "http://localhost.evil.com",
    "http://127.0.0.1.nip.io",
    "chrome-extension://abc",
    "",
    "http://[bad",
)
CONTENT_TYPES = (
    "application/json",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/x-www-form-urlencoded",
    "application/octet-stream",
    None,
)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
PATHS = (
    "/",
    "/api/v1/health",
    "/api/v1/jobs",
    "/api/v1/events",
    "/api/v1/images",
    "/hub.js",
    "/gradio_api/upload",
    "/x",
)
BODY = '{"prompt": "not to be made"}'


def _raw(server: Server, head: str, body: bytes = b"") -> tuple[int, dict[str, str]]:
    """Send bytes that no client library would; returns status and headers."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        connection.sendall(head.replace("\n", "\r\n").encode("latin-1") + b"\r\n\r\n" + body)
        answer = b""
        while b"\r\n\r\n" not in answer:
            piece = connection.recv(65536)
            if not piece:
                break
            answer += piece
    lines = answer.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    pairs = (line.partition(": ") for line in lines[1:])
    return int(lines[0].split()[1]), {name.lower(): value for name, _, value in pairs}


def _job_count(server: Server) -> int:
    return len(server.client.get("/api/v1/jobs").json())


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", METHODS)
def test_no_route_answers_to_a_foreign_host(server: Server, method: str, path: str) -> None:
    for host in FOREIGN_HOSTS:
        status, headers = _raw(server, f"{method} {path} HTTP/1.1\nHost: {host}\nContent-Length: 0")
        assert status == 400, host
        assert not [name for name in headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    "head",
    [
        "GET /api/v1/health HTTP/1.1\nHost: 127.0.0.1\nHost: evil.com",
        "GET /api/v1/health HTTP/1.1\nHost: evil.com\nHost: 127.0.0.1",
        "GET http://evil.com/api/v1/health HTTP/1.1\nHost: 127.0.0.1",
        "GET /api/v1/health HTTP/1.0\nX-Forwarded-Host: 127.0.0.1",
    ],
)
def test_odd_ways_to_name_a_host_are_refused(server: Server, head: str) -> None:
    assert _raw(server, head)[0] == 400


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LocalHost", "[::1]", "127.0.0.1:8188", "localhost:1"])
def test_our_own_names_are_answered_to_on_any_port(server: Server, host: str) -> None:
    assert _raw(server, f"GET /api/v1/health HTTP/1.1\nHost: {host}")[0] == 200


def test_no_foreign_page_can_change_anything(server: Server) -> None:
    before = _job_count(server)
    host = urlsplit(server.url).netloc
    for origin, kind, method in itertools.product(FOREIGN_ORIGINS, CONTENT_TYPES, ("POST", "PUT", "PATCH", "DELETE")):
        for path in ("/api/v1/jobs", "/gradio_api/upload"):
            head = f"{method} {path} HTTP/1.1\nHost: {host}\nOrigin: {origin}\nContent-Length: {len(BODY)}"
            head += f"\nContent-Type: {kind}" if kind else ""
            status, headers = _raw(server, head, BODY.encode())
            assert status == 403, (origin, kind, method)
            assert not [name for name in headers if name.startswith("access-control")]
    assert _job_count(server) == before


@pytest.mark.parametrize("site", ["cross-site", "same-site", "anything"])
def test_a_request_that_the_browser_calls_foreign_is_refused(server: Server, site: str) -> None:
    for headers in ({}, {"Origin": server.url}):
        answer = server.client.post("/api/v1/jobs", json={}, headers={"Sec-Fetch-Site": site, **headers})
        assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "own"}]
)
def test_our_own_page_and_programs_are_served(server: Server, headers: dict[str, str]) -> None:
    headers = {name: server.url if value == "own" else value for name, value in headers.items()}
    answer = server.client.post("/api/v1/jobs", json={"steps": 1, "width": 64, "height": 64}, headers=headers)
    assert answer.status_code == 202


@pytest.mark.parametrize("kind", [kind for kind in CONTENT_TYPES if kind != "application/json"])
def test_only_json_makes_a_job(server: Server, kind: str | None) -> None:
    before = _job_count(server)
    answer = server.client.post("/api/v1/jobs", content=BODY, headers={"Content-Type": kind} if kind else {})
    assert answer.status_code == 415
    assert _job_count(server) == before


def test_a_link_from_elsewhere_opens_the_page(server: Server) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert server.client.get("/", headers=headers).status_code == 200


def test_a_foreign_page_cannot_hold_our_streams_open(server: Server) -> None:
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors", "Origin": "http://evil.com"}
    assert server.client.get("/api/v1/events", headers=headers).status_code == 403


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW"])
def test_other_methods_are_refused(server: Server, method: str) -> None:
    for path in PATHS:
        assert _raw(server, f"{method} {path} HTTP/1.1\nHost: 127.0.0.1")[0] in (400, 405)


def test_preflights_get_no_permission(server: Server) -> None:
    headers = {"Origin": "http://evil.com", "Access-Control-Request-Method": "POST"}
    answer = server.client.options("/api/v1/jobs", headers=headers)
    assert answer.status_code in (403, 405)
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_body_that_is_too_large_is_refused(server: Server) -> None:
    large = b" " * (MAX_BODY_BYTES + 1)
    told = server.client.post("/api/v1/jobs", content=large, headers={"Content-Type": "application/json"})
    assert told.status_code == 413


def test_a_body_that_grows_too_large_in_chunks_is_refused(server: Server) -> None:
    chunks = (b" " * 65536 for _ in range(MAX_BODY_BYTES // 65536 + 2))
    try:
        answer = server.client.post("/api/v1/jobs", content=chunks, headers={"Content-Type": "application/json"})
    except (httpx.WriteError, httpx.ReadError):
        return  # the server has answered and hung up while we were still sending
    assert answer.status_code == 413
