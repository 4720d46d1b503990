"""The infotext of what is blended into the place of the prompt, added to it, and turned in the noise, both ways."""

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.blend import BlendWay
from webui.generation.expression import parse, written
from webui.generation.noise_turns_text import read_turns, written_turns
from webui.generation.request import GenerationRequest

BLEND, BLEND_WAY = "Blend", "Blend way"
_SLIDERS, _NOISE_TURNS = "Sliders", "Noise turns"


def point_pairs(request: GenerationRequest) -> dict[str, str | None]:
    """Keys and their values; None: not written."""
    blend, turns = request.blend, request.noise_turns
    sliders = [slider.model_dump(mode="json", exclude_defaults=True) for slider in request.sliders]
    return {
        BLEND: written(blend) if blend else None,
        BLEND_WAY: blend.way.value if blend and blend.way is not BlendWay.LINEAR else None,
        _SLIDERS: json.dumps(sliders, ensure_ascii=False) if sliders else None,
        _NOISE_TURNS: written_turns(turns) if turns else None,
    }


def read_blend(text: str, way: str) -> dict[str, Any]:
    """The values of a blend from its expression; no way is the linear one.

    Raises:
        InvalidRequest: the expression cannot be read.
    """
    return {**parse(text).model_dump(mode="json"), "way": way or BlendWay.LINEAR.value}


def _read_sliders(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidRequest("sliders: they are no JSON list.", field="sliders") from error


def _read_turns(text: str) -> Any:
    return [turn.model_dump(mode="json") for turn in read_turns(text)]


READERS: Mapping[str, tuple[str, Callable[[str], Any]]] = MappingProxyType(
    {_SLIDERS: ("sliders", _read_sliders), _NOISE_TURNS: ("noise_turns", _read_turns)}
)
"""Keys whose values have a form of their own: the field, and what reads it, which raises `InvalidRequest`."""
