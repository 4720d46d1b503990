"""Who is logged in: random tokens, of which only hashes are kept, in memory."""

import hashlib
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from webui.access.principal import Principal

MOST_SESSIONS = 10_000


@dataclass(frozen=True)
class Session:
    """Somebody who is logged in.

    `ends`: in seconds, by the clock of the sessions. `proof`: what they proved themselves with, so that another one
    can end it; "" is nothing that changes.
    """

    principal: Principal
    ends: float
    proof: str = ""


class Sessions:
    """Safe to ask from any thread.

    Args:
        now: the time in seconds, which never goes back.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._sessions: dict[bytes, Session] = {}
        self._launches: dict[bytes, float] = {}

    def open(self, principal: Principal, seconds: float, proof: str = "") -> str:
        """Log somebody in; the token is for them alone. Beyond `MOST_SESSIONS` the ones that end soonest go."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            if len(self._sessions) >= MOST_SESSIONS:
                self._forget_ended()
            if len(self._sessions) >= MOST_SESSIONS:
                del self._sessions[min(self._sessions, key=lambda key: self._sessions[key].ends)]
            self._sessions[_hash(token)] = Session(principal, self._now() + seconds, proof)
        return token

    def find(self, token: str) -> Session | None:
        """The session with that token; None where there is none, or not any more."""
        session = self._sessions.get(_hash(token))
        return session if session is not None and session.ends > self._now() else None

    def close(self, token: str) -> None:
        """Log out."""
        with self._lock:
            self._sessions.pop(_hash(token), None)

    def close_owner(self, owner: str) -> None:
        """Log somebody out everywhere."""
        self._close(lambda principal: principal.owner == owner)

    def close_link(self, link: str) -> None:
        """Log out all guests of a public link."""
        self._close(lambda principal: principal.link == link)

    def launch_token(self, seconds: float) -> str:
        """A token that lets in whoever brings it first."""
        token = secrets.token_urlsafe(32)
        with self._lock:
            self._launches[_hash(token)] = self._now() + seconds
        return token

    def use_launch(self, token: str) -> bool:
        """Whether this is such a token; it is none any more afterwards."""
        with self._lock:
            ends = self._launches.pop(_hash(token), None)
        return ends is not None and ends > self._now()

    def _close(self, theirs: Callable[[Principal], bool]) -> None:
        with self._lock:
            self._sessions = {key: each for key, each in self._sessions.items() if not theirs(each.principal)}

    def _forget_ended(self) -> None:
        now = self._now()
        self._sessions = {key: each for key, each in self._sessions.items() if each.ends > now}


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode(errors="surrogatepass")).digest()
