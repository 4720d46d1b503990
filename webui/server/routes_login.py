"""`/login` and `/logout`: a small page of its own, without Gradio and without anything from elsewhere."""

from datetime import UTC, datetime
from pathlib import Path
from string import Template

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from webui.access.principal import Principal
from webui.server.access.credentials import Credentials
from webui.server.access.identify import LAUNCHED, Identity, session_cookie
from webui.server.access.lock import WrongPassword
from webui.server.access.principals import principal_of
from webui.server.bodies import check_names, json_object, text_of
from webui.server.link_entrance import link_of
from webui.sharing.public_link import PublicLink
from webui.ui import assets

SESSION_SECONDS = 14 * 24 * 3600.0
LINK_SECONDS = 24 * 3600.0
"""How long guests stay logged in where their link has no end."""

_FOLDER = Path(__file__).parent / "login_page"
_PAGE = Template((_FOLDER / "login.html").read_text(encoding="utf-8"))
_OF_ACCOUNTS = {"lead": "Log in to go on.", "name_label": "Name", "name_kind": "username", "action": "Log in"}
_OF_LINK = {
    "lead": "Somebody has shared this Darkroom with you. The password came with the link.",
    "name_label": "Your name (whoever shared it sees it)", "name_kind": "nickname", "action": "Come in",
}  # fmt: skip


def login_router(identity: Identity) -> APIRouter:
    """The routes by which people come in and go."""
    router = APIRouter()

    @router.get("/login", include_in_schema=False)
    async def page(request: Request, token: str = "") -> Response:
        """The page; with a `token` that was printed or opened at the start, straight in."""
        if token and link_of(request.scope) is None and identity.sessions.use_launch(token):
            answer = Response(status_code=303, headers={"Location": "/", "Cache-Control": "no-store"})
            _remember(answer, identity, request, LAUNCHED)
            return answer
        return HTMLResponse(_page(request), headers={"Cache-Control": "no-store"})

    @router.get("/login/login.js", include_in_schema=False)
    async def script() -> Response:
        return FileResponse(_FOLDER / "login.js", media_type="text/javascript", headers={"Cache-Control": "no-cache"})

    @router.get("/login/state", include_in_schema=False)
    async def state(request: Request) -> dict[str, bool]:
        """Whether somebody is in already: links from other pages come without the cookie, which this is asked with."""
        return {"let_in": await identity.of(request.scope) is not None}

    @router.post("/login")
    async def log_in(request: Request) -> Response:
        """Log in with `name` and `password`, or with a `token`; the session is a cookie."""
        values = await json_object(request)
        check_names(values, ("name", "password", "token"))
        name, password, token = (text_of(values, field) for field in ("name", "password", "token"))
        link = link_of(request.scope)
        if link is not None:
            principal = identity.admit(link, name, password)
        else:
            credentials = Credentials(None, token) if token else Credentials(name, password)
            principal = await identity.judge(credentials, request.scope)
        if principal is None:
            raise WrongPassword(_wrong(link), hint="Try again.", field="password")
        answer = JSONResponse({"role": principal.role.name.lower(), "name": principal.name})
        _remember(answer, identity, request, principal)
        return answer

    @router.post("/logout", status_code=204)
    async def log_out(request: Request) -> Response:
        """End the session."""
        cookie = session_cookie(request.scope)
        identity.sessions.close(request.cookies.get(cookie, ""))
        answer = Response(status_code=204)
        answer.delete_cookie(cookie, path="/", httponly=True, samesite="strict")
        return answer

    @router.get("/api/v1/me")
    async def me(request: Request) -> dict[str, object]:
        """Who this visitor is: the role, the name that they gave, and the public link that they came by."""
        return _visitor_json(principal_of(request), link_of(request.scope), identity.has_session(request.scope))

    return router


def _visitor_json(principal: Principal, link: PublicLink | None, logged_in: bool) -> dict[str, object]:
    return {
        "role": principal.role.name.lower(),
        "name": principal.name,
        "logged_in": logged_in,
        "at_this_machine": principal.at_this_machine,
        "link": None if link is None else _link_json(link),
    }


def _page(request: Request) -> str:
    words = _OF_LINK if link_of(request.scope) is not None else _OF_ACCOUNTS
    return _PAGE.substitute(
        words,
        style=assets.login_style().url,
        theme=assets.login_theme().url,
        icon=assets.favicon().url,
        script="/login/login.js",
    )


def _link_json(link: PublicLink) -> dict[str, object]:
    ends = None if link.ends is None else datetime.fromtimestamp(link.ends, UTC).isoformat(timespec="seconds")
    return {"level": link.level.value, "ends": ends, "seconds_left": link.seconds_left}


def _wrong(link: PublicLink | None) -> str:
    return "The name or the password is wrong." if link is None else "The password is wrong."


def _remember(answer: Response, identity: Identity, request: Request, principal: Principal) -> None:
    link = link_of(request.scope)
    seconds = SESSION_SECONDS if link is None else LINK_SECONDS if link.seconds_left is None else link.seconds_left
    answer.set_cookie(
        session_cookie(request.scope),
        identity.open_session(principal, seconds),
        max_age=max(1, int(seconds)),
        path="/",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
