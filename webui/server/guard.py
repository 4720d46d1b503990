"""The guard around the whole application, Gradio's routes included: who may speak to it, from where, how much.

A browser lends every web page its access to this computer, so a request is only taken when it names a host that we
answer to (against DNS rebinding) and, if it could change something, comes from our own page (against cross-site
requests). Programs that send no Origin are not browsers and pass. No answer carries CORS headers, but to the origins
that the server was started for.
"""

import json
import re
import socket
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from webui.server.body_flow import BodyFlow
from webui.server.cors import Cors, HeaderPairs
from webui.server.gradio_paths import is_closed

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
METHODS = SAFE_METHODS | {"POST", "PUT", "PATCH", "DELETE"}
MAX_BODY_BYTES = 2**20
MAX_UPLOAD_BYTES = 64 * 2**20
MAX_RECORDING_BYTES = 256 * 2**20
MAX_DRAINED_BYTES = 8 * 2**20
MAX_BYTES_AT_ONCE, MAX_LINK_BYTES_AT_ONCE = 1024 * 2**20, 256 * 2**20
"""How much of all bodies may be in memory at one time, and of those of a link's guests, who are counted apart."""
MAX_PATH, MAX_NAME = 4_000, 255
UPLOAD_PATHS = (
    "/gradio_api/upload", "/gradio_api/component_server", "/api/v1/pictures", "/api/v1/extensions/offers",
    "/v1/images/edits", "/v1/images/variations",
    "/sdapi/v1/",
)  # fmt: skip
RECORDINGS_PATH = "/api/v1/trajectories"

