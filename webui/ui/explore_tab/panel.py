"""How a panel of the Explore tab is made: a folder with its markup and scripts, as every component of the page."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import gradio as gr

from webui.ui.component import html_component

JOINT_SCRIPTS = (
    "../../step_scrubber/panel_message.js",
    "../explore_api.js",
    "../base_request.js",
    "../send_to.js",
    "../developing.js",
)
"""What panels may list before their own scripts, as seen from their folders."""


def explore_panel(folder: Path, scripts: Sequence[str], **props: Any) -> gr.HTML:
    """The component of a panel, `explore-` and the name of its folder; no handler hears of it.

    The tab's own script shows one panel at a time, and tells with the window's event `darkroom:explore` which one.
    What `props` names, the scripts find in `props`.
    """
    return html_component(folder, scripts, elem_id=f"explore-{folder.name}", **props)
