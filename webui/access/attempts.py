"""Guessing takes long: after a few wrong passwords nobody may try for a while, each time for twice as long."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FREE_TRIES = 5
FIRST_WAIT_S = 60.0
LONGEST_WAIT_S = 900.0
FORGOTTEN_AFTER_S = 3600.0
MOST_REMEMBERED = 10_000


@dataclass(frozen=True)
class _Tries:
    wrong: int
    last: float


class Attempts:
    """Counts wrong passwords by whatever they come from or are for (`keys`: an address, a name). For any thread.

    Args:
        free: how many wrong ones it takes until one has to wait.
        now: the time in seconds, which never goes back.
    """

    def __init__(self, free: int = FREE_TRIES, now: Callable[[], float] = time.monotonic) -> None:
        self._free = free
        self._now = now
        self._lock = threading.Lock()
        self._tries: OrderedDict[str, _Tries] = OrderedDict()

    def wait_s(self, *keys: str) -> float:
        """How many seconds it takes until one may try again; 0 is now."""
        with self._lock:
            return max((self._wait(key) for key in keys), default=0.0)

    def failed(self, *keys: str) -> None:
        """Note a wrong password."""
        with self._lock:
            now = self._now()
            for key in keys:
                before = self._tries.pop(key, None)
                fresh = before is None or now - before.last > FORGOTTEN_AFTER_S
                self._tries[key] = _Tries(1 if fresh or before is None else before.wrong + 1, now)
            while len(self._tries) > MOST_REMEMBERED:
                self._tries.popitem(last=False)

    def succeeded(self, *keys: str) -> None:
        """Forget the wrong ones, now that a right one came."""
        with self._lock:
            for key in keys:
                self._tries.pop(key, None)

    def _wait(self, key: str) -> float:
        tries = self._tries.get(key)
        if tries is None or tries.wrong < self._free:
            return 0.0
        wait = min(FIRST_WAIT_S * 2.0 ** min(tries.wrong - self._free, 10), LONGEST_WAIT_S)
        return max(0.0, tries.last + wait - self._now())
