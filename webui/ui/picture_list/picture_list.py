"""The list of pictures: its Python side. The files go to the server's own store, never through Gradio."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component


def picture_list(elem_id: str) -> gr.HTML:
    """The component; its value is {"pictures": [id, ...]}."""
    return html_component(Path(__file__).parent, ("picture_list.js",), elem_id=elem_id, value={"pictures": []})
