"""`/api/v1/jobs`: submit, look, cancel, skip, and the preview frames of a job."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.generation.request import GenerationRequest
from webui.server.access.principals import principal_of
from webui.server.audience import audience_of
from webui.server.bodies import json_object
from webui.server.errors import error_response

FOREVER = "private, max-age=31536000, immutable"


def jobs_router(engine: Engine) -> APIRouter:
    """The routes that make and steer jobs."""
    router = APIRouter(prefix="/api/v1/jobs")

    @router.post("", status_code=202)
    async def submit(request: Request) -> Response:
        """Accept a job. The answer is sent after the job is on the disk."""
        wanted = GenerationRequest.parse(await json_object(request))
        job = await run_in_threadpool(engine.submit, wanted, principal_of(request).owner)
        accepted = {"id": job.id, "position": job.position, "seed": job.request.seed}
        return JSONResponse(accepted, status_code=202, headers={"Location": f"/api/v1/jobs/{job.id}"})

    @router.get("")
    def jobs(request: Request) -> list[Any]:
        """Running and queued jobs in their order, then those that ended, newest first."""
        audience = audience_of(request, engine)
        return [audience.in_words(job.to_json()) for job in engine.jobs(audience.scope)]

    @router.get("/{job}")
    def one(request: Request, job: str) -> Any:
        """A job as it is now."""
        return audience_of(request, engine).in_words(engine.job(job).to_json())

    @router.delete("/{job}")
    def cancel(request: Request, job: str) -> Any:
        """Cancel a job; one that has ended stays as it is."""
        return audience_of(request, engine).in_words(engine.cancel(job).to_json())

    @router.post("/{job}/skip")
    def skip(request: Request, job: str) -> Any:
        """End the running job's current batch and go on with the next."""
        engine.skip(job)
        return audience_of(request, engine).in_words(engine.job(job).to_json())

    @router.get("/{job}/frames/{batch}/{step}/{picture}.jpg")
    async def frame(job: str, batch: int, step: int, picture: int) -> Response:
        """A preview; it never changes."""
        jpeg = engine.frames.get(job, batch, step, picture)
        if jpeg is None:
            return error_response(404, "This preview is not kept (any more).")
        return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": FOREVER})

    return router