CONTENT_POLICY = "; ".join(
    (
        "default-src 'self'",
        # Gradio compiles its components' scripts, and puts style into elements.
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""The browser itself keeps the page from speaking to any other host, whatever a script in it wants."""

LOGIN_PATH = "/login"
LOGIN_POLICY = "; ".join(
    (
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' data:", "font-src 'self'",
        "connect-src 'self'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'",
    )
)  # fmt: skip
"""Where passwords are typed: no script and no style but from files of ours."""
FILE_POLICY = "; ".join(
    (
        "default-src 'none'", "img-src 'self' data:", "media-src 'self'", "style-src 'unsafe-inline'",
        "frame-ancestors 'none'", "sandbox",
    )
)  # fmt: skip
"""For what is no page and no part of one: a picture that holds a script (SVG) is shown, and its script does nothing."""
_PAGE_TYPES = (b"text/html", b"text/javascript", b"application/javascript", b"text/css", b"application/wasm")

OPENER_POLICY = b"cross-origin-opener-policy"
PROTECTING_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"content-security-policy", FILE_POLICY.encode()),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (OPENER_POLICY, b"same-origin"),
)
HeaderList = Iterable[tuple[bytes, bytes]]
LINK = "darkroom.link"
"""Where a request's scope has the `PublicLink` that it came by; other requests have no such entry."""
_HOST = re.compile(r"(?P<name>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)


class Guard:
    """Pure ASGI, outermost.

    Args:
        app: what is guarded.
        host: the address that the server is bound to.
        allowed_hosts: further names that it is reached by, such as a reverse proxy's.
        cors: other web pages that may ask.
    """

    def __init__(self, app: ASGIApp, *, host: str, allowed_hosts: Iterable[str] = (), cors: Cors | None = None) -> None:
        self._app = app
        self._cors = cors or Cors(())
        self._flow, self._links_flow = BodyFlow(MAX_BYTES_AT_ONCE), BodyFlow(MAX_LINK_BYTES_AT_ONCE)
        self._hosts = LOOPBACK | {name.lower() for name in allowed_hosts}
        self._any_own_address = host in ("0.0.0.0", "::", "")
        if self._any_own_address:
            name = socket.gethostname().lower()
            self._hosts |= {name, f"{name}.local"}
        else:
            self._hosts |= {f"[{host}]" if ":" in host else host.lower()}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with headers added and a limit on the body."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await self._http(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, cors = _headers_of(scope), self._cors.headers(scope)
        host = _host_in(headers)
        guarded = _with_headers(scope, send, cors, trusted=_is_trusted(scope, host))
        if self._cors.is_preflight(scope) and self._is_ours(host, scope):
            await _allow(guarded)
            return
        refusal = self._refusal(scope, headers, host, named=bool(cors))
        if refusal is not None:
            await drain(receive)
            await _refuse(guarded, *refusal)
            return
        flow = self._links_flow if LINK in scope else self._flow
        with flow.counted(receive, _body_limit(scope)) as counted:
            await self._app(scope, counted, guarded)

    def _refusal(
        self, scope: Scope, headers: Mapping[str, list[str]], host: str, *, named: bool
    ) -> tuple[int, str] | None:
        """Why a request is not taken; `named` is whether it comes from a page that the settings name."""
        if not self._is_ours(host, scope) or not scope["path"].startswith("/"):
            return 400, "This server does not answer to that host name."
        if scope["method"] not in METHODS:
            return 405, "This address does not take that method."
        if not named and not _is_from_here(scope, headers, host):
            return 403, "Requests from other web sites are not taken."
        return _refusal_of_path(scope["method"], scope["path"]) or _refusal_of_size(scope, headers)

    def _is_ours(self, host: str, scope: Scope) -> bool:
        link = scope.get(LINK)
        if link is not None:  # by the public link it is the link's name, and no other
            return host.lower() == link.host
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match["name"].lower()
        if name in self._hosts:
            return True
        # Bound to every address: the one that the connection came to. A rebound name is never a plain address.
        local = (scope.get("server") or ("", 0))[0]
        return self._any_own_address and _is_address(name) and name.strip("[]") == local


def _headers_of(scope: Scope) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in scope["headers"]:
        found.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return found


def _host_in(headers: Mapping[str, list[str]]) -> str:
    """The one name that was asked for; "" where there is none, or several."""
    hosts = headers.get("host", [])
    return hosts[0] if len(hosts) == 1 else ""


def _is_from_here(scope: Scope, headers: Mapping[str, list[str]], host: str) -> bool:
    """Whether the request comes from our own page, or from no page at all."""
    site = headers.get("sec-fetch-site", ["none"])[0]
    if scope["method"] in SAFE_METHODS:
        # A link from elsewhere to the page is fine; a foreign page that has parts of it, or asks the API, is not.
        return site in ("same-origin", "none") or headers.get("sec-fetch-mode", [""])[0] == "navigate"
    if site not in ("same-origin", "none"):
        return False
    link, origins = scope.get(LINK), headers.get("origin", [])
    if link is not None:
        return all(origin.lower() == link.origin for origin in origins)
    return all(is_same_origin(origin, host) for origin in origins)


def is_same_origin(origin: str, host: str) -> bool:
    """Whether a page of that origin came from that host."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and parts.netloc.lower() == host.lower()


def _refusal_of_path(method: str, path: str) -> tuple[int, str] | None:
    if is_closed(method, path):
        return 403, "This address is closed."
    return None if _could_be_named(path) else (404, "There is nothing at this address.")


def _refusal_of_size(scope: Scope, headers: Mapping[str, list[str]]) -> tuple[int, str] | None:
    length = headers.get("content-length", ["0"])[0]
    if not length.isdecimal() or int(length) > _body_limit(scope):
        return 413, "The request is too large."
    return None


def _could_be_named(path: str) -> bool:
    """Whether a system could have a file of that name: where one is looked for by it, the system else complains."""
    return len(path) <= MAX_PATH and all(len(part.encode("utf-8", "replace")) <= MAX_NAME for part in path.split("/"))


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _body_limit(scope: Scope) -> int:
    if scope["path"] == RECORDINGS_PATH:
        return MAX_RECORDING_BYTES
    return MAX_UPLOAD_BYTES if scope["path"].startswith(UPLOAD_PATHS) else MAX_BODY_BYTES


def _with_headers(scope: Scope, send: Send, cors: HeaderPairs, *, trusted: bool) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = message.get("headers", [])
            ours = {name for name, _ in PROTECTING_HEADERS}
            kept = [
                (name, value)
                for name, value in given
                if name.lower() not in ours and not name.lower().startswith(b"access-control-")
            ]
            protecting = _protecting(scope["path"], message["status"], given, trusted=trusted)
            message = {**message, "headers": [*kept, *protecting, *cors]}
        await send(message)

    return guarded


def _protecting(path: str, status: int, headers: HeaderList, *, trusted: bool) -> Iterator[tuple[bytes, bytes]]:
    policy = LOGIN_POLICY if path == LOGIN_PATH else CONTENT_POLICY if _is_part_of_a_page(headers) else FILE_POLICY
    for name, value in PROTECTING_HEADERS:
        if name == b"content-security-policy":
            if status != 304:  # the browser would give it to what it has kept, whose kind this answer does not tell
                yield name, policy.encode()
        elif trusted or name != OPENER_POLICY:
            yield name, value


def _is_trusted(scope: Scope, host: str) -> bool:
    """Whether browsers heed an opener policy here; at other addresses they complain of it on each page."""
    match = _HOST.fullmatch(host)
    return scope.get("scheme") == "https" or (match is not None and match["name"].lower() in LOOPBACK)


def _is_part_of_a_page(headers: HeaderList) -> bool:
    kind = next((value for name, value in headers if name.lower() == b"content-type"), b"")
    return kind.lower().startswith(_PAGE_TYPES)


async def drain(receive: Receive) -> None:
    """Read the body of a request that is refused, within reason: hanging up on a sender hides the answer from it."""
    left = MAX_DRAINED_BYTES
    while left > 0:
        message = await receive()
        left -= len(message.get("body", b""))
        if not message.get("more_body", False):
            return


async def _allow(send: Send) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def _refuse(send: Send, status: int, error: str) -> None:
    body: dict[str, Any] = {"error": error, "hint": "", "field": None}
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
