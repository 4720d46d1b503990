"""The components of the form, and what fills them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.errors import WebUIError
from webui.generation.field_needs import abilities_of, hidden_fields
from webui.generation.limits import SIZE_MULTIPLE
from webui.generation.samplers import Schedule, find_sampler
from webui.ui import fields
from webui.ui.choices import model_choices, named_models
from webui.ui.form import FORM_FIELDS, SAME_AS_FIRST, default_of, element_id
from webui.ui.model_defaults import TAKEN, model_defaults, taken_over
from webui.ui.picture_input import PictureInput
from webui.ui.ports import Catalogue
from webui.ui.widgets import limits_of

WORDS = ("prompt", "negative_prompt", "styles")
"""Fields that are the user's words; the rest are settings, which can be reset as a whole."""
NO_SETTINGS = (*WORDS, "model", "picture")

COMPANIONS = {"vae": "vae", "refiner_model": "checkpoint"}
"""Fields that name a model beside the chosen one, and the kind that they take."""

_MOST_OF_MODELS_AREA = 4

LIGHT: dict[str, Any] = {
    "queue": False,
    "show_progress": "hidden",
    "concurrency_limit": None,
    "api_visibility": "private",
}
"""Every handler of the page only enqueues or fills fields: none waits in Gradio's queue, none is a public endpoint."""


