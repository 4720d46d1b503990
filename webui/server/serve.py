"""Starts everything and keeps it running until it is told to stop: the composition root of the server."""

import asyncio
import logging
import os
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from types import FrameType
from typing import Any, NoReturn

import uvicorn
from fastapi import FastAPI

from webui.access.roles import Role
from webui.engine.engine import GENERATOR, Engine
from webui.engine.opened_engine import opened_engine
from webui.engine.process_host import log_to
from webui.server.access.identify import Identity, identity_by
from webui.server.app import create_app
from webui.server.late_page import prepare_environment
from webui.server.listening import address_of, addresses_for_others, bind
from webui.server.role_pages import BuildRolePage
from webui.server.share_at_start import order_at_start, share_at_start
from webui.settings import Settings
from webui.sharing.share_order import ShareOrder

DRAIN_SECONDS = 3
"""How long open connections may take to end when the server stops."""

LAUNCH_SECONDS = 3600.0
"""How long the address that is printed at the start lets somebody in, who then has it used up."""


def serve(settings: Settings, *, generator_factory: str = GENERATOR, page: bool = True) -> None:
    """Run the server until Ctrl-C or SIGTERM.

    Args:
        settings: everything that can be chosen.
        generator_factory: what makes the generator in the worker.
        page: whether to mount the page; without it there is only the API.

    Raises:
        StartFailed: the port is taken, the data folder is in use, or nothing guards a public address.
    """
    identity = identity_by(settings)
    order = order_at_start(settings)
    log_to(settings.data_dir / "logs" / "server.log")
    with opened_engine(settings, generator_factory=generator_factory) as engine, _own_signals():
        prepare_environment(settings.data_dir)
        app = create_app(engine, settings, build_page=_page_builder(engine) if page else None, identity=identity)
        with bind(settings.host, settings.port) as listener:
            engine.start()
            _run(app, engine, listener, settings, identity=identity, share=order)
        tried = any(card.record.brings for card in engine.extensions.cards())
    if tried:
        _leave()


class _Server(uvicorn.Server):
    """Ends the event streams first: they would never end by themselves."""

    def __init__(
        self,
        config: uvicorn.Config,
        engine: Engine,
        listener: socket.socket,
        identity: Identity,
        *,
        open_browser: bool,
        then: Callable[[], Coroutine[Any, Any, None]] | None,
    ) -> None:
        super().__init__(config)
        self._engine = engine
        self._address = address_of(listener)
        self._for_others = addresses_for_others(listener)
        self._identity = identity
        self._open_browser = open_browser
        self._then = then
        self._doing: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        print(f"Darkroom is at {self._address}  (Ctrl-C stops it)", flush=True)
        if self._for_others:
            print(f"Other computers reach it at {', '.join(self._for_others)}", flush=True)
        if self._identity.lock.locked:
            print(f"Log in with {self._way_in()}  (once, within an hour)", flush=True)
        if self._open_browser:
            threading.Thread(target=webbrowser.open, args=(self._way_in(),), daemon=True).start()
        if self._then is not None:
            self._doing = asyncio.create_task(self._then())

    def _way_in(self) -> str:
        """The address that lets in whoever opens it first; where nobody needs to log in, just the address."""
        if not self._identity.lock.locked:
            return self._address
        return f"{self._address}/login?token={self._identity.sessions.launch_token(LAUNCH_SECONDS)}"

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._engine.hub.close()
        await super().shutdown(sockets)


def _run(
    app: FastAPI,
    engine: Engine,
    listener: socket.socket,
    settings: Settings,
    *,
    identity: Identity,
    share: ShareOrder | None,
) -> None:
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=DRAIN_SECONDS,
        ws="none",
    )
    then = partial(share_at_start, app.state.share_desk, share) if share is not None else None
    server = _Server(config, engine, listener, identity, open_browser=settings.open_browser, then=then)
    with suppress(KeyboardInterrupt):
        server.run(sockets=[listener])


@contextmanager
def _own_signals() -> Iterator[None]:
    """Uvicorn raises the signal that stopped it once more; that must not end the process before it has tidied up."""

    def ignore(_signal: int, _frame: FrameType | None) -> None:
        pass

    before = signal.signal(signal.SIGTERM, ignore)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _leave() -> NoReturn:
    """End this process now that all is tidied up: what extensions left running, or registered for the end, is not."""
    logging.shutdown()
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(0)


def _page_builder(engine: Engine) -> BuildRolePage:
    def build(role: Role) -> FastAPI:
        from webui.ui.page import page_app

        return page_app(engine, engine.catalogue, role)

    return build
