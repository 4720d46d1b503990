"""The door for everybody who comes by the public link: known by the socket that they came in at, whatever they say."""

import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
            await self._let_in(link, scope, receive, send)

    async def _let_in(self, link: PublicLink, scope: Scope, receive: Receive, send: Send) -> None:
        state = scope.setdefault("state", {})
        owner = ""

        async def noticing(message: Message) -> None:
            nonlocal owner
            principal = state.get("principal")
            if message["type"] == "http.response.start" and principal is not None:
                owner = principal.owner
                link.guests.begins(owner)
            await send(message)

        inner = {**scope, LINK: link, "state": state, "headers": _own_words(scope), "scheme": _scheme(link)}
        try:
            await self._app(inner, receive, noticing)
        finally:
            if owner:
                link.guests.ends(owner)


def _scheme(link: PublicLink) -> str:
    return "https" if link.secure else "http"


def _own_words(scope: Scope) -> list[tuple[bytes, bytes]]:
    """The headers without those by which a proxy tells who asks for what: here anybody can have written them."""
    return [(name, value) for name, value in scope["headers"] if not name.lower().startswith(_TOLD_BY_PROXIES)]


async def _refuse(send: Send) -> None:
    body = {"error": "This link has ended.", "hint": "Ask whoever sent it to you for a new one.", "field": None}
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), *PROTECTING_HEADERS]
    await send({"type": "http.response.start", "status": 410, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
