"""A password on everything, for when the server listens beyond this computer: HTTP Basic, any user name."""

import base64
import binascii
import hmac
import time
from collections import OrderedDict

from starlette.types import ASGIApp, Receive, Scope, Send

from webui.server.guard import drain

FREE_TRIES = 5
WINDOW_SECONDS = 60.0
MAX_REMEMBERED = 10_000


class Login:
    """Pure ASGI. After five wrong passwords from one address it refuses that address for a minute.

    Args:
        app: what is behind the password.
        password: the password.
    """

    def __init__(self, app: ASGIApp, *, password: str) -> None:
        self._app = app
        self._password = password.encode()
        self._wrong: OrderedDict[str, list[float]] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what carries the password."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        peer = (scope.get("client") or ("", 0))[0]
        now = time.monotonic()
        recent = [when for when in self._wrong.get(peer, []) if now - when < WINDOW_SECONDS]
        if len(recent) >= FREE_TRIES:
            await drain(receive)
            await _refuse(send, 429, b"Too many wrong passwords. Wait a minute.", (b"retry-after", b"60"))
            return
        given = _given(scope)
        if given is not None and hmac.compare_digest(given, self._password):
            self._wrong.pop(peer, None)
            await self._app(scope, receive, send)
            return
        if given is not None:
            self._wrong[peer] = [*recent, now]
            self._wrong.move_to_end(peer)
            while len(self._wrong) > MAX_REMEMBERED:
                self._wrong.popitem(last=False)
        await drain(receive)
        challenge = (b"www-authenticate", b'Basic realm="Darkroom", charset="UTF-8"')
        await _refuse(send, 401, b"A password is needed.", challenge)


def _given(scope: Scope) -> bytes | None:
    header = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
    scheme, _, encoded = header.partition(b" ")
    if scheme.lower() != b"basic":
        return None
    try:
        return base64.b64decode(encoded, validate=True).partition(b":")[2]
    except (binascii.Error, ValueError):
        return None


async def _refuse(send: Send, status: int, text: bytes, header: tuple[bytes, bytes]) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), header]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
