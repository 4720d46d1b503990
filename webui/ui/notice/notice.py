"""The notice under the Generate button, and the value that an error becomes in it."""

import time
from pathlib import Path
from typing import Any

import gradio as gr

from webui.errors import WebUIError
from webui.ui.component import html_component


def notice(elem_id: str) -> gr.HTML:
    """An empty notice."""
    return html_component(Path(__file__).parent, ("notice.js",), elem_id=elem_id)


def notice_of(error: WebUIError | None) -> dict[str, Any] | None:
    """The value that shows this error; None clears the notice."""
    if error is None:
        return None
    # The time makes the same error twice two values: a notice that was dismissed comes back.
    return {"message": error.message, "hint": error.hint, "field": error.field, "at": time.time_ns()}
