"""Bodies that break programs: every route that takes one answers, in a sentence, and goes on."""

import json

import pytest

from tests.server.access.app_routes import AppRoute
from tests.server.hostile.asked_directly import Answer, ask
from tests.server.hostile.whole_app import HERE, WholeApp
from webui.server.gradio_paths import is_closed

JSON_BODIES = {
    "nothing": b"",
    "no JSON": b"{",
    "another kind": b"[]",
    "null": b"null",
    "a number": b"7",
    "a text": b'"x"',
    "deep lists": b"[" * 100_000,
    "deep objects": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "a huge whole number": b'{"steps": ' + b"9" * 5_000 + b', "seed": ' + b"9" * 400 + b"}",
    "no number": b'{"cfg_scale": NaN, "prompt": "x", "steps": Infinity, "width": -Infinity, "n": NaN}',
    "a huge number": b'{"cfg_scale": 1e999, "width": 1e308, "steps": 1e308, "n": 1e308}',
    "half a character": b'{"prompt": "\\ud800", "name": "\\udfff", "source": "\\ud800", "\\ud800": 1}',
    "zero bytes": b'{"prompt": "a\\u0000b", "name": "\\u0000", "text": "\\u0000", "source": "\\u0000"}',
    "no UTF-8": b'{"prompt": "\xff\xfe"}',
    "UTF-16": '{"prompt": "x"}'.encode("utf-16"),
    "a mark in front": b'\xef\xbb\xbf{"prompt": "x"}',
    "a field twice": b'{"prompt": "a", "prompt": ["b"]}',
    "another language's secrets": b'{"__proto__": {"x": 1}, "constructor": 1, "__class__": "x", "$where": "1"}',
    "a long prompt": json.dumps({"prompt": "(" * 200_000, "text": "(" * 200_000, "infotext": "<a:" * 60_000}).encode(),
    "many fields": json.dumps({f"field{number}": number for number in range(20_000)}).encode(),
}
MULTIPART_BODIES = {
    "no end": b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb',
    "no name": b"--x\r\n\r\nb\r\n--x--\r\n",
    "a file by path": (
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="../../x.html"\r\n\r\nb\r\n--x--\r\n'
    ),
    "another mark": b"--y\r\n\r\n--y--",
    "nothing": b"",
}
UNTOLD = 65_536
"""The longest answer that a refusal may be: nobody's request is sent back whole."""


def _taking_bodies(routes: list[AppRoute]) -> list[tuple[str, str]]:
    return [
        (method, route.sample())
        for route in routes
        for method in ("POST", "PUT", "PATCH", "DELETE")
        if (not route.methods or method in route.methods) and not is_closed(method, route.sample())
    ]


def _check(answer: Answer, asked: str) -> None:
    assert answer.status, f"{asked}: no answer"
    assert b"Traceback" not in answer.body, asked
    if not asked.split()[1].startswith("/gradio_api/"):  # which says 500 of what its handlers do not take
        assert answer.status < 500, (asked, answer.body[:300])
        assert answer.status < 400 or len(answer.body) < UNTOLD, asked


@pytest.mark.parametrize("name", JSON_BODIES)
def test_no_json_breaks_a_route(whole: WholeApp, routes: list[AppRoute], name: str) -> None:
    body, kind = JSON_BODIES[name], ("content-type", "application/json")

    async def each() -> None:
        for method, path in _taking_bodies(routes):
            _check(await ask(whole.app, method, path, [*HERE, kind], body), f"{method} {path} {name}")

    whole.run(each())
    assert whole.ask("GET", "/api/v1/health").status == 200


@pytest.mark.parametrize("name", MULTIPART_BODIES)
def test_no_form_breaks_a_route(whole: WholeApp, routes: list[AppRoute], name: str) -> None:
    body, kind = MULTIPART_BODIES[name], ("content-type", "multipart/form-data; boundary=x")

    async def each() -> None:
        for method, path in _taking_bodies(routes):
            _check(await ask(whole.app, method, path, [*HERE, kind], body), f"{method} {path} {name}")

    whole.run(each())
