"""PNG Info's Python side. The scripts speak to the server's own API and to `window.darkroom.fill`."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component


def png_info() -> gr.HTML:
    """The component; no handler hears of it."""
    return html_component(Path(__file__).parent, ("../what_is_this/what_is_this.js", "png_info.js"), elem_id="png-info")
