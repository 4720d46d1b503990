"""A tunnel that an extension brings, behind the same face as ours. What its functions do wrong is a sentence."""

import threading
from collections.abc import Callable
from typing import Any

from webui.errors import WebUIError
from webui.extensions.calls import call_within
from webui.extensions.contributions import NewTunnel, OpenTunnel
from webui.extensions.faults import ExtensionFailed, OverTime
from webui.extensions.host import ExtensionHost
from webui.sharing.addresses import base_address
from webui.sharing.providers import Opened
from webui.sharing.refusals import TunnelFailed

LOOK_SECONDS = 1.0
CLOSE_SECONDS = 2.0


class ExtensionTunnel:
    """One opening of it.

    Args:
        host: calls the extension's functions.
        extension: whose they are.
        tunnel: what it has registered.
    """

    def __init__(self, host: ExtensionHost, extension: str, tunnel: NewTunnel) -> None:
        self._label = tunnel.label
        self._host, self._extension, self._tunnel = host, extension, tunnel
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._opened: OpenTunnel | None = None

    def open(self, port: int, timeout_s: float) -> Opened:
        """As every tunnel.

        Raises:
            TunnelFailed: the extension's function raised something, took too long, or gave no address.
        """
        try:
            opened = call_within(timeout_s, self._open, port, timeout_s)
        except OverTime as error:
            self.close()
            raise TunnelFailed(f"{self._label} did not open within {timeout_s:g} seconds.") from error
        except ExtensionFailed as error:
            raise TunnelFailed(f"{self._label} failed: {error}") from error
        address = base_address(opened.url) if isinstance(opened, OpenTunnel) and isinstance(opened.url, str) else None
        if address is None:
            self.close()
            raise TunnelFailed(f"{self._label} gave no address of a tunnel.", hint="Tell the author of the extension.")
        return Opened(address)

    def close(self) -> None:
        """As every tunnel; what is opened after this is closed at once."""
        with self._lock:
            self._closed.set()
            opened, self._opened = self._opened, None
        if opened is not None:
            self._call(opened.close)

    def on_lost(self, callback: Callable[[str], None]) -> None:
        """As every tunnel."""
        opened = self._opened
        assert opened is not None, "not open"

        def watch() -> None:
            while not self._closed.wait(LOOK_SECONDS):
                if not self._call(opened.is_alive):
                    if not self._closed.is_set():
                        callback(f"{self._label} has ended.")
                    return

        threading.Thread(target=watch, daemon=True, name="tunnel").start()

    def _open(self, port: int, timeout_s: float) -> Any:
        opened = self._host.call(self._extension, "a tunnel", self._tunnel.open, port, timeout_s)
        if not isinstance(opened, OpenTunnel):
            return opened
        with self._lock:
            given_up = self._closed.is_set()
            self._opened = None if given_up else opened
        if given_up:
            self._call(opened.close)
        return opened

    def _call(self, function: Callable[[], Any]) -> Any:
        """What a function of the extension gives, or None: its fault is told, and does not keep a link open."""
        try:
            return call_within(CLOSE_SECONDS, self._host.call, self._extension, "a tunnel", function)
        except (WebUIError, OverTime):
            return None
