"""`/api/v1/trajectories/{id}/export`: the steps of a recording as pictures, a sheet or a film, to be downloaded."""

import threading
from functools import partial
from io import BytesIO
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from PIL import Image
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from webui.engine.engine import Engine
from webui.generation.exported_steps import View
from webui.generation.trajectory import MAX_CALLS
from webui.imaging.step_export import DEFAULT_FPS, Export, What, write_export
from webui.server.made_files import MadeFiles, download
from webui.server.recording_views import RecordingViews
from webui.server.routes_views import notes_header
from webui.server.waiting import hanging_up


class _Asked(BaseModel):
    """The query: see `Export`. `model` is the one to decode with, where the recording's own is gone or changed."""

    what: What
    view: View = View.X0
    picture: int = Field(default=0, ge=0, le=7)
    step: int | None = Field(default=None, ge=0, le=MAX_CALLS)
    fps: float = DEFAULT_FPS
    model: str | None = Field(default=None, max_length=500)


def exports_router(engine: Engine, views: RecordingViews, files: MadeFiles) -> APIRouter:
    """The route that exports to `files`. It decodes what `views` has not kept, one picture after the other."""
    router = APIRouter(prefix="/api/v1/trajectories")

    @router.get("/{trajectory}/export")
    async def export(request: Request, trajectory: str, asked: Annotated[_Asked, Query()]) -> Response:
        """One step or all of them. It is sent when it is complete; hanging up before that ends the work."""
        notes: dict[str, None] = {}

        def frame_at(place: int, left: threading.Event) -> Image.Image:
            if left.is_set():
                raise ClientDisconnect
            answered = views.step(
                trajectory, asked.picture, place, asked.view.value, model=asked.model, wanted=lambda: not left.is_set()
            )
            notes.update(dict.fromkeys(answered.values.get("notes", ())))
            with Image.open(BytesIO(answered.parts[0]), formats=("PNG",)) as image:
                image.load()
                return image

        def made(left: threading.Event) -> tuple[Export, BinaryIO]:
            summary = engine.trajectories.summary(trajectory)
            wanted = Export.of(summary, asked.what, asked.view, picture=asked.picture, step=asked.step, fps=asked.fps)
            write = partial(write_export, wanted, lambda place: frame_at(place, left))
            return wanted, files.written(wanted.what.ending, write)

        async with hanging_up(request) as left, files.places:
            wanted, file = await run_in_threadpool(made, left)
        return download(file, wanted.file_name, wanted.what.media_type, notes_header(notes))

    return router
