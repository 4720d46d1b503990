"""Mounts the Gradio page into the running server, as importing Gradio takes seconds that nobody should wait for.

The page is built anew when what it is made of has changed, and takes the place of the one before. Pages that are open
in browsers go on: they call handlers by their place in the list of all, which is the same in both.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, TypeGuard

from fastapi import FastAPI
from starlette.routing import Mount

from webui.engine.process_host import log_unexpected
from webui.server.splash import remove_splash

BuildPage = Callable[[FastAPI], None]
_log = logging.getLogger(__name__)


def prepare_environment(data_dir: Path) -> None:
    """What Gradio reads once, at its import: no telemetry, and its temporary files in our data folder."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(data_dir / "temporary")
    # Gradio counts every event in a growing table; each count costs more than the last.
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"


class LatePage:
    """Builds the page in a thread, then lets it take the place of the splash, or of the page before.

    Args:
        app: the running application.
        build_page: imports Gradio and mounts the page at `/`, after every other route.
        parts: names what the page would be built from now; asked from any thread.
        on_change: told that name when another page has taken the place of one.
    """

    def __init__(
        self,
        app: FastAPI,
        build_page: BuildPage,
        *,
        parts: Callable[[], str] = str,
        on_change: Callable[[str], object] = str,
    ) -> None:
        self._app = app
        self._build_page = build_page
        self._parts = parts
        self._on_change = on_change
        self._built_from: str | None = None
        self._building = threading.Lock()
        self._lifespan = AsyncExitStack()
        self._loop = asyncio.get_running_loop()
        self._closed = False

    def begin(self) -> None:
        """Start building; returns at once."""
        threading.Thread(target=self._build, name="late-page", daemon=True).start()

    def renew(self) -> None:
        """Build the page anew if what it is made of has changed; returns at once. May be called from any thread."""
        # Before the first one is there, building it waits for the lock, and then sees what has changed by then.
        if self._built_from != self._parts():
            self.begin()

    async def close(self) -> None:
        """End what the page runs in the background."""
        self._closed = True
        await self._lifespan.aclose()

    def _build(self) -> None:
        with self._building:
            parts, before = self._parts(), self._built_from
            if self._closed or parts == before:
                return
            self._built_from = parts  # also of one that cannot be built: the same would fail again
            try:
                self._build_page(self._app)
                asyncio.run_coroutine_threadsafe(self._take_place(), self._loop).result()
            except Exception:
                reference = log_unexpected(_log, "the page cannot be built")
                problem = f"The page cannot be shown. The details are in the log with the reference {reference}."
                if before is None:
                    self._app.state.page_problem = problem
                return
        if before is not None:
            self._on_change(parts)

    async def _take_place(self) -> None:
        *older, newest = [route for route in self._app.router.routes if _is_page(route)]
        page: Any = newest.app
        lifespan = AsyncExitStack()
        # The server's own lifespan has begun long ago, so the page's is entered by hand.
        await lifespan.enter_async_context(page.router.lifespan_context(page))
        blocks = page.get_blocks()
        lifespan.callback(blocks._queue.close)  # else it looks for work for ever
        blocks.run_startup_events()
        await blocks.run_extra_startup_events()
        # What is being answered by an older one has it by the hand already.
        self._app.router.routes[:] = [route for route in self._app.router.routes if route not in older]
        remove_splash(self._app)
        self._app.state.page_ready = True
        gone, self._lifespan = self._lifespan, lifespan
        await gone.aclose()


def _is_page(route: object) -> TypeGuard[Mount]:
    return isinstance(route, Mount) and hasattr(route.app, "get_blocks")
