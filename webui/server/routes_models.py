"""`/api/v1/models`, `/api/v1/samplers` and `/api/v1/health`: what there is, and whether it is ready."""

from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

import webui
from webui.engine.engine import Engine
from webui.generation.samplers import DEFAULT_SAMPLER, SAMPLERS


def models_router(engine: Engine, app: FastAPI) -> APIRouter:
    """The routes that tell what can be asked for."""
    router = APIRouter(prefix="/api/v1")

    @router.get("/health")
    async def health() -> JSONResponse:
        """`ok` once jobs can be accepted; `page` tells whether the page is there too."""
        if not engine.started:
            return JSONResponse({"status": "starting"}, status_code=503, headers={"Cache-Control": "no-store"})
        status = engine.status()
        told = {
            "status": "ok",
            "version": webui.__version__,
            "worker": status,
            "queue": status["queue"],
            "page": bool(getattr(app.state, "page_ready", False)),
            "problem": getattr(app.state, "page_problem", ""),
        }
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @router.get("/models")
    def models() -> list[Any]:
        """The checkpoints, the default one first."""
        return [entry.to_json() for entry in engine.catalogue.entries()]

    @router.get("/samplers")
    async def samplers() -> list[Any]:
        """The samplers, the schedule types that each can follow and the settings that it listens to."""
        return [
            {
                "name": sampler.name,
                "schedules": [schedule.value for schedule in sampler.schedules],
                "note": sampler.note,
                "takes": list(sampler.takes),
                "order": sampler.order,
                "flow": sampler.flow,
                "default": sampler.name == DEFAULT_SAMPLER,
            }
            for sampler in SAMPLERS
        ]

    return router
