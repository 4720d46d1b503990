"""The lists of what there is to choose from, and the routes that read the disk anew."""

from typing import Any

from fastapi import APIRouter, Request, Response

from webui.engine.engine import Engine
from webui.server.access.principals import principal_of
from webui.server.sdapi import lists
from webui.server.sdapi.errors import answer
from webui.server.sdapi.response_models import (
    CheckpointItem,
    EmbeddingItems,
    ExtensionItem,
    LatentModeItem,
    LoraItem,
    Memory,
    SamplerItem,
    SchedulerItem,
    ScriptInfo,
    ScriptNames,
    StyleItem,
    UpscalerItem,
    VaeItem,
)
from webui.server.sdapi.scripts import Scripts

_NOTHING_OF_THESE = ("hypernetworks", "face-restorers", "realesrgan-models")
_REFRESHING = ("refresh-checkpoints", "refresh-vae", "refresh-loras", "refresh-embeddings")


def lists_router(engine: Engine, scripts: Scripts) -> APIRouter:
    """The routes of lists."""
    router = APIRouter(tags=["lists"])
    _add_choices(router)
    _add_models(router, engine)
    _add_scripts(router, scripts)
    _add_surroundings(router, engine)
    return router


def _add_choices(router: APIRouter) -> None:
    @router.get("/samplers", response_model=list[SamplerItem])
    def samplers() -> Response:
        """The samplers."""
        return answer(lists.samplers())

    @router.get("/schedulers", response_model=list[SchedulerItem])
    def schedulers() -> Response:
        """The schedule types."""
        return answer(lists.schedulers())

    @router.get("/upscalers", response_model=list[UpscalerItem])
    def upscalers() -> Response:
        """What enlarges pictures."""
        return answer(lists.upscalers())

    @router.get("/latent-upscale-modes", response_model=list[LatentModeItem])
    def latent_upscale_modes() -> Response:
        """What enlarges latents between the two passes."""
        return answer(lists.latent_upscale_modes())


def _add_models(router: APIRouter, engine: Engine) -> None:
    @router.get("/sd-models", response_model=list[CheckpointItem])
    def checkpoints(request: Request) -> Response:
        """The checkpoints."""
        return answer(lists.checkpoints(engine, principal_of(request)))

    @router.get("/sd-vae", response_model=list[VaeItem])
    def vaes(request: Request) -> Response:
        """The VAEs."""
        return answer(lists.vaes(engine, principal_of(request)))

    @router.get("/loras", response_model=list[LoraItem])
    def loras(request: Request) -> Response:
        """The LoRAs."""
        return answer(lists.loras(engine, principal_of(request)))

    @router.get("/embeddings", response_model=EmbeddingItems)
    def embeddings() -> Response:
        """The textual inversions."""
        return answer(lists.embeddings(engine))

    def nothing() -> list[Any]:
        """There are none of these here."""
        return []

    def refresh() -> None:
        """Look at the folders of models again, which is done by itself, too."""
        engine.catalogue.rescan()

    for path in _NOTHING_OF_THESE:
        router.add_api_route(f"/{path}", nothing, name=path, operation_id=path.replace("-", "_"))
    for path in _REFRESHING:
        router.add_api_route(f"/{path}", refresh, methods=["POST"], name=path, operation_id=path.replace("-", "_"))


def _add_scripts(router: APIRouter, scripts: Scripts) -> None:
    @router.get("/scripts", response_model=ScriptNames)
    def names() -> Response:
        """The scripts that `script_name` and `alwayson_scripts` take."""
        return answer(scripts.names())

    @router.get("/script-info", response_model=list[ScriptInfo])
    def infos() -> Response:
        """The scripts with their arguments."""
        return answer(scripts.infos())


def _add_surroundings(router: APIRouter, engine: Engine) -> None:
    @router.get("/prompt-styles", response_model=list[StyleItem])
    def styles() -> Response:
        """The kept styles."""
        return answer(lists.prompt_styles(engine))

    @router.get("/extensions", response_model=list[ExtensionItem])
    def extensions(request: Request) -> Response:
        """The installed extensions."""
        return answer(lists.extensions(engine, principal_of(request)))

    @router.get("/memory", response_model=Memory)
    def memory(request: Request) -> Response:
        """How much memory there is."""
        return answer(lists.memory(principal_of(request)))

    @router.get("/cmd-flags")
    def flags(request: Request) -> Response:
        """The flags that the server was started with, by A1111's names."""
        return answer(lists.cmd_flags(engine, principal_of(request)))
