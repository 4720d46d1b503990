"""`/api/v1/settings/recording` and `/models`: what is kept of walks, and how models are loaded and run."""

from typing import Any, cast

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.engine.model_policy import ModelPolicy
from webui.errors import InvalidRequest
from webui.model_manager.catalogue.other_programs import found_folders
from webui.server.bodies import json_object
from webui.settings import MAX_RECORDING_MB, MIN_RECORDING_MB, ModelSettings, Record

_FIELDS = {"record": str, "budget_mb": int}


def settings_router(engine: Engine) -> APIRouter:
    """The routes of the settings that can be changed while the server runs."""
    router = APIRouter(prefix="/api/v1/settings")

    @router.get("/recording")
    def recording() -> dict[str, Any]:
        """What is set, and what recordings take now (in bytes)."""
        return _told(engine)

    @router.patch("/recording")
    async def change(request: Request) -> dict[str, Any]:
        """Change `record`, `budget_mb` or both; a smaller budget drops recordings at once."""
        wanted = _checked(await json_object(request))
        await run_in_threadpool(
            engine.recording_policy.change,
            record=cast("Record | None", wanted.get("record")),
            budget_mb=wanted.get("budget_mb"),
        )
        return await run_in_threadpool(_told, engine)

    policy = ModelPolicy(engine.settings)

    @router.get("/models")
    def models() -> dict[str, Any]:
        """How models are loaded and run; `found` are folders of other programs that could be added."""
        return _of_models(policy.now, engine)

    @router.patch("/models")
    async def change_models(request: Request) -> dict[str, Any]:
        """Change some of these settings; they hold from the next job on."""
        wanted = await json_object(request)
        return _of_models(await run_in_threadpool(policy.change, wanted), engine)

    return router


def _of_models(now: ModelSettings, engine: Engine) -> dict[str, Any]:
    folders = [str(folder) for folder in engine.settings.models_dirs]
    found = found_folders(known=(*folders, *now.extra_folders))
    return now.model_dump(mode="json") | {"folders": folders, "found": found}


def _checked(wanted: dict[str, Any]) -> dict[str, Any]:
    for name, value in wanted.items():
        kind = _FIELDS.get(name)
        if kind is None:
            raise InvalidRequest(
                f"{name[:60]}: there is no such setting.", hint=f"There are: {', '.join(_FIELDS)}.", field=name[:60]
            )
        if type(value) is not kind:
            what = "a whole number" if kind is int else "a text"
            raise InvalidRequest(f"{name}: it must be {what}.", field=name)
    return wanted


def _told(engine: Engine) -> dict[str, Any]:
    usage = engine.trajectories.usage()
    return {
        "record": engine.recording_policy.record,
        "budget_mb": engine.recording_policy.budget_mb,
        "min_mb": MIN_RECORDING_MB,
        "max_mb": MAX_RECORDING_MB,
        "used_bytes": usage.bytes,
        "count": usage.count,
        "pinned_bytes": usage.pinned_bytes,
        "pinned_count": usage.pinned_count,
        "folder": str(engine.trajectories.files.folder),
    }
