"""Waiting for the worker's answers: in threads of their own, and only as long as somebody waits at the other end.

A worker that loads a model or is busy with a picture answers late. Its askers must not take the threads of all other
routes, and a slider that was dragged on has hung up on what it asked before.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request

from webui.engine.looks import Wanted

THREADS = 32

Answer = TypeVar("Answer")
_LOOK_WHETHER_LEFT_SECONDS = 0.2


class Askers:
    """The threads that wait for the worker."""

    def __init__(self, threads: int = THREADS) -> None:
        self._limiter = CapacityLimiter(threads)

    async def run(self, request: Request, ask: Callable[[Wanted], Answer]) -> Answer:
        """What `ask` returns or raises; it is told how to find out whether the client has hung up."""
        async with hanging_up(request) as left:
            return await to_thread.run_sync(ask, lambda: not left.is_set(), limiter=self._limiter)


@asynccontextmanager
async def hanging_up(request: Request) -> AsyncIterator[threading.Event]:
    """An event that is set when the client hangs up."""
    left = threading.Event()
    watching = asyncio.create_task(_watch(request, left))
    try:
        yield left
    finally:
        watching.cancel()


async def _watch(request: Request, left: threading.Event) -> None:
    while not left.is_set():
        await asyncio.sleep(_LOOK_WHETHER_LEFT_SECONDS)
        if await request.is_disconnected():
            left.set()
