"""The web process's side: the controls, a film for every picture, a tab that tries films, and a command."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, HTTPException, Query, Response
from PIL import Image

from webui.extensions.api import (
    AxisType,
    Choice,
    CliArgument,
    CliCommand,
    Control,
    ExtensionContext,
    GenerationRequest,
    PictureUnreadable,
    Tab,
    flattened,
    hookimpl,
    read_picture,
)

from .films import CONTROLS, FILMS
from .grain import grained

NAME = "film_grain"
NONE = "None"


class FilmGrain:
    """What the hooks share: the context, which only `startup` is given."""

    context: ExtensionContext


@hookimpl
def startup(context: ExtensionContext) -> None:
    FilmGrain.context = context


@hookimpl
def register_controls() -> Sequence[Control]:
    return CONTROLS


@hookimpl
def register_settings() -> Sequence[Control]:
    info = "For pictures that say nothing of grain themselves."
    return [Choice("film", "Film for every picture", (NONE, *FILMS), default=NONE, info=info)]


@hookimpl
def prepare_request(request: GenerationRequest) -> Mapping[str, Any] | None:
    # What a setting does to a picture is written into its request. So the picture can be made again anywhere, and what
    # waits in the queue stays as it was asked for when the setting changes.
    film = FILMS.get(str(FilmGrain.context.settings["film"]))
    own = request.extras.get(NAME, {})
    return None if film is None or "amount" in own else {"extras": {**request.extras, NAME: {**film, **own}}}


@hookimpl
def register_plot_axes() -> Sequence[AxisType]:
    # Each control is an axis already. This one changes all of them together.
    def read(names: list[str]) -> list[str]:
        known = {film.casefold(): film for film in FILMS}
        if unknown := next((name for name in names if name.casefold() not in known), None):
            raise ValueError(f"there is no film '{unknown}'; there are {', '.join(FILMS)}")
        return [known[name.casefold()] for name in names]

    def change(fields: dict[str, Any], film: str) -> None:
        fields["extras"] = {**fields.get("extras", {}), NAME: dict(FILMS[film])}

    return [AxisType(name="Film", read=read, change=change, example=", ".join(FILMS), choices=tuple(FILMS))]


@hookimpl
def register_tabs() -> Sequence[Tab]:
    return [Tab(name="film_grain", label="Film grain", html="grain.html", script="grain.js", style="grain.css")]


@hookimpl
def register_routes() -> APIRouter:
    router = APIRouter()

    @router.get("/films")
    def films() -> Mapping[str, Mapping[str, str | float | bool]]:
        return FILMS

    # A plain function, so that the server runs it in a thread: an `async` one would hold up everybody else's requests
    # for as long as the grain takes. The body is the picture itself, which is what the tab has just fetched.
    @router.post("/develop", response_class=Response)
    def develop(
        picture: Annotated[bytes, Body(media_type="image/*")],
        amount: Annotated[float, Query(ge=0, le=1)],
        size: Annotated[float, Query(ge=0.5, le=4)],
        tones: Literal["everywhere", "midtones", "shadows"],
        monochrome: bool,
        seed: Annotated[int, Query(ge=0)] = 0,
    ) -> Response:
        try:
            image = flattened(read_picture(picture).image)
        except PictureUnreadable as error:
            raise HTTPException(422, str(error)) from error
        out = BytesIO()
        grained(image, amount=amount, size=size, tones=tones, monochrome=monochrome, seed=seed).save(out, format="PNG")
        return Response(out.getvalue(), media_type="image/png")

    return router


@hookimpl
def register_cli() -> Sequence[CliCommand]:
    arguments = (
        CliArgument(name="picture", help="the picture to read"),
        CliArgument(name="out", help="the file to write"),
        CliArgument(name="--film", help=f"one of {', '.join(FILMS)}", default="Classic 400"),
        CliArgument(name="--seed", help="of the grain", kind="whole", default=0),
    )
    return [CliCommand(name="develop", help="Put grain over a picture.", arguments=arguments, run=_develop)]


def _develop(options: Mapping[str, Any], context: ExtensionContext) -> int:
    film = FILMS.get(options["film"])
    if film is None:
        print(f"There is no film '{options['film']}'. There are {', '.join(FILMS)}.")
        return 2
    picture: Image.Image = flattened(read_picture(Path(options["picture"]).read_bytes()).image)
    grained(picture, **film, seed=options["seed"]).save(options["out"])  # pyright: ignore[reportArgumentType]
    return 0
