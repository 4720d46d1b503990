"""Errors as OpenAI's API tells them: `{"error": {"message", "type", "param", "code"}}`."""

import json
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from webui.errors import InvalidRequest, ModelNotFound, PictureUnreadable, WebUIError
from webui.server.access.principals import sees_everything
from webui.server.errors import status_of
from webui.server.untold_paths import UntoldPaths

_CODES: tuple[tuple[type[WebUIError], str], ...] = (
    (ModelNotFound, "model_not_found"),
    (PictureUnreadable, "invalid_image_file"),
    (InvalidRequest, "invalid_value"),
)
_PARAMS = {"width": "size", "height": "size", "batch_count": "n", "start.picture": "image", "mask.picture": "mask"}
"""What clients call the fields of a request."""
CANCELLED = "The job was cancelled before a picture was done."
_WORTH_ANOTHER_TRY = (429, 503)


class Wrong(InvalidRequest):
    """What a client asked for cannot be; `code` says it for programs."""

    def __init__(self, message: str, *, param: str | None, code: str) -> None:
        super().__init__(message, field=param)
        self.code = code


def problem_response(status: int, message: str, *, param: str | None = None, code: str | None = None) -> Response:
    """The form of every error. Clients repeat what failed unless they are told that it is of no use."""
    kind = "invalid_request_error" if status < 500 else "server_error"
    told = {"error": {"message": message, "type": kind, "param": param, "code": code}}
    headers = {"Cache-Control": "no-store", "x-should-retry": "true" if status in _WORTH_ANOTHER_TRY else "false"}
    return Response(json.dumps(told), status, media_type="application/json", headers=headers)


def openai_route(paths: UntoldPaths) -> type[APIRoute]:
    """A kind of route whose errors are told in that form, those of this computer's folders to administrators alone."""

    class OpenAIRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            handle = super().get_route_handler()

            async def told(request: Request) -> Response:
                try:
                    return await handle(request)
                except WebUIError as error:
                    return _told(error, str(error) if sees_everything(request) else paths.in_words(str(error)))
                except HTTPException as error:
                    message = "The request is too large." if error.status_code == 413 else str(error.detail)
                    return problem_response(error.status_code, message)
                except ClientDisconnect:
                    return problem_response(400, "The request ended too early.")

            return told

    return OpenAIRoute


def _told(error: WebUIError, message: str) -> Response:
    code = getattr(error, "code", None) or next((code for kind, code in _CODES if isinstance(error, kind)), None)
    status = status_of(error)
    param = _PARAMS.get(error.field or "", error.field)
    # What cannot be used is 422 to our own API and 400 to this one's clients.
    return problem_response(400 if status == 422 else status, message, param=param, code=code)
