"""`/api/v1/trajectories/{id}/export`: the steps of a recording as pictures, a sheet or a film, to be downloaded."""

import asyncio
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Annotated, BinaryIO

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response, StreamingResponse
from PIL import Image
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from webui.engine.engine import Engine
from webui.errors import WebUIError
from webui.generation.exported_steps import View
from webui.generation.trajectory import MAX_CALLS
from webui.imaging.step_export import DEFAULT_FPS, Export, FrameAt, What, write_export
from webui.library.pictures import as_save_failed
from webui.server.recording_views import RecordingViews
from webui.server.routes_views import notes_header
from webui.server.waiting import hanging_up

EXPORTS = "exports"
AT_ONCE = 2
"""More would wait for the same worker, each with an encoder and a file."""
_LITTER_SECONDS = 24 * 3600.0
_PIECE_BYTES = 2**20


class _Asked(BaseModel):
    """The query: see `Export`. `model` is the one to decode with, where the recording's own is gone or changed."""

    what: What
    view: View = View.X0
    picture: int = Field(default=0, ge=0, le=7)
    step: int | None = Field(default=None, ge=0, le=MAX_CALLS)
    fps: float = DEFAULT_FPS
    model: str | None = Field(default=None, max_length=500)


def exports_router(engine: Engine, views: RecordingViews) -> APIRouter:
    """The route that exports. It decodes what `views` has not kept, one picture after the other."""
    router = APIRouter(prefix="/api/v1/trajectories")
    folder = engine.settings.data_dir / EXPORTS
    _remove_litter(folder)
    places = asyncio.Semaphore(AT_ONCE)

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
            return wanted, _written(wanted, lambda place: frame_at(place, left), folder)

        async with hanging_up(request) as left, places:
            wanted, file = await run_in_threadpool(made, left)
        headers = {
            "Content-Disposition": f'attachment; filename="{wanted.file_name}"',
            "Content-Length": str(file.seek(0, 2)),
            "Cache-Control": "no-store",
            **notes_header(notes),
        }
        return StreamingResponse(_pieces(file), media_type=wanted.what.media_type, headers=headers)

    return router


def _written(export: Export, frame_at: FrameAt, folder: Path) -> BinaryIO:
    """The export as an open file, which has no name any more where the system allows that: nothing is left behind.

    Raises:
        SaveFailed: the disk is full, or refuses the file.
    """
    path = folder / f"{secrets.token_hex(8)}{export.what.ending}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_export(export, frame_at, path)
        return path.open("rb")
    except WebUIError:
        raise
    except OSError as error:
        raise as_save_failed(error, what="export", then="then export again") from error
    finally:
        with suppress(OSError):
            path.unlink(missing_ok=True)


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while piece := file.read(_PIECE_BYTES):
            yield piece


def _remove_litter(folder: Path) -> None:
    """Remove what a server that was killed, or a system that keeps the names of open files, has left."""
    with suppress(OSError):
        for path in folder.iterdir():
            if time.time() - path.stat().st_mtime > _LITTER_SECONDS:
                path.unlink(missing_ok=True)
