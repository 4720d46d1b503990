"""Which tunnels there are to choose from."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest
from webui.extensions.contributions import NewTunnel
from webui.extensions.extensions import Extensions
from webui.sharing import gradio_tunnel, ssh_tunnel
from webui.sharing.extension_tunnel import ExtensionTunnel
from webui.sharing.gradio_tunnel import GradioTunnel
from webui.sharing.providers import Tunnel
from webui.sharing.ssh_place import SshPlace
from webui.sharing.ssh_tunnel import SshTunnel

HOOK = "register_tunnels"
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
        _refuse_options(gradio_tunnel.NAME, options)
        return GradioTunnel(folder)

    def ssh(options: Mapping[str, Any]) -> Tunnel:
        return SshTunnel(SshPlace.from_json(options), folder)

    return [
        TunnelKind(gradio_tunnel.NAME, gradio_tunnel.LABEL, gradio),
        TunnelKind(ssh_tunnel.NAME, ssh_tunnel.LABEL, ssh),
    ]


def extension_tunnels(extensions: Extensions) -> list[TunnelKind]:
    """Those that extensions bring, which are on now; their names are `extension/tunnel`."""
    return [_extension_kind(extensions, *found) for found in extensions.tunnels()]


def _extension_kind(extensions: Extensions, extension: str, name: str, label: str) -> TunnelKind:
    full_name = f"{extension}/{name}"

    def make(options: Mapping[str, Any]) -> Tunnel:
        _refuse_options(full_name, options)
        host = extensions.web
        registered: list[NewTunnel] = [each for found in host.gather(HOOK, only=extension) for each in found.value]
        for tunnel in registered:
            if tunnel.name == name:
                return ExtensionTunnel(host, extension, tunnel)
        raise InvalidRequest(f"The extension {extension} gives no such tunnel any more.", field="provider")

    return TunnelKind(full_name, label, make)


def _refuse_options(kind: str, options: Mapping[str, Any]) -> None:
    for name in options:
        raise InvalidRequest(f"{kind}.{name[:60]}: there is no such field.", field=f"{kind}.{name[:60]}")
