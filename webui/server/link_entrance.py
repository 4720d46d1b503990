"""The door for everybody who comes by the public link: known by the socket that they came in at, whatever they say."""

import asyncio
import json
from contextlib import suppress

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.access.principal import Principal
from webui.server.guard import LINK, PROTECTING_HEADERS, drain
from webui.sharing.public_link import PublicLink

_TOLD_BY_PROXIES = (b"x-forwarded-", b"forwarded", b"x-real-ip", b"x-original-", b"x-rewrite-")


def link_of(scope: Scope) -> PublicLink | None:
    """The link that a request came by; None for one that came in by the front door."""
    return scope.get(LINK)


class LinkEntrance:
    """Pure ASGI, around the very application that the front door leads to.

    Args:
        app: the whole application, its guard included.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._answers: set[_Answer] = set()
        self.link: PublicLink | None = None
        """Nobody is let in before the tunnel's address is known."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let in who comes while the link is open."""
        link = self.link
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif link is None or not link.is_open():
            await drain(receive)
            await _refuse(send)
        else:
            answer = _Answer(link, send)
            self._answers.add(answer)
            try:
                await answer.give(self._app, scope, receive)
            finally:
                self._answers.discard(answer)

    def cut_off(self, owner: str) -> None:
        """End what is being answered to one guest, streams above all. In the server's loop."""
        for answer in [each for each in self._answers if each.owner == owner]:
            answer.end()


class _Answer:
    """One answer while it is given."""

    def __init__(self, link: PublicLink, send: Send) -> None:
        self.owner = ""
        """Whose it is, as soon as the gate has found out and the answer begins."""
        self._link = link
        self._send = send
        self._task = asyncio.current_task()
        self._open = False
        self._ended = False

    def end(self) -> None:
        """Say no more than has been said."""
        self._ended = True
        if self._task is not None:
            self._task.cancel()

    async def give(self, app: ASGIApp, scope: Scope, receive: Receive) -> None:
        """Have the application answer."""
        state = scope.setdefault("state", {})

        async def noticing(message: Message) -> None:
            principal = state.get("principal")
            if message["type"] == "http.response.start" and isinstance(principal, Principal):
                self.owner = principal.owner
                self._link.guests.begins(self.owner)
            self._open = message["type"] == "http.response.start" or message.get("more_body", False)
            await self._send(message)

        scheme = "https" if self._link.secure else "http"
        inner = {**scope, LINK: self._link, "state": state, "headers": _own_words(scope), "scheme": scheme}
        try:
            await app(inner, receive, noticing)
        except asyncio.CancelledError:
            if self._link.is_open() and not self._ended:
                raise
            await self._finish()
        finally:
            if self.owner:
                self._link.guests.ends(self.owner)

    async def _finish(self) -> None:
        if self._open:
            with suppress(Exception):  # an answer of a length that was told, which nobody may read to its end
                await self._send({"type": "http.response.body", "body": b"", "more_body": False})


def _own_words(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The headers without those by which a proxy tells who asks for what: here anybody can have written them."""
    return [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_TOLD_BY_PROXIES)]


async def _refuse(send: Send) -> None:
    body = {"error": "This link has ended.", "hint": "Ask whoever sent it to you for a new one.", "field": None}
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *PROTECTING_HEADERS]
    await send({"type": "http.response.start", "status": 410, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
