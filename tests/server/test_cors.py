"""Other web pages may ask only where the server was started for them."""

from collections.abc import Iterator

import httpx
import pytest

from tests.server.server_process import Server
from webui.errors import StartFailed
from webui.server.cors import Cors

ORIGIN = "https://tool.example"
PREFLIGHT = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("cors"), cors_origins=[ORIGIN]).wait_ready()
    yield server
    server.close()


def _cors_headers(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


def test_a_page_that_was_named_may_ask(server: Server) -> None:
    origin = {"Origin": ORIGIN, **CROSS_SITE}
    asked = server.client.options("/api/v1/jobs", headers=origin | PREFLIGHT)
    assert asked.status_code == 204
    assert asked.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in asked.headers["access-control-allow-methods"]
    sent = server.client.post("/api/v1/jobs", headers=origin, json={"prompt": "a boat", "steps": 1})
    assert sent.status_code == 202
    assert sent.headers["access-control-allow-origin"] == ORIGIN
    assert sent.headers["vary"] == "Origin"
    server.finished(sent.json()["id"])


def test_such_a_page_is_nobody_at_this_machine(server: Server) -> None:
    """It makes pictures and sees its own; for everything else it has to show a password or a token."""
    headers = {"Origin": ORIGIN, **CROSS_SITE}
    told = server.client.get("/api/v1/me", headers=headers).json()
    assert (told["role"], told["name"], told["at_this_machine"]) == ("user", ORIGIN, False)
    house = server.submit("a castle")
    assert server.client.get(f"/api/v1/jobs/{house}", headers=headers).status_code == 404
    for method, path in (("PATCH", "settings/models"), ("POST", "share"), ("DELETE", "trajectories")):
        assert server.client.request(method, f"/api/v1/{path}", headers=headers, json={}).status_code == 403
    own = {"Origin": server.url, "Sec-Fetch-Site": "same-origin"}
    assert server.client.get("/api/v1/me", headers=own).json()["role"] == "admin"
    server.finished(house)


def test_no_answer_allows_every_page_or_cookies(server: Server) -> None:
    for headers in ({"Origin": ORIGIN}, {"Origin": ORIGIN, **PREFLIGHT}, {}):
        for method in ("GET", "OPTIONS"):
            told = _cors_headers(server.client.request(method, "/api/v1/jobs", headers=headers))
            assert "*" not in told.values()
            assert "access-control-allow-credentials" not in told


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "http://tool.example", f"{ORIGIN}:8443", f"{ORIGIN}.evil.example", "null", "*"]
)
def test_other_pages_may_not(server: Server, origin: str) -> None:
    headers = {"Origin": origin, **CROSS_SITE}
    asked = server.client.options("/api/v1/jobs", headers=headers | PREFLIGHT)
    sent = server.client.post("/api/v1/jobs", headers=headers, json={"prompt": "a boat"})
    read = server.client.get("/api/v1/jobs", headers=headers)
    assert sent.status_code == read.status_code == 403
    assert not asked.is_success
    assert not [answer for answer in (asked, sent, read) if _cors_headers(answer)]


def test_it_does_not_help_with_a_wrong_host(server: Server) -> None:
    headers = {"Origin": ORIGIN, "Host": "evil.example", **CROSS_SITE}
    assert server.client.options("/api/v1/jobs", headers=headers | PREFLIGHT).status_code == 400
    assert server.client.get("/api/v1/jobs", headers=headers).status_code == 400


@pytest.mark.parametrize("origin", ["*", "null", "tool.example", "https://tool.example/", "ftp://x", "https://a@b", ""])
def test_what_is_no_origin_is_told_at_the_start(origin: str) -> None:
    with pytest.raises(StartFailed, match="no origin"):
        Cors([origin])
