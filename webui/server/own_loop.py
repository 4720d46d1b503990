"""Runs an ASGI application in a thread with an event loop of its own: one that waits holds up nobody else."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANSWERS_WITHIN = 2.0
"""How soon a loop answers that is not held up, in seconds."""

_ENDS_WITHIN = 1.0
"""How long what was given up may take to tidy up, in seconds."""


class TooSlow(Exception):
    """The application did not begin to answer in its time. `held_up`: nothing else in its loop goes on either."""

    def __init__(self, seconds: float, *, held_up: bool) -> None:
        super().__init__(f"it did not answer within {seconds:g} seconds")
        self.held_up = held_up


class Ended(Exception):
    """The application tried to end the program."""


class Closed(Exception):
    """The application was taken away before it had answered."""


class _Bridge:
    """What an application in another loop hears of a request, and answers to it. Made in the server's loop."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._servers = asyncio.get_running_loop()
        self._receive_here, self._send_here = receive, send
        self.begun = asyncio.Event()
        self.given_up = False

    async def receive(self) -> Message:
        """Called in the other loop."""
        return await self._here(self._received)

    async def send(self, message: Message) -> None:
        """Called in the other loop."""
        await self._here(self._sent, message)

    async def _here(self, function: Callable[..., Coroutine[Any, Any, Any]], *arguments: Any) -> Any:
        if self._servers.is_closed():
            raise ConnectionAbortedError("the server has stopped")
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(function(*arguments), self._servers))

    async def _received(self) -> Message:
        return await self._receive_here()

    async def _sent(self, message: Message) -> None:
        if self.given_up:  # somebody else has answered meanwhile
            raise ConnectionAbortedError("nobody waits for this answer any more")
        self.begun.set()
        await self._send_here(message)


class OwnLoop:
    """An application in its own thread, which ends with `close`.

    Args:
        app: the application; its plain functions run in threads of this loop, not of the server's.
        name: of the thread.
        deadline_s: how long it may take to begin an answer; after that it may go on for ever, as streams do.
    """

    def __init__(self, app: ASGIApp, *, name: str, deadline_s: float) -> None:
        self._app = app
        self._deadline_s = deadline_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request of the server's loop.

        Raises:
            TooSlow: it took too long.
            Ended: it tried to end the program.
            Closed: the loop was closed meanwhile.
            Exception: whatever else the application raises.
        """
        bridge = _Bridge(receive, send)
        answering = asyncio.run_coroutine_threadsafe(self._answer(dict(scope), bridge), self._loop)
        ended = asyncio.ensure_future(asyncio.wrap_future(answering))
        begun = asyncio.ensure_future(bridge.begun.wait())
        try:
            await asyncio.wait({ended, begun}, timeout=self._deadline_s, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done() and not begun.done():
                bridge.given_up = True
                raise TooSlow(self._deadline_s, held_up=not await self._is_going())
            await asyncio.wait({ended})
            if ended.cancelled():
                raise Closed
            await ended
        finally:
            begun.cancel()
            ended.cancel()

    def close(self) -> None:
        """Give up what is being answered and end the loop; where it is held up, its thread is left behind."""
        self._loop.call_soon_threadsafe(self._end)

    def _end(self) -> None:
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.call_later(_ENDS_WITHIN, self._loop.stop)

    async def _answer(self, scope: Scope, bridge: _Bridge) -> None:
        try:
            await self._app(scope, bridge.receive, bridge.send)
        except (SystemExit, KeyboardInterrupt) as error:  # which would end the loop, and then the server
            raise Ended(f"it raised {type(error).__name__}") from error

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _is_going(self) -> bool:
        """Whether the loop does anything."""
        servers, answered = asyncio.get_running_loop(), asyncio.Event()
        self._loop.call_soon_threadsafe(servers.call_soon_threadsafe, answered.set)
        try:
            await asyncio.wait_for(answered.wait(), _ANSWERS_WITHIN)
        except TimeoutError:
            return False
        return True
