"""What the gate says to those whom it does not let through."""

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Scope

from webui.server.access.credentials import credentials_in
from webui.server.errors import error_response
from webui.server.link_entrance import link_of

LOGIN = "/login"
_LOG_IN = "You are not logged in."
_WRONG = "The name, the password or the token is wrong."
_HINT = "Open the page and log in, or send a name and password (HTTP Basic) or a token (Bearer)."


def stranger(scope: Scope) -> Response:
    """To somebody who is not let in: people in a browser are shown where to log in."""
    headers = Headers(scope=scope)
    if _is_page(scope, headers):
        return Response(status_code=303, headers={"Location": LOGIN, "Cache-Control": "no-store"})
    if link_of(scope) is not None:
        return error_response(401, _LOG_IN, hint="Open the link and give the password that came with it.")
    shown = credentials_in(scope) is not None
    answer = error_response(401, _WRONG if shown else _LOG_IN, hint=_HINT)
    if "sec-fetch-mode" not in headers:  # in a browser it would open a window above the page
        answer.headers["WWW-Authenticate"] = 'Basic realm="Darkroom", charset="UTF-8"'
    return answer


def too_small() -> Response:
    """To somebody whose role is too small for what they ask."""
    return error_response(403, "You may not do that here.", hint="Whoever runs this Darkroom may.")


def not_theirs() -> Response:
    """To somebody who names what is not theirs: the same as for what is not there."""
    return error_response(404, "There is nothing at this address.")


def too_many(seconds: int, sentence: str, hint: str) -> Response:
    """To somebody who asks too much, or guesses."""
    answer = error_response(429, sentence, hint=hint)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _is_page(scope: Scope, headers: Headers) -> bool:
    looks = scope["method"] in ("GET", "HEAD") and "text/html" in headers.get("accept", "")
    return looks and not scope["path"].startswith(("/api/", "/sdapi/", "/v1/", "/mcp"))
