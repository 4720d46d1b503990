"""What only some models listen to, and what stands beside them: values of a `GenerationRequest`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

ModelName = Annotated[str, Field(min_length=1, max_length=500)]
"""A name in the catalogue."""
_Side = Annotated[int, Field(ge=0, le=8192)]
_Score = Annotated[float, Field(ge=0.0, le=10.0)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class SizeConditioning(_Value):
    """What SDXL is told of the picture that it makes (Podell et al. 2023, section 2.2), in pixels.

    The model has learnt to make what a training picture of the original size looked like, cropped at the given corner;
    a small original size makes blurred pictures, a crop cuts things off. Sides of 0 are those of the pass. The scores
    are for refiners, which were told how well people liked a picture, with the prompt and with the negative prompt.
    """

    original_width: _Side = 0
    original_height: _Side = 0
    crop_left: _Side = 0
    crop_top: _Side = 0
    aesthetic_score: _Score = 6.0
    negative_aesthetic_score: _Score = 2.5


class Refiner(_Value):
    """A second model that goes on where the first one stops: at the share `switch_at` of the steps."""

    model: ModelName
    switch_at: float = Field(default=0.8, ge=0.0, le=1.0)
