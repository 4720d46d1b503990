"""The Python side of the panel Seeds: it only places the component, which speaks to the API by itself."""

from pathlib import Path

import gradio as gr

from webui.ui.explore_tab.panel import JOINT_SCRIPTS, explore_panel

SCRIPTS = (*JOINT_SCRIPTS, "neighbourhood.js", "grid.js", "path.js", "beginning.js", "main.js")
"""In this order; the last one joins the others."""


def seeds_panel() -> gr.HTML:
    """The component; no handler hears of it."""
    return explore_panel(Path(__file__).parent, SCRIPTS)
