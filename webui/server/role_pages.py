"""One page for each role behind one address: who asks decides which page answers, its handlers included.

The page of those who may do everything is built at the start; the others when they are first asked for, as most
servers never need them.
"""

import asyncio
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import FastAPI
from fastapi.responses import PlainTextResponse
from starlette.requests import HTTPConnection
from starlette.routing import BaseRoute, Mount
from starlette.types import Message, Receive, Scope, Send

from webui.access.principal import HOUSE
from webui.access.roles import Role
from webui.server.access.principals import principal_of
from webui.server.late_page import LatePage
from webui.server.splash import remove_splash

BuildRolePage = Callable[[Role], FastAPI]
"""Makes an application with a role's Gradio page mounted at `/`; called in a thread."""


class RolePages:
    """Pure ASGI, mounted at `/` after every other route when the first page is there, in place of the splash.

    Made on the running event loop.

    Args:
        app: the running application.
        build: builds the page of a role.
        parts: names what pages would be built from now; asked from any thread.
        on_change: told that name when other pages have taken the place of those before.
    """

    def __init__(
        self, app: FastAPI, build: BuildRolePage, *, parts: Callable[[], str], on_change: Callable[[str], object]
    ) -> None:
        self._app = app
        self._on_change = on_change
        self._loop = asyncio.get_running_loop()
        building = threading.Lock()
        told = {Role.ADMIN: self._usual_page_was_built}
        self._pages = {
            role: LatePage(partial(build, role), building, parts=parts, on_built=told.get(role)) for role in Role
        }

    def begin(self) -> None:
        """Start building the first page; returns at once."""
        self._pages[Role.ADMIN].begin()

    def renew(self) -> None:
        """Build those pages anew that were built, if what they are made of has changed. From any thread."""
        for page in self._pages.values():
            page.renew()

    async def close(self) -> None:
        """End what the pages run in the background."""
        for page in self._pages.values():
            await page.close()

    @property
    def routes(self) -> list[BaseRoute]:
        """The routes of the pages that are there; every page has the same."""
        page = self._pages[Role.ADMIN].app
        return list(page.routes) if page is not None else []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by the page of whoever asks."""
        principal = principal_of(HTTPConnection(scope))
        page = self._pages[principal.role]
        app: Any = await page.ready()
        answer = app if app is not None else PlainTextResponse(page.problem or "The server stops.", status_code=503)
        await answer(scope, receive, send if principal == HOUSE else _unkept(send))

    def _usual_page_was_built(self, parts: str, renewed: bool) -> None:
        if renewed:
            self._on_change(parts)
        else:
            self._loop.call_soon_threadsafe(self._show)

    def _show(self) -> None:
        page = self._pages[Role.ADMIN]
        self._app.state.page_problem = page.problem
        if page.app is not None:
            self._app.router.routes.append(Mount("", self))
            remove_splash(self._app)
            self._app.state.page_ready = True


def _unkept(send: Send) -> Send:
    """A page of somebody who had to log in is not kept for whoever sits there after them."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            kept = [header for header in message["headers"] if header[0].lower() != b"cache-control"]
            message = {**message, "headers": [*kept, (b"cache-control", b"no-store")]}
        await send(message)

    return sending


def _is_page(message: Message) -> bool:
    return any(name.lower() == b"content-type" and value.startswith(b"text/html") for name, value in message["headers"])
