"""`/api/v1/extensions`: what extensions there are, what each says, and switching them on and off."""

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from webui.engine.engine import Engine
from webui.extensions.controls import Control
from webui.extensions.extensions import Extensions
from webui.library.pictures import as_save_failed
from webui.server.at_this_machine import REFUSAL, at_this_machine, check_at_this_machine
from webui.server.bodies import check_names, json_object
from webui.server.extension_desk import ExtensionDesk
from webui.server.extension_files import asset, preview
from webui.server.extension_themes import ExtensionThemes

PREFIX = "/api/v1/extensions"
RESERVED = ("controls", "themes", "themes.css", "install", "offers", "tasks", "index")
"""Addresses that are no extension's; no extension can have such a name."""


def extensions_router(engine: Engine, desk: ExtensionDesk) -> APIRouter:
    """The routes of extensions; those of `installing_router` must be added before, as `{name}` takes any word."""
    router = APIRouter(prefix=PREFIX)
    here = [Depends(only_here(engine))]
    extensions = desk.extensions

    @router.get("")
    def cards(request: Request) -> dict[str, Any]:
        """All that are installed; `allowed` is whether this visitor may install and switch on, `refusal` why not."""
        extensions.look_again()
        allowed = engine.settings.extensions_from_afar or at_this_machine(request)
        return {
            "extensions": desk.cards(),
            "safe_mode": extensions.safe_mode,
            "allowed": allowed,
            "refusal": None if allowed else REFUSAL,
            "folder": str(extensions.extensions_dir),
            "version": extensions.version,
        }

    @router.get("/controls")
    def controls() -> dict[str, Any]:
        """The controls of those that are on: what `extras` of a request may have, by extension and control."""
        told = [
            {"name": name, "title": _title(desk, name), "controls": [control.to_json() for control in controls]}
            for name, controls in extensions.controls().items()
        ]
        return {"extensions": told, "version": extensions.version}

    _add_themes(router, ExtensionThemes(extensions))

    @router.get("/{name}")
    def one(name: str) -> dict[str, Any]:
        """One of them."""
        return desk.one(name)

    @router.post("/{name}/enable", dependencies=here)
    def enable(name: str) -> dict[str, Any]:
        """Try it out in a process of its own, and switch it on."""
        return desk.told(desk.installer.enable(name))

    @router.post("/{name}/disable", dependencies=here)
    def disable(name: str) -> dict[str, Any]:
        """Switch it off."""
        return desk.told(extensions.disable(name))

    @router.get("/{name}/log")
    def log(name: str) -> dict[str, str]:
        """The end of what it wrote, and of what it did wrong."""
        return {"log": extensions.log(name)}

    _add_files(router, extensions)
    _add_settings(router, desk)
    return router


def only_here(engine: Engine) -> Any:
    """What routes depend on that are only for people at this computer."""

    def check(request: Request) -> None:
        check_at_this_machine(request, from_afar=engine.settings.extensions_from_afar)

    return check


def _add_files(router: APIRouter, extensions: Extensions) -> None:
    @router.get("/{name}/preview")
    def picture(name: str) -> Response:
        """The picture that it shows itself with."""
        return preview(extensions, name)

    @router.get("/{name}/assets/{path:path}")
    def file(name: str, path: str) -> Response:
        """A file of its assets, while it is on."""
        return asset(extensions, name, path)


def _add_settings(router: APIRouter, desk: ExtensionDesk) -> None:
    @router.get("/{name}/settings")
    def settings(name: str) -> dict[str, Any]:
        """What can be set for good, and what is set."""
        return _settings_json(desk, name)

    @router.patch("/{name}/settings")
    async def change(name: str, request: Request) -> dict[str, Any]:
        """Change some of it; it holds at once."""
        changes = await json_object(request)
        return await run_in_threadpool(_change_settings, desk, name, changes)


def _change_settings(desk: ExtensionDesk, name: str, changes: dict[str, Any]) -> dict[str, Any]:
    try:
        desk.extensions.kept_settings(name).write(changes)
    except OSError as error:
        raise as_save_failed(error, what="setting", then="then change the setting again") from error
    return _settings_json(desk, name)


def _settings_json(desk: ExtensionDesk, name: str) -> dict[str, Any]:
    controls: tuple[Control, ...] = desk.extensions.card(name).brings.settings
    return {
        "controls": [control.to_json() for control in controls],
        "values": dict(desk.extensions.kept_settings(name)),
    }


def _add_themes(router: APIRouter, themes: ExtensionThemes) -> None:
    @router.get("/themes")
    def listed() -> dict[str, Any]:
        """The themes that extensions bring, and the chosen one."""
        return themes.told()

    @router.patch("/themes")
    async def choose(request: Request) -> dict[str, Any]:
        """Choose one by its name, or none."""
        wanted = await json_object(request)
        check_names(wanted, ("chosen",))
        return await run_in_threadpool(themes.choose, wanted.get("chosen"))

    @router.get("/themes.css")
    def css() -> Response:
        """All of them as one style sheet."""
        return Response(themes.css(), media_type="text/css", headers={"Cache-Control": "no-cache"})


def _title(desk: ExtensionDesk, name: str) -> str:
    manifest = desk.extensions.card(name).manifest
    return manifest.title if manifest else name
