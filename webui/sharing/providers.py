"""What a tunnel is to us: it makes one of our ports reachable by an address elsewhere, until it is closed."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

OPEN_SECONDS = 10.0
"""How long a tunnel may take to open before that has failed."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A tunnel that is open: the address that leads to it, "https://...", without a path."""

    url: str


class Tunnel(Protocol):
    """One opening; not opened a second time. Its methods are called in threads that may wait."""

    def open(self, port: int, timeout_s: float) -> Opened:
        """Make the port of 127.0.0.1 reachable.

        Raises:
            TunnelFailed: it cannot be done, or took longer; nothing is left open.
        """
        ...

    def close(self) -> None:
        """End it and wait for that; harmless where it is closed or was never open."""
        ...

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """Call this once, in any thread, with a sentence that says why, if the open tunnel ends by itself."""
        ...
