"""Forward diffusion's Python side. The levels are computed by the server once for a picture; the slider then moves in
the browser alone."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component

SCRIPTS = (
    "../step_scrubber/strips.js",
    "../step_scrubber/panel_message.js",
    "told.js",
    "picture.js",
    "levels.js",
    "denoise_back.js",
    "main.js",
)
"""In this order; the last one joins the others."""


def forward_diffusion() -> gr.HTML:
    """The component; no handler hears of it."""
    return html_component(Path(__file__).parent, SCRIPTS, elem_id="forward-diffusion")
