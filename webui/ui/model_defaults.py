"""What the form takes over from a model that is chosen: its own settings, where the user has not set others.

A value counts as the user's own unless it is the request's default or that of some model, so that going from one model
to another and back leaves no trace, and a value that was set by hand stays.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from webui.errors import WebUIError
from webui.ui.form import default_of
from webui.ui.ports import Catalogue, Entry

TAKEN = ("width", "height", "steps", "cfg_scale", "sampler", "schedule", "distilled_guidance")
"""The fields that follow the model."""
_TOGETHER = (("width", "height"), ("sampler", "schedule"), ("steps",), ("cfg_scale",), ("distilled_guidance",))
"""Those that count as one: a picture's shape, and a sampler with what it follows."""


def model_defaults(entry: Entry) -> dict[str, Any]:
    """What people start with, for each of the fields that follow a model."""
    sides = {"width": entry.default_width, "height": entry.default_height}
    told = {field: entry.defaults[field] for field in TAKEN if entry.defaults.get(field) is not None}
    return {field: default_of(field) for field in TAKEN} | sides | told


def taken_over(catalogue: Catalogue, model: str | None, form: Mapping[str, Any]) -> dict[str, Any]:
    """The values that change in a form when a model is chosen; none for a model that cannot be used."""
    with suppress(WebUIError):
        own = model_defaults(catalogue.find(model))
        usual = [{field: default_of(field) for field in TAKEN}, *map(model_defaults, catalogue.entries())]
        untouched = [
            group for group in _TOGETHER if any(all(form[name] == each[name] for name in group) for each in usual)
        ]
        return {field: own[field] for group in untouched for field in group}
    return {}
