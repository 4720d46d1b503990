"""One component for each field of `GenerationRequest`, and what fills them.

Limits, defaults and choices are the request's own. The components themselves judge nothing: what is typed goes to
`GenerationRequest.parse`, which answers in sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.components import Component

from webui.errors import InvalidRequest, WebUIError
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule, find_sampler
from webui.ui.choices import model_choices, sampler_choices
from webui.ui.ports import Catalogue

PROMPTS = ("prompt", "negative_prompt")
"""Fields that are the user's words; the rest are settings, which can be reset as a whole."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The least and the largest value that a field takes, and the step between its values."""

    least: float
    largest: float
    step: float


def limits_of(field: str) -> Limits:
    """The limits that `GenerationRequest` itself puts on a number."""
    info = GenerationRequest.model_fields[field]
    found = {
        name: getattr(rule, name)
        for rule in info.metadata
        for name in ("ge", "le", "multiple_of")
        if getattr(rule, name, None) is not None
    }
    return Limits(least=found["ge"], largest=found["le"], step=found.get("multiple_of", 1))


def default_of(field: str) -> Any:
    """The request's default."""
    return GenerationRequest.model_fields[field].get_default()


class Controls:
    """The components by field name. They are made unplaced: a layout calls `place`."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self.by_field: dict[str, Component] = {
            **_prompts(),
            **_size(),
            **_sampling(),
            **_seed_and_batch(),
            "model": self._model(),
        }

    def place(self, field: str) -> None:
        """Put a field's component where the layout is now."""
        self.by_field[field].render()

    def settings_defaults(self) -> dict[str, Any]:
        """The default of each field that is neither a prompt nor the model; sides are the chosen model's."""
        return {field: default_of(field) for field in self.by_field if field not in (*PROMPTS, "model")}

    def fill(self, values: Mapping[str, Any]) -> dict[Component, Any]:
        """Updates that put these values into their components; fields that are not named keep theirs."""
        updates: dict[Component, Any] = {
            self.by_field[field]: gr.update(value=value) for field, value in values.items() if field in self.by_field
        }
        if "sampler" in values:
            updates |= self.schedules_for(values["sampler"], values.get("schedule"))
        if "model" in values:
            updates[self.by_field["model"]] = self.models(values["model"])
        return updates

    def schedules_for(self, sampler_name: str, schedule: str | None) -> dict[Component, Any]:
        """Updates for a chosen sampler: the schedule types that it can follow, and its note."""
        sampler = find_sampler(str(sampler_name))
        if sampler is None:
            return {}
        names = [item.value for item in sampler.schedules]
        kept = schedule if schedule in names else Schedule.AUTOMATIC.value
        return {
            self.by_field["schedule"]: gr.update(choices=names, value=kept),
            self.by_field["sampler"]: gr.update(value=sampler.name, info=sampler.note),
        }

    def models(self, chosen: str | None) -> Any:
        """An update with the models that are there now; one that is gone gives way to the default."""
        choices, value = model_choices(self._catalogue, chosen)
        return gr.update(choices=choices, value=value)

    def size_for(self, model: str | None, width_to_height: float = 1.0) -> dict[Component, Any]:
        """Updates with the model's own number of pixels in another shape, sides in steps that the request takes."""
        try:
            entry = self._catalogue.find(model)
        except WebUIError:
            return {}
        area = entry.default_width * entry.default_height
        width = (area * width_to_height) ** 0.5
        sides = {"width": width, "height": width / width_to_height}
        return {self.by_field[field]: gr.update(value=_nearest(field, side)) for field, side in sides.items()}

    def _model(self) -> Component:
        choices, value = model_choices(self._catalogue, None)
        return gr.Dropdown(
            choices, value=value, label="Model", elem_id="field-model", interactive=True, container=True, render=False
        )


def usable_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """What of a draft, or of another picture's parameters, a request takes; the rest is left out."""
    kept = {field: value for field, value in values.items() if field in GenerationRequest.model_fields}
    while True:
        try:
            request = GenerationRequest.parse(kept)
        except InvalidRequest as error:
            if error.field not in kept:
                return {}
            kept.pop(error.field)
        else:
            return {field: value for field, value in request.model_dump().items() if field in kept}


def _nearest(field: str, side: float) -> int:
    limits = limits_of(field)
    return int(min(max(round(side / limits.step) * limits.step, limits.least), limits.largest))


def _prompts() -> dict[str, Component]:
    return {
        "prompt": gr.Textbox(
            label="Prompt",
            placeholder="What should the picture show?",
            lines=3,
            max_lines=8,
            elem_id="field-prompt",
            interactive=True,
            render=False,
        ),
        "negative_prompt": gr.Textbox(
            label="Negative prompt",
            placeholder="What should it not show?",
            lines=1,
            max_lines=4,
            elem_id="field-negative_prompt",
            interactive=True,
            render=False,
        ),
    }


def _size() -> dict[str, Component]:
    return {field: _number(field, label) for field, label in (("width", "Width"), ("height", "Height"))}


def _sampling() -> dict[str, Component]:
    sampler = find_sampler(default_of("sampler"))
    assert sampler is not None
    return {
        "steps": _slider("steps", "Steps", info="More steps: finer, and slower."),
        "cfg_scale": _slider("cfg_scale", "CFG scale", step=0.5, info="How strictly to follow the prompt."),
        "sampler": gr.Dropdown(
            sampler_choices(),
            value=sampler.name,
            label="Sampler",
            info=sampler.note,
            elem_id="field-sampler",
            interactive=True,
            render=False,
        ),
        "schedule": gr.Dropdown(
            [item.value for item in Schedule],
            value=default_of("schedule"),
            label="Schedule type",
            info="How the noise levels are spaced.",
            elem_id="field-schedule",
            interactive=True,
            render=False,
        ),
    }


def _seed_and_batch() -> dict[str, Component]:
    return {
        "seed": _number("seed", "Seed (-1: random)"),
        "batch_size": _number("batch_size", "Batch size"),
        "batch_count": _number("batch_count", "Batch count"),
    }


def _number(field: str, label: str) -> gr.Number:
    """A number field. It carries no limits: Gradio would answer in its own words, in a toast that goes away."""
    limits = limits_of(field)
    return gr.Number(
        value=default_of(field),
        label=label,
        step=limits.step,
        elem_id=f"field-{field}",
        elem_classes=["number"],
        interactive=True,
        min_width=64,
        render=False,
    )


def _slider(field: str, label: str, *, info: str, step: float | None = None) -> gr.Slider:
    limits = limits_of(field)
    return gr.Slider(
        limits.least,
        limits.largest,
        value=default_of(field),
        step=step or limits.step,
        label=label,
        info=info,
        buttons=[],
        elem_id=f"field-{field}",
        interactive=True,
        min_width=120,
        render=False,
    )
