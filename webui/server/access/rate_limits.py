"""How much anybody may ask in a minute: enough for a page that shows every step, too little to wear the server out."""

import math
import time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.server.guard import SAFE_METHODS

if TYPE_CHECKING:
    from limits.strategies import MovingWindowRateLimiter


class Rates(NamedTuple):
    """How many requests a minute: those that only look, and those that change something."""

    looking: int
    changing: int


STRANGERS = Rates(600, 60)
GUESTS = Rates(3000, 300)
MEMBERS = Rates(12_000, 1200)
"""A live preview is up to 20 pictures a second, and dragging through the steps asks for as many."""


class RateLimits:
    """Counts by who asks; strangers by where they come from. Whoever sits at this computer is not counted."""

    def wait_s(self, method: str, principal: Principal | None, address: str) -> int:
        """Count a request; how many seconds to wait before the next, 0 for one that may go on."""
        if principal is not None and principal.at_this_machine:
            return 0
        rates = _rates(principal)
        most = rates.looking if method in SAFE_METHODS else rates.changing
        kind = "looking" if method in SAFE_METHODS else "changing"
        return self._count(most, kind, address if principal is None else f"{principal.owner} {principal.name}")

    def _count(self, most: int, *keys: str) -> int:
        from limits import RateLimitItemPerMinute

        limit = RateLimitItemPerMinute(most)
        if self._limiter.hit(limit, *keys):
            return 0
        free_at = self._limiter.get_window_stats(limit, *keys).reset_time
        return max(1, math.ceil(free_at - time.time()))

    @cached_property
    def _limiter(self) -> "MovingWindowRateLimiter":
        """Brought in when the first one comes who is counted."""
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        return MovingWindowRateLimiter(MemoryStorage())


def _rates(principal: Principal | None) -> Rates:
    if principal is None:
        return STRANGERS
    return MEMBERS if principal.role >= Role.USER else GUESTS
