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
MAX_TRIED = 4
"""How many of a name's addresses are tried: whoever answers for the name could give hundreds that do not answer."""


class Gate:
    """Says which addresses are taken, and connects to them.

    Args:
        loopback: also take http and https from this computer itself: a mirror that runs here, or a test's server.
        proxies: go through the proxy that the environment names. It looks names up by itself, so that what it connects
            to is not checked here: only for addresses from people who may choose what this computer does.
        instead: what people can do where an address is not taken, in a sentence.
        connect_s: seconds that each address of a name has to answer.
    """

    def __init__(
        self,
        *,
        loopback: bool = False,
        proxies: bool = True,
        instead: str = "Put the file into the models folder yourself.",
        connect_s: float = CONNECT_SECONDS,
    ) -> None:
        self._loopback = loopback
        self._proxies = proxies
        self._instead = instead
        self._connect_s = connect_s

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
        raise _refused("Files are only downloaded by https.", "Give a link that begins with https://.")

    def connection(self, parts: SplitResult) -> "Connection":
        """A connection to be, for a URL from `checked`; it looks the name up when it is first used."""
        assert parts.hostname is not None
        # The port is always told: http.client would take the end of an IPv6 address for one.
        if parts.scheme == "https":
            return Https(parts.hostname, parts.port or http.client.HTTPS_PORT, gate=self)
        return Http(parts.hostname, parts.port or http.client.HTTP_PORT, gate=self)

    def connect(self, host: str, port: int, *, secure: bool = False) -> socket.socket:
        """A socket to a machine that may be asked; for https through the proxy that the environment names, if it does.

        Raises:
            DownloadFailed: the name leads to this computer or its network, or the proxy does not let it through.
            OSError: there is no such machine, or it does not answer.
        """
        proxy = proxy_for(host) if self._proxies and secure and not _is_this_computer(host) else None
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror:
            if proxy is None:
                raise
            # The proxy knows names that this network does not.
            return tunnel(proxy, host, port, seconds=self._connect_s)
        taken = [entry for entry in found if may_be_asked(str(entry[4][0]), loopback=self._loopback)]
        if not taken:
            raise _refused(f"{host} is a machine of this network, and nothing is downloaded from there.", self._instead)
        if proxy is not None:
            return tunnel(proxy, host, port, seconds=self._connect_s)
        problem: OSError | None = None
        for family, kind, protocol, _, address in taken[:MAX_TRIED]:
            connected = socket.socket(family, kind, protocol)
            connected.settimeout(self._connect_s)
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


class Http(http.client.HTTPConnection):
    """A connection whose socket comes from the gate; `held` is that socket, also when it was given to the answer."""

    def __init__(self, host: str, port: int, *, gate: Gate) -> None:
        super().__init__(host, port)
        self._gate = gate
        self.held: socket.socket | None = None

    def connect(self) -> None:
        """Connect to where the gate lets."""
        self.held = self.sock = self._gate.connect(self.host, self.port)


class Https(http.client.HTTPSConnection):
    """The same with TLS; the certificate must be the name's, whatever address was connected to."""

    def __init__(self, host: str, port: int, *, gate: Gate) -> None:
        super().__init__(host, port, context=_context())
        self._gate = gate
        self.held: socket.socket | None = None

    def connect(self) -> None:
        """Connect to where the gate lets, and make it safe."""
        plain = self._gate.connect(self.host, self.port, secure=True)
        # Held before the handshake, so that a server which never ends it can be hung up on, too.
        sock = _context().wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.held = self.sock = sock
        sock.do_handshake()


Connection = Http | Https


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    with suppress(ImportError, OSError):  # some systems give Python no certificates of their own
        import certifi

        context.load_verify_locations(certifi.where())
    return context
