"""`options`, and the routes that load and unload the checkpoint, which is done by itself here."""

from typing import Any

from fastapi import APIRouter

from webui.server.sdapi.options import Options, PostedOptions


def options_router(options: Options) -> APIRouter:
    """The routes of options."""
    router = APIRouter(tags=["options"])

    @router.get("/options")
    def told() -> dict[str, Any]:
        """The options that have a counterpart here."""
        return options.told()

    @router.post("/options")
    def change(posted: PostedOptions) -> None:
        """Change some or all of them, from the next request on and for later starts."""
        options.change(posted)

    @router.post("/unload-checkpoint")
    def unload() -> dict[str, Any]:
        """Nothing is done: what a model takes of the memory is given back when something else needs it."""
        return {}

    @router.post("/reload-checkpoint")
    def reload() -> dict[str, Any]:
        """Nothing is done: a model is loaded when a job needs it."""
        return {}

    return router
