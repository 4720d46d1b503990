"""The applications of A1111's API, with an OpenAPI document and error form of their own."""

from dataclasses import dataclass

from fastapi import FastAPI

import webui
from webui.engine.engine import Engine
from webui.server.image_urls import ImageUrls
from webui.server.reading_desk import ReadingDesk
from webui.server.sdapi.asked import RequestReader
from webui.server.sdapi.errors import install_error_handlers
from webui.server.sdapi.extension_upscalers import ExtensionUpscalers
from webui.server.sdapi.generating import Generating
from webui.server.sdapi.internal_routes import internal_router
from webui.server.sdapi.mounting import PREFIX
from webui.server.sdapi.options import Options
from webui.server.sdapi.received_pictures import ReceivedPictures
from webui.server.sdapi.response_models import Problem
from webui.server.sdapi.routes_extras import extras_router
from webui.server.sdapi.routes_generation import generation_router
from webui.server.sdapi.routes_interrogate import interrogate_router
from webui.server.sdapi.routes_lists import lists_router
from webui.server.sdapi.routes_options import options_router
from webui.server.sdapi.scripts import Scripts
from webui.server.sdapi.tasks import Tasks
from webui.server.untold_paths import UntoldPaths
from webui.server.waiting import Askers

MOST_WAITING = 64
"""Requests that may wait for their pictures at a time; each takes a thread. More wait before they are accepted."""

_ENLARGED_AT_A_TIME = 2
"""A picture of the largest size that is made takes half a gigabyte on the way."""
_READ_AT_A_TIME = 16
_REFUSALS = (400, 401, 403, 404, 413, 422, 429, 500, 503, 507)


@dataclass(frozen=True, slots=True)
class SdapiParts:
    """What is mounted: A1111's API, and what its own page asks."""

    api: FastAPI
    internal: FastAPI


def sdapi_parts(engine: Engine) -> SdapiParts:
    """Put the API of an engine together."""
    options, scripts, tasks, paths = Options(engine), Scripts(engine), Tasks(), UntoldPaths(engine.settings)
    received = ReceivedPictures(engine, ImageUrls(engine.settings.allow_image_urls))
    reader = RequestReader(engine, received)
    generating = Generating(engine, options=options, reader=reader, scripts=scripts, tasks=tasks, paths=paths)
    api = FastAPI(
        title="Darkroom: A1111's API", version=webui.__version__, docs_url=None, redoc_url=None,
        openapi_url="/openapi.json", redirect_slashes=False, servers=[{"url": PREFIX}],
        responses={status: {"model": Problem} for status in _REFUSALS},
    )  # fmt: skip
    api.include_router(generation_router(engine, generating, Askers(MOST_WAITING)))
    api.include_router(extras_router(received, ExtensionUpscalers(engine), Askers(_ENLARGED_AT_A_TIME)))
    api.include_router(interrogate_router(received, ReadingDesk(engine), Askers(_READ_AT_A_TIME)))
    api.include_router(options_router(options))
    api.include_router(lists_router(engine, scripts))
    internal = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
    internal.include_router(internal_router(engine, tasks))
    for app in (api, internal):
        install_error_handlers(app, paths)
    return SdapiParts(api, internal)
