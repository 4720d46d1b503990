"""The Share tab's Python side: it only places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component

SCRIPTS = (
    "../step_scrubber/panel_message.js",
    "../settings_tab/told.js",
    "wording.js",
    "order.js",
    "open_link.js",
    "guests.js",
    "main.js",
)
"""In this order; the last one joins the others."""


def share_tab() -> gr.HTML:
    """The component; no handler hears of it."""
    return html_component(Path(__file__).parent, SCRIPTS, elem_id="share-tab")
