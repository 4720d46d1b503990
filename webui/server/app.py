"""The web application: our routes, the guard around everything, and the page that is mounted when it is ready."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, Response
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

import webui
from webui.engine.engine import Engine
from webui.server.access.gate import Gate
from webui.server.access.identify import Identity, identity_by
from webui.server.api_document.serving import describe
from webui.server.cors import Cors
from webui.server.errors import error_response, install_error_handlers
from webui.server.extension_desk import ExtensionDesk
from webui.server.extension_routes import ExtensionRoutes
from webui.server.guard import Guard
from webui.server.made_files import EXPORTS, MadeFiles
from webui.server.model_desk import ModelDesk
from webui.server.openai_api.routes import openai_router
from webui.server.recording_views import RecordingViews
from webui.server.role_pages import BuildRolePage, RolePages
from webui.server.routes_events import events_router
from webui.server.routes_explore import explore_router
from webui.server.routes_exports import exports_router
from webui.server.routes_extension_installing import installing_router
from webui.server.routes_extensions import PREFIX, extensions_router
from webui.server.routes_films import films_router
from webui.server.routes_forward import forward_router
from webui.server.routes_health import health_router
from webui.server.routes_images import images_router
from webui.server.routes_infotext import infotext_router
from webui.server.routes_interrogate import interrogate_router
from webui.server.routes_jobs import FOREVER, jobs_router
from webui.server.routes_journeys import journeys_router
from webui.server.routes_latents import latents_router
from webui.server.routes_login import login_router
from webui.server.routes_model_tasks import model_tasks_router
from webui.server.routes_models import models_router
from webui.server.routes_pictures import pictures_router
from webui.server.routes_prompt import prompt_router
from webui.server.routes_queue import queue_router
from webui.server.routes_series import series_router
from webui.server.routes_settings import settings_router
from webui.server.routes_share import share_router
from webui.server.routes_shown import shown_router
from webui.server.routes_sliders import sliders_router
from webui.server.routes_trajectories import trajectories_router
from webui.server.routes_views import picture_recording_router, views_router
from webui.server.sdapi.mounting import mount_sdapi
from webui.server.share_desk import ShareDesk
from webui.server.splash import add_splash
from webui.server.untold_paths import UntoldPaths
from webui.server.waiting import Askers
from webui.settings import Settings
from webui.sharing.tunnel_kinds import TunnelKind, extension_tunnels, own_tunnels
from webui.ui.assets import serve_assets
from webui.ui.page_parts import page_parts

if TYPE_CHECKING:
    from webui.server.mcp_server import McpServer

HUB_SCRIPT = Path(webui.__file__).parent / "ui" / "static" / "hub.js"


def create_app(
    engine: Engine, settings: Settings, *, build_page: BuildRolePage | None, identity: Identity | None = None
) -> FastAPI:
    """The application for an engine.

    Args:
        engine: started by the caller, before or after.
        settings: who may speak to the server.
        build_page: builds the page of a role; called in a thread once the server runs. None: no page.
        identity: knows who somebody is; None makes one of the settings.

    Raises:
        StartFailed: an account, a password or the token that was given cannot be used.
    """

    identity = identity or identity_by(settings)
    model_desk = ModelDesk(engine)
    extension_desk = ExtensionDesk(engine)
    extension_routes = ExtensionRoutes(engine.extensions)
    share_desk = ShareDesk(engine, identity.sessions, lambda: _tunnels(engine))
    mcp_server = _mcp_server(engine) if settings.mcp else None

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        page = _pages(app, engine, build_page) if build_page is not None else None
        model_desk.start()
        extension_desk.start()
        engine.extensions.on_change(extension_routes.renew)
        await run_in_threadpool(extension_routes.renew)
        async with mcp_server.running() if mcp_server is not None else nullcontext():
            yield
        await share_desk.close("The server stops.")
        await run_in_threadpool(extension_desk.stop)
        await run_in_threadpool(extension_routes.close)
        await run_in_threadpool(model_desk.stop)
        if page is not None:
            await page.close()

    app = _empty_app(lifespan)
    install_error_handlers(app, UntoldPaths(settings))
    _add_routes(app, engine, model_desk, extension_desk, extension_routes)
    app.include_router(login_router(identity))
    app.include_router(share_router(share_desk))
    if mcp_server is not None:
        app.routes.append(Route("/mcp", mcp_server, include_in_schema=False))
    add_splash(app)
    _add_hub_script(app)
    serve_assets(app)
    _add_api_end(app)
    app.add_middleware(Gate, identity=identity, owns=engine.ownership.owns)
    app.add_middleware(
        Guard, host=settings.host, allowed_hosts=settings.allowed_hosts, cors=Cors(settings.cors_origins)
    )
    share_desk.leads_to(app)
    app.state.share_desk = share_desk
    return app


def _empty_app(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> FastAPI:
    """An application that answers nothing yet."""
    app = FastAPI(
        title="Darkroom", version=webui.__version__, lifespan=lifespan, docs_url=None, redoc_url=None,
        openapi_url="/api/v1/openapi.json", redirect_slashes=False,
    )  # fmt: skip
    app.state.page_ready = False
    app.state.page_problem = ""
    describe(app)
    return app


def _add_routes(
    app: FastAPI,
    engine: Engine,
    model_desk: ModelDesk,
    extension_desk: ExtensionDesk,
    extension_routes: ExtensionRoutes,
) -> None:
    """Everything that is answered by a route of ours; of two that take an address, the first one answers."""
    # Before the others: `/jobs/{job}/events` is one of these.
    app.include_router(events_router(engine))
    app.include_router(shown_router(engine))
    app.include_router(jobs_router(engine))
    app.include_router(queue_router(engine))
    app.include_router(series_router(engine))
    app.include_router(picture_recording_router(engine))  # before the pictures, whose ids may hold slashes
    app.include_router(images_router(engine))
    app.include_router(films_router(engine))
    app.include_router(prompt_router(engine))
    app.include_router(sliders_router(engine))
    app.include_router(health_router(engine, app))
    app.include_router(model_tasks_router(model_desk))  # before the models, whose ids are any word
    app.include_router(models_router(engine, model_desk))
    app.include_router(infotext_router(engine))
    recording_views, askers = RecordingViews(engine), Askers()
    app.include_router(pictures_router(engine, askers))
    app.include_router(interrogate_router(engine))
    app.include_router(views_router(recording_views, askers))
    app.include_router(forward_router(engine, recording_views.models, askers))
    app.include_router(explore_router(engine, recording_views.models))
    app.include_router(latents_router(engine, recording_views.models, askers))
    app.include_router(trajectories_router(engine, recording_views))
    files = MadeFiles(engine.settings.data_dir / EXPORTS)
    app.include_router(exports_router(engine, recording_views, files))
    app.include_router(journeys_router(engine, files))
    app.include_router(settings_router(engine))
    app.mount(f"{PREFIX}/{{name}}/routes", extension_routes)
    app.include_router(installing_router(engine, extension_desk))  # before the extensions, whose names are any word
    app.include_router(extensions_router(engine, extension_desk))
    app.include_router(openai_router(engine))
    mount_sdapi(app, engine)


def _tunnels(engine: Engine) -> list[TunnelKind]:
    return [*own_tunnels(engine.settings.data_dir), *extension_tunnels(engine.extensions)]


def _mcp_server(engine: Engine) -> "McpServer":
    from webui.server.mcp_server import McpServer  # which takes a third of a second to import

    return McpServer(engine)


def _pages(app: FastAPI, engine: Engine, build_page: BuildRolePage) -> RolePages:
    """The page, which begins to be built, and is built anew when extensions change what it is made of."""
    pages = RolePages(
        app,
        build_page,
        parts=lambda: page_parts(engine.extensions),
        on_change=lambda parts: engine.hub.publish("page_changed", page=parts),
    )
    engine.extensions.on_change(pages.renew)
    pages.begin()
    return pages


def _add_hub_script(app: FastAPI) -> None:
    @app.get("/hub.js", include_in_schema=False)
    def hub_script(request: Request) -> Response:
        if not HUB_SCRIPT.is_file():
            return error_response(404, "There is nothing at this address.")
        caching = FOREVER if "v" in request.query_params else "no-cache"
        return FileResponse(HUB_SCRIPT, media_type="text/javascript", headers={"Cache-Control": caching})


def _add_api_end(app: FastAPI) -> None:
    """What no route of ours takes below `/api` must not reach the page."""

    @app.api_route("/api/{rest:path}", methods=["GET", "POST", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing(rest: str) -> Response:
        return error_response(404, "There is nothing at this address.")
