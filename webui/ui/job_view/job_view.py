"""The job view's Python side: it hands the browser its parts, and the page what was clicked in it.

Everything that moves comes to the scripts beside this file through the event hub, never through Gradio.
"""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.ui.component import html_component

SCRIPTS = (
    "dom.js",
    "jobs.js",
    "frames.js",
    "canvas.js",
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
    """One `gr.HTML` with its events by name.

    Args:
        examples: names and prompts that the empty state offers.
    """

    def __init__(self, examples: Sequence[tuple[str, str]]) -> None:
        value = {"examples": [{"name": name, "prompt": prompt} for name, prompt in examples]}
        json.dumps(value)  # what Gradio cannot send must fail here, not in the browser
        self.html = html_component(Path(__file__).parent, SCRIPTS, elem_id="job-view", value=value)

    def on_reuse(self, handler: Callable[[dict[str, Any]], Any], outputs: Sequence[Component]) -> None:
        """Call `handler` with fields and values when the user takes over parameters of a picture or an example."""

        def reuse(event: gr.EventData) -> Any:
            fields = event._data.get("fields") if isinstance(event._data, dict) else None
            return handler(fields if isinstance(fields, dict) else {})

        self.html.reuse(
            reuse,
            outputs=list(outputs),
            queue=False,
            show_progress="hidden",
            trigger_mode="multiple",
            concurrency_limit=None,
            api_visibility="private",
        )
