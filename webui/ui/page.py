"""The page: header, tabs, and how it is mounted into the server. Nothing here knows of torch."""

import gradio as gr
from fastapi import FastAPI

from webui.settings import Settings
from webui.ui import assets
from webui.ui.controls import LIGHT, Controls
from webui.ui.extensions_tab import extensions_tab
from webui.ui.form import Way
from webui.ui.forward_diffusion import forward_diffusion
from webui.ui.making_tab import MakingTab
from webui.ui.models_tab import models_tab
from webui.ui.png_info import png_info
from webui.ui.ports import Catalogue, Engine
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
        controls = Controls(catalogue, engine.prompt_files.style_names)
        with gr.Row(elem_id="header"):
            gr.HTML(_BRAND, elem_id="brand", apply_default_css=False)
            controls.place("model")
            status_bar()
        # The making tabs are empty: their one bench stands below, and is there on each of them.
        with gr.Tabs(elem_id="tabs"):
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
            tab.select(None, None, None, js=f"() => window.darkroom.tabShown('{name}')", **LIGHT)
    return blocks


def mount_page(app: FastAPI, engine: Engine, catalogue: Catalogue, settings: Settings | None) -> None:
    """Build the page and mount it at `/`, after every other route of the application.

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
        head=assets.head(),
        footer_links=[],
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        pwa=False,
        show_error=False,
        max_file_size="1mb",
        allowed_paths=[],
    )
