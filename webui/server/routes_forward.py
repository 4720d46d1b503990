"""`/api/v1/forward`: noise added to a picture level by level, and what the VAE keeps of it."""

import threading
from collections import OrderedDict
from typing import Any, Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from webui.access.kinds import Kind
from webui.engine.engine import Engine
from webui.engine.looks import Answered, LookForward, LookForwardLevel, Wanted
from webui.errors import InvalidRequest, ViewNotFound
from webui.generation.limits import MAX_SEED, Side
from webui.generation.samplers import DEFAULT_SAMPLER, Schedule, find_sampler, find_schedule
from webui.generation.ways import PictureId
from webui.model_manager.recording_models import RecordingModels
from webui.server.access.principals import principal_of
from webui.server.bodies import json_object
from webui.server.recording_views import MODEL_SECONDS
from webui.server.routes_jobs import FOREVER
from webui.server.waiting import Askers

FileKind = Literal["pixels", "latents", "original", "roundtrip", "difference"]
KINDS: tuple[FileKind, ...] = ("pixels", "latents", "original", "roundtrip", "difference")
MOST_KNOWN = 500
DEFAULT_SIDE = 512
"""The longer side in pixels, where no size is asked for."""


class ForwardRequest(BaseModel):
    """What is asked for; without a size the picture's own, at most `DEFAULT_SIDE` pixels, in multiples of 8."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    picture: PictureId
    width: Side | None = None
    height: Side | None = None
    steps: int = Field(default=20, ge=1, le=150)
    sampler: str = Field(default=DEFAULT_SAMPLER, max_length=100)
    schedule: str = Field(default=Schedule.AUTOMATIC.value, max_length=100)
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    model: str | None = Field(default=None, max_length=500)


class ForwardViews:
    """Forward processes by id: what was asked is remembered, the pictures are the engine's to keep or make again."""

    def __init__(self, engine: Engine, models: RecordingModels) -> None:
        self._engine = engine
        self._models = models
        self._lock = threading.Lock()
        self._known: OrderedDict[str, LookForward] = OrderedDict()

    def begin(self, asked: ForwardRequest, wanted: Wanted, owner: str) -> tuple[str, Answered]:
        """The id of somebody's forward process and what there is to say of it.

        Raises:
            WebUIError: the picture, the model or the sampler cannot be used.
        """
        question = self._question(asked, owner)
        answered = self._engine.look(question, MODEL_SECONDS, wanted)
        with self._lock:
            self._known[question.key] = question
            while len(self._known) > MOST_KNOWN:
                self._known.popitem(last=False)
        self._engine.ownership.note(owner, Kind.FORWARD, question.key)
        return question.key, answered

    def file(self, forward: str, kind: FileKind, wanted: Wanted) -> bytes:
        """One of its PNG files.

        Raises:
            ViewNotFound: there is no such forward process.
        """
        return self._engine.look(self._find(forward), MODEL_SECONDS, wanted).parts[KINDS.index(kind)]

    def level(self, forward: str, level: int, wanted: Wanted) -> bytes:
        """The latents of a level decoded, a JPEG file.

        Raises:
            ViewNotFound: there is no such forward process.
            InvalidRequest: it has no such level.
        """
        question = LookForwardLevel(forward=self._find(forward), level=level)
        return self._engine.look(question, MODEL_SECONDS, wanted).parts[0]

    def _find(self, forward: str) -> LookForward:
        with self._lock:
            found = self._known.get(forward)
        if found is None:
            raise ViewNotFound("This forward process is not known (any more).", hint="Ask for it again.")
        return found

    def _question(self, wanted: ForwardRequest, owner: str) -> LookForward:
        entry = self._engine.catalogue.find(wanted.model)
        self._engine.take_picture(wanted.picture, owner, field="picture")
        width, height = _size(wanted, self._engine.inputs.open(wanted.picture).size)
        sampler, schedule = _names(wanted)
        return LookForward(
            picture=wanted.picture, width=width, height=height, steps=wanted.steps, sampler=sampler, schedule=schedule,
            seed=wanted.seed, model=entry.name, weights=self._models.fingerprint(entry),
        )  # fmt: skip


def forward_router(engine: Engine, models: RecordingModels, askers: Askers) -> APIRouter:
    """The routes of the forward process; `askers` wait for its pictures."""
    router = APIRouter(prefix="/api/v1/forward")
    views = ForwardViews(engine, models)

    @router.post("", status_code=201)
    async def begin(request: Request) -> Response:
        """Noise a picture along a schedule."""
        asked, owner = _checked(await json_object(request)), principal_of(request).owner
        forward, answered = await askers.run(request, lambda wanted: views.begin(asked, wanted, owner))
        address = f"{router.prefix}/{forward}"
        return JSONResponse({"id": forward, **answered.values}, 201, headers={"Location": address})

    @router.get("/{forward}/{kind}.png")
    async def file(request: Request, forward: str, kind: FileKind) -> Response:
        """Strips of all levels in pixels or in latents, or the picture, its round trip and their difference."""
        content = await askers.run(request, lambda wanted: views.file(forward, kind, wanted))
        return Response(content, media_type="image/png", headers={"Cache-Control": FOREVER})

    @router.get("/{forward}/levels/{level}.jpg")
    async def level(request: Request, forward: str, level: int) -> Response:
        """The noised latents of a level as the VAE decodes them."""
        if not 0 <= level <= 150:
            raise InvalidRequest("level: it must be from 0 to 150.", field="level")
        content = await askers.run(request, lambda wanted: views.level(forward, level, wanted))
        return Response(content, media_type="image/jpeg", headers={"Cache-Control": FOREVER})

    return router


def _checked(values: dict[str, Any]) -> ForwardRequest:
    try:
        return ForwardRequest.model_validate(values)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        field = str(problem["loc"][0])[:60] if problem["loc"] else "request"
        raise InvalidRequest(f"{field}: {problem['msg'].lower()}.", field=field) from error


def _names(wanted: ForwardRequest) -> tuple[str, str]:
    """The names of the sampler and of the schedule type as the catalogue has them."""
    sampler, schedule = find_sampler(wanted.sampler), find_schedule(wanted.schedule)
    if sampler is None:
        raise InvalidRequest(f"sampler: there is no sampler '{wanted.sampler}'.", field="sampler")
    if schedule is None or schedule not in sampler.followed:
        raise InvalidRequest(
            f"schedule: the sampler '{sampler.name}' cannot follow '{wanted.schedule}'.",
            hint=f"It follows: {', '.join(sampler.followed)}.", field="schedule",
        )  # fmt: skip
    return sampler.name, schedule


def _size(wanted: ForwardRequest, picture: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, DEFAULT_SIDE / max(picture))
    width, height = (max(64, round(side * factor / 8) * 8) for side in picture)
    return wanted.width or width, wanted.height or height
