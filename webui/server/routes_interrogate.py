"""`/api/v1/interrogate`: what a picture shows, in a sentence and by attributes."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.generation.invalid_values import validated
from webui.server.access.principals import principal_of
from webui.server.bodies import json_object
from webui.server.reading_desk import ReadBody, ReadingDesk
from webui.server.waiting import Askers

ASKERS = 16
"""How many wait at once, in threads of their own: a large reader takes seconds."""


def interrogate_router(engine: Engine) -> APIRouter:
    """The routes of readers."""
    router = APIRouter(prefix="/api/v1/interrogate")
    desk, askers = ReadingDesk(engine), Askers(ASKERS)

    @router.get("")
    async def readers() -> Any:
        """The readers that are here, and what to do where there are none."""
        return await run_in_threadpool(desk.told)

    @router.post("")
    async def read(request: Request) -> Any:
        """Say what a picture shows."""
        asked, owner = validated(ReadBody, await json_object(request)), principal_of(request).owner
        return await askers.run(request, lambda wanted: desk.read(asked, owner, wanted))

    return router
