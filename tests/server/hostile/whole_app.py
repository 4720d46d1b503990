"""The whole application in this process, its page and a real worker included, asked without sockets."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from fastapi import FastAPI

from tests.engine.engines import finished, request, running_engine, wait_until
from tests.server.hostile.asked_directly import Answer, ask
from webui.engine.engine import Engine
from webui.server.app import create_app
from webui.server.late_page import prepare_environment
from webui.settings import Settings
from webui.ui.page import page_app

HERE = (("host", "127.0.0.1:7860"),)
_Result = TypeVar("_Result")


class WholeApp:
    """Runs in an event loop of its own.

    Attributes:
        app: the application.
        engine: behind it.
        data_dir: its data folder.
        picture: the id of a picture that it has made.
    """

    def __init__(self, app: FastAPI, engine: Engine, data_dir: Path) -> None:
        self.app, self.engine, self.data_dir = app, engine, data_dir
        self.picture = ""
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, daemon=True).start()

    def run(self, asking: Coroutine[Any, Any, _Result]) -> _Result:
        """The result of what is run in the application's loop."""
        return asyncio.run_coroutine_threadsafe(asking, self._loop).result(300)

    def ask(self, method: str, path: str, *headers: tuple[str, str], body: bytes = b"") -> Answer:
        """One request, from this machine."""
        return self.run(ask(self.app, method, path, [*HERE, *headers], body))

    def all(self, asked: list[tuple[str, str]]) -> list[Answer]:
        """Requests with a method and a path each, one after the other."""

        async def each() -> list[Answer]:
            return [await ask(self.app, method, path, HERE) for method, path in asked]

        return self.run(each())


@contextmanager
def whole_app(folder: Path) -> Iterator[WholeApp]:
    """The application on `folder`, with a picture that it has made."""
    settings = Settings(
        data_dir=folder / "data", models_dirs=(folder / "models",), extensions_dir=folder / "extensions"
    )
    with running_engine(folder, factory="tests.server.quick_generator:create") as engine:
        prepare_environment(settings.data_dir)
        build = partial(page_app, engine, engine.catalogue)
        whole = WholeApp(create_app(engine, settings, build_page=build), engine, settings.data_dir)
        lifespan = whole.app.router.lifespan_context(whole.app)
        whole.run(lifespan.__aenter__())
        try:
            wait_until(lambda: whole.app.state.page_ready)
            whole.picture = finished(engine, engine.submit(request())).images[0]
            yield whole
        finally:
            whole.run(lifespan.__aexit__(None, None, None))
