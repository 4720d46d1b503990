"""The picture input's Python side: what it holds, and the events that its scripts send.

Pictures and masks go to the server's own store by `POST /api/v1/pictures`, never through Gradio; the value that
handlers receive only names them.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypedDict

import gradio as gr
from gradio.components import Component

from webui.ui.component import html_component

SCRIPTS = (
    "rectangle.js",
    "mask.js",
    "dab.js",
    "brush.js",
    "history.js",
    "viewport.js",
    "overlay.js",
    "painter.js",
    "ring.js",
    "board.js",
    "tools.js",
    "gestures.js",
    "keys.js",
    "notes.js",
    "store.js",
    "png.js",
    "mask_upload.js",
    "source.js",
    "../extension_controls/control.js",
    "prepare.js",
    "../what_is_this/what_is_this.js",
    "main.js",
)
"""In this order; the last one joins the others."""


class PictureValue(TypedDict, total=False):
    """What the input holds; a handler that sets it may leave out what it does not know.

    A value with nothing but `picture` (and `name`) counts as a choice of the user, and the handler of `on_picture` is
    called as soon as the picture's size is known; one that says more is taken as it is.

    `picture` and `mask` are ids in the store of inputs, None for none; `mask` is white where the picture is to be
    changed, has the picture's size, and is None when nothing is painted. `width` and `height` are the picture's own,
    in pixels, without `margins` (left, top, right, bottom, in pixels). `name` is the file's, for people.
    """

    picture: str | None
    width: int
    height: int
    mask: str | None
    margins: dict[str, int]
    name: str


class PictureInput:
    """One `gr.HTML` with its events by name.

    A painted mask is uploaded shortly after the last stroke. What presses Generate awaits the functions in
    `window.darkroom.beforeSubmit` first and lets Gradio collect the values after that.

    Args:
        elem_id: the element's id.
        painting: whether a mask can be painted and margins can be added. On a page with ways of making a picture
            (`data-way` of the document) only on the way "inpaint"; the mask is kept while another one is chosen.
    """

    def __init__(self, elem_id: str, *, painting: bool = True) -> None:
        self.html = html_component(Path(__file__).parent, SCRIPTS, elem_id=elem_id, value={}, painting=painting)

    def on_picture(self, handler: Callable[[PictureValue], Any], outputs: Sequence[Component]) -> None:
        """Call `handler` with the new value when another picture or other margins are chosen, not while painting."""
        self._join(self.html.chosen, lambda data: handler(data.get("value", {})), outputs)

    def on_reuse(self, handler: Callable[[dict[str, Any]], Any], outputs: Sequence[Component]) -> None:
        """Call `handler` with the fields that an uploaded picture carries, when the user takes them over."""
        self._join(self.html.reuse, lambda data: handler(data.get("fields", {})), outputs)

    @staticmethod
    def _join(listener: Any, handler: Callable[[dict[str, Any]], Any], outputs: Sequence[Component]) -> None:
        def told(event: gr.EventData) -> Any:
            return handler(event._data if isinstance(event._data, dict) else {})

        listener(
            told,
            outputs=list(outputs),
            queue=False,
            show_progress="hidden",
            trigger_mode="multiple",
            concurrency_limit=None,
            api_visibility="private",
        )
