"""An application in a loop of its own, as the server's loop speaks with it."""

import asyncio
import threading
from typing import Any

import pytest
from starlette.types import Message, Receive, Scope, Send

from webui.server.own_loop import Closed, Ended, OwnLoop, TooSlow

SCOPE: Scope = {"type": "http", "path": "/"}


async def _echo(scope: Scope, receive: Receive, send: Send) -> None:
    body = (await receive())["body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": body + threading.current_thread().name.encode()})


def _ask(app: Any, deadline_s: float = 30.0) -> list[Message]:
    """What it sends for a request with the body `x`."""
    own = OwnLoop(app, name="apart", deadline_s=deadline_s)
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b"x", "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    try:
        asyncio.run(own(SCOPE, receive, send))
    finally:
        own.close()
    return sent


def test_it_hears_the_request_and_answers_from_its_own_thread() -> None:
    assert [message.get("body") for message in _ask(_echo)] == [None, b"xapart"]


def test_what_it_raises_arrives_and_an_end_of_the_program_is_only_told() -> None:
    async def wrong(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError("no film")

    async def leaving(scope: Scope, receive: Receive, send: Send) -> None:
        raise SystemExit(3)

    with pytest.raises(LookupError, match="no film"):
        _ask(wrong)
    with pytest.raises(Ended, match="SystemExit"):
        _ask(leaving)


def test_one_that_blocks_its_loop_is_given_up_and_said_to_hold_it_up() -> None:
    go = threading.Event()

    async def late(scope: Scope, receive: Receive, send: Send) -> None:
        go.wait()  # as plain code does that should not

    with pytest.raises(TooSlow) as told:
        _ask(late, deadline_s=0.2)
    assert told.value.held_up
    go.set()


def test_one_whose_loop_goes_on_is_not_said_to_hold_it_up() -> None:
    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.Event().wait()

    with pytest.raises(TooSlow) as told:
        _ask(patient, deadline_s=0.2)
    assert not told.value.held_up


def test_an_answer_that_has_begun_may_take_as_long_as_it_likes() -> None:
    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.sleep(0.5)
        await send({"type": "http.response.body", "body": b"end"})

    assert _ask(stream, deadline_s=0.2)[-1]["body"] == b"end"


def test_what_is_being_answered_is_given_up_when_the_loop_is_closed() -> None:
    async def patient(scope: Scope, receive: Receive, send: Send) -> None:
        own.close()
        await asyncio.Event().wait()

    async def nothing(*_: Any) -> Any:
        return None

    own = OwnLoop(patient, name="apart", deadline_s=30.0)
    with pytest.raises(Closed):
        asyncio.run(own(SCOPE, nothing, nothing))
