"""Who a request comes from."""

from dataclasses import replace
from ipaddress import IPv6Network
from urllib.parse import urlsplit

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.types import Scope

from webui.access.attempts import Attempts
from webui.access.principal import HOUSE, Principal
from webui.access.roles import Role
from webui.access.sessions import Session, Sessions
from webui.errors import StartFailed
from webui.server.access.credentials import Credentials, credentials_in
from webui.server.access.lock import PROGRAM, Lock, TooManyTries, api_lock, main_lock
from webui.server.at_this_machine import at_this_machine, is_loopback
from webui.server.link_entrance import link_of
from webui.settings import Settings
from webui.sharing.public_link import PublicLink

SESSION_COOKIE = "darkroom_session"
"""With the server's port behind it: browsers send a cookie to all ports of a name, and there may be two servers."""
GUEST_COOKIE = "darkroom_guest"
API_OF_OTHERS = ("/sdapi/", "/controlnet/", "/v1/", "/mcp", "/internal/")
"""Where `--api-auth` holds: what programs that were made for other servers call."""

_JUDGES = 4
"""How many passwords are looked at or wait for it at once; others wait before they take a thread."""


class Identity:
    """Finds out who somebody is.

    Args:
        lock: the accounts, password and token of everything.
        api_lock: those that the APIs of other programs need instead; None where they have none of their own.
        sessions: who is logged in.
        at_home: whether the server listens to this computer alone, so that being at it may be enough.
    """

    def __init__(self, lock: Lock, api_lock: Lock | None, sessions: Sessions, *, at_home: bool) -> None:
        self.lock = lock
        self.sessions = sessions
        self._api_lock = api_lock
        self._at_home = at_home
        self._link_tries = Attempts()
        self._judges = CapacityLimiter(_JUDGES)

    @property
    def open_here(self) -> bool:
        """Whether whoever is at this machine needs no login."""
        return self._at_home and not self.lock.locked

    async def of(self, scope: Scope) -> Principal | None:
        """Who sent a request; None is a stranger.

        Raises:
            TooManyTries: there were too many wrong passwords, so this one was not looked at.
        """
        if link_of(scope) is not None:
            return self._guest(scope)
        here = at_this_machine(HTTPConnection(scope))
        credentials = credentials_in(scope)
        if self._api_needs_more(scope):
            found = await self._by(self._lock_of_api(credentials), credentials, scope)
        else:
            found = self._logged_in(scope) or await self._by(self.lock, credentials, scope)
        if found is None and here and self.open_here and not self._api_needs_more(scope):
            return _of_page(scope) or HOUSE
        return found and replace(found, at_this_machine=here)

    def has_session(self, scope: Scope) -> bool:
        """Whether somebody is in by a session, which they can end."""
        return (self._logged_in(scope) if link_of(scope) is None else self._guest(scope)) is not None

    def open_session(self, principal: Principal, seconds: float) -> str:
        """Log somebody in; of an account, until it goes or has another password. Returns the token."""
        return self.sessions.open(principal, seconds, "" if principal.link else self.lock.accounts.proof_of(principal))

    async def judge(self, credentials: Credentials, scope: Scope) -> Principal | None:
        """Who has that name and password, or token; None is nobody.

        Raises:
            TooManyTries: there were too many wrong ones, so this one was not looked at.
        """
        return await self._by(self.lock, credentials, scope)

    def admit(self, link: PublicLink, name: str, password: str) -> Principal | None:
        """A new guest of a link; None is nobody.

        Raises:
            TooManyTries: there were too many wrong passwords for that link.
            LinkFull: there are too many guests.
        """
        principal = link.admit(name, password)
        if principal is None:
            # Those who have the password come in while others guess: it is too long to be guessed.
            wait = self._link_tries.wait_s(link.id)
            if wait:
                raise TooManyTries(wait)
            self._link_tries.failed(link.id)
        return principal

    def _api_needs_more(self, scope: Scope) -> bool:
        """Whether only what somebody shows counts here, and not that they are logged in on the page, or here."""
        return self._api_lock is not None and scope["path"].startswith(API_OF_OTHERS)

    def _lock_of_api(self, credentials: Credentials | None) -> Lock:
        """Accounts and the token of the whole server open the APIs, too."""
        api_lock = self._api_lock or self.lock
        is_theirs = credentials is None or api_lock.accounts.have(credentials.name)
        return api_lock if is_theirs or not self.lock.locked else self.lock

    async def _by(self, lock: Lock, credentials: Credentials | None, scope: Scope) -> Principal | None:
        if credentials is None or not lock.locked:
            return None  # also where somebody shows a password to a server that asks for none
        known = lock.known(credentials)
        if known is not None:
            return known
        return await to_thread.run_sync(lock.judge, credentials, address_of(scope), limiter=self._judges)

    def _logged_in(self, scope: Scope) -> Principal | None:
        session = self._session(scope)
        if session is None or session.principal.link:
            return None
        needs_none = session.principal in (LAUNCHED, PROGRAM)
        proven = session.proof and session.proof == self.lock.accounts.proof_of(session.principal)
        return session.principal if needs_none or proven else None

    def _guest(self, scope: Scope) -> Principal | None:
        """Somebody of this very link; whatever else they show counts for nothing."""
        link, session = link_of(scope), self._session(scope)
        if link is None or session is None or session.principal.link != link.id or not link.is_open():
            return None
        return session.principal

    def _session(self, scope: Scope) -> Session | None:
        token = HTTPConnection(scope).cookies.get(session_cookie(scope))
        return self.sessions.find(token) if token else None


LAUNCHED = Principal(Role.ADMIN, "", name="whoever started Darkroom")
"""Somebody who came by the address that was printed or opened at the start."""


def identity_by(settings: Settings) -> Identity:
    """What the settings and the accounts in the data folder say.

    Raises:
        StartFailed: an account, a password or the token cannot be used, or others are let in and nobody needs any.
    """
    lock, at_home = main_lock(settings), is_loopback(settings.host)
    if not at_home and not lock.locked:
        raise StartFailed(
            f"Listening on {settings.host} lets others in, so it needs a password, an account or a token.",
            hint="Add an account with `webui accounts add NAME`, set DARKROOM_PASSWORD, or leave out --listen.",
            field="password",
        )
    return Identity(lock, api_lock(settings), Sessions(), at_home=at_home)


def _of_page(scope: Scope) -> Principal | None:
    """A web page of another origin, which the guard has let pass; None for everything else.

    It is no person at this machine: without a password or a token it is a user with things of its own.
    """
    headers = Headers(scope=scope)
    origin = headers.get("origin", "").lower()
    ours = not origin or urlsplit(origin).netloc == headers.get("host", "").lower()
    return None if ours else Principal(Role.USER, f"page:{origin}", name=origin)


def session_cookie(scope: Scope) -> str:
    """The name of the cookie that a request's session is in."""
    if link_of(scope) is not None:
        return GUEST_COOKIE
    port = (scope.get("server") or ("", None))[1]
    return SESSION_COOKIE if port is None else f"{SESSION_COOKIE}_{port}"


def address_of(scope: Scope) -> str:
    """Where a request comes from, as far as it can be known: those of a public link all come from the link."""
    link = link_of(scope)
    return f"link {link.id}" if link is not None else _household((scope.get("client") or ("", 0))[0])


def _household(address: str) -> str:
    """An address, or the network that it is in: whoever has one of version 6 has 2 to the 64th of them."""
    if is_loopback(address):
        return address
    try:
        return str(IPv6Network((address.partition("%")[0], 64), strict=False))
    except ValueError:
        return address
