"""The Python side of the panel Latents: it only places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.ui.explore_tab.panel import JOINT_SCRIPTS, explore_panel

SCRIPTS = (
    *JOINT_SCRIPTS,
    "../../step_scrubber/strips.js",
    "../../forward_diffusion/picture.js",
    "../../picture_input/rectangle.js",
    "../../picture_input/dab.js",
    "../../picture_input/brush.js",
    "newest.js",
    "latents_api.js",
    "latent_mask.js",
    "edit_list.js",
    "edit_kinds.js",
    "inspection.js",
    "view.js",
    "channel_cards.js",
    "edit_fields.js",
    "edit_rows.js",
    "latent_brush.js",
    "distance.js",
    "sending.js",
    "main.js",
)
"""In this order; the last one joins the others."""


def latents_panel() -> gr.HTML:
    """The component; no handler hears of it."""
    return explore_panel(Path(__file__).parent, SCRIPTS)
