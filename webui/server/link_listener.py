"""A second listener in the server's own loop, for as long as the public link is open."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

TICK_SECONDS = 0.05
MOST_CONNECTIONS = 300
"""Whoever has the address can hold connections open; those of the front door must not be used up by them."""


class LinkListener:
    """Listens on a free port of this computer alone, from `open` to `close`.

    Closing it does not ask anybody: connections are cut, and what is being answered is ended.
    """

    def __init__(self, app: ASGIApp) -> None:
        # What a proxy says of the address of who asks is not believed: the other end of a tunnel can be anybody.
        config = uvicorn.Config(
            app, http=_FewConnections, log_config=None, access_log=False, server_header=False, date_header=False,
            ws="none", lifespan="off", proxy_headers=False, timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._server = _QuietServer(config)
        self._serving: asyncio.Task[None] | None = None

    async def open(self) -> int:
        """Begin to listen; returns the port."""
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            listener.bind(("127.0.0.1", 0))
            listener.listen(128)
            port = listener.getsockname()[1]
            self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
            while not self._server.started and not self._serving.done():
                await asyncio.sleep(TICK_SECONDS)
        except BaseException:
            listener.close()
            raise
        return port

    async def close(self) -> None:
        """Cut everybody off; nothing listens when this returns."""
        self._server.should_exit = True
        if self._serving is not None:
            with suppress(asyncio.CancelledError):
                await self._serving


class _FewConnections(H11Protocol):
    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) < MOST_CONNECTIONS:
            super().connection_made(transport)
        else:
            self.transport = transport
            transport.abort()


class _QuietServer(uvicorn.Server):
    """Leaves signals to the server that was there first, and waits for nobody when it ends."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        for task in list(self.server_state.tasks):
            task.cancel()
        await super().shutdown(sockets)
