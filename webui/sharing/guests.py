"""Who has come by a public link."""

import secrets
import threading
import time
import unicodedata
from dataclasses import dataclass, field

from webui.access.principal import GUEST_PREFIX
from webui.sharing.refusals import LinkFull

MAX_GUESTS = 20
"""Whoever has the password may log in again and again; without an end, the jobs of a guest would not be limited."""
MAX_NAME = 40


@dataclass(slots=True)
class Guest:
    """Somebody who knew the password.

    `owner` is whose things are theirs; `since` and `seen` are when they came and asked for something last, in seconds
    of the wall clock; `requests` counts what is being answered now, streams with it.
    """

    owner: str
    name: str
    since: float = field(default_factory=time.time)
    seen: float = field(default_factory=time.time)
    requests: int = 0


class Guests:
    """The guests of one link, for several threads.

    Args:
        most: how many there may be.
    """

    def __init__(self, most: int = MAX_GUESTS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._guests: dict[str, Guest] = {}
        self._came = 0

    def welcome(self, name: str) -> Guest:
        """A new guest, of that name if there is anything in it.

        Raises:
            LinkFull: no more are taken.
        """
        with self._lock:
            if len(self._guests) >= self._most:
                raise LinkFull(
                    f"This link has {self._most} guests already.", hint="Ask whoever sent it to you to end one of them."
                )
            self._came += 1
            guest = Guest(f"{GUEST_PREFIX}{secrets.token_urlsafe(12)}", _shown(name) or f"Guest {self._came}")
            self._guests[guest.owner] = guest
            return guest

    def find(self, owner: str) -> Guest | None:
        """The guest of that owner's name, or None."""
        with self._lock:
            return self._guests.get(owner)

    def remove(self, owner: str) -> Guest | None:
        """Forget a guest; None where there is none."""
        with self._lock:
            return self._guests.pop(owner, None)

    def all(self) -> list[Guest]:
        """Everybody, in the order in which they came."""
        with self._lock:
            return list(self._guests.values())

    def begins(self, owner: str) -> None:
        """A request of theirs is being answered."""
        self._count(owner, 1)

    def ends(self, owner: str) -> None:
        """It has been."""
        self._count(owner, -1)

    def _count(self, owner: str, change: int) -> None:
        with self._lock:
            guest = self._guests.get(owner)
            if guest is not None:
                guest.requests += change
                guest.seen = time.time()


def _shown(name: str) -> str:
    """A name as it can be shown: in one line, with nothing that turns or hides what stands beside it."""
    kept = "".join(sign for sign in name if unicodedata.category(sign)[0] not in "CZ" or sign == " ")
    return " ".join(kept.split())[:MAX_NAME]
