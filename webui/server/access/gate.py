"""The gate between the guard and the application: it knows who comes, and lets them where the rules say they may."""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from webui.access.kinds import Kind
from webui.access.principal import Principal
from webui.server.access.identify import Identity, address_of
from webui.server.access.lock import TooManyTries
from webui.server.access.principals import note_principal
from webui.server.access.rate_limits import RateLimits
from webui.server.access.refusals import not_theirs, stranger, too_many, too_small
from webui.server.access.rules import Found, rule_for
from webui.server.guard import drain

Owns = Callable[[str | None, Kind, str], bool]
"""Whether somebody with that scope owns a thing; may take a little, as it asks the database."""


class Gate:
    """Pure ASGI, inside the guard.

    Args:
        app: what is behind it.
        identity: says who a request comes from.
        owns: says what is whose.
    """

    def __init__(self, app: ASGIApp, *, identity: Identity, owns: Owns) -> None:
        self._app = app
        self._identity = identity
        self._owns = owns
        self._rates = RateLimits()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, with who sent it written down, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._request(scope, receive, send)

    async def _request(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = await self._refusal(scope)
        if refusal is None:
            await self._app(scope, receive, send)
        else:
            await drain(receive)
            await refusal(scope, receive, send)

    async def _refusal(self, scope: Scope) -> Response | None:
        try:
            principal = await self._identity.of(scope)
        except TooManyTries as error:
            return too_many(error.seconds, error.message, error.hint)
        wait = self._rates.wait_s(scope["method"], principal, address_of(scope))
        if wait:
            return too_many(wait, "These were too many requests for one minute.", f"Go on in {wait} seconds.")
        if principal is not None:
            note_principal(scope, principal, lambda: self._is_still(scope, principal))
        return await self._refusal_by_rule(scope, principal)

    async def _is_still(self, scope: Scope, principal: Principal) -> bool:
        """Whether a request would be let in again: its sender has not logged out, and has the account still."""
        try:
            return await self._identity.of(scope) == principal
        except TooManyTries:
            return True  # somebody guesses from the same address; who is in stays in

    async def _refusal_by_rule(self, scope: Scope, principal: Principal | None) -> Response | None:
        found = rule_for(scope["method"], scope["path"])
        if found.rule.least is None:
            return None
        if principal is None:
            return stranger(scope)
        if principal.role < found.rule.least:
            return too_small()
        owns_all = principal.sees_everything or await self._owns_all(principal, found)
        return None if owns_all else not_theirs()

    async def _owns_all(self, principal: Principal, found: Found) -> bool:
        for kind, id_ in found.ids:
            if not await run_in_threadpool(self._owns, principal.scope, kind, id_):
                return False
        return True
