"""Which tunnels there are to choose from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest
from webui.sharing import gradio_tunnel, ssh_tunnel
from webui.sharing.gradio_tunnel import GradioTunnel
from webui.sharing.providers import Tunnel
from webui.sharing.ssh_place import SshPlace
from webui.sharing.ssh_tunnel import SshTunnel

FOLDER = "sharing"
"""In the data folder: known hosts, and what Gradio's tunnel is made of."""


@dataclass(frozen=True, slots=True)
class TunnelKind:
    """A provider as it can be chosen.

    `make` gets what the order says for it, and raises `InvalidRequest` where that cannot be used; it opens nothing.
    """

    name: str
    label: str
    make: Callable[[Mapping[str, Any]], Tunnel]


def own_tunnels(data_dir: Path) -> list[TunnelKind]:
    """Those that need no extension."""
    folder = data_dir / FOLDER

    def gradio(options: Mapping[str, Any]) -> Tunnel:
        for name in options:
            raise InvalidRequest(f"gradio.{name[:60]}: there is no such field.", field=f"gradio.{name[:60]}")
        return GradioTunnel(folder)

    def ssh(options: Mapping[str, Any]) -> Tunnel:
        return SshTunnel(SshPlace.from_json(options), folder)

    return [
        TunnelKind(gradio_tunnel.NAME, gradio_tunnel.LABEL, gradio),
        TunnelKind(ssh_tunnel.NAME, ssh_tunnel.LABEL, ssh),
    ]
