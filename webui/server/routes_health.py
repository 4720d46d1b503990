"""`/api/v1/health` and `/api/v1/samplers`: whether the server is ready, and what there is to choose from."""

from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse

import webui
from webui.engine.engine import Engine
from webui.generation.samplers import DEFAULT_SAMPLER, every_sampler
from webui.server.audience import Everybody, audience_of


def health_router(engine: Engine, app: FastAPI) -> APIRouter:
    """The routes that need neither a model nor a picture."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/health")
    async def health(request: Request) -> JSONResponse:
        """`ok` once jobs can be accepted; `page` tells whether the page is there too."""
        if not engine.started:
            return JSONResponse({"status": "starting"}, status_code=503, headers={"Cache-Control": "no-store"})
        audience = audience_of(request, engine)
        status = audience.status(engine.status())
        told = {
            "status": "ok",
            "version": webui.__version__,
            "worker": status,
            "queue": status["queue"],
            "page": bool(getattr(app.state, "page_ready", False)),
            "problem": getattr(app.state, "page_problem", "") if isinstance(audience, Everybody) else "",
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @router.get("/samplers")
    async def samplers() -> list[Any]:
        """The samplers, the schedule types that each can follow and the settings that it listens to."""
        return [
            {
                "name": sampler.name,
                "schedules": [str(name) for name in sampler.followed],
                "note": sampler.note,
                "takes": list(sampler.takes),
                "order": sampler.order,
                "flow": sampler.flow,
                "default": sampler.name == DEFAULT_SAMPLER,
            }
            for sampler in every_sampler()
        ]

    return router
