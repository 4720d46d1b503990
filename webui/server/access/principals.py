"""Who a request acts for: the gate writes it down, routes read it here."""

from collections.abc import Awaitable, Callable

from starlette.requests import HTTPConnection
from starlette.types import Scope

from webui.access.principal import Principal

Still = Callable[[], Awaitable[bool]]
_STATE = "principal"
_STILL = "still_let_in"


def principal_of(request: HTTPConnection) -> Principal:
    """Who sent a request that the gate has let in."""
    principal = request.scope.get("state", {}).get(_STATE)
    assert isinstance(principal, Principal), "a request that no gate has let in"
    return principal


def sees_everything(request: HTTPConnection) -> bool:
    """Whether who sent a request may know everything; nobody is not."""
    principal = request.scope.get("state", {}).get(_STATE)
    return isinstance(principal, Principal) and principal.sees_everything


def note_principal(scope: Scope, principal: Principal, still: Still | None = None) -> None:
    """Say who a request acts for, and how to ask later whether they would be let in again."""
    scope.setdefault("state", {})[_STATE] = principal
    if still is not None:
        scope["state"][_STILL] = still


async def is_still_let_in(scope: Scope) -> bool:
    """Whether who sent a request would be let in now, as the same person: an answer without an end asks."""
    still: Still | None = scope.get("state", {}).get(_STILL)
    return still is None or await still()
