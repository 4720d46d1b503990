"""`/api/v1/extensions/<name>/routes/...`: the addresses that extensions add, there as long as they are on."""

import threading
from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.types import Message, Receive, Scope, Send

from webui.extensions.extensions import Extensions
from webui.extensions.faults import error_sentence
from webui.server.errors import error_response, install_error_handlers
from webui.server.guard import drain
from webui.server.own_loop import Closed, Ended, OwnLoop, TooSlow

HOOK = "register_routes"
_HINT = "The log of the extension says more; everything else goes on."


class ExtensionRoutes:
    """Pure ASGI, mounted where `{name}` is in the path. What the extensions' routers answer is theirs, faults included.

    Args:
        extensions: those that there are; their routers are made when they are loaded and forgotten when they go.
    """

    def __init__(self, extensions: Extensions) -> None:
        self._extensions = extensions
        self._apps: dict[str, tuple[object, OwnLoop | None]] = {}
        self._lock = threading.RLock()

    def renew(self) -> None:
        """Make the routers of extensions that were loaded since, and forget those of the others."""
        host = self._extensions.web
        with self._lock:
            now = {name: host.module(name) for name in host.names}
            for name in [name for name, (module, _) in self._apps.items() if now.get(name) is not module]:
                self._forget(name)
            for name, module in now.items():
                if name not in self._apps and module is not None:
                    self._apps[name] = (module, None)  # a fault while it is made comes back here
                    self._apps[name] = (module, self._made(name))

    def close(self) -> None:
        """Forget all of them."""
        with self._lock:
            for name in list(self._apps):
                self._forget(name)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on to the extension that the path names."""
        name = str(scope.get("path_params", {}).get("name", ""))
        known = self._apps.get(name)
        if known is None or known[1] is None or not self._extensions.is_on(name):
            await drain(receive)
            await _not_on(name)(scope, receive, send)
            return
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await known[1](scope, receive, watched)
        except Closed:
            if not started:
                await _not_on(name)(scope, receive, send)
        except Exception as error:  # of any kind that its author has thought of
            await run_in_threadpool(self._failed, name, error)
            if not started:
                status = 504 if isinstance(error, TooSlow) else 500
                await error_response(status, _sentence(name, error), hint=_HINT)(scope, receive, send)

    def _made(self, name: str) -> OwnLoop | None:
        host = self._extensions.web
        found = host.gather(HOOK, only=name, check=_problem)
        if not found:
            return None
        app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False)
        install_error_handlers(app)
        app.add_exception_handler(Exception, _named(name))
        try:
            app.include_router(found[0].value)
        except Exception as error:  # a router can hold anything
            host.report(name, HOOK, error)
            return None
        return OwnLoop(app, name=f"routes-{name}", deadline_s=self._extensions.settings.extension_deadline_s)

    def _failed(self, name: str, error: Exception) -> None:
        self._extensions.web.report(name, "a route", error)
        if isinstance(error, TooSlow) and error.held_up:
            self._extensions.switch_off(name, f"It was switched off: one of its routes held up all others, as {error}.")

    def _forget(self, name: str) -> None:
        _, app = self._apps.pop(name)
        if app is not None:
            app.close()


def _not_on(name: str) -> Response:
    refusal = f"The extension {name[:40]} is not on, or has no addresses of its own."
    return error_response(404, refusal, hint="Switch it on in the Extensions tab.")


def _problem(answer: Any) -> str:
    return "" if isinstance(answer, APIRouter) else f"{type(answer).__name__}, where an APIRouter is expected."


def _named(name: str) -> Callable[[Request, Exception], Response]:
    def answer(_request: Request, error: Exception) -> Response:
        return error_response(500, _sentence(name, error), hint=_HINT)

    return answer


def _sentence(name: str, error: Exception) -> str:
    what = str(error) if isinstance(error, TooSlow | Ended) else error_sentence(error)
    return f"The extension {name} failed: {what.rstrip('.')}."
