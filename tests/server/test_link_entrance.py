"""The door of the public link by itself, before an application that tells what it hears."""

import asyncio
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.server.access.principals import note_principal
from webui.server.link_entrance import LinkEntrance, link_of
from webui.sharing.public_link import Level, PublicLink


class Application:
    """Remembers the scopes; `/stream` never ends by itself."""

    def __init__(self, owner: str) -> None:
        self.heard: list[Scope] = []
        self.owner = owner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.heard.append(scope)
        note_principal(scope, Principal(Role.GUEST, self.owner))
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        if scope["path"] == "/stream":
            await asyncio.sleep(600)
        await send({"type": "http.response.body", "body": b""})


def shared(url: str = "https://word.example.org") -> tuple[LinkEntrance, PublicLink, Application]:
    link = PublicLink(url, Level.GENERATE, "ssh", 60)
    application = Application(link.guests.welcome("Ada").owner)
    entrance = LinkEntrance(application)
    entrance.link = link
    return entrance, link, application


async def ask(entrance: LinkEntrance, path: str = "/", **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(entrance), base_url="http://word.example.org") as client:
        return await client.get(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_what_comes_in_here_is_marked_and_cleaned_of_what_proxies_say() -> None:
    entrance, link, application = shared()
    lies = {"x_forwarded_for": "127.0.0.1", "X_Forwarded_Host": "127.0.0.1", "forwarded": "for=127.0.0.1"}
    asyncio.run(ask(entrance, **lies, x_real_ip="127.0.0.1", x_mine="kept"))
    (scope,) = application.heard
    assert link_of(scope) is link
    assert scope["scheme"] == "https"  # as the guest's browser has it, so that cookies are for https alone
    names = {name for name, _ in scope["headers"]}
    assert b"x-mine" in names
    assert not {name for name in names if name.startswith((b"x-forwarded", b"forwarded", b"x-real"))}
    assert link_of({"type": "http"}) is None


@pytest.mark.parametrize("ended", ["closed", "not open yet"])
def test_nobody_is_let_in_while_it_is_not_open(ended: str) -> None:
    entrance, link, application = shared()
    if ended == "closed":
        link.close()
    else:
        entrance.link = None
    answer = asyncio.run(ask(entrance))
    assert (answer.status_code, answer.json()["error"]) == (410, "This link has ended.")
    assert answer.headers["x-frame-options"] == "DENY"
    assert application.heard == []


def test_a_websocket_is_never_let_in() -> None:
    entrance, _, application = shared()
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "websocket.connect"}

    asyncio.run(entrance({"type": "websocket", "path": "/"}, receive, send))
    assert sent == [{"type": "websocket.close", "code": 1008}]
    assert application.heard == []


def test_a_guest_is_here_as_long_as_something_is_answered_and_can_be_cut_off() -> None:
    entrance, link, application = shared()
    guest = link.guests.find(application.owner)
    assert guest is not None

    async def watch() -> str:
        stream = asyncio.create_task(ask(entrance, "/stream"))
        other = asyncio.create_task(ask(entrance, "/stream"))
        while guest.requests < 2:
            await asyncio.sleep(0)
        entrance.cut_off("guest:somebody else")
        await asyncio.sleep(0)
        assert guest.requests == 2
        entrance.cut_off(application.owner)
        answers = await asyncio.gather(stream, other)
        return answers[0].text

    assert asyncio.run(watch()) == "begun"
    assert guest.requests == 0
