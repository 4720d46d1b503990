"""Applications that are put together when they are first asked for: a start does not wait for what it may not need."""

import threading
from collections.abc import Callable, Sequence

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute
from starlette.types import Receive, Scope, Send


class LateApp:
    """Stands for an application until a request comes, in a mount.

    Args:
        build: makes it; called once, in a thread.
    """

    def __init__(self, build: Callable[[], FastAPI]) -> None:
        self._build = build
        self._app: FastAPI | None = None
        self._lock = threading.Lock()

    @property
    def routes(self) -> Sequence[BaseRoute]:
        """Its routes, for which it is put together."""
        return self._built().routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand the request on."""
        app = self._app or await run_in_threadpool(self._built)
        await app(scope, receive, send)

    def _built(self) -> FastAPI:
        with self._lock:
            self._app = self._app or self._build()
            return self._app
