"""The Extensions tab's Python side: it only places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.extensions.permissions import Permission
from webui.ui.component import html_component

SCRIPTS = (
    "../step_scrubber/panel_message.js",
    "../settings_tab/told.js",
    "../extension_controls/control.js",
    "wording.js",
    "store.js",
    "facts.js",
    "own_settings.js",
    "difference.js",
    "panels.js",
    "card.js",
    "offer.js",
    "tasks.js",
    "offered.js",
    "main.js",
)


def extensions_tab() -> gr.HTML:
    """The component; no handler hears of it."""
    meanings = {permission.value: permission.meaning for permission in Permission}
    return html_component(Path(__file__).parent, SCRIPTS, elem_id="extensions-tab", permissions=meanings)
