"""The settings' Python side. Each group has a script of its own that speaks to its route of the API."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component

SCRIPTS = (
    "../step_scrubber/panel_message.js",
    "told.js",
    "confirm.js",
    "recording.js",
    "model_choices.js",
    "models.js",
    "theme_choice.js",
)


def settings_tab() -> gr.HTML:
    """The component; no handler hears of it."""
    return html_component(Path(__file__).parent, SCRIPTS, elem_id="settings-tab")
