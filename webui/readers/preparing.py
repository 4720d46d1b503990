"""Pictures as image encoders want them, by the rules that transformers' image processors write down. No torch.

The processors themselves need a package more for most models. What is done here is what `CLIPImageProcessor` and
`BlipImageProcessor` do: resize, cut out the middle, scale, subtract the mean, divide by the deviation.
"""

from pathlib import Path
from typing import Annotated, Any, Self

import numpy as np
from PIL import Image
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from webui.errors import ModelUnusable
from webui.generation.invalid_values import as_invalid_request
from webui.model_manager.catalogue.folder_safety import read_json

PREPARATION_FILE = "preprocessor_config.json"
_MOST_SIDE = 1024
_CLIP_MEAN, _CLIP_DEVIATION = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
"""What CLIP and BLIP models were trained with."""

_Side = Annotated[int, Field(ge=8, le=_MOST_SIDE)]
_Three = tuple[float, float, float]


class _Size(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    height: _Side | None = None
    width: _Side | None = None
    shortest_edge: _Side | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_one_number(cls, told: Any) -> Any:
        return {"shortest_edge": told} if isinstance(told, int) else told

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.shortest_edge is None and (self.height is None or self.width is None):
            raise ValueError("it must have a height and a width, or a shortest_edge")
        return self


class Preparation(BaseModel):
    """The rules of one encoder; what a file does not say is as CLIP has it."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    do_resize: bool = True
    size: _Size
    resample: Annotated[int, Field(ge=0, le=5)] = int(Image.Resampling.BICUBIC)
    do_center_crop: bool = False
    crop_size: _Size | None = None
    do_rescale: bool = True
    rescale_factor: float = 1 / 255
    do_normalize: bool = True
    image_mean: _Three = _CLIP_MEAN
    image_std: _Three = _CLIP_DEVIATION

    @field_validator("image_std")
    @classmethod
    def _divides(cls, deviation: _Three) -> _Three:
        if min(deviation) <= 0:
            raise ValueError("it must be greater than 0")
        return deviation

    def prepared(self, picture: Image.Image, side: int) -> np.ndarray:
        """A picture (RGB) as values, float32 (1, 3, side, side).

        What the rules leave in another shape than the encoder takes is squashed to it.
        """
        if self.do_resize:
            picture = picture.resize(self._size_of(picture), Image.Resampling(self.resample))
        if self.do_center_crop:
            picture = _middle(picture, self.crop_size or self.size)
        if picture.size != (side, side):
            picture = picture.resize((side, side), Image.Resampling(self.resample))
        values = np.asarray(picture, np.float32)
        if self.do_rescale:
            values = values * np.float32(self.rescale_factor)
        if self.do_normalize:
            values = (values - np.asarray(self.image_mean)) / np.asarray(self.image_std)
        return np.ascontiguousarray(values.transpose(2, 0, 1)[None], np.float32)

    def _size_of(self, picture: Image.Image) -> tuple[int, int]:
        if self.size.width is not None and self.size.height is not None:
            return self.size.width, self.size.height
        edge = self.size.shortest_edge or _MOST_SIDE
        if not self.do_center_crop:  # nothing will be cut off, so a long picture must not become a huge one
            return edge, edge
        factor = edge / min(picture.size)
        # Of what is cut off anyway, no more than is needed: the longer side of a strip would fill the memory.
        width, height = (min(round(factor * side), 16 * edge) for side in picture.size)
        return max(width, edge), max(height, edge)


def read_preparation(folder: Path, side: int) -> Preparation:
    """The rules in a folder; without any, CLIP's for an encoder of this side.

    Raises:
        ModelUnusable: the file cannot be used; the sentence says why.
    """
    file = folder / PREPARATION_FILE
    if not file.is_file():
        return Preparation(size=_Size(height=side, width=side))
    try:
        return Preparation.model_validate(read_json(file))
    except ValidationError as error:
        raise ModelUnusable(f"{file.name} is damaged: {as_invalid_request(error).message}") from error
    except (OSError, ValueError) as error:
        raise ModelUnusable(f"{file.name} cannot be read ({str(error)[:200]}).") from error


def _middle(picture: Image.Image, size: _Size) -> Image.Image:
    """The middle of a picture; what lies outside of it is black."""
    width, height = size.width or size.shortest_edge or 0, size.height or size.shortest_edge or 0
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))
