import asyncio

import pytest
from starlette.types import Message

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.engine import event_hub
from webui.engine.event_hub import EventHub
from webui.server import event_stream
from webui.server.access.principals import note_principal
from webui.server.event_stream import EventStream

SCOPE = {"type": "http"}


async def _stay() -> Message:
    await asyncio.Event().wait()
    raise AssertionError


def test_a_quiet_stream_is_kept_alive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "KEEP_ALIVE_SECONDS", 0.01)
    hub, sent = EventHub(), []

    async def send(message: Message) -> None:
        sent.append(message.get("body"))
        if len(sent) == 5:
            hub.close()

    asyncio.run(EventStream(hub)(SCOPE, _stay, send))
    assert b": keep-alive\n\n" in sent
    assert sent[-1] == b""
    assert not hub._subscriptions


def test_a_client_that_does_not_read_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "STALLED_SECONDS", 0.05)
    hub = EventHub()

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.Event().wait()

    asyncio.run(EventStream(hub)(SCOPE, _stay, send))
    assert not hub._subscriptions


def test_a_client_that_leaves_is_forgotten() -> None:
    hub = EventHub()

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(_message: Message) -> None:
        pass

    asyncio.run(EventStream(hub)(SCOPE, receive, send))
    assert not hub._subscriptions


def test_a_listener_that_was_cut_off_gets_what_waited_and_then_the_end() -> None:
    hub, bodies = EventHub(), []

    async def send(message: Message) -> None:
        if message["type"] == "http.response.body":
            if not bodies:
                for _ in range(event_hub.MAX_WAITING + 1):
                    hub.publish("status")
            bodies.append(message["body"])

    asyncio.run(EventStream(hub)(SCOPE, _stay, send))
    assert b"".join(bodies).count(b"data: ") == event_hub.MAX_WAITING


def test_who_is_let_in_no_more_hears_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_stream, "ASK_AGAIN_SECONDS", 0.01)
    hub, sent, asked = EventHub(), [], []

    async def still() -> bool:
        asked.append(len(asked))
        return len(asked) < 3

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {**SCOPE}
    note_principal(scope, Principal(Role.USER, "account:eve"), still)
    asyncio.run(EventStream(hub)(scope, _stay, send))
    assert len(asked) == 3
    assert sent[-1] == {"type": "http.response.body", "body": b"", "more_body": False}
    assert not hub._subscriptions
