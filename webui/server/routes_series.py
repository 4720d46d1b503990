"""`/api/v1/series`: plots, sweeps, loopbacks and batches: begin, look, cancel."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.engine.series import RECENT_SERIES
from webui.engine.series_record import Series
from webui.generation.series import SeriesRequest
from webui.server.access.principals import principal_of
from webui.server.audience import audience_of
from webui.server.bodies import json_object


def series_router(engine: Engine) -> APIRouter:
    """The routes of series."""
    router = APIRouter(prefix="/api/v1/series")

    @router.post("", status_code=202)
    async def begin(request: Request) -> Response:
        """Accept a series. The answer is sent after it is on the disk."""
        wanted = SeriesRequest.parse(await json_object(request))
        series = await run_in_threadpool(engine.series.begin, wanted, principal_of(request).owner)
        accepted = {"id": series.id, "jobs": series.jobs, "total": series.total, "seed": series.wanted.request.seed}
        return JSONResponse(accepted, status_code=202, headers={"Location": f"{router.prefix}/{series.id}"})

    @router.get("")
    def recent(request: Request, limit: Annotated[int, Query(ge=1, le=100)] = RECENT_SERIES) -> list[Any]:
        """The newest first."""
        audience = audience_of(request, engine)
        return [audience.in_words(engine.series.told(each)) for each in engine.series.recent(limit, audience.scope)]

    @router.get("/{series}")
    def one(request: Request, series: str) -> Any:
        """A series as it is now, with what became of each picture."""
        return told(request, engine.series.find(series))

    @router.delete("/{series}")
    def cancel(request: Request, series: str) -> Any:
        """Cancel a series and its jobs; one that has ended stays as it is."""
        return told(request, engine.series.cancel(series))

    def told(request: Request, series: Series) -> dict[str, Any]:
        audience, whole = audience_of(request, engine), engine.series.told(series, cells=True)
        return {**audience.in_words(whole), "cells": [audience.in_words(cell) for cell in whole["cells"]]}

    return router
