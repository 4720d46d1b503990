"""Every unsafe route of the running application, with every mix of host, origin and content type: none that is foreign
gets past the guard, and none that is our own is kept out."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator

import pytest
from starlette.types import Receive, Scope, Send

from tests.server.access.app_routes import AppRoute
from tests.server.hostile.asked_directly import Answer, ask
from webui.server.gradio_paths import is_closed
from webui.server.guard import Guard

FOREIGN_HOSTS = (
    "evil.com", "localhost.evil.com", "127.0.0.1.nip.io", "127.1", "0x7f.1", "2130706433", "localhost.", "",
    "127.0.0.1@evil.com", "[::ffff:127.0.0.1]", "0.0.0.0", "192.168.0.10", "127.0.0.1:port", "127.0.0.1, evil.com",
)  # fmt: skip
OWN_HOSTS = ("127.0.0.1:7860", "localhost:7860", "[::1]:7860", "LOCALHOST", "pictures.example")
FOREIGN_ORIGINS = (
    "http://evil.com", "https://evil.com", "null", "file://", "http://127.0.0.1:1", "http://localhost.evil.com",
    "http://HOST.evil.com", "chrome-extension://abc", "", "http://[bad",
)  # fmt: skip
OWN_ORIGINS = (None, "http://HOST", "https://HOST")
CONTENT_TYPES = (
    "application/json", "text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded",
    "application/octet-stream", None,
)  # fmt: skip
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


class _Inside:
    """What the guard lets through."""

    def __init__(self) -> None:
        self.reached = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.reached += 1
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def inside() -> _Inside:
    return _Inside()


@pytest.fixture
def guard(inside: _Inside) -> Guard:
    return Guard(inside, host="127.0.0.1", allowed_hosts=("pictures.example",))


def _unsafe(routes: list[AppRoute]) -> Iterator[tuple[str, str]]:
    """Method and path of whatever may change something, also of those that nobody can reach."""
    for route in routes:
        for method in UNSAFE:
            if not route.methods or method in route.methods:
                yield method, route.sample()


def _headers(host: str, origin: str | None, kind: str | None) -> list[tuple[str, str]]:
    told = [("host", host), ("content-type", kind or "")] if kind else [("host", host)]
    return told if origin is None else [*told, ("origin", origin.replace("HOST", host))]


def _run(*asking: Callable[[], Awaitable[Answer]]) -> list[Answer]:
    async def one_after_the_other() -> list[Answer]:
        return [await each() for each in asking]

    return asyncio.run(one_after_the_other())


def test_no_foreign_page_reaches_a_route_that_changes_something(
    routes: list[AppRoute], guard: Guard, inside: _Inside
) -> None:
    hosts = [(host, origin) for host in FOREIGN_HOSTS for origin in (*FOREIGN_ORIGINS, *OWN_ORIGINS)]
    origins = [(host, origin) for host in OWN_HOSTS for origin in FOREIGN_ORIGINS]
    asked = 0

    async def every_mix() -> None:
        nonlocal asked
        for method, path in _unsafe(routes):
            for (host, origin), kind in itertools.product([*hosts, *origins], CONTENT_TYPES):
                answer = await ask(guard, method, path, _headers(host, origin, kind))
                asked += 1
                assert answer.status == (403 if (host, origin) in origins else 400), (method, path, host, origin, kind)
                assert not [name for name, _ in answer.headers if name.startswith("access-control")]

    asyncio.run(every_mix())
    assert asked > 50_000
    assert inside.reached == 0


def test_our_own_page_and_programs_reach_every_open_route(
    routes: list[AppRoute], guard: Guard, inside: _Inside
) -> None:
    mixes = list(itertools.product(OWN_HOSTS, OWN_ORIGINS, CONTENT_TYPES))
    opened = [(method, path) for method, path in _unsafe(routes) if not is_closed(method, path)]

    async def every_mix() -> None:
        for (method, path), (host, origin, kind) in itertools.product(opened, mixes):
            answer = await ask(guard, method, path, _headers(host, origin, kind))
            assert answer.status == 200, (method, path, host, origin, kind)

    asyncio.run(every_mix())
    assert inside.reached == len(opened) * len(mixes)


@pytest.mark.parametrize("site", ["cross-site", "same-site", "", "Same-Origin", "none, cross-site"])
def test_no_page_that_the_browser_calls_foreign_has_anything_of_ours(
    routes: list[AppRoute], guard: Guard, inside: _Inside, site: str
) -> None:
    paths = {route.sample() for route in routes}
    headers = [("host", "127.0.0.1:7860"), ("sec-fetch-site", site)]
    modes = ("cors", "no-cors", "websocket", "")
    asking = [
        lambda path=path, mode=mode: ask(guard, "GET", path, [*headers, ("sec-fetch-mode", mode)])
        for path, mode in itertools.product(paths, modes)
    ]
    assert {answer.status for answer in _run(*asking)} == {403}
    assert inside.reached == 0


def test_a_link_from_elsewhere_leads_to_the_page(guard: Guard) -> None:
    headers = [("host", "127.0.0.1:7860"), ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")]
    assert _run(lambda: ask(guard, "GET", "/", headers))[0].status == 200


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND", "BREW", "get", "", "POST ", "QUERY"])
def test_no_other_method_reaches_a_route(routes: list[AppRoute], guard: Guard, inside: _Inside, method: str) -> None:
    paths = [route.sample() for route in routes]
    asking = [lambda path=path: ask(guard, method, path, [("host", "127.0.0.1")]) for path in paths]
    assert {answer.status for answer in _run(*asking)} == {405}
    assert inside.reached == 0


GRADIOS_OWN = (
    "/gradio_api/proxy=http://169.254.169.254/", "/gradio_api/file=http://10.0.0.1/", "/gradio_api/file= HTTPS://x/",
    "/gradio_api/file/http://10.0.0.1/", "/gradio_api/file=ftp://x", "/gradio_api/file=//host/share",
    "/gradio_api/file=\\\\host\\share", "/gradio_api/file=file:///etc/passwd", "/GRADIO_API/FILE=http://x/",
    "/gradio_api/deep_link", "/gradio_api/run-history/buckets", "/gradio_api/run-history/connect", "/gradio_api/runs",
    "/gradio_api/vibe-code", "/gradio_api/vibe-edit", "/gradio_api/dev/reload", "/gradio_api/process_recording",
    "/gradio_api/token", "/gradio_api/user", "/gradio_api/login_check", "/gradio_api/openapi.json", "/gradio_api",
    "/gradio_api/", "/gradio_api/queue/join/../../token", "/gradio_api/something-new", "/gradio_api/profiling/traces",
    "/monitoring", "/monitoring/summary", "/login/", "/logout", "/pwa_icon/512", "/openapi.json", "/proxy=http://x/",
)  # fmt: skip


@pytest.mark.parametrize("path", GRADIOS_OWN)
def test_what_gradio_answers_and_no_page_of_ours_asks_is_closed_to_everybody(guard: Guard, path: str) -> None:
    assert _run(lambda: ask(guard, "GET", path, [("host", "127.0.0.1")]))[0].status == 403


def test_gradio_answers_nothing_that_is_not_known_here(routes: list[AppRoute]) -> None:
    """A new version's new addresses are closed until somebody has looked at them."""
    opened = {
        route.path for route in routes if route.path.startswith("/gradio_api") and not is_closed("GET", route.sample())
    }
    assert {path.removeprefix("/gradio_api/").rstrip("/") for path in opened} == {
        "queue/join", "queue/data", "run/{api_name}", "cancel", "reset", "heartbeat/{session_hash}", "startup-events",
        "app_id", "info", "theme.css", "upload", "upload_progress", "component_server", "file={path_or_url:path}",
        "stream/{event_id}", "stream/{event_id}/close", "stream/{session_hash}/{run}/{component_id}/playlist.m3u8",
        "stream/{session_hash}/{run}/{component_id}/playlist-file",
        "stream/{session_hash}/{run}/{component_id}/{segment_id}.{ext}",
        "custom_component/{id}/{environment}/{type}/{file_name}",
    }  # fmt: skip
