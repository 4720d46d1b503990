"""A Gradio page that is built in a thread while the server runs, as importing Gradio takes seconds nobody should wait.

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
from typing import Any

from fastapi import FastAPI
from starlette.routing import Mount

from webui.engine.process_host import log_unexpected

BuildPage = Callable[[], FastAPI]
"""Makes an application with a Gradio page mounted at `/`, and with nothing else."""
_log = logging.getLogger(__name__)


def prepare_environment(data_dir: Path) -> None:
    """What Gradio reads once, at its import: no telemetry, and its temporary files in our data folder."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    os.environ["GRADIO_TEMP_DIR"] = str(data_dir / "temporary")
    # Gradio counts every event in a growing table; each count costs more than the last.
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000"


class LatePage:
    """One page, and the thread that builds it. Made and used on the event loop, where nothing else is said.

    Args:
        build: builds the page; called in a thread.
        building: held meanwhile; all pages have the same, as Gradio keeps what it lays out in one place of the process.
        parts: names what the page would be built from now; asked from any thread.
        on_built: told that name, in a thread, and whether another page has given way; also when the first one could
            not be built, but not when a later one could not.

    Attributes:
        app: the page that answers now, or None before the first is there.
        problem: a sentence when the first one could not be built, or "".
    """

    def __init__(
        self,
        build: BuildPage,
        building: threading.Lock,
        *,
        parts: Callable[[], str] = str,
        on_built: Callable[[str, bool], object] | None = None,
    ) -> None:
        self.app: Any = None
        self.problem = ""
        self._build_page = build
        self._parts = parts
        self._on_built = on_built
        self._built_from: str | None = None
        self._building = building
        self._lifespan = AsyncExitStack()
        self._loop = asyncio.get_running_loop()
        self._first = asyncio.Event()
        self._begun = False
        self._closed = False

    def begin(self) -> None:
        """Start building; returns at once. May be called from any thread."""
        self._begun = True
        threading.Thread(target=self._build, name="late-page", daemon=True).start()

    def renew(self) -> None:
        """Build the page anew if it was asked for and what it is made of has changed; as `begin`."""
        # Before the first one is there, building it waits for the lock, and then sees what has changed by then.
        if self._begun and self._built_from != self._parts():
            self.begin()

    async def ready(self) -> Any:
        """The page's application; builds it when it was not asked for before. None: it could not be built."""
        if self.app is None:
            if not self._begun:
                self.begin()
            await self._first.wait()
        return self.app

    async def close(self) -> None:
        """End what the page runs in the background."""
        self._closed = True
        self._first.set()
        await self._lifespan.aclose()

    def _build(self) -> None:
        with self._building:
            parts, renewed = self._parts(), self.app is not None
            if self._closed or parts == self._built_from:
                return
            self._built_from = parts  # also of one that cannot be built: the same would fail again
            try:
                page = _page_of(self._build_page())
                asyncio.run_coroutine_threadsafe(self._take_place(page), self._loop).result()
            except Exception:
                reference = log_unexpected(_log, "the page cannot be built")
                if renewed:
                    return
                self.problem = f"The page cannot be shown. The details are in the log with the reference {reference}."
                self._loop.call_soon_threadsafe(self._first.set)
        if self._on_built is not None:
            self._on_built(parts, renewed)

    async def _take_place(self, page: Any) -> None:
        lifespan = AsyncExitStack()
        # The server's own lifespan has begun long ago, so the page's is entered by hand.
        await lifespan.enter_async_context(page.router.lifespan_context(page))
        blocks = page.get_blocks()
        lifespan.callback(blocks._queue.close)  # else it looks for work for ever
        blocks.run_startup_events()
        await blocks.run_extra_startup_events()
        # What is being answered by an older one has it by the hand already.
        self.app, self.problem = page, ""
        self._first.set()
        gone, self._lifespan = self._lifespan, lifespan
        await gone.aclose()


def _page_of(app: FastAPI) -> Any:
    """Gradio's own application inside the one that it was mounted into."""
    mounted: list[Any] = [route.app for route in app.router.routes if isinstance(route, Mount)]
    return next(page for page in mounted if hasattr(page, "get_blocks"))
