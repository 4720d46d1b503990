"""Errors in A1111's form: `error`, `detail`, `body`, `errors`; in `detail` of a 422 the field stands as FastAPI has it.

The form is A1111's, the sentences and the status are ours: what is wrong with a request is never a 500 here.
"""

import json
import logging
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from webui.engine.process_host import log_unexpected
from webui.errors import WebUIError
from webui.server.access.principals import sees_everything
from webui.server.errors import status_of
from webui.server.untold_paths import UntoldPaths

_log = logging.getLogger(__name__)


class Refused(WebUIError):
    """A request that A1111 refuses with a status of its own.

    Args:
        status: the HTTP status.
        message: what is wrong, in one sentence.
        hint: what to do, in one sentence.
    """

    def __init__(self, status: int, message: str, *, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.status = status


def answer(values: Any, status: int = 200) -> Response:
    """Values as JSON; in ASCII, as what is told back of a request may hold half a character, which UTF-8 cannot."""
    return Response(json.dumps(values), status, media_type="application/json", headers={"Cache-Control": "no-store"})


def install_error_handlers(app: FastAPI, paths: UntoldPaths) -> None:
    """Answer every exception that a route lets out; `paths` are told to administrators alone."""

    async def told(request: Request, error: Exception) -> Response:
        assert isinstance(error, WebUIError)
        return _told(error, str(error) if sees_everything(request) else paths.in_words(str(error)))

    app.add_exception_handler(WebUIError, told)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_valid)
    app.add_exception_handler(ClientDisconnect, _left)
    app.add_exception_handler(Exception, _unexpected)


def _form(status: int, error: str, detail: Any, sentence: str = "") -> Response:
    return answer({"error": error, "detail": detail, "body": "", "errors": sentence}, status)


def _told(error: WebUIError, sentence: str) -> Response:
    status = error.status if isinstance(error, Refused) else status_of(error)
    if status == 422 and error.field:
        return _form(status, type(error).__name__, [_problem(["body", error.field], sentence)], sentence)
    kind = "HTTPException" if isinstance(error, Refused) else type(error).__name__
    return _form(status, kind, sentence, sentence if status >= 500 else "")


async def _http(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    refused = _form(error.status_code, "HTTPException", str(error.detail))
    refused.headers.update(error.headers or {})
    return refused


async def _not_valid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    problems = [_problem(list(each["loc"]), each["msg"], each["type"]) for each in error.errors()]
    first = problems[0]
    sentence = f"{'.'.join(map(str, first['loc'][1:])) or 'request'}: {first['msg']}."
    return _form(422, "RequestValidationError", problems, sentence)


def _problem(location: list[Any], message: str, kind: str = "value_error") -> dict[str, Any]:
    return {"loc": location, "msg": message, "type": kind}


async def _left(_request: Request, _error: Exception) -> Response:
    """The client hung up while it sent its body: nobody reads this answer."""
    return _form(400, "ClientDisconnect", "The request ended too early.")


async def _unexpected(request: Request, _error: Exception) -> Response:
    reference = log_unexpected(_log, f"{request.method} {request.url.path} failed")
    sentence = f"Something unexpected went wrong in the server. The log has it with the reference {reference}."
    return _form(500, "Exception", sentence, sentence)
