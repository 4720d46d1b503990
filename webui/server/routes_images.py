"""`/api/v1/images`: pictures by the hash of their bytes, so that what an address gives never changes."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from webui.access.principal import Principal
from webui.engine.engine import Engine
from webui.library.index import Picture
from webui.server.access.principals import principal_of
from webui.server.picture_answer import picture_answer


def images_router(engine: Engine) -> APIRouter:
    """The routes that give pictures. They take ids and never paths."""
    router = APIRouter(prefix="/api/v1/images")

    @router.get("")
    def recent(
        request: Request,
        limit: Annotated[int, Query(ge=1, le=500)] = 50,
        before: Annotated[str | None, Query(max_length=64)] = None,
        mine: bool = False,
    ) -> list[Any]:
        """The newest pictures first; `before` is the id of the last one that the client has.

        Administrators see everybody's, and with `mine` what nobody else made; others always see their own.
        """
        principal = principal_of(request)
        pictures = engine.library.recent(limit, before, principal.owner if mine else principal.scope)
        recorded = engine.trajectories.of_pictures([picture.id for picture in pictures], principal.scope)
        return [_listed(picture, principal, *recorded.get(picture.id, ("", 0))) for picture in pictures]

    @router.get("/{picture}/parameters")
    def parameters(request: Request, picture: str) -> dict[str, Any]:
        """What a picture was made with, and for administrators where it is."""
        found = engine.library.find(picture)
        return {
            "infotext": found.infotext,
            "request": json.loads(found.request),
            "path": found.path if principal_of(request).sees_everything else None,
            "saved": found.saved,
        }

    @router.get("/{picture:path}")
    def image(picture: str, download: bool = False) -> Response:
        """The PNG file."""
        return picture_answer(engine.library, picture, download=download)

    return router


def _listed(picture: Picture, principal: Principal, trajectory: str, row: int) -> dict[str, Any]:
    """As in lists, with the recording of its walk ("" where there is none) and its number in it."""
    told = {**picture.to_json(), "trajectory": trajectory, "row": row}
    return told if principal.sees_everything else told | {"path": None}