class Controls:
    """The components by their flat names (see `webui.ui.form`). They are made unplaced: a layout calls `place`.

    Attributes:
        by_field: every component.
        picture: the picture input, whose component is `by_field["picture"]`.
        way: carries the tab that is sent to the handler; nothing is seen of it.

    Args:
        catalogue: lists the models.
        style_names: the names of the kept styles, as they are now.
        extensions: the names of those that are on and have controls, as they are now; None shows no controls of any.
        sliders: whether concept sliders can be set.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        style_names: Callable[[], Sequence[str]] = tuple,
        extensions: Callable[[], Collection[str]] | None = tuple,
        *,
        sliders: bool = True,
    ) -> None:
        self._catalogue = catalogue
        self._style_names = style_names
        self._extensions = extensions or tuple
        self.picture = PictureInput(element_id("picture"))
        self.picture.html.unrender()  # like all others it is placed by a layout
        made: dict[str, Component] = {
            **fields.prompts(),
            **fields.styles(style_names),
            **fields.settings(),
            "picture": self.picture.html,
            **fields.start(),
            **fields.mask(),
            **fields.hires(),
            **fields.variations(),
            **fields.advanced(),
            **fields.blends(),
            **fields.sliders(usable=sliders),
            **(fields.extensions() if extensions is not None else fields.no_extensions()),
            **fields.model({field: named_models(catalogue, kind) for field, kind in COMPANIONS.items()}),
            "model": self._model(),
        }
        self.by_field: dict[str, Component] = {field: made[field] for field in FORM_FIELDS}
        self.way = gr.Textbox(visible=False, render=False)

    def place(self, *names: str) -> None:
        """Put fields' components where the layout is now."""
        for field in names:
            self.by_field[field].render()

    def defaults(self) -> dict[str, Any]:
        """The default of each field but the model; sides are the chosen model's."""
        return {field: default_of(field) for field in self.by_field if field != "model"}

    def settings_defaults(self) -> dict[str, Any]:
        """The default of each field that is a setting, not the user's words, picture or model."""
        return {field: default for field, default in self.defaults().items() if field not in NO_SETTINGS}

    def heeded(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values with the defaults of those fields that the chosen model does not listen to: they are hidden.

        Neither are the values of extensions that are off, which the form keeps.
        """
        values = {field: self._used(value) if field == "extras" else value for field, value in values.items()}
        try:
            entry = self._catalogue.find(values.get("model"))
        except WebUIError:
            return dict(values)  # the engine says what is wrong with the model
        hidden = hidden_fields(abilities_of(entry.capabilities, family=entry.family, prediction=entry.prediction))
        return {field: default_of(field) if field in hidden else value for field, value in values.items()}

    def _used(self, extras: Mapping[str, Any] | None) -> dict[str, Any]:
        on = self._extensions()
        return {name: values for name, values in (extras or {}).items() if name in on}

    def fill(self, values: Mapping[str, Any]) -> dict[Component, Any]:
        """Updates that put these values into their components; fields that are not named keep theirs."""
        updates: dict[Component, Any] = {
            self.by_field[field]: gr.update(value=value) for field, value in values.items() if field in self.by_field
        }
        if "sampler" in values:
            updates |= self.schedules_for(values["sampler"], values.get("schedule"))
        if "model" in values:
            updates[self.by_field["model"]] = self.models(values["model"])
        if not COMPANIONS.keys().isdisjoint(values) or "model" in values:
            updates |= self._companions(values)
        if "styles" in values:
            updates[self.by_field["styles"]] = self.styles(values["styles"])
        return updates

    def schedules_for(self, sampler_name: str, schedule: str | None) -> dict[Component, Any]:
        """Updates for a chosen sampler: the schedule types that it can follow, and its note."""
        sampler = find_sampler(str(sampler_name))
        if sampler is None:
            return {}
        names = [str(name) for name in sampler.followed]
        kept = schedule if schedule in names else Schedule.AUTOMATIC.value
        return {
            self.by_field["schedule"]: gr.update(choices=names, value=kept),
            self.by_field["sampler"]: gr.update(value=sampler.name, info=sampler.note),
        }

    def models(self, chosen: str | None) -> Any:
        """An update with the models that are there now; one that is gone gives way to the default."""
        choices, value = model_choices(self._catalogue, chosen)
        return gr.update(choices=choices, value=value)

    def _companions(self, values: Mapping[str, Any]) -> dict[Component, Any]:
        """Updates with the VAEs and refiners that are there now; a named one that is gone stays, as with styles."""
        updates: dict[Component, Any] = {}
        for field, kind in COMPANIONS.items():
            names = named_models(self._catalogue, kind)
            chosen = values.get(field)
            more = [chosen] if chosen and chosen not in names else []
            choices = [fields.NONE_OF[field], *((name, name) for name in (*names, *more))]
            told: dict[str, Any] = {"value": chosen or SAME_AS_FIRST} if field in values else {}
            updates[self.by_field[field]] = gr.update(choices=choices, **told)
        return updates

    def styles(self, chosen: list[str]) -> Any:
        """An update with the styles that are there now, if any; one that is gone stays, so that the answer names it."""
        names = sorted({*self._style_names(), *chosen}, key=str.casefold)
        return gr.update(choices=names, value=chosen, visible=bool(names))

    def model_chosen(self, model: str | None, *values: Any) -> dict[Component, Any]:
        """Updates for a chosen model: what the form takes over from it. `values` are those of the fields `TAKEN`."""
        return self.fill(self.taken_over(model, dict(zip(TAKEN, values, strict=True))))

    def taken_over(self, model: str | None, form: Mapping[str, Any]) -> dict[str, Any]:
        """The values that change in a form when a model is chosen (see `webui.ui.model_defaults`)."""
        return taken_over(self._catalogue, model, form)

    def defaults_for(self, model: str | None) -> dict[str, Any]:
        """The default of each setting, with those of the model's own in their place."""
        try:
            return self.settings_defaults() | model_defaults(self._catalogue.find(model))
        except WebUIError:
            return self.settings_defaults()

    def size_for(self, model: str | None, width_to_height: float = 1.0) -> dict[Component, Any]:
        """Updates with the model's own number of pixels in another shape, sides in steps that the request takes."""
        try:
            entry = self._catalogue.find(model)
        except WebUIError:
            return {}
        area = entry.default_width * entry.default_height
        width = (area * width_to_height) ** 0.5
        return self.sides(width, width / width_to_height)

    def sides_of(self, picture: Mapping[str, Any], model: str | None) -> dict[Component, Any]:
        """Updates with the sides of a picture and its margins; a far larger one than the model's is scaled down.

        A picture that was taken away leaves the sides as they are.
        """
        margins = picture.get("margins") or {}
        if not picture.get("width") or not picture.get("height"):
            return {self.by_field[side]: gr.skip() for side in ("width", "height")}
        width = _rounded(picture["width"]) + (margins.get("left") or 0) + (margins.get("right") or 0)
        height = _rounded(picture["height"]) + (margins.get("top") or 0) + (margins.get("bottom") or 0)
        try:
            entry = self._catalogue.find(model)
        except WebUIError:
            return self.sides(width, height)
        if width * height > _MOST_OF_MODELS_AREA * entry.default_width * entry.default_height:
            return self.size_for(model, width / height)
        return self.sides(width, height)

    def sides(self, width: float, height: float) -> dict[Component, Any]:
        """Updates with the nearest sides that the request takes."""
        wanted = {"width": width, "height": height}
        return {self.by_field[field]: gr.update(value=_nearest(field, side)) for field, side in wanted.items()}

    def _model(self) -> Component:
        choices, value = model_choices(self._catalogue, None)
        return gr.Dropdown(
            choices,
            value=value,
            label="Model",
            elem_id=element_id("model"),
            interactive=True,
            container=True,
            render=False,
        )


def _rounded(side: int) -> int:
    """A side of a picture as a request has it; margins are added after that."""
    return max(round(side / SIZE_MULTIPLE), 1) * SIZE_MULTIPLE


def _nearest(field: str, side: float) -> int:
    limits = limits_of(field)
    return int(min(max(round(side / limits.step) * limits.step, limits.least), limits.largest))
