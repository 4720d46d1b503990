"""The web process's side: one seed for the whole way, and a film when its last picture has been saved."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import APIRouter, HTTPException
from fastapi.responses import FileResponse

from webui.extensions.api import (
    Choice,
    Control,
    ExtensionContext,
    FilmKind,
    GenerationRequest,
    SavedImage,
    Slider,
    Switch,
    Tab,
    hookimpl,
)

from .journeys import Journey, Journeys
from .stops import TRAVEL, read_stops


class Travel:
    """What the hooks share, from `startup` to `shutdown`.

    Films are joined in a thread of their own: a long one would keep the next picture from being told of.
    """

    context: ExtensionContext
    journeys: Journeys
    joiner: ThreadPoolExecutor


@hookimpl
def startup(context: ExtensionContext) -> None:
    Travel.context = context
    Travel.journeys = Journeys(context.data_dir / "journeys")
    Travel.joiner = ThreadPoolExecutor(1, thread_name_prefix="prompt-travel")


@hookimpl
def shutdown() -> None:
    Travel.joiner.shutdown(cancel_futures=True)


@hookimpl
def register_controls() -> Sequence[Control]:
    return [
        Switch("same_noise", "One seed for the whole way", default=True, info="Words alone change the picture."),
        Switch("film", "Join the pictures to a film", default=True),
        Slider("fps", "Pictures a second", 1, 30, 1, default=4),
        Slider("between", "Frames between two pictures", 0, 12, 1, default=5, info="The one dissolves into the other."),
        Switch("back", "And back again", default=True, info="The film ends where it began."),
    ]  # fmt: skip


@hookimpl
def register_settings() -> Sequence[Control]:
    return [Choice("format", "Format of films", tuple(kind.value for kind in FilmKind), default=FilmKind.MP4.value)]


@hookimpl
def prepare_request(request: GenerationRequest, values: Mapping[str, Any]) -> Mapping[str, Any] | None:
    stops = TRAVEL.findall(request.prompt)
    # Read here already: who mistypes a stop is told at once, and not by a job that fails later.
    for written in stops:
        read_stops(written, request.image_count)
    return {"same_seed": True} if stops and values["same_noise"] else None


@hookimpl
def image_saved(image: SavedImage, values: Mapping[str, Any]) -> None:
    # The picture's own request has the words that it got; what was written in their place stands in the infotext.
    if image.count < 2 or not values["film"] or not TRAVEL.search(image.infotext):
        return
    journey = Travel.journeys.add(image, values)
    if journey.complete:
        Travel.joiner.submit(_join, journey)


def _join(journey: Journey) -> None:
    try:
        joined = Travel.journeys.join(journey, FilmKind(Travel.context.settings["format"]))
        Travel.context.log.info("joined %d pictures to %s", journey.count, joined.film)
    except Exception:
        # In a thread of one's own nobody else hears of an error.
        Travel.context.log.exception("the film of job %s could not be made", journey.job)


@hookimpl
def register_tabs() -> Sequence[Tab]:
    return [Tab(name="travel", label="Prompt travel", html="travel.html", script="travel.js", style="travel.css")]


@hookimpl
def register_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/films")
    def films() -> list[dict[str, Any]]:
        return [
            {"job": journey.job, "name": journey.film.rpartition("/")[2], "pictures": journey.count}
            for journey in Travel.journeys.with_films()
        ]

    @router.get("/films/{job}")
    def film(job: str) -> FileResponse:
        journey = Travel.journeys.find(job)
        if journey is None or not journey.film:
            raise HTTPException(404, "There is no such film.")
        return FileResponse(journey.film)

    return router
