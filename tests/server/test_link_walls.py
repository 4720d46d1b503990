"""Whatever a request says that comes through the tunnel of a public link, it is a guest's, or nobody's."""

import socket
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.server.server_process import Server
from tests.server.shared_server import SHARE, finished, guest, open_link, stranger, submit
from tests.sharing.ssh_server import ssh_server

TOKEN = "0123456789-the-token-of-the-house-0123456789"
ACCOUNT = ("ann", "the password of the house")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server"), token=TOKEN, auth=[":".join(ACCOUNT)], mcp=True)
    line = server.process.stdout.readline() if server.process.stdout else ""
    server.url = next(word for word in line.split() if word.startswith("http://"))
    server.client = httpx.Client(base_url=server.url, timeout=60, headers={"authorization": f"Bearer {TOKEN}"})
    yield server
    server.close()


@pytest.fixture(scope="module")
def link(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    with ssh_server(tmp_path_factory.mktemp("sshd")) as sshd:
        yield open_link(server, sshd, level="generate")
        server.client.delete(SHARE)


@pytest.fixture(scope="module")
def ada(link: dict[str, Any]) -> Iterator[httpx.Client]:
    """A guest."""
    with guest(link) as client:
        yield client


@pytest.fixture(scope="module")
def admins_cookie(server: Server) -> str:
    """The session of an administrator who has logged in at the front door."""
    with httpx.Client(base_url=server.url) as client:
        client.post("/login", json={"name": ACCOUNT[0], "password": ACCOUNT[1]}).raise_for_status()
        return client.cookies[f"darkroom_session_{urlsplit(server.url).port}"]


def lies(main: str, cookie: str) -> dict[str, dict[str, str]]:
    """Headers by which somebody would be somebody else, if they were believed."""
    port = urlsplit(main).port
    return {
        "the host of the front door": {"host": f"127.0.0.1:{port}"},
        "localhost": {"host": f"localhost:{port}"},
        "no port": {"host": "127.0.0.1"},
        "IPv6": {"host": f"[::1]:{port}"},
        "another name": {"host": "evil.example"},
        "a forwarded address": {"x-forwarded-for": "127.0.0.1"},
        "a forwarded host": {"x-forwarded-host": f"127.0.0.1:{port}", "x-forwarded-proto": "http"},
        "Forwarded": {"forwarded": f"for=127.0.0.1;host=127.0.0.1:{port}"},
        "a real address": {"x-real-ip": "127.0.0.1"},
        "an administrator's cookie": {"cookie": f"darkroom_session_{port}={cookie}; darkroom_session={cookie}"},
        "an administrator's cookie as a guest's": {"cookie": f"darkroom_guest={cookie}"},
        "an administrator's token": {"authorization": f"Bearer {TOKEN}"},
        "an administrator's account": {"authorization": str(httpx.BasicAuth(*ACCOUNT)._auth_header)},
        "the page of the front door": {"origin": main, "sec-fetch-site": "same-origin"},
        "another page": {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
    }


LIES = tuple(lies("http://127.0.0.1:1", ""))


@pytest.mark.parametrize("lie", LIES)
def test_no_header_makes_a_stranger_somebody(
    server: Server, link: dict[str, Any], admins_cookie: str, lie: str
) -> None:
    headers = lies(server.url, admins_cookie)[lie]
    with stranger(link) as nobody:
        for path in (SHARE, "/api/v1/jobs", "/api/v1/settings"):
            assert nobody.get(path, headers=headers).status_code in (400, 401, 403)
        assert nobody.delete(SHARE, headers=headers).status_code in (400, 401, 403)
        job = {"prompt": "a boat", "steps": 1, "width": 64, "height": 64}
        assert nobody.post("/api/v1/jobs", json=job, headers=headers).status_code in (400, 401, 403)
    assert server.client.get(SHARE).json()["state"] == "open"


@pytest.mark.parametrize("lie", LIES)
def test_no_header_makes_a_guest_an_administrator(
    server: Server, ada: httpx.Client, admins_cookie: str, lie: str
) -> None:
    headers = lies(server.url, admins_cookie)[lie]
    if "cookie" in headers:
        headers["cookie"] += f"; darkroom_guest={ada.cookies['darkroom_guest']}"
    assert ada.get(SHARE, headers=headers).status_code in (400, 401, 403)
    assert ada.delete(SHARE, headers=headers).status_code in (400, 401, 403)
    told = ada.get("/api/v1/me", headers=headers)
    refused = told.status_code in (400, 401, 403)
    assert refused or (told.json()["role"], told.json()["at_this_machine"]) == ("guest", False)


def test_neither_a_whole_address_nor_two_hosts_lead_to_the_front_door(server: Server, link: dict[str, Any]) -> None:
    front, back = urlsplit(server.url).netloc, urlsplit(link["url"]).netloc
    for lines in (
        f"GET http://{front}{SHARE} HTTP/1.1\r\nHost: {front}",
        f"GET http://{front}{SHARE} HTTP/1.1\r\nHost: {back}",
        f"GET {SHARE} HTTP/1.1\r\nHost: {back}\r\nHost: {front}",
        f"GET {SHARE} HTTP/1.0",
        f"GET //{front}{SHARE} HTTP/1.1\r\nHost: {back}",
    ):
        answer = raw(link, f"{lines}\r\nConnection: close\r\n\r\n")
        assert answer.split(b" ")[1] in (b"400", b"401", b"404"), answer[:200]
        assert link["password"].encode() not in answer


def test_a_websocket_is_closed(link: dict[str, Any]) -> None:
    host = urlsplit(link["url"]).netloc
    key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
    answer = raw(link, f"GET / HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n{key}\r\n\r\n")
    assert b" 101 " not in answer[:20]


def test_a_guest_is_nobody_at_the_front_door(server: Server, ada: httpx.Client) -> None:
    with httpx.Client(base_url=server.url) as front:
        token = ada.cookies["darkroom_guest"]
        for cookie in ("darkroom_guest", "darkroom_session"):
            assert front.get("/api/v1/jobs", headers={"cookie": f"{cookie}={token}"}).status_code == 401


def test_the_password_of_the_link_is_for_the_link_alone(server: Server, link: dict[str, Any]) -> None:
    with httpx.Client(base_url=server.url) as front:
        for name in ("", "Ada", "admin"):
            answer = front.post("/login", json={"name": name, "password": link["password"]})
            assert answer.status_code == 401
        assert front.get("/api/v1/jobs", headers={"authorization": f"Bearer {link['password']}"}).status_code == 401


ADMINISTRATIVE = [
    ("GET", SHARE, None),
    ("POST", SHARE, {"provider": "ssh"}),
    ("DELETE", SHARE, None),
    ("GET", "/api/v1/settings", None),
    ("PATCH", "/api/v1/settings/models", {"memory": "full"}),
    ("PATCH", "/api/v1/settings/recording", {"record": "off"}),
    ("GET", "/api/v1/extensions", None),
    ("POST", "/api/v1/extensions/offers", {"source": "film_grain"}),
    ("POST", "/api/v1/extensions/install", {"offer": "x"}),
    ("POST", "/api/v1/extensions/film_grain/enable", {}),
    ("DELETE", "/api/v1/extensions/film_grain", None),
    ("POST", "/api/v1/models/downloads", {"source": "https://example.org/x.safetensors"}),
    ("POST", "/api/v1/models/merges", {}),
    ("GET", "/api/v1/models/tasks", None),
    ("PATCH", "/api/v1/models/postcard", {"note": "x"}),
    ("DELETE", "/api/v1/models/postcard", None),
    ("POST", "/api/v1/models/postcard/convert", {}),
    ("POST", "/api/v1/series", {}),
    ("POST", "/sdapi/v1/options", {"CLIP_stop_at_last_layers": 2}),
    ("POST", "/sdapi/v1/unload-checkpoint", {}),
    ("POST", "/sdapi/v1/txt2img", {"prompt": "x"}),
    ("POST", "/v1/images/generations", {"prompt": "x"}),
    ("POST", "/mcp", {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
    ("GET", "/api/v1/extensions/film_grain/routes/", None),
]


@pytest.mark.parametrize(("method", "path", "body"), ADMINISTRATIVE)
def test_what_is_for_others_is_refused_to_a_guest(ada: httpx.Client, method: str, path: str, body: Any) -> None:
    answer = ada.request(method, path, json=body)
    assert answer.status_code == 403, answer.text
    assert ada.get("/api/v1/me").json()["role"] == "guest"


def test_a_guest_s_own_things_are_there(server: Server, ada: httpx.Client) -> None:
    assert finished(ada, submit(ada))["status"] == "done"
    assert str(server.folder) not in ada.get("/api/v1/models").text


def raw(link: dict[str, Any], text: str) -> bytes:
    """What is answered to these very bytes."""
    parts = urlsplit(link["url"])
    with socket.create_connection((parts.hostname, parts.port), timeout=20) as connection:
        connection.sendall(text.encode())
        connection.settimeout(1)
        answer = b""
        try:
            while chunk := connection.recv(65536):
                answer += chunk
        except TimeoutError:
            pass
    return answer
