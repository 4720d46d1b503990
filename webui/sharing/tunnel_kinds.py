"""Which tunnels there are to choose from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from webui.sharing.providers import Tunnel


@dataclass(frozen=True, slots=True)
class TunnelKind:
    """A provider as it can be chosen.

    `make` gets what the order says for it, and raises `InvalidRequest` where that cannot be used; it opens nothing.
    """

    name: str
    label: str
    make: Callable[[Mapping[str, Any]], Tunnel]
