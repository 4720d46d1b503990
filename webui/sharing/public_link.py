"""A link that lets people from elsewhere in: until when, what they may do, and the password they need."""

import hmac
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.sharing.guests import Guest, Guests

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""What is not mistaken for something else when it is read aloud or typed on a phone."""
_PASSWORD_LENGTH, _GROUP = 20, 4


class Level(StrEnum):
    """What a guest may do."""

    LOOK = "look"
    GENERATE = "generate"
    ALL = "all"

    @property
    def role(self) -> Role:
        """The role of such guests; none of them administers."""
        return {Level.LOOK: Role.VIEWER, Level.GENERATE: Role.GUEST, Level.ALL: Role.USER}[self]


def new_password() -> str:
    """A password of 99 bits, in groups that can be typed."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_PASSWORD_LENGTH))
    return "-".join(letters[at : at + _GROUP] for at in range(0, _PASSWORD_LENGTH, _GROUP))


@dataclass(eq=False)
class PublicLink:
    """One opening. Requests that came by it have it in their scope, as `darkroom.link`.

    Args:
        url: where guests find it.
        level: what they may do.
        provider: by whose tunnel.
        lasts_s: for how many seconds; None is until it is closed.
        jobs_per_guest: how many jobs a guest may submit in all; None is any number.
        on_guest: told of everybody who comes, before they can do anything.
    """

    url: str
    level: Level
    provider: str
    lasts_s: float | None
    jobs_per_guest: int | None = None
    id: str = field(default_factory=lambda: secrets.token_urlsafe(12))
    password: str = field(default_factory=new_password, repr=False)
    opened: float = field(default_factory=time.time)
    guests: Guests = field(default_factory=Guests)
    on_guest: Callable[[Guest], None] = lambda _guest: None

    def __post_init__(self) -> None:
        self._ends_monotonic = None if self.lasts_s is None else time.monotonic() + self.lasts_s
        self._closed = threading.Event()

    @property
    def host(self) -> str:
        """The one good `Host` of requests that come by it: the name, and the port where it is not the usual one."""
        return urlsplit(self.url).netloc.lower()

    @property
    def origin(self) -> str:
        """The one good `Origin`."""
        return f"{urlsplit(self.url).scheme}://{self.host}"

    @property
    def secure(self) -> bool:
        """Whether guests speak https to the tunnel's end, so that cookies can be for that alone."""
        return urlsplit(self.url).scheme == "https"

    @property
    def ends(self) -> float | None:
        """When it ends, in seconds of the wall clock; None is never."""
        return None if self.lasts_s is None else self.opened + self.lasts_s

    @property
    def seconds_left(self) -> float | None:
        """How long it is still open, not below 0; None is for ever. Counted by both clocks.

        One of them stands still while the computer sleeps, and the other one can be set back.
        """
        if self._ends_monotonic is None or self.ends is None:
            return None
        return max(0.0, min(self._ends_monotonic - time.monotonic(), self.ends - time.time()))

    def is_open(self) -> bool:
        """Whether anybody is let in, asked on each request."""
        return not self._closed.is_set() and self.seconds_left != 0.0

    def close(self) -> None:
        """Let nobody in any more."""
        self._closed.set()

    def admit(self, name: str, password: str) -> Principal | None:
        """Who somebody is who has the password; None for everybody else.

        Raises:
            LinkFull: there are too many guests.
        """
        if not self.is_open() or not hmac.compare_digest(_typed(password), _typed(self.password)):
            return None
        guest = self.guests.welcome(name)
        self.on_guest(guest)
        return Principal(self.level.role, guest.owner, guest.name, link=self.id)


def _typed(password: str) -> bytes:
    """A password as it counts, however somebody types it."""
    return "".join(sign for sign in password.lower() if sign not in " -").encode("utf-8", "surrogatepass")
