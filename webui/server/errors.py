"""Errors as HTTP answers: JSON with `error`, `hint` and `field`, never a traceback."""

import json
import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from webui.engine.process_host import log_unexpected
from webui.errors import (
    DownloadFailed,
    ExtensionNotFound,
    ExtensionUnusable,
    InstallFailed,
    InstallRefused,
    InvalidRequest,
    JobNotFound,
    JobsRefused,
    LookFailed,
    ModelNotFound,
    ModelUnusable,
    PictureNotFound,
    PictureUnreadable,
    SaveFailed,
    SeriesNotFound,
    SliderNotFound,
    TaskNotFound,
    TrajectoryNotFound,
    TrajectoryUnreadable,
    ViewNotFound,
    ViewUnavailable,
    WebUIError,
)
from webui.generation.expression import ExpressionError
from webui.library.database import StorageUnavailable
from webui.server.access.lock import TooManyTries, WrongPassword
from webui.server.access.principals import sees_everything
from webui.server.at_this_machine import NotAtThisMachine
from webui.server.bodies import BodyTooLarge, WrongContentType
from webui.server.guard import PROTECTING_HEADERS
from webui.server.making import NotMade
from webui.server.untold_paths import UntoldPaths
from webui.sharing.refusals import GuestNotFound, LinkBusy, LinkFull, TunnelFailed

_log = logging.getLogger(__name__)

_STATUS: tuple[tuple[type[WebUIError], int], ...] = (
    (WrongPassword, 401),
    (TooManyTries, 429),
    (WrongContentType, 415),
    (BodyTooLarge, 413),
    (NotAtThisMachine, 403),
    (InvalidRequest, 422),
    (ExtensionNotFound, 404),
    (ExtensionUnusable, 422),
    (InstallRefused, 409),
    (InstallFailed, 422),
    (ModelNotFound, 404),
    (ModelUnusable, 422),
    (DownloadFailed, 422),
    (TaskNotFound, 404),
    (JobNotFound, 404),
    (JobsRefused, 429),
    (SeriesNotFound, 404),
    (SliderNotFound, 404),
    (PictureNotFound, 404),
    (PictureUnreadable, 422),
    (TrajectoryNotFound, 404),
    (TrajectoryUnreadable, 422),
    (SaveFailed, 507),
    (StorageUnavailable, 503),
    (ViewNotFound, 404),
    (ViewUnavailable, 409),
    (LookFailed, 503),
    (NotMade, 503),
    (TunnelFailed, 422),
    (LinkBusy, 409),
    (LinkFull, 429),
    (GuestNotFound, 404),
)
_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too large.",
}


def error_response(status: int, error: str, *, hint: str = "", field: str | None = None, **place: int) -> Response:
    """The one form that every error has; `place` says where in the field it is, where that is a language."""
    # In ASCII, as what is quoted from a request may hold half a character, which UTF-8 cannot.
    told = json.dumps({"error": error, "hint": hint, "field": field, **place})
    return Response(told, status, media_type="application/json", headers={"Cache-Control": "no-store"})


def status_of(error: WebUIError) -> int:
    """The HTTP status that says what kind of error it is."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def install_error_handlers(app: FastAPI, paths: UntoldPaths | None = None) -> None:
    """Answer every exception that a route lets out.

    Args:
        app: the application.
        paths: takes paths of this computer out of what is told to all but administrators; None has none to take out.
    """

    async def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, WebUIError)
        message, hint = error.message, error.hint
        if paths is not None and not sees_everything(request):
            message, hint = paths.in_words(message), paths.in_words(hint)
        return _told(error, message, hint)

    app.add_exception_handler(WebUIError, told)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_exception_handler(Exception, _unexpected)


def _told(error: WebUIError, message: str, hint: str) -> Response:
    place = {"at": error.at, "length": error.length} if isinstance(error, ExpressionError) else {}
    answer = error_response(status_of(error), message, hint=hint, field=error.field, **place)
    if isinstance(error, TooManyTries):
        answer.headers["Retry-After"] = str(error.seconds)
    return answer


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    answer = error_response(error.status_code, _SENTENCES.get(error.status_code, str(error.detail)))
    answer.headers.update(error.headers or {})
    return answer


async def _not_valid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problem = error.errors()[0]
    field = str(problem["loc"][-1])
    return error_response(422, f"{field}: {problem['msg']}.", field=field)


async def _left(_request: Request, _error: Exception) -> Response:
    """The client hung up while it sent its body: nobody reads this answer, and it is no fault of ours."""
    return error_response(400, "The request ended too early.")


async def _unexpected(request: Request, _error: Exception) -> Response:
    reference = log_unexpected(_log, f"{request.method} {request.url.path} failed")
    answer = error_response(
        500,
        "Something unexpected went wrong in the server.",
        hint=f"The details are in the log with the reference {reference}.",
    )
    # This answer is the only one that is given outside the guard.
    answer.raw_headers.extend(PROTECTING_HEADERS)
    return answer
