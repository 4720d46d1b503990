"""Where downloads may connect to: public machines by https, never this computer or its network.

A name is looked up once and the connection goes to the very address that was checked, so that a name which is answered
differently the second time gains nothing.
"""

import http.client
import socket
import ssl
from contextlib import suppress
from functools import cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from webui.errors import DownloadFailed
from webui.model_manager.downloads.proxies import proxy_for, tunnel
from webui.public_addresses import may_be_asked

CONNECT_SECONDS = 30.0
MAX_URL = 4_096


class Gate:
    """Says which addresses are taken, and connects to them.

    Args:
        loopback: also take http and https from this computer itself: a mirror that runs here, or a test's server.
    """

    def __init__(self, *, loopback: bool = False) -> None:
        self._loopback = loopback

    def checked(self, url: str) -> SplitResult:
        """The parts of a URL that may be asked.

        Raises:
            DownloadFailed: it is no URL, holds a password, or is not https.
        """
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError as error:
            raise _refused("This is not an address.", "Give a link that begins with https://.") from error
        if len(url) > MAX_URL or any(not "!" <= sign <= "~" for sign in url) or not parts.hostname:
            raise _refused("This is not an address.", "Give a link that begins with https://.")
        if parts.username is not None or parts.password is not None:
            raise _refused("An address with a name or a password in it is not taken.", "Leave them out.")
        if parts.scheme == "https" or (parts.scheme == "http" and self._loopback and _is_this_computer(parts.hostname)):
            return parts
        raise _refused("Models are only downloaded by https.", "Give a link that begins with https://.")

    def connection(self, parts: SplitResult) -> http.client.HTTPConnection:
        """A connection to be, for a URL from `checked`; it looks the name up when it is first used."""
        assert parts.hostname is not None
        make = _Https if parts.scheme == "https" else _Http
        return make(parts.hostname, parts.port, gate=self)

    def connect(self, host: str, port: int, *, secure: bool = False) -> socket.socket:
        """A socket to a machine that may be asked; for https through the proxy that the environment names, if it does.

        Raises:
            DownloadFailed: the name leads to this computer or its network, or the proxy does not let it through.
            OSError: there is no such machine, or it does not answer.
        """
        proxy = proxy_for(host) if secure and not _is_this_computer(host) else None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            if proxy is None:
                raise
            # The proxy knows names that this network does not.
            return tunnel(proxy, host, port, seconds=CONNECT_SECONDS)
        taken = [entry for entry in found if may_be_asked(str(entry[4][0]), loopback=self._loopback)]
        if not taken:
            raise _refused(
                f"{host} is a machine of this network, and models are not downloaded from there.",
                "Put the file into the models folder yourself.",
            )
        if proxy is not None:
            return tunnel(proxy, host, port, seconds=CONNECT_SECONDS)
        problem: OSError | None = None
        for family, kind, protocol, _, address in taken:
            connected = socket.socket(family, kind, protocol)
            connected.settimeout(CONNECT_SECONDS)
            try:
                connected.connect(address)
                return connected
            except OSError as error:
                connected.close()
                problem = error
        assert problem is not None
        raise problem


def _is_this_computer(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refused(message: str, hint: str) -> DownloadFailed:
    return DownloadFailed(message, hint=hint, field="source")


class _Http(http.client.HTTPConnection):
    """A connection whose socket comes from the gate."""

    def __init__(self, host: str, port: int | None, *, gate: Gate) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS)
        self._gate = gate

    def connect(self) -> None:
        self.sock = self._gate.connect(self.host, self.port)


class _Https(http.client.HTTPSConnection):
    """The same with TLS; the certificate must be the name's, whatever address was connected to."""

    def __init__(self, host: str, port: int | None, *, gate: Gate) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS, context=_context())
        self._gate = gate

    def connect(self) -> None:
        self.sock = _context().wrap_socket(
            self._gate.connect(self.host, self.port, secure=True), server_hostname=self.host
        )


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    with suppress(ImportError, OSError):  # some systems give Python no certificates of their own
        import certifi

        context.load_verify_locations(certifi.where())
    return context
