"""One question to a server by HTTP, with its redirects: each is checked as the first address was."""

import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urljoin

import webui
from webui.errors import DownloadFailed
from webui.model_manager.downloads.addresses import Connection, Gate

READ_SECONDS = 60.0
MAX_REDIRECTS = 8
_REDIRECTS = (301, 302, 303, 307, 308)
_HASH_HEADERS = ("x-linked-etag", "x-checksum-sha256")


class Broken(Exception):
    """The connection failed or ended; the same question may succeed in a moment. The text says how, for people."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer; `promised_sha256` is what it, or one that redirected to it, says of the file."""

    url: str
    response: http.client.HTTPResponse
    promised_sha256: str | None

    def header(self, name: str) -> str:
        """The value of a header, or an empty text."""
        return self.response.headers.get(name) or ""


@contextmanager
def asked(
    url: str,
    gate: Gate,
    *,
    headers: Mapping[str, str],
    token: str | None = None,
    cancelled: Callable[[], bool] = lambda: False,
) -> Iterator[Answer]:
    """The answer to a GET, whose body has not been read.

    Args:
        url: where to ask.
        gate: says where that may be.
        headers: sent to every server on the way.
        token: sent to the first server alone, never to where it redirects.
        cancelled: asked twice a second; hangs up when it says so, however long the server is silent.

    Raises:
        DownloadFailed: an address on the way is not taken, or the redirects do not end.
        Broken: the server cannot be reached, or hangs up.
    """
    promised: str | None = None
    first = gate.checked(url).netloc
    secure = url.startswith("https:")
    for _ in range(MAX_REDIRECTS + 1):
        parts = gate.checked(url)
        if secure and parts.scheme != "https":
            raise DownloadFailed("The server leads from https to http, which is not followed.", field="source")
        if cancelled():
            raise Broken("it takes too long")
        connection = gate.connection(parts)
        sent = {"User-Agent": f"Darkroom/{webui.__version__}", "Accept-Encoding": "identity", **headers}
        if token and parts.netloc == first:
            sent["Authorization"] = f"Bearer {token}"
        with closing(connection), _hung_up_when(cancelled, connection):
            response = _response(connection, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), sent)
            promised = _promised(response) or promised
            target = response.headers.get("location")
            if response.status not in _REDIRECTS or not target:
                yield Answer(url, response, promised)
                return
        url = urljoin(url, target)
    raise DownloadFailed("The server redirects without end.", hint="Try another link.", field="source")


def _response(connection: Connection, path: str, headers: dict[str, str]) -> http.client.HTTPResponse:
    try:
        connection.connect()
        connection.sock.settimeout(READ_SECONDS)
        connection.request("GET", path, headers=headers)
        return connection.getresponse()
    except ssl.SSLError as error:
        raise DownloadFailed(
            f"No safe connection to {connection.host} can be made: {error.reason or error}.",
            hint="Check the address, and this computer's clock.",
            field="source",
        ) from error
    except TimeoutError as error:
        raise Broken(f"{connection.host} does not answer") from error
    except (OSError, http.client.HTTPException) as error:
        raise Broken(f"{connection.host} cannot be reached ({error})") from error


@contextmanager
def _hung_up_when(cancelled: Callable[[], bool], connection: Connection) -> Iterator[None]:
    """Ends whatever waits for a silent server, the handshake and the answer's head included, from a thread."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(0.5):
            if connection.held is not None and cancelled():
                with suppress(OSError):  # not TLS's own, which would wait for an answer
                    socket.socket.shutdown(connection.held, socket.SHUT_RDWR)
                return

    threading.Thread(target=watch, name="download-watch", daemon=True).start()
    try:
        yield
    finally:
        done.set()


def _promised(response: http.client.HTTPResponse) -> str | None:
    """The SHA-256 that a header tells, if one does: the hub has it in the answer that redirects."""
    for name in _HASH_HEADERS:
        value = (response.headers.get(name) or "").strip('"W/').lower()
        if len(value) == 64 and all(sign in "0123456789abcdef" for sign in value):
            return value
    return None
