"""No name, whatever it is, leads to a file that is not meant to be given out."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.access.app_routes import AppRoute
from tests.server.hostile.asked_directly import Answer
from tests.server.hostile.bad_paths import BAD_PATHS
from tests.server.hostile.whole_app import WholeApp
from webui.server.gradio_paths import is_closed

GIVES_FILES = (
    "/api/v1/images/{}", "/api/v1/images/{}/parameters", "/api/v1/images/{}/trajectory", "/api/v1/films/{}",
    "/api/v1/pictures/{}", "/api/v1/jobs/{}/frames/0/1/0.jpg", "/api/v1/shown/{}/frames/0/1/0.jpg",
    "/api/v1/trajectories/{}/file", "/api/v1/trajectories/{}/export", "/api/v1/trajectories/{}/steps/1/x0.png",
    "/api/v1/trajectories/x/strips/{}.png", "/api/v1/forward/{}/strip.png", "/api/v1/models/{}/preview",
    "/api/v1/models/{}", "/api/v1/extensions/{}/assets/x.js", "/api/v1/extensions/film_grain/assets/{}",
    "/api/v1/extensions/{}/log", "/api/v1/extensions/{}/preview", "/api/v1/extensions/{}/routes/x",
    "/page/{}", "/static/{}", "/assets/{}", "/svelte/{}", "/gradio_api/file={}",
    "/gradio_api/stream/{}/0/1/playlist-file", "/v1/models/{}", "/api/v1/sliders/{}",
    "/gradio_api/custom_component/{}/client/component/index.js", "/{}",
)  # fmt: skip
ANSWER_NOTHING = {"/api/{rest:path}", "/v1/{rest:path}", "/sdapi/{rest:path}", "/controlnet/{path:path}"}
"""Addresses that say of everything below them that it is not there."""
PIECES = ("..", ".", "/", "\\", "%2e", "a", "etc", "\0", ":")
OUTSIDE = ("passwd", "shadow", "environ", "id_rsa", "accounts.json", "settings.json", "pyproject.toml", "syslog")
SECRETS = (b"root:x:0", b"[build-system]", b"SQLite format 3", b"class Settings", b"[core]", b"PATH=")


class _Opened:
    """Files that were opened while somebody watches; the interpreter tells."""

    def __init__(self) -> None:
        self.files: list[str] | None = None
        sys.addaudithook(self._told)

    def _told(self, event: str, values: tuple[object, ...]) -> None:
        if event == "open" and self.files is not None and isinstance(values[0], str | bytes):
            self.files.append(values[0] if isinstance(values[0], str) else values[0].decode("utf-8", "replace"))

    @contextmanager
    def watched(self) -> Iterator[list[str]]:
        self.files = files = []
        try:
            yield files
        finally:
            self.files = None


_opened = _Opened()


def _check(answer: Answer, asked: str) -> None:
    assert answer.status < 500, (asked[:300], answer.status, answer.body[:300])
    assert not [secret for secret in SECRETS if secret in answer.body], asked[:300]
    assert "set-cookie" not in {name for name, _ in answer.headers}, asked[:300]


def _check_opened(files: list[str], name: str) -> None:
    """Nothing outside that the name says was opened."""
    for said in (name, unquote(name)):
        wanted = Path(said.replace("\\", "/")).name
        outside = [
            file for file in files if wanted in ("passwd", "shadow", "environ", "id_rsa") and file.endswith(wanted)
        ]
        assert not outside, (name, outside)


def test_there_are_five_hundred() -> None:
    assert len(BAD_PATHS) >= 500


@pytest.mark.parametrize("template", GIVES_FILES)
def test_no_bad_name_gets_a_file(whole: WholeApp, template: str) -> None:
    asked = [template.format(name) for name in BAD_PATHS]
    with _opened.watched() as files:
        answers = whole.all([("GET", path) for path in asked])
    for path, answer in zip(asked, answers, strict=True):
        _check(answer, path)
    for name in BAD_PATHS:
        _check_opened(files, name)


@pytest.mark.parametrize("template", GIVES_FILES[:5] + GIVES_FILES[19:24])
@settings(max_examples=60, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(
    name=st.text(max_size=300) | st.lists(st.sampled_from(["..", ".", "/", "\\", "%2e", "a", "etc", "\0"])).map("".join)
)
def test_no_name_that_anybody_thinks_of_gets_a_file(whole: WholeApp, template: str, name: str) -> None:
    path = template.format(name)
    _check(whole.ask("GET", path), path)


def test_what_is_there_and_what_is_not_are_answered_alike(whole: WholeApp) -> None:
    """A path on this computer says nothing of whether there is a file."""
    for template in GIVES_FILES:
        there, missing = (whole.ask("GET", template.format(name)) for name in ("/etc/passwd", "/etc/passwe"))
        assert there.status == missing.status, template
        assert there.body.replace(b"passwd", b"") == missing.body.replace(b"passwe", b""), template


def test_a_picture_is_still_given(whole: WholeApp) -> None:
    assert whole.ask("GET", f"/api/v1/images/{whole.picture}").body.startswith(b"\x89PNG")


@pytest.mark.parametrize("path", ["/api/v1/images/{}", "/api/v1/pictures/{}", "/api/v1/films/{}"])
def test_a_known_id_with_more_to_it_gets_no_other_file(whole: WholeApp, path: str) -> None:
    for more in ("/../../settings.json", "%00.txt", "/..", "\\..\\x", "?x", "\n"):
        answer = whole.ask("GET", path.format(whole.picture + more))
        assert answer.status < 500
        assert b"settings" not in answer.body


def test_only_routes_that_are_known_have_a_path_within_theirs(routes: list[AppRoute]) -> None:
    """Whatever takes a whole path could lead anywhere: a new one belongs into the list above."""
    open_ended = {each.path for each in routes if ":path}" in each.path and not is_closed("GET", each.sample())}
    known = {template.partition("{")[0] for template in GIVES_FILES if template != "/{}"}
    assert not [path for path in open_ended if not path.startswith(tuple(known)) and path not in ANSWER_NOTHING]
