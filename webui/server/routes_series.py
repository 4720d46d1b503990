"""`/api/v1/series`: plots, sweeps, loopbacks and batches: begin, look, cancel."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.engine.series import RECENT_SERIES
from webui.generation.series import SeriesRequest
from webui.server.bodies import json_object


def series_router(engine: Engine) -> APIRouter:
    """The routes of series."""
    router = APIRouter(prefix="/api/v1/series")

    @router.post("", status_code=202)
    async def begin(request: Request) -> Response:
        """Accept a series. The answer is sent after it is on the disk."""
        wanted = SeriesRequest.parse(await json_object(request))
        series = await run_in_threadpool(engine.series.begin, wanted)
        accepted = {"id": series.id, "jobs": series.jobs, "total": series.total, "seed": series.wanted.request.seed}
        return JSONResponse(accepted, status_code=202, headers={"Location": f"{router.prefix}/{series.id}"})

    @router.get("")
    def recent(limit: Annotated[int, Query(ge=1, le=100)] = RECENT_SERIES) -> list[Any]:
        """The newest first."""
        return [engine.series.told(series) for series in engine.series.recent(limit)]

    @router.get("/{series}")
    def one(series: str) -> Any:
        """A series as it is now, with what became of each picture."""
        return engine.series.told(engine.series.find(series), cells=True)

    @router.delete("/{series}")
    def cancel(series: str) -> Any:
        """Cancel a series and its jobs; one that has ended stays as it is."""
        return engine.series.told(engine.series.cancel(series), cells=True)

    return router
