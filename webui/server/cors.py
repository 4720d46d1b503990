"""Which other web pages may ask this server something, and what browsers must be told for it: none, unless named."""

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import Scope

from webui.errors import StartFailed

HeaderPairs = tuple[tuple[bytes, bytes], ...]
_METHODS = b"GET, POST, PUT, PATCH, DELETE"
_ALLOWED_HEADERS = b"Authorization, Content-Type, Last-Event-ID, Mcp-Session-Id, Mcp-Protocol-Version"
_SHOWN_HEADERS = b"Location, Retry-After, Mcp-Session-Id"
_REMEMBERED_SECONDS = b"600"


class Cors:
    """The origins that were named (`--cors-origin`). They are answered by their own name, never by `*`, and without
    cookies: a page of theirs has to bring a password or a token where one is needed.

    Args:
        origins: as browsers send them, for example "https://example.org".

    Raises:
        StartFailed: one of them is no origin.
    """

    def __init__(self, origins: Iterable[str]) -> None:
        self._origins = frozenset(_checked(origin) for origin in origins)

    def headers(self, scope: Scope) -> HeaderPairs:
        """What an answer to a request carries; nothing where no origin that was named sent it."""
        origins = Headers(scope=scope).getlist("origin")
        if len(origins) != 1 or origins[0].lower() not in self._origins or "darkroom.link" in scope:
            return ()
        return (
            (b"access-control-allow-origin", origins[0].encode("latin-1")),
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ALLOWED_HEADERS),
            (b"access-control-expose-headers", _SHOWN_HEADERS),
            (b"access-control-max-age", _REMEMBERED_SECONDS),
            (b"vary", b"Origin"),
        )

    def is_preflight(self, scope: Scope) -> bool:
        """Whether a browser asks if a page of such an origin may ask."""
        asked = "access-control-request-method" in Headers(scope=scope)
        return scope["method"] == "OPTIONS" and asked and bool(self.headers(scope))


def _checked(origin: str) -> str:
    parts = urlsplit(origin)
    whole = f"{parts.scheme}://{parts.netloc}"
    if parts.scheme not in ("http", "https") or not parts.netloc or origin.lower() != whole.lower() or "@" in origin:
        raise StartFailed(
            f"{origin[:80]} is no origin of web pages.",
            hint="Give it like https://example.org, without a path; * is not taken.", field="cors-origin",
        )  # fmt: skip
    return origin.lower()
