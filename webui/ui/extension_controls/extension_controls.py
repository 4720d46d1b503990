"""The controls' Python side: one component that holds the values of all extensions.

What there is to set is known to the API (`GET /api/v1/extensions/controls`), and follows it without a reload; the page
itself is the same whatever is installed.
"""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component

SCRIPTS = ("control.js", "section.js", "main.js")


def extension_controls(elem_id: str) -> gr.HTML:
    """The component; its value is {extension: {control: value}}, with what differs from the defaults alone.

    Values of an extension that is off stay in it, so that they are there again when it is on.
    """
    component = html_component(Path(__file__).parent, SCRIPTS, elem_id=elem_id, value={})
    component.unrender()  # like the other fields of the form it is placed by a layout
    return component
