"""Where A1111's API hangs in the server's addresses. Nothing of it is imported before the first request."""

import threading
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from webui.engine.engine import Engine
from webui.server.late_app import LateApp

if TYPE_CHECKING:
    from webui.server.sdapi.app import SdapiParts

PREFIX = "/sdapi/v1"
_INTERNAL = "/internal"
_OF_EXTENSIONS = "/controlnet"


def mount_sdapi(app: FastAPI, engine: Engine) -> None:
    """Add `/sdapi/v1`, what A1111 answers beside it, and that its extensions are not there."""
    lock = threading.Lock()
    made: list[SdapiParts] = []

    def parts() -> "SdapiParts":
        from webui.server.sdapi.app import sdapi_parts  # which takes a tenth of a second to import

        with lock:
            if not made:
                made.append(sdapi_parts(engine))
            return made[0]

    app.mount(PREFIX, LateApp(lambda: parts().api))
    app.mount(_INTERNAL, LateApp(lambda: parts().internal))
    app.mount(_OF_EXTENSIONS, _not_installed)


async def _not_installed(scope: Scope, receive: Receive, send: Send) -> None:
    """As A1111 answers where the extension is not installed: clients look whether it is."""
    await JSONResponse({"detail": "Not Found"}, 404)(scope, receive, send)
