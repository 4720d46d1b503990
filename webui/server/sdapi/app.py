"""The application of A1111's API: mounted at `/sdapi/v1`, with an OpenAPI document and error form of its own."""

from fastapi import APIRouter, FastAPI

import webui
from webui.engine.engine import Engine
from webui.server.image_urls import ImageUrls
from webui.server.sdapi.asked import RequestReader
from webui.server.sdapi.errors import install_error_handlers
from webui.server.sdapi.extension_upscalers import ExtensionUpscalers
from webui.server.sdapi.generating import Generating
from webui.server.sdapi.internal_routes import internal_router
from webui.server.sdapi.options import Options
from webui.server.sdapi.received_pictures import ReceivedPictures
from webui.server.sdapi.response_models import Problem
from webui.server.sdapi.routes_extras import extras_router
from webui.server.sdapi.routes_generation import generation_router
from webui.server.sdapi.routes_lists import lists_router
from webui.server.sdapi.routes_options import options_router
from webui.server.sdapi.scripts import Scripts
from webui.server.sdapi.tasks import Tasks
from webui.server.untold_paths import UntoldPaths
from webui.server.waiting import Askers

PREFIX = "/sdapi/v1"
MOST_WAITING = 64
"""Requests that may wait for their pictures at a time; each takes a thread. More wait before they are accepted."""

_REFUSALS = (400, 401, 403, 404, 413, 422, 429, 500, 503, 507)


def sdapi_parts(engine: Engine) -> tuple[FastAPI, APIRouter]:
    """The application to mount at `PREFIX`, and the routes of A1111 that are not below it."""
    options, scripts, tasks, paths = Options(engine), Scripts(engine), Tasks(), UntoldPaths(engine.settings)
    received = ReceivedPictures(engine, ImageUrls(engine.settings.allow_image_urls))
    reader = RequestReader(engine, received)
    generating = Generating(engine, options=options, reader=reader, scripts=scripts, tasks=tasks, paths=paths)
    app = FastAPI(
        title="Darkroom: A1111's API", version=webui.__version__, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False, servers=[{"url": PREFIX}],
        responses={status: {"model": Problem} for status in _REFUSALS},
    )  # fmt: skip
    install_error_handlers(app, paths)
    app.include_router(generation_router(engine, generating, Askers(MOST_WAITING)))
    app.include_router(extras_router(received, ExtensionUpscalers(engine), Askers()))
    app.include_router(options_router(options))
    app.include_router(lists_router(engine, scripts))
    return app, internal_router(engine, tasks)
