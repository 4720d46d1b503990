"""The Python side of the form's concept sliders: one component that holds them all."""

from pathlib import Path

import gradio as gr

from webui.generation.blend import MAX_SLIDERS
from webui.ui.component import html_component

SCRIPTS = ("ends_range.js", "row.js", "main.js")


def concept_sliders(elem_id: str) -> gr.HTML:
    """The component; its value is the request's `sliders`: [{name, low, high, value, start, end}, ...].

    Which sliders are kept is known to the API (`GET /api/v1/sliders`), and followed without a reload.
    """
    component = html_component(Path(__file__).parent, SCRIPTS, elem_id=elem_id, value=[], most=MAX_SLIDERS)
    component.unrender()  # like the other fields of the form it is placed by a layout
    return component
