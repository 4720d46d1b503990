"""Runs an ASGI application in a thread with an event loop of its own: one that waits holds up nobody else."""

import asyncio
import threading
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

_ANSWERS_WITHIN = 2.0
"""How soon a loop answers that is not held up, in seconds."""


class TooSlow(Exception):
    """The application did not begin to answer in its time. `held_up`: nothing else in its loop goes on either."""

    def __init__(self, seconds: float, *, held_up: bool) -> None:
        super().__init__(f"it did not answer within {seconds:g} seconds")
        self.held_up = held_up


class Ended(Exception):
    """The application tried to end the program."""


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
            Exception: whatever the application raises.
        """
        servers = asyncio.get_running_loop()
        begun = asyncio.Event()

        async def begin_and_send(message: Message) -> None:
            begun.set()
            await send(message)

        def across(coroutine: Any) -> Any:
            return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(coroutine, servers))

        async def own_receive() -> Message:
            return await across(receive())

        async def own_send(message: Message) -> None:
            await across(begin_and_send(message))

        async def answer() -> None:
            try:
                await self._app(dict(scope), own_receive, own_send)
            except (SystemExit, KeyboardInterrupt) as error:  # which would end the loop, and then the server
                raise Ended(f"it raised {type(error).__name__}") from error

        answering = asyncio.run_coroutine_threadsafe(answer(), self._loop)
        ended = asyncio.ensure_future(asyncio.wrap_future(answering))
        started = asyncio.ensure_future(begun.wait())
        try:
            await asyncio.wait({ended, started}, timeout=self._deadline_s, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done() and not begun.is_set():
                raise TooSlow(self._deadline_s, held_up=not await self._answers())
            await ended
        finally:
            started.cancel()
            ended.cancel()

    def close(self) -> None:
        """End the loop; where it is held up, its thread is left behind."""
        self._loop.call_soon_threadsafe(self._loop.stop)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _answers(self) -> bool:
        future = asyncio.run_coroutine_threadsafe(asyncio.sleep(0), self._loop)
        done, _ = await asyncio.wait({asyncio.ensure_future(asyncio.wrap_future(future))}, timeout=_ANSWERS_WITHIN)
        return bool(done)
