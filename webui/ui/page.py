"""The page of a role: header, tabs, and how it becomes an application. Nothing here knows of torch."""

from collections.abc import Callable

import gradio as gr
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, Response
from gradio.route_utils import FnIndexInferError
from starlette.routing import Mount

from webui.access.roles import Role
from webui.ui import assets
from webui.ui.controls import LIGHT, Controls
from webui.ui.explore_tab import explore_tab
from webui.ui.extension_page import extension_page
from webui.ui.extensions_tab import extensions_tab
from webui.ui.form import Way
from webui.ui.forward_diffusion import forward_diffusion
from webui.ui.job_view import JobView
from webui.ui.local_blocks import LocalBlocks
from webui.ui.making_tab import MakingTab
from webui.ui.models_tab import models_tab
from webui.ui.page_parts import page_parts
from webui.ui.page_roles import PAGES, Part, RolePage, Tab
from webui.ui.png_info import png_info
from webui.ui.ports import Catalogue, Engine, Extensions
from webui.ui.scripts_section import scripts_section
from webui.ui.settings_tab import settings_tab
from webui.ui.share_tab import share_tab
from webui.ui.status_bar import status_bar
from webui.ui.step_scrubber import step_scrubber
from webui.ui.theme import make_theme

TITLE = "Darkroom"
_BRAND = """<h1 class="brand"><span class="brand-mark" aria-hidden="true"></span>Darkroom</h1>"""
_TABS: dict[Tab, tuple[str, Callable[[], object]]] = {
    Tab.SCRUBBER: ("Step scrubber", step_scrubber),
    Tab.EXPLORE: ("Explore", explore_tab),
    Tab.PNG_INFO: ("PNG Info", png_info),
    Tab.MODELS: ("Models", models_tab),
    Tab.EXTENSIONS: ("Extensions", extensions_tab),
    Tab.SHARE: ("Share", share_tab),
    Tab.SETTINGS: ("Settings", settings_tab),
}
"""What each tab is called, and what lays it out."""


def build_page(engine: Engine, catalogue: Catalogue, role: Role = Role.ADMIN) -> gr.Blocks:
    """The page of a role as Gradio's blocks, not yet mounted."""
    page = PAGES[role]
    with LocalBlocks(title=TITLE, analytics_enabled=False, fill_width=True) as blocks:
        if Part.MAKING in page:
            _lay_out(blocks, engine, catalogue, page)
        else:
            _lay_out_stage()
    return blocks


def _lay_out(blocks: gr.Blocks, engine: Engine, catalogue: Catalogue, page: RolePage) -> None:
    controls = _controls(engine, catalogue, page)
    with gr.Row(elem_id="header"):
        gr.HTML(_BRAND, elem_id="brand", apply_default_css=False)
        controls.place("model")
        status_bar()
    # The making tabs are empty: their one bench stands below, and is there on each of them.
    with gr.Tabs(elem_id="tabs") as row:
        tabs = {way.value: gr.Tab(way.value, id=way.value, elem_id=f"tab-{way.value}") for way in Way}
        for name in page.tabs:
            label, lay_out = _TABS[name]
            # Only a drawn tab can take a picture that another one sends it.
            with gr.Tab(label, id=name.value, render_children=name is Tab.PNG_INFO) as tabs[name.value]:
                lay_out()
                if name is Tab.SCRUBBER and Part.FORWARD in page:
                    forward_diffusion()
    making = MakingTab(engine, controls, scripts=scripts_section if Part.SCRIPTS in page else None)
    making.join_events(blocks)
    for name, tab in tabs.items():
        _tell_shown(name, tab)
    if Part.EXTENSION_TABS in page:
        _add_extension_tabs(row, engine.extensions)


def _lay_out_stage() -> None:
    """The page of those who only look on: the picture that is being made."""
    with gr.Row(elem_id="header"):
        gr.HTML(_BRAND, elem_id="brand", apply_default_css=False)
        status_bar()
    with gr.Row(elem_id="workbench"), gr.Column(elem_id="picture", min_width=280):
        JobView(())


def _controls(engine: Engine, catalogue: Catalogue, page: RolePage) -> Controls:
    styles = engine.prompt_files.style_names if Part.STYLES in page else tuple
    extensions = engine.extensions.controls if Part.EXTRAS in page else None
    return Controls(catalogue, styles, extensions, sliders=Part.SLIDERS in page)


def _add_extension_tabs(row: gr.Tabs, extensions: Extensions) -> None:
    """The tabs of extensions, after everything else.

    An open page calls its handlers by their place in the list of all, also after the page was built anew with other
    tabs: so that none of those handlers may come before one of the page's own.
    """
    with row:
        for extension, tab in extensions.tabs():
            name = f"{extension}-{tab.name}"
            with gr.Tab(tab.label, id=name) as made:
                extension_page(extension, tab)
            _tell_shown(name, made)


def _tell_shown(name: str, tab: gr.Tab) -> None:
    tab.select(None, None, None, js=f"() => window.darkroom.tabShown('{name}')", **LIGHT)


def page_app(engine: Engine, catalogue: Catalogue, role: Role) -> FastAPI:
    """An application with the page of a role at `/`, and nothing else.

    Gradio's own extras that would answer, store or call anything beyond the page are off.

    Args:
        engine: takes the requests.
        catalogue: lists the models.
        role: of those whom the page is for.
    """
    app = gr.mount_gradio_app(
        FastAPI(openapi_url=None),
        build_page(engine, catalogue, role),
        path="/",
        theme=make_theme(),
        head=assets.head(page_parts(engine.extensions), role),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        show_error=False,
        max_file_size="1mb",
        allowed_paths=[],
    )
    for route in app.routes:
        if isinstance(route, Mount) and isinstance(route.app, FastAPI):
            _refuse_unknown_handlers(route.app)
    return app


def _refuse_unknown_handlers(gradio_app: FastAPI) -> None:
    """Answer who calls a handler that the page does not have: Gradio lets it fail, with a traceback for each call."""

    def refuse(_request: Request, _error: Exception) -> Response:
        return PlainTextResponse("This page has no such handler.", status_code=404)

    for error in (KeyError, FnIndexInferError):
        gradio_app.add_exception_handler(error, refuse)
