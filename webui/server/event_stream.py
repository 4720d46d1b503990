"""Server-sent events: one response that writes what a subscription gives until it ends or the client goes."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from webui.engine.event_hub import EventHub, Published, Subscription
from webui.server.access.principals import is_still_let_in
from webui.server.audience import Audience, Everybody

KEEP_ALIVE_SECONDS = 15.0
ASK_AGAIN_SECONDS = 5.0
"""How soon a stream ends after its listener has logged out, or is let in no more."""
STALLED_SECONDS = 60.0
_KEEP_ALIVE = b": keep-alive\n\n"
_END: Message = {"type": "http.response.body", "body": b"", "more_body": False}
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


def frame(seq: int, data: str) -> bytes:
    """One event on the wire; `data` is JSON."""
    return f"id: {seq}\ndata: {data}\n\n".encode()


class EventStream(Response):
    """An ASGI response.

    Args:
        hub: whose events.
        job: those of one job, from its beginning to its end; None for all, without an end.
        after: the last event that the client has.
        opening: called with the subscription, gives what is to be written before the events.
        audience: who hears them.
    """

    def __init__(
        self,
        hub: EventHub,
        *,
        job: str | None = None,
        after: int | None = None,
        opening: Callable[[Subscription], AsyncIterator[bytes]] | None = None,
        audience: Audience | None = None,
    ) -> None:
        super().__init__()
        self._hub = hub
        self._job = job
        self._after = after
        self._opening = opening
        self._audience = audience or Everybody()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Write until the end."""
        loop = asyncio.get_running_loop()
        news = asyncio.Event()

        def wake() -> None:
            with contextlib.suppress(RuntimeError):  # the loop has been closed: the server stops
                loop.call_soon_threadsafe(news.set)

        subscription = self._hub.subscribe(wake, job=self._job, after=self._after)
        writing = asyncio.ensure_future(self._write(subscription, news, send))
        leaving = asyncio.ensure_future(_gone(receive))
        refused = asyncio.ensure_future(_let_in_no_more(scope))
        try:
            ended, _ = await asyncio.wait((writing, leaving, refused), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._hub.unsubscribe(subscription)
            for task in (writing, leaving, refused):
                task.cancel()
            await asyncio.gather(writing, leaving, refused, return_exceptions=True)
        if ended == {refused}:
            await send(_END)

    async def _write(self, subscription: Subscription, news: asyncio.Event, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        # A first line at once, so that the client's stream opens before the first event.
        await _put(send, b": hello\n\n")
        if self._opening is not None:
            async for piece in self._opening(subscription):
                await _put(send, piece)
        loop = asyncio.get_running_loop()
        quiet_since = loop.time()
        while True:
            news.clear()
            events = subscription.take()
            written = b"".join(map(self._frame, events))
            if not written and loop.time() - quiet_since >= KEEP_ALIVE_SECONDS:
                written = _KEEP_ALIVE  # much happens of which this audience hears nothing
            if written:
                await _put(send, written)
                quiet_since = loop.time()
            if subscription.ended or (self._job is not None and _ended(events)):
                break
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    await news.wait()
            except TimeoutError:
                await _put(send, _KEEP_ALIVE)
                quiet_since = loop.time()
        await send(_END)

    def _frame(self, event: Published) -> bytes:
        """The event as its audience is told it; nothing where it is not."""
        told = self._audience.told(event)
        if told is None:
            return b""
        return frame(event.seq, event.json if told is event.payload else json.dumps(told))


def _ended(events: list[Published]) -> bool:
    return any(event.ends_job for event in events)


async def _put(send: Send, piece: bytes) -> None:
    """Write, unless the client has not read anything for too long: then the stream ends and it may come back."""
    message: Message = {"type": "http.response.body", "body": piece, "more_body": True}
    # Not `wait_for`, which in Python 3.11 may lose the cancellation when the client leaves at the same moment.
    async with asyncio.timeout(STALLED_SECONDS):
        await send(message)


async def _let_in_no_more(scope: Scope) -> None:
    await asyncio.sleep(ASK_AGAIN_SECONDS)
    while await is_still_let_in(scope):
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
