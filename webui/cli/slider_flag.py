"""`--slider NAME=VALUE`: kept concept sliders for pictures of the command line."""

from collections.abc import Sequence
from typing import Any

from webui.errors import InvalidRequest
from webui.library.sliders import SliderFiles


def slider_values(given: Sequence[str], kept: SliderFiles) -> list[dict[str, Any]]:
    """The request's `sliders` for the flags. A name alone stands where its file says.

    Raises:
        InvalidRequest: a value is no number.
        SliderNotFound: no slider of that name is kept.
    """
    return [_slider(each, kept) for each in given]


def _slider(given: str, kept: SliderFiles) -> dict[str, Any]:
    name, equals, value = given.rpartition("=")
    if not equals:
        return kept.find(given).model_dump(mode="json")
    slider = kept.find(name).model_dump(mode="json")
    try:
        return {**slider, "value": float(value)}
    except ValueError as error:
        raise InvalidRequest(
            f"slider: '{value[:40]}' is no number.", hint=f"Write it as --slider '{name}=0.5'.", field="sliders"
        ) from error
