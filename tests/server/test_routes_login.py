"""Logging in and out, on a real server."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from tests.engine.engines import LONG
from tests.server.server_process import Server

PASSWORD = "open sesame"
PAGE = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("login"), auth=[f"ann:{PASSWORD}"])
    assert server.process.stdout is not None
    server.url = next(word for word in server.process.stdout.readline().split() if word.startswith("http://"))
    yield server
    server.close()


@pytest.fixture(scope="module")
def way_in(server: Server) -> str:
    """The address that is printed at the start for whoever started it."""
    assert server.process.stdout is not None
    return next(word for word in server.process.stdout.readline().split() if "token=" in word)


@pytest.fixture
def client(server: Server) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.url, timeout=LONG) as client:
        yield client


def _log_in(client: httpx.Client, **values: str) -> httpx.Response:
    return client.post("/login", json=values)


def test_a_name_and_its_password_open_a_session(client: httpx.Client) -> None:
    answer = _log_in(client, name="ann", password=PASSWORD)
    assert answer.status_code == 200
    assert answer.json() == {"role": "admin", "name": "ann"}
    cookie = answer.headers["set-cookie"].lower()
    for part in ("httponly", "samesite=strict", "path=/"):
        assert part in cookie
    assert "secure" not in cookie  # by http a browser would not send it back
    assert client.get("/api/v1/jobs").status_code == 200
    me = client.get("/api/v1/me").json()
    assert me == {"role": "admin", "name": "ann", "logged_in": True, "at_this_machine": True, "link": None}


def test_logging_out_ends_the_session_in_the_server_too(client: httpx.Client) -> None:
    _log_in(client, name="ann", password=PASSWORD)
    kept = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    assert client.post("/logout").status_code == 204
    assert not client.cookies
    assert client.get("/api/v1/jobs").status_code == 401
    assert client.get("/api/v1/jobs", headers={"Cookie": kept}).status_code == 401


def test_the_page_sends_strangers_to_the_login_and_nowhere_else(client: httpx.Client) -> None:
    for path in ("/", "/?next=//evil.example", "//evil.example", "/\\evil.example", "/https://evil.example"):
        answer = client.get(httpx.URL(client.base_url).copy_with(raw_path=path.encode()), headers=PAGE)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/login"


def test_the_login_page_needs_nothing_from_elsewhere_and_no_inline_script(client: httpx.Client) -> None:
    answer = client.get("/login", headers=PAGE)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    addresses = re.findall(r'(?:src|href|action)="([^"]*)"', answer.text)
    assert len(addresses) >= 4
    for address in addresses:
        assert urlsplit(address).netloc == ""
        assert client.get(address).status_code == 200, address
    assert not re.search(r"<script(?![^>]*src)|\son\w+=|style=|<style", answer.text)


def test_the_address_of_the_start_lets_in_once(server: Server, client: httpx.Client, way_in: str) -> None:
    answer = client.get(way_in, headers=PAGE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert client.get("/api/v1/me").json()["role"] == "admin"
    with httpx.Client(base_url=server.url, timeout=LONG) as other:
        assert other.get(way_in, headers=PAGE).status_code == 200  # the page that asks for a password
        assert not other.cookies
        assert other.get("/login/state").json() == {"let_in": False}
    assert client.get("/login/state").json() == {"let_in": True}


def test_programs_with_an_account_need_no_session(client: httpx.Client) -> None:
    assert client.get("/api/v1/jobs", auth=("ann", PASSWORD)).status_code == 200
    assert client.get("/api/v1/jobs").status_code == 401


@pytest.mark.parametrize("values", [{}, {"name": "ann"}, {"name": "ann", "password": 1}, {"next": "/"}, {"token": "x"}])
def test_what_is_no_login_is_refused(client: httpx.Client, values: dict[str, object]) -> None:
    answer = client.post("/login", json=values)
    assert answer.status_code in (401, 422)
    assert answer.json()["error"]
    assert "set-cookie" not in answer.headers


def test_a_form_of_another_page_cannot_log_in(client: httpx.Client) -> None:
    told = {"name": "ann", "password": PASSWORD}
    assert client.post("/login", data=told).status_code == 415
    assert client.post("/login", json=told, headers={"Origin": "http://evil.example"}).status_code == 403


def test_guessing_is_slow_in_the_login_too(client: httpx.Client) -> None:
    statuses = [_log_in(client, name="bob", password=f"wrong {number}") for number in range(8)]
    refused = [answer for answer in statuses if answer.status_code == 429]
    assert refused  # earlier tests made wrong tries from here as well
    assert {answer.status_code for answer in statuses} <= {401, 429}
    assert int(refused[-1].headers["retry-after"]) > 30
    assert client.get("/login").status_code == 200
