"""The Models tab's Python side: it only places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.model_manager.catalogue.model_folders import OWN_FOLDERS
from webui.ui.component import html_component

SCRIPTS = (
    "../step_scrubber/panel_message.js",
    "../settings_tab/told.js",
    "wording.js",
    "fitting.js",
    "placeholder.js",
    "store.js",
    "using.js",
    "card.js",
    "grid.js",
    "facts.js",
    "details.js",
    "filters.js",
    "tasks.js",
    "download.js",
    "merge.js",
    "main.js",
)


def models_tab() -> gr.HTML:
    """The component; no handler hears of it."""
    return html_component(Path(__file__).parent, SCRIPTS, elem_id="models-tab", folders=dict(OWN_FOLDERS))
