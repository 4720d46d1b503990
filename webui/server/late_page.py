"""Mounts the Gradio page into the running server, as importing Gradio takes seconds that nobody should wait for."""

import asyncio
import logging
import os
import threading
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

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
    """Builds the page in a thread, then lets it take the splash's place.

    Args:
        app: the running application.
        build_page: imports Gradio and mounts the page at `/`, after every other route.
    """

    def __init__(self, app: FastAPI, build_page: BuildPage) -> None:
        self._app = app
        self._build_page = build_page
        self._lifespans = AsyncExitStack()
        self._loop = asyncio.get_running_loop()

    def begin(self) -> None:
        """Start building; returns at once."""
        threading.Thread(target=self._build, name="late-page", daemon=True).start()

    async def close(self) -> None:
        """End what the page runs in the background."""
        await self._lifespans.aclose()

    def _build(self) -> None:
        try:
            self._build_page(self._app)
            asyncio.run_coroutine_threadsafe(self._take_place(), self._loop).result()
        except Exception:
            reference = log_unexpected(_log, "the page cannot be built")
            problem = f"The page cannot be shown. The details are in the log with the reference {reference}."
            self._app.state.page_problem = problem

    async def _take_place(self) -> None:
        page: Any = next(
            route.app
            for route in reversed(self._app.router.routes)
            if isinstance(route, Mount) and hasattr(route.app, "get_blocks")
        )
        # The server's own lifespan has begun long ago, so the page's is entered by hand.
        await self._lifespans.enter_async_context(page.router.lifespan_context(page))
        blocks = page.get_blocks()
        blocks.run_startup_events()
        await blocks.run_extra_startup_events()
        remove_splash(self._app)
        self._app.state.page_ready = True
