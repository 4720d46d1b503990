"""`/api/v1/films`: films by the id of their first frame, which is a picture of the library."""

from fastapi import APIRouter
from fastapi.responses import Response

from webui.engine.engine import Engine
from webui.server.picture_answer import film_answer


def films_router(engine: Engine) -> APIRouter:
    """The route that gives films."""
    router = APIRouter(prefix="/api/v1/films")

    @router.get("/{picture}")
    def film(picture: str, download: bool = False) -> Response:
        """The MP4 file."""
        return film_answer(engine.library, picture, download=download)

    return router
