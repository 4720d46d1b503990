"""Who a request acts for: the gate writes it down, routes read it here."""

from starlette.requests import HTTPConnection
from starlette.types import Scope

from webui.access.principal import Principal

_STATE = "principal"


def principal_of(request: HTTPConnection) -> Principal:
    """Who sent a request that the gate has let in."""
    principal = request.scope.get("state", {}).get(_STATE)
    assert isinstance(principal, Principal), "a request that no gate has let in"
    return principal


def sees_everything(request: HTTPConnection) -> bool:
    """Whether who sent a request may know everything; nobody is not."""
    principal = request.scope.get("state", {}).get(_STATE)
    return isinstance(principal, Principal) and principal.sees_everything


def note_principal(scope: Scope, principal: Principal) -> None:
    """Say who a request acts for."""
    scope.setdefault("state", {})[_STATE] = principal
