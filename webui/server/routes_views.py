"""`/api/v1/trajectories/{id}/...`: what can be seen of a recording: strips of all steps, single steps, words."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from webui.engine.engine import Engine
from webui.engine.looks import Answered, StepView, StripView, WordView
from webui.errors import TrajectoryNotFound
from webui.generation.trajectory import MAX_CALLS
from webui.server.recording_views import RecordingViews
from webui.server.routes_jobs import FOREVER

NOTES = "X-Darkroom-Notes"
"""The header in which files carry what is to be said of them."""

_Row = Annotated[int, Query(ge=0, le=7)]
_Step = Annotated[int, Path(ge=0, le=MAX_CALLS)]
_Model = Annotated[str | None, Query(max_length=500)]


def views_router(views: RecordingViews) -> APIRouter:
    """The routes of what can be seen of a recording; what they give never changes."""
    router = APIRouter(prefix="/api/v1/trajectories/{trajectory}")

    @router.get("/strips/{view}.png")
    def strip(trajectory: str, view: StripView, picture: _Row = 0) -> Response:
        """A view of every position in one file, cells in rows of eight; needs no model."""
        return _file(views.strip(trajectory, picture, view), "png")

    @router.get("/steps/{step}/attention")
    def attention(
        trajectory: str, step: _Step, *, picture: _Row = 0, of: WordView = "attention", model: _Model = None
    ) -> dict[str, Any]:
        """The words of the prompt that holds at a step, and where the file with their maps is."""
        told = {"picture": picture, "of": of} | ({"model": model} if model else {})
        address = f"/api/v1/trajectories/{trajectory}/steps/{step}/attention.png?{urlencode(told)}"
        return {**views.attention(trajectory, picture, step, of=of, model=model).values, "url": address}

    @router.get("/steps/{step}/attention.png")
    def attention_maps(
        trajectory: str, step: _Step, *, picture: _Row = 0, of: WordView = "attention", model: _Model = None
    ) -> Response:
        """The maps of those words, grey, a cell for each."""
        return _file(views.attention(trajectory, picture, step, of=of, model=model), "png")

    @router.get("/steps/{step}/{view}.{format_}")
    def one(
        trajectory: str, step: _Step, view: StepView, format_: Literal["png", "jpg"], *, picture: _Row = 0,
        model: _Model = None,
    ) -> Response:  # fmt: skip
        """One position at its full size."""
        return _file(views.step(trajectory, picture, step, view, format=format_, model=model), format_)

    return router


def picture_recording_router(engine: Engine) -> APIRouter:
    """The way from a picture to its recording; it goes before the routes that give pictures."""
    router = APIRouter()

    @router.get("/api/v1/images/{picture}/trajectory")
    def recording_of(picture: str) -> dict[str, Any]:
        """The newest recording that led to a picture, and its row in it."""
        found = engine.trajectories.of_picture(picture)
        if found is None:
            raise TrajectoryNotFound(
                "There is no recording of this picture.", hint="Make it again from its parameters to have one."
            )
        return {"trajectory": found[0], "row": found[1]}

    return router


def notes_header(notes: Iterable[str]) -> dict[str, str]:
    """The header that says these sentences; none where there are none."""
    told = " ".join(notes)
    return {NOTES: told.encode("ascii", "backslashreplace").decode("ascii")} if told else {}


def _file(answered: Answered, format_: str) -> Response:
    headers = {"Cache-Control": FOREVER, **notes_header(answered.values.get("notes", ()))}
    return Response(answered.parts[0], media_type="image/jpeg" if format_ == "jpg" else "image/png", headers=headers)
