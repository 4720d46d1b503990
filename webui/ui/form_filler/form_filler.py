"""What a script asks to be filled in becomes updates of the components."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.ui.component import html_component
from webui.ui.controls import LIGHT, NO_SETTINGS, Controls
from webui.ui.form import Way, form_values, usable_form
from webui.ui.model_defaults import TAKEN


class FormFiller:
    """The end of `window.darkroom.fill({...})`, which takes

    - `fields`: values of a request, nested as there; `form`: flat values of components;
    - `whole`: the fields are everything that a picture was made with: what they do not name goes to its default;
    - `tab`: the tab to turn to, else the one that sends such a request;
    - `picture`: {"id", "width", "height"} of a picture to start from.

    Args:
        controls: the form.
    """

    def __init__(self, controls: Controls) -> None:
        self._controls = controls
        self._html = html_component(Path(__file__).parent, ("form_filler.js",), elem_id="form-filler")

    def join(self) -> None:
        """Connect it; the components must have been placed by now."""
        controls = self._controls
        outputs = [*controls.by_field.values(), controls.way]
        listener = self._html.fill  # pyright: ignore[reportAttributeAccessIssue]
        inputs = [controls.by_field[field] for field in ("model", *TAKEN)]
        done = listener(self._filled, inputs, outputs, trigger_mode="multiple", **LIGHT)
        done.then(None, controls.way, None, js="(way) => window.darkroom.filled(way)", **LIGHT)

    def _filled(self, event: gr.EventData, model: str | None, *values: Any) -> dict[Component, Any]:
        told = event._data if isinstance(event._data, dict) else {}
        return filled(self._controls, told, model, dict(zip(TAKEN, values, strict=True)))


def filled(
    controls: Controls, told: Mapping[str, Any], model: str | None = None, current: Mapping[str, Any] | None = None
) -> dict[Component, Any]:
    """The updates for what a script asked; `way` gets the tab to turn to, or an empty word to stay.

    Args:
        controls: the form.
        told: see `FormFiller`.
        model: the one that is chosen, whose size bounds that of a picture to start from.
        current: what the form has in the fields that follow a model; they follow one that is filled in by itself.
    """
    fields = told.get("fields")
    read = form_values(fields) if isinstance(fields, Mapping) else {}
    way, form = read.get("way", ""), usable_form(read)
    if told.get("whole"):
        kept = {field: default for field, default in controls.defaults().items() if field not in NO_SETTINGS}
        form = {**kept, "negative_prompt": "", "styles": [], **form}
    if isinstance(told.get("form"), Mapping):
        asked = usable_form(told["form"])
        if current and fields is None and asked.get("model") not in (None, model):
            form |= controls.taken_over(asked["model"], current)
        form |= asked
    tab = told.get("tab")
    if tab in tuple(Way):
        way = tab
    if way == Way.TXT2IMG:
        form.pop("picture", None)
    updates = controls.fill(form)
    chosen = told.get("picture")
    if isinstance(chosen, Mapping) and isinstance(chosen.get("id"), str):
        updates |= controls.fill(usable_form({"picture": {"picture": chosen["id"]}}))
        updates |= controls.sides_of(chosen, form.get("model") or model)
    return {**updates, controls.way: str(way) if told.get("whole") or tab else ""}
