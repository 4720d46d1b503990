"""The job view's Python side: it hands the browser its parts.

Everything that moves comes to the scripts beside this file through the event hub, never through Gradio; what is
reused of a picture goes through `window.darkroom.fill`.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from webui.ui.component import html_component

SCRIPTS = (
    "jobs.js",
    "frames.js",
    "canvas.js",
    "film_player.js",
    "wording.js",
    "api.js",
    "queue.js",
    "messages.js",
    "filmstrip.js",
    "parameters.js",
    "empty_state.js",
    "selection.js",
    "main.js",
)
"""In this order; the last one joins the others."""


class JobView:
    """One `gr.HTML`.

    Args:
        examples: names and prompts that the empty state offers.
    """

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        value = {"examples": [{"name": name, "prompt": prompt} for name, prompt in examples]}
        json.dumps(value)  # what Gradio cannot send must fail here, not in the browser
        self.html = html_component(Path(__file__).parent, SCRIPTS, elem_id="job-view", value=value)
