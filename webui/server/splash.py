"""What `/` shows while the page is still being put together. It goes away by itself."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse

_PAGE = Path(__file__).with_name("splash.html").read_text(encoding="utf-8")
_NAME = "splash"


def add_splash(app: FastAPI) -> None:
    """Add the route `/`."""

    @app.get("/", response_class=HTMLResponse, include_in_schema=False, name=_NAME)
    async def splash() -> HTMLResponse:
        return HTMLResponse(_PAGE, headers={"Cache-Control": "no-store"})


def remove_splash(app: FastAPI) -> None:
    """Take the route out again, so that the page mounted behind it shows."""
    app.router.routes[:] = [route for route in app.router.routes if getattr(route, "name", None) != _NAME]
