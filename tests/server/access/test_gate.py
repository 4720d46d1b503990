"""Every route, every role, every verb: who is let in, and what the others are told."""

import asyncio
from pathlib import Path

import pytest
from starlette.types import Message

from tests.server.access.app_routes import VERBS, AppRoute
from tests.server.access.visitors import HERE, House
from webui.access.roles import Role
from webui.server.access.rate_limits import RateLimits
from webui.server.access.rules import rule_for

EVERYBODY = (None, *Role)
"""A stranger first."""

ADMINISTRATIVE = (
    ("GET", "/api/v1/models/tasks"), ("POST", "/api/v1/models/downloads"), ("POST", "/api/v1/models/merges"),
    ("DELETE", "/api/v1/models/downloads/x"), ("POST", "/api/v1/models/x/convert"), ("PATCH", "/api/v1/models/x"),
    ("GET", "/api/v1/models/x"), ("GET", "/api/v1/settings/recording"), ("PATCH", "/api/v1/settings/recording"),
    ("PATCH", "/api/v1/settings/models"), ("GET", "/api/v1/share"), ("POST", "/api/v1/share"),
    ("DELETE", "/api/v1/share"), ("DELETE", "/api/v1/share/guests/x"), ("GET", "/api/v1/extensions"),
    ("POST", "/api/v1/extensions/offers"), ("POST", "/api/v1/extensions/install"), ("DELETE", "/api/v1/extensions/x"),
    ("POST", "/api/v1/extensions/x/enable"), ("POST", "/api/v1/extensions/x/disable"),
    ("PATCH", "/api/v1/extensions/x/settings"), ("GET", "/api/v1/extensions/x/log"),
    ("PATCH", "/api/v1/extensions/themes"), ("DELETE", "/api/v1/trajectories"), ("POST", "/sdapi/v1/options"),
    ("POST", "/sdapi/v1/unload-checkpoint"), ("POST", "/gradio_api/upload"), ("GET", "/gradio_api/file=/etc/passwd"),
    ("POST", "/gradio_api/component_server"), ("GET", "/gradio_api/proxy=http://x"), ("GET", "/monitoring/summary"),
    ("GET", "/gradio_api/vibe-code"), ("POST", "/gradio_api/call/submit"), ("GET", "/openapi.json"),
    ("GET", "/api/v1/extensions/grain/routes/look"), ("GET", "/api/v1/extensions/grain/assets/look.js"),
)  # fmt: skip
MORE_THAN_A_GUESTS = (
    ("POST", "/api/v1/series"), ("GET", "/api/v1/trajectories/mine/export"), ("POST", "/api/v1/forward"),
    ("POST", "/api/v1/trajectories"), ("PATCH", "/api/v1/trajectories/mine"), ("POST", "/sdapi/v1/txt2img"),
    ("POST", "/v1/images/generations"), ("POST", "/mcp"), ("GET", "/api/v1/extensions/controls"),
)  # fmt: skip
A_GUESTS = (
    ("POST", "/api/v1/jobs"), ("GET", "/api/v1/jobs"), ("DELETE", "/api/v1/jobs/mine"), ("GET", "/api/v1/images/mine"),
    ("POST", "/api/v1/pictures"), ("GET", "/api/v1/trajectories/mine/strips/x0.png"), ("GET", "/api/v1/models"),
    ("POST", "/gradio_api/run/predict"), ("POST", "/api/v1/infotext"), ("GET", "/api/v1/jobs/mine/events"),
)  # fmt: skip
A_VIEWERS = (
    ("GET", "/"), ("GET", "/config"), ("GET", "/api/v1/events"), ("GET", "/api/v1/health"), ("GET", "/hub.js"),
    ("GET", "/api/v1/me"), ("GET", "/api/v1/shown/x/pictures/0.jpg"), ("GET", "/theme.css"),
)  # fmt: skip
OPEN = (
    ("GET", "/login"),
    ("POST", "/login"),
    ("POST", "/logout"),
    ("GET", "/page/login.css"),
    ("GET", "/login/login.js"),
)

