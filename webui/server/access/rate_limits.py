"""How much anybody may ask in a minute: enough for a page that shows every step, too little to wear the server out."""

import math
import time
from typing import NamedTuple

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from webui.access.principal import Principal
from webui.access.roles import Role
from webui.server.guard import SAFE_METHODS


class Rates(NamedTuple):
    """How many requests a minute: those that only look, and those that change something."""

    looking: RateLimitItem
    changing: RateLimitItem


STRANGERS = Rates(RateLimitItemPerMinute(600), RateLimitItemPerMinute(60))
GUESTS = Rates(RateLimitItemPerMinute(3000), RateLimitItemPerMinute(300))
MEMBERS = Rates(RateLimitItemPerMinute(12_000), RateLimitItemPerMinute(1200))
"""A live preview is up to 20 pictures a second, and dragging through the steps asks for as many."""


class RateLimits:
    """Counts by who asks; strangers by where they come from. Whoever sits at this computer is not counted."""

    def __init__(self) -> None:
        self._storage = MemoryStorage()
        self._limiter = MovingWindowRateLimiter(self._storage)

    def wait_s(self, method: str, principal: Principal | None, address: str) -> int:
        """Count a request; how many seconds to wait before the next, 0 for one that may go on."""
        if principal is not None and principal.at_this_machine:
            return 0
        rates = _rates(principal)
        limit = rates.looking if method in SAFE_METHODS else rates.changing
        key = address if principal is None else f"{principal.owner} {principal.name}"
        kind = "looking" if method in SAFE_METHODS else "changing"
        if self._limiter.hit(limit, kind, key):
            return 0
        free_at = self._limiter.get_window_stats(limit, kind, key).reset_time
        return max(1, math.ceil(free_at - time.time()))


def _rates(principal: Principal | None) -> Rates:
    if principal is None:
        return STRANGERS
    return MEMBERS if principal.role >= Role.USER else GUESTS
