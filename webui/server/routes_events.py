"""`/api/v1/events` and `/api/v1/jobs/{id}/events`: what happens, as it happens."""

import json
from collections.abc import AsyncIterator, Iterator, Mapping

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from webui.engine.engine import Engine
from webui.engine.event_hub import Subscription
from webui.engine.jobs import Job
from webui.errors import PictureNotFound
from webui.server.audience import Audience, audience_of
from webui.server.event_stream import EventStream, frame
from webui.server.snapshot import snapshot


def events_router(engine: Engine) -> APIRouter:
    """The two streams."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/events", response_class=Response)
    async def everything(request: Request) -> EventStream:
        """Everything that happens. Opens with a `snapshot`, unless `Last-Event-ID` names an event still kept."""
        after, audience = _last_event(request), audience_of(request, engine)

        async def opening(subscription: Subscription) -> AsyncIterator[bytes]:
            if after is None or subscription.since != after:
                told = await run_in_threadpool(snapshot, engine, audience, subscription.since)
                values = {"seq": subscription.since, "type": "snapshot", **told}
                yield frame(subscription.since, json.dumps(values))

        return EventStream(engine.hub, after=after, opening=opening, audience=audience)

    @router.get("/jobs/{job}/events", response_class=Response)
    async def one_job(job: str, request: Request) -> Response:
        """One job's events from its beginning (or after `Last-Event-ID`) to its end."""
        found, audience = await run_in_threadpool(engine.job, job), audience_of(request, engine)
        if not found.active and not engine.hub.past(job):
            retold = await run_in_threadpool(lambda: list(_retold(engine, found, audience)))
            return StreamingResponse(
                iter(retold), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
            )
        return EventStream(engine.hub, job=job, after=_last_event(request), audience=audience)

    return router


def _last_event(request: Request) -> int | None:
    given = request.headers.get("last-event-id", "")
    return int(given) if given.isdecimal() and len(given) < 18 else None


def _retold(engine: Engine, job: Job, audience: Audience) -> Iterator[bytes]:
    """How a job ended whose events are no longer kept."""
    recordings = engine.trajectories.of_pictures(list(job.images), audience.scope)
    for index, picture in enumerate(job.images):
        try:
            found = engine.library.find(picture)
        except PictureNotFound:
            continue
        told = {name: getattr(found, name) for name in ("seed", "width", "height", "infotext", "url", "saved")}
        trajectory, row = recordings.get(picture, ("", 0))
        recorded = {"trajectory": trajectory, "row": row}
        yield _event("image_done", job, {"index": index, **told, **recorded, "image": picture, "warning": ""})
    if job.status == "failed":
        words = audience.in_words({"error": job.error, "hint": job.hint, "field": job.field})
        yield _event("failed", job, words)
    else:
        yield _event("finished", job, {"status": job.status.value, "images": list(job.images)})


def _event(kind: str, job: Job, fields: Mapping[str, object]) -> bytes:
    return frame(0, json.dumps({"seq": 0, "type": kind, "job": job.id, **fields}))
