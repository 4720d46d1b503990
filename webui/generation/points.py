"""Points: pictures that walk together although their prompts, guidance and noise differ."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from webui.errors import InvalidRequest
from webui.generation.blend import Blend, Sliders
from webui.generation.limits import MAX_SEED, RANDOM_SEED, Prompt
from webui.generation.noise_turns import NoiseTurns

if TYPE_CHECKING:
    from webui.generation.request import GenerationRequest

MAX_POINTS = 8


class Point(BaseModel):
    """All that may differ between pictures of one walk; each value has its meaning in `GenerationRequest`."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    prompt: Prompt = ""
    negative_prompt: Prompt = ""
    seed: int = Field(default=RANDOM_SEED, ge=RANDOM_SEED, le=MAX_SEED)
    cfg_scale: float = Field(default=5.0, ge=0.0, le=30.0)
    blend: Blend | None = None
    sliders: Sliders = ()
    noise_turns: NoiseTurns = ()


def joined(requests: Sequence["GenerationRequest"]) -> "GenerationRequest":
    """Requests for one picture each as one, in which each is a point; a single one stays as it is.

    Raises:
        InvalidRequest: there are none or too many, one asks for several pictures, or they differ in something that
            cannot differ within one walk, which is named.
    """
    if not 1 <= len(requests) <= MAX_POINTS:
        raise InvalidRequest(f"points: {len(requests)} pictures cannot walk together, only 1 to {MAX_POINTS}.")
    if any(request.image_count != 1 for request in requests):
        raise InvalidRequest("points: one of the requests asks for more than one picture.", field="batch_size")
    first = requests[0]
    for request in requests:
        for field in type(first).model_fields:
            if field not in Point.model_fields and getattr(request, field) != getattr(first, field):
                raise InvalidRequest(
                    f"{field}: it differs between the pictures, so that they cannot walk together.",
                    hint="Make them one after the other, or make it the same for all.", field=field,
                )  # fmt: skip
    if len(requests) == 1:
        return first
    points = [{name: getattr(request, name) for name in Point.model_fields} for request in requests]
    return first.with_changes(points=points, batch_size=len(points))
