"""The Python side of the panel Journeys: it only places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.ui.explore_tab.panel import JOINT_SCRIPTS, explore_panel

SCRIPTS = (
    *JOINT_SCRIPTS,
    "../../step_scrubber/strips.js",
    "../../step_scrubber/sharp_frames.js",
    "journey_api.js",
    "plan.js",
    "stop_card.js",
    "adding.js",
    "manner.js",
    "files.js",
    "travel.js",
    "making.js",
    "journey_frames.js",
    "film_player.js",
    "film_strip.js",
    "export.js",
    "earlier.js",
    "main.js",
)
"""In this order; the last one joins the others."""


def journeys_panel() -> gr.HTML:
    """The component; no handler hears of it."""
    return explore_panel(Path(__file__).parent, SCRIPTS)
