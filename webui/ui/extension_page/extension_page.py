"""The Python side of an extension's tab: it only names the files, which the page fetches by itself."""

from pathlib import Path

import gradio as gr

from webui.ui.component import html_component
from webui.ui.ports import ExtensionTab


def extension_page(extension: str, tab: ExtensionTab) -> gr.HTML:
    """The component for the tab of an extension; no handler hears of it."""
    return html_component(
        Path(__file__).parent,
        ("../step_scrubber/panel_message.js", "extension_page.js"),
        elem_id=f"extension-{extension}-{tab.name}",
        extension=extension,
        html=tab.html,
        script=tab.script,
        style=tab.style,
    )
