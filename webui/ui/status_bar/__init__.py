"""The right side of the header: queue, device, connection, theme switch, keyboard help."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component


def status_bar() -> gr.HTML:
    """The component; it listens to the event hub by itself."""
    return html_component(Path(__file__).parent, ("status_bar.js",), elem_id="status-bar")
