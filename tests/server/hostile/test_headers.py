"""What every answer tells the browser, whatever was asked and however it was answered."""

import asyncio

import pytest
from starlette.responses import PlainTextResponse

from tests.server.access.app_routes import AppRoute
from tests.server.hostile.asked_directly import Answer, ask
from tests.server.hostile.whole_app import WholeApp
from webui.server.guard import LOGIN_POLICY, Guard

PROTECTING = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
OPENER_POLICY = ("cross-origin-opener-policy", "same-origin")
"""Which browsers heed at this computer's own names, and by https."""
PAGE_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; media-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
FILE_POLICY = (
    "default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'none'; sandbox"
)
ENDLESS = ("/api/v1/events", "/gradio_api/heartbeat/", "/gradio_api/queue/data", "/gradio_api/upload_progress")


def _check(answer: Answer, asked: str, *, trusted: bool = True) -> None:
    told = dict(answer.headers)
    assert {name: told.get(name) for name in PROTECTING} == PROTECTING, asked
    assert (OPENER_POLICY in told.items()) == trusted, asked
    assert not [name for name in told if name.startswith("access-control-") or name in ("server", "x-powered-by")], (
        asked
    )
    kind = told.get("content-type", "")
    page = kind.startswith(("text/html", "text/javascript", "application/javascript", "text/css"))
    expected = LOGIN_POLICY if asked.endswith(" /login") else PAGE_POLICY if page else FILE_POLICY
    assert told["content-security-policy"] == expected, (asked, kind)
    assert len(told) == len(answer.headers), f"{asked}: a header twice"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_every_route_answers_with_the_protecting_headers(whole: WholeApp, routes: list[AppRoute], method: str) -> None:
    paths = sorted({route.sample() for route in routes if not route.path.startswith(ENDLESS)})
    for path, answer in zip(paths, whole.all([(method, path) for path in paths]), strict=True):
        _check(answer, f"{method} {path}")


def test_so_do_refusals(whole: WholeApp) -> None:
    refused = {
        "a foreign host": ("GET", "/", [("host", "evil.com")]),
        "no host": ("GET", "/", []),
        "a foreign page": ("POST", "/api/v1/jobs", [("host", "localhost"), ("origin", "http://evil.com")]),
        "another method": ("TRACE", "/", [("host", "localhost")]),
        "too large": ("POST", "/api/v1/jobs", [("host", "localhost"), ("content-length", str(2**40))]),
        "closed": ("GET", "/gradio_api/proxy=http://x", [("host", "localhost")]),
    }
    for why, (method, path, headers) in refused.items():
        answer = whole.run(ask(whole.app, method, path, headers))
        assert answer.status >= 400, why
        _check(answer, why, trusted=("host", "localhost") in headers)


def test_what_the_browser_has_kept_keeps_its_policy(whole: WholeApp) -> None:
    """A 304 says nothing of what it is about, and must not turn a script's policy into a picture's."""
    first = whole.ask("GET", "/hub.js")
    again = whole.ask("GET", "/hub.js", ("if-none-match", first.header("etag")))
    assert first.header("content-security-policy") == PAGE_POLICY
    assert "content-security-policy" not in dict(again.headers) or again.status != 304


def test_answers_that_are_somebodys_are_kept_by_nobody_else(whole: WholeApp) -> None:
    for path in (f"/api/v1/images/{whole.picture}", "/api/v1/images", "/api/v1/jobs", "/api/v1/me"):
        assert "public" not in whole.ask("GET", path).header("cache-control"), path


@pytest.mark.parametrize(
    ("host", "scheme", "heeded"),
    [("127.0.0.1:7860", "http", True), ("art.example", "https", True), ("art.example", "http", False)],
)
def test_an_opener_policy_is_told_where_browsers_heed_it(host: str, scheme: str, heeded: bool) -> None:
    guard = Guard(PlainTextResponse("hello"), host="127.0.0.1", allowed_hosts=["art.example"])
    answer = asyncio.run(ask(guard, "GET", "/", [("host", host)], scheme=scheme))
    assert answer.status == 200
    assert (OPENER_POLICY in answer.headers) == heeded
