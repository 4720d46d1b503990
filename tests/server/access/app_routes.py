"""Every route of the application: what a request can reach, with mounts, the page and Gradio's own routes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from tests.engine.engines import running_engine
from webui.access.roles import Role
from webui.server.app import create_app
from webui.server.late_app import LateApp
from webui.server.role_pages import RolePages
from webui.settings import Settings
from webui.ui.page import page_app

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_PART = re.compile(r"\{(\w+)(?::(\w+))?\}")


@dataclass(frozen=True)
class AppRoute:
    """A route as requests meet it. `methods` is empty where it takes every method."""

    methods: frozenset[str]
    path: str

    def sample(self, **words: str) -> str:
        """A path that it answers to; parts that are not given are `x`."""
        return _PART.sub(lambda part: words.get(part[1], "x"), self.path)

    @property
    def parts(self) -> list[tuple[str, str]]:
        """The names of the path's parts with their convertors."""
        return [(name, convertor or "str") for name, convertor in _PART.findall(self.path)]


def routes_of_everything(folder: Path) -> list[AppRoute]:
    """The routes of an application with everything switched on, in the order in which they are asked."""
    with running_engine(folder) as engine:
        settings = Settings(data_dir=folder / "data", models_dirs=(folder / "models",), mcp=True)
        app = create_app(engine, settings, build_page=None)
        page = page_app(engine, engine.catalogue, Role.ADMIN)
        return [*routes_of(app), *routes_of(page)]


def routes_of(app: Any, prefix: str = "") -> Iterator[AppRoute]:
    """The routes of an application, those of the applications that are mounted in it included."""
    for route in iter_route_contexts(app.routes):
        mounted = getattr(route, "original_route", route)
        path = f"{prefix}{getattr(route, 'path', '')}"
        if not isinstance(mounted, Mount):
            yield AppRoute(frozenset(route.methods or ()), path)
        elif isinstance(mounted.app, FastAPI | LateApp):
            yield from routes_of(mounted.app, path)
        elif not isinstance(mounted.app, RolePages):
            yield AppRoute(frozenset(), f"{path}/{{path:path}}")


def words_of(routes: Iterable[AppRoute]) -> list[str]:
    """Every word that stands in a path: what a part of another path might be taken for."""
    return sorted({word for route in routes for word in route.path.split("/") if word and "{" not in word})
