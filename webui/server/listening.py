"""The socket that the server listens on, and the addresses by which it is reached."""

import os
import socket
from ipaddress import ip_address

import psutil

from webui.errors import StartFailed


def bind(host: str, port: int) -> socket.socket:
    """A socket on that address; port 0 takes any free one.

    Raises:
        StartFailed: the port is taken, or the address is not this computer's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol by name: asyncio turns Nagle's delay off only where it is told, and small answers took 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two programs have the same port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise StartFailed(
            f"Port {port} is in use on {host}."
            if error.errno in _TAKEN
            else f"Cannot listen on {host}:{port}: {error}.",
            hint="Stop the program that uses it, or choose another with --port.",
            field="port",
        ) from error
    return listener


_TAKEN = (98, 48, 10048)
"""EADDRINUSE on Linux, macOS and Windows."""


def address_of(listener: socket.socket) -> str:
    """What to type into a browser."""
    host, port = listener.getsockname()[:2]
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
    return f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"


def addresses_for_others(listener: socket.socket) -> list[str]:
    """What people at other computers type: none unless the server listens to every address of this one."""
    host, port = listener.getsockname()[:2]
    if host not in ("0.0.0.0", "::"):
        return []
    found = (each.address for card in psutil.net_if_addrs().values() for each in card if each.family == socket.AF_INET)
    return [f"http://{address}:{port}" for address in found if not ip_address(address).is_loopback]
