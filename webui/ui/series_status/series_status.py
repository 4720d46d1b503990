"""The status's Python side; the script hears the server's own events."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component


def series_status(elem_id: str) -> gr.HTML:
    """The component; no handler hears of it."""
    return html_component(Path(__file__).parent, ("series_status.js",), elem_id=elem_id)
