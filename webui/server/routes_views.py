"""`/api/v1/trajectories/{id}/...`: what can be seen of a recording: strips of all steps, single steps, words."""

from collections.abc import Iterable
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from webui.engine.engine import Engine
from webui.engine.looks import Answered, StepView, StripView, Wanted, WordView
from webui.errors import TrajectoryNotFound
from webui.generation.trajectory import MAX_CALLS
from webui.server.access.principals import principal_of
from webui.server.recording_views import RecordingViews
from webui.server.routes_jobs import FOREVER
from webui.server.waiting import Askers

NOTES = "X-Darkroom-Notes"
"""The header in which files carry what is to be said of them."""

_Row = Annotated[int, Query(ge=0, le=7)]
_Step = Annotated[int, Path(ge=0, le=MAX_CALLS)]
_Model = Annotated[str | None, Query(max_length=500)]


def views_router(views: RecordingViews, askers: Askers) -> APIRouter:
    """The routes of what can be seen of a recording; what they give never changes. `askers` wait for it."""
    router = APIRouter(prefix="/api/v1/trajectories/{trajectory}")

    async def asked(
        request: Request, trajectory: str, step: int, *, picture: int, of: WordView, model: str | None
    ) -> Answered:
        def ask(wanted: Wanted) -> Answered:
            return views.attention(trajectory, picture, step, of=of, model=model, wanted=wanted)

        return await askers.run(request, ask)

    @router.get("/strips/{view}.png")
    async def strip(request: Request, trajectory: str, view: StripView, picture: _Row = 0) -> Response:
        """A view of every position in one file, cells in rows of eight; needs no model."""
        return _file(await askers.run(request, lambda wanted: views.strip(trajectory, picture, view, wanted)), "png")

    @router.get("/steps/{step}/attention")
    async def attention(
        request: Request, trajectory: str, step: _Step, *, picture: _Row = 0, of: WordView = "attention",
        model: _Model = None,
    ) -> dict[str, Any]:  # fmt: skip
        """The words of the prompt that holds at a step, and where the file with their maps is."""
        told = {"picture": picture, "of": of} | ({"model": model} if model else {})
        address = f"/api/v1/trajectories/{trajectory}/steps/{step}/attention.png?{urlencode(told)}"
        answered = await asked(request, trajectory, step, picture=picture, of=of, model=model)
        return {**answered.values, "url": address}

    @router.get("/steps/{step}/attention.png")
    async def attention_maps(
        request: Request, trajectory: str, step: _Step, *, picture: _Row = 0, of: WordView = "attention",
        model: _Model = None,
    ) -> Response:  # fmt: skip
        """The maps of those words, grey, a cell for each."""
        return _file(await asked(request, trajectory, step, picture=picture, of=of, model=model), "png")

    @router.get("/steps/{step}/{view}.{format_}")
    async def one(
        request: Request, trajectory: str, step: _Step, view: StepView, format_: Literal["png", "jpg"], *,
        picture: _Row = 0, model: _Model = None,
    ) -> Response:  # fmt: skip
        """One position at its full size."""

        def ask(wanted: Wanted) -> Answered:
            return views.step(trajectory, picture, step, view, format=format_, model=model, wanted=wanted)

        return _file(await askers.run(request, ask), format_)

    return router


def picture_recording_router(engine: Engine) -> APIRouter:
    """The way from a picture to its recording; it goes before the routes that give pictures."""
    router = APIRouter()

    @router.get("/api/v1/images/{picture}/trajectory")
    def recording_of(request: Request, picture: str) -> dict[str, Any]:
        """The newest recording that led to a picture, and its row in it."""
        found = engine.trajectories.of_picture(picture, principal_of(request).scope)
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