LEAST = (
    *((each, Role.ADMIN) for each in ADMINISTRATIVE),
    *((each, Role.USER) for each in MORE_THAN_A_GUESTS),
    *((each, Role.GUEST) for each in A_GUESTS),
    *((each, Role.VIEWER) for each in A_VIEWERS),
    *((each, None) for each in OPEN),
)


@pytest.fixture(autouse=True)
def _quick(cheap_passwords: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of requests come at once here; their number is limited in another test."""
    monkeypatch.setattr(RateLimits, "wait_s", lambda *_arguments: 0)


def _expected(role: Role | None, least: Role | None, theirs: bool) -> int:
    if least is None:
        return 299
    if role is None:
        return 401
    if role < least:
        return 403
    return 299 if theirs or role is Role.ADMIN else 404


def test_every_route_is_tried_by_every_role_with_every_verb(routes: list[AppRoute], tmp_path: Path) -> None:
    house = House(tmp_path)
    visitors = {role: house.visitor(role) for role in EVERYBODY}
    wrong, tried = [], 0
    for route in routes:
        for verb in VERBS:
            for thing in ("mine", "another's"):
                path = route.sample(**dict.fromkeys((name for name, _ in route.parts), thing))
                found = rule_for(verb, path)
                theirs = all(id_ == "mine" for _, id_ in found.ids)
                for role in EVERYBODY:
                    tried += 1
                    status = house.ask(verb, path, **visitors[role]).status
                    if status != _expected(role, found.rule.least, theirs):
                        wrong.append(f"{role} {verb} {path}: {status}")
    assert not wrong
    assert tried == len(routes) * len(VERBS) * 2 * len(EVERYBODY)


@pytest.mark.parametrize(("asked", "least"), LEAST)
def test_each_role_may_what_it_is_meant_to(asked: tuple[str, str], least: Role | None, tmp_path: Path) -> None:
    house = House(tmp_path)
    for role in EVERYBODY:
        answer = house.ask(*asked, **house.visitor(role))
        assert answer.status == _expected(role, least, theirs=True), role


def test_a_verb_that_a_route_does_not_have_lets_nobody_in(routes: list[AppRoute], tmp_path: Path) -> None:
    house = House(tmp_path)
    guest = house.visitor(Role.GUEST)
    for route in routes:
        for verb in ("TRACE", "CONNECT", "PROPFIND", "get", ""):
            if route.methods:
                assert not house.ask(verb, route.sample(), **guest).let_in


def test_what_is_anothers_is_told_as_what_is_not_there(tmp_path: Path) -> None:
    house = House(tmp_path)
    guest = house.visitor(Role.GUEST)
    theirs, nothing = (house.ask("GET", f"/api/v1/images/{each}", **guest) for each in ("another's", "none"))
    assert (theirs.status, theirs.body) == (nothing.status, nothing.body) == (404, nothing.body)


def test_whoever_is_let_in_is_known_behind_the_gate(tmp_path: Path) -> None:
    house = House(tmp_path)
    guest = house.ask("GET", "/api/v1/jobs", **house.visitor(Role.GUEST)).principal
    assert guest is not None
    assert (guest.role, guest.link) == (Role.GUEST, house.link.id)
    assert house.ask("GET", "/login").principal is None


def test_browsers_are_shown_the_login_and_programs_how_to_log_in(tmp_path: Path) -> None:
    house = House(tmp_path)
    page = house.ask("GET", "/", accept="text/html,*/*", sec_fetch_mode="navigate")
    assert (page.status, page.headers["location"]) == (303, "/login")
    for path in ("/api/v1/jobs", "/sdapi/v1/options", "/v1/models"):
        program = house.ask("GET", path, accept="text/html,*/*")
        assert program.status == 401
        assert program.headers["www-authenticate"].startswith("Basic ")
        assert program.told["hint"]
    script = house.ask("GET", "/api/v1/jobs", sec_fetch_mode="cors")
    assert "www-authenticate" not in script.headers  # a browser would open a window above the page


def test_no_websocket_is_let_in(tmp_path: Path) -> None:
    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        sent.append(message)

    sent: list[Message] = []
    scope = {"type": "websocket", "path": "/gradio_api/queue/join", "headers": [], "client": HERE}
    asyncio.run(House(tmp_path).gate(scope, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
