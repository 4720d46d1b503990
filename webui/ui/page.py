"""The page: header, tabs, and how it is mounted into the server. Nothing here knows of torch."""

import gradio as gr
from fastapi import FastAPI

from webui.settings import Settings
from webui.ui import assets
from webui.ui.controls import LIGHT, Controls
from webui.ui.extension_page import extension_page
from webui.ui.extensions_tab import extensions_tab
from webui.ui.form import Way
from webui.ui.forward_diffusion import forward_diffusion
from webui.ui.making_tab import MakingTab
from webui.ui.models_tab import models_tab
from webui.ui.page_parts import page_parts
from webui.ui.png_info import png_info
from webui.ui.ports import Catalogue, Engine, Extensions
from webui.ui.scripts_section import scripts_section
from webui.ui.settings_tab import settings_tab
from webui.ui.status_bar import status_bar
from webui.ui.step_scrubber import step_scrubber
from webui.ui.theme import make_theme

TITLE = "Darkroom"
_BRAND = """<h1 class="brand"><span class="brand-mark" aria-hidden="true"></span>Darkroom</h1>"""


def build_page(engine: Engine, catalogue: Catalogue) -> gr.Blocks:
    """The page as Gradio's blocks, not yet mounted."""
    with gr.Blocks(title=TITLE, analytics_enabled=False, fill_width=True) as blocks:
        controls = Controls(catalogue, engine.prompt_files.style_names, engine.extensions.controls)
        with gr.Row(elem_id="header"):
            gr.HTML(_BRAND, elem_id="brand", apply_default_css=False)
            controls.place("model")
            status_bar()
        # The making tabs are empty: their one bench stands below, and is there on each of them.
        with gr.Tabs(elem_id="tabs") as row:
            tabs = {way.value: gr.Tab(way.value, id=way.value, elem_id=f"tab-{way.value}") for way in Way}
            with gr.Tab("Step scrubber", id="scrubber") as tabs["scrubber"]:
                step_scrubber()
                forward_diffusion()
            with gr.Tab("PNG Info", id="pnginfo", render_children=True) as tabs["pnginfo"]:
                png_info()
            with gr.Tab("Models", id="models") as tabs["models"]:
                models_tab()
            with gr.Tab("Extensions", id="extensions") as tabs["extensions"]:
                extensions_tab()
            with gr.Tab("Settings", id="settings") as tabs["settings"]:
                settings_tab()
        making = MakingTab(engine, controls, scripts=scripts_section)
        making.join_events(blocks)
        for name, tab in tabs.items():
            _tell_shown(name, tab)
        _add_extension_tabs(row, engine.extensions)
    return blocks


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


def mount_page(app: FastAPI, engine: Engine, catalogue: Catalogue, settings: Settings | None) -> None:
    """Build the page and mount it at `/`, after every other route of the application; what was there goes on behind.

    Gradio's own extras that would answer, store or call anything beyond the page are off.

    Args:
        app: serves the page; its other routes must be there already.
        engine: takes the requests.
        catalogue: lists the models.
        settings: of the server; so far nothing of the page depends on them.
    """
    assets.serve_assets(app)
    gr.mount_gradio_app(
        app,
        build_page(engine, catalogue),
        path="/",
        theme=make_theme(),
        head=assets.head(page_parts(engine.extensions)),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        show_error=False,
        max_file_size="1mb",
        allowed_paths=[],
    )
