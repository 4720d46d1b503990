"""The proxy that the environment names for a machine (HTTPS_PROXY, NO_PROXY), and tunnels through it."""

import base64
import socket
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from webui.errors import DownloadFailed

_HINT = "Look at HTTPS_PROXY and NO_PROXY in the environment that Darkroom was started in."
_MAX_ANSWER = 16_384


def proxy_for(host: str) -> SplitResult | None:
    """The proxy that https connections to a machine go through; None where they go straight.

    Raises:
        DownloadFailed: what the environment names is no proxy that is spoken to by http.
    """
    named = getproxies().get("https")
    if not named or proxy_bypass(host):
        return None
    parts = urlsplit(named if "://" in named else f"http://{named}")
    try:
        usable = parts.scheme == "http" and bool(parts.hostname) and (parts.port or 80) > 0
    except ValueError:
        usable = False
    if not usable:
        raise _failed("The proxy that the environment names is none of the form http://machine:port.")
    return parts


def tunnel(proxy: SplitResult, host: str, port: int, *, seconds: float) -> socket.socket:
    """A socket through a proxy to a machine, which the proxy looks up.

    Args:
        proxy: from `proxy_for`.
        host: the machine.
        port: of it.
        seconds: how long each answer may take.

    Raises:
        DownloadFailed: the proxy does not let it through.
        OSError: the proxy does not answer.
    """
    connected = socket.create_connection((str(proxy.hostname), proxy.port or 80), seconds)
    try:
        where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}", *_authorisation(proxy), "", ""]
        connected.sendall("\r\n".join(lines).encode())
        words = _answer(connected).split(None, 2)
        if len(words) < 2 or not words[1].startswith(b"2"):
            told = words[1].decode("latin-1")[:20] if len(words) > 1 else "nothing"
            raise _failed(f"The proxy {proxy.hostname} does not let through to {host} (it answered {told}).")
    except BaseException:
        connected.close()
        raise
    return connected


def _answer(connected: socket.socket) -> bytes:
    """All lines up to the empty one, and not a byte of what comes through the tunnel."""
    answer = b""
    while not answer.endswith(b"\r\n\r\n") and len(answer) < _MAX_ANSWER:
        piece = connected.recv(1)
        if not piece:
            break
        answer += piece
    return answer


def _authorisation(proxy: SplitResult) -> list[str]:
    if proxy.username is None:
        return []
    told = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return [f"Proxy-Authorization: Basic {base64.b64encode(told.encode()).decode()}"]


def _failed(message: str) -> DownloadFailed:
    return DownloadFailed(message, hint=_HINT, field="source")
