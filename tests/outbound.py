"""Which other machines this process asks, as the interpreter itself tells."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outbound:
    """Addresses that were connected to, and names that were looked up."""

    connected: list[str] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)


class _Hook:
    """The audit hook: there is one, as Python cannot take hooks away again."""

    def __init__(self) -> None:
        self.watchers: list[Outbound] = []
        sys.addaudithook(self._told)

    def _told(self, event: str, values: tuple[Any, ...]) -> None:
        if event == "socket.connect" and isinstance(values[1], tuple):
            for each in self.watchers:
                each.connected.append(str(values[1][0]))
        elif event == "socket.getaddrinfo":
            for each in self.watchers:
                each.looked_up.append(str(values[0]))


_hook = _Hook()


@contextmanager
def outbound() -> Iterator[Outbound]:
    """What this process asks while the block runs, from any of its threads."""
    watcher = Outbound()
    _hook.watchers.append(watcher)
    try:
        yield watcher
    finally:
        _hook.watchers.remove(watcher)
