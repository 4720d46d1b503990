"""The gate between the guard and the application: it knows who comes, and lets them where the rules say they may."""

from collections.abc import Callable

from starlette.types import ASGIApp, Receive, Scope, Send

from webui.access.principal import Principal
from webui.server.access.principals import note_principal

Identify = Callable[[Scope], Principal | None]


class Gate:
    """Pure ASGI, inside the guard.

    Args:
        app: what is behind it.
        identify: says who a request comes from.
    """

    def __init__(self, app: ASGIApp, *, identify: Identify) -> None:
        self._app = app
        self._identify = identify

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, with who sent it written down."""
        principal = self._identify(scope) if scope["type"] == "http" else None
        if principal is not None:
            note_principal(scope, principal)
        await self._app(scope, receive, send)
