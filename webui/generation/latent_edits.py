"""Changes to a picture's latents, as values: what is scaled, swapped, blurred, noised or painted, one after the other.

Where an edit names a channel it changes that one alone; without, all of them.
"""

import base64
import binascii
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from webui.generation.limits import MAX_SEED

MOST_EDITS = 64
MOST_CHANNELS = 256
MOST_MASK_SIDE = 512
"""Latents along a side of a mask: more than any picture here has."""

Channel = Annotated[int, Field(ge=0, lt=MOST_CHANNELS)]
_Side = Annotated[int, Field(ge=1, le=MOST_MASK_SIDE)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class ScaleChannel(_Value):
    """Values become value * `factor` + `shift`."""

    kind: Literal["scale"] = "scale"
    channel: Channel | None = None
    factor: float = Field(default=1.0, ge=-10.0, le=10.0)
    shift: float = Field(default=0.0, ge=-20.0, le=20.0)


class SwapChannels(_Value):
    """Two channels change places."""

    kind: Literal["swap"] = "swap"
    one: Channel
    other: Channel


class AddNoise(_Value):
    """`amount` times normal noise is added, drawn on the CPU from `seed`."""

    kind: Literal["noise"] = "noise"
    channel: Channel | None = None
    seed: int = Field(default=0, ge=0, le=MAX_SEED)
    amount: float = Field(default=0.5, ge=0.0, le=10.0)


class BlurLatents(_Value):
    """A Gaussian blur; `sigma` counts in latents."""

    kind: Literal["blur"] = "blur"
    channel: Channel | None = None
    sigma: float = Field(default=1.0, ge=0.0, le=32.0)


class LatentMask(_Value):
    """Which latents are meant: a bit each, row by row, the highest of a byte first, as base64."""

    width: _Side
    height: _Side
    bits: str = Field(max_length=4 * MOST_MASK_SIDE**2 // 8 // 3 + 4)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if len(self.packed) != (self.width * self.height + 7) // 8:
            raise ValueError("the mask has not as many bits as it has latents")
        return self

    @property
    def packed(self) -> bytes:
        """Eight latents a byte.

        Raises:
            ValueError: it is no base64.
        """
        try:
            return base64.b64decode(self.bits, validate=True)
        except binascii.Error as error:
            raise ValueError("the mask's bits are not base64") from error


class PaintLatents(_Value):
    """The masked latents are set to `value`."""

    kind: Literal["paint"] = "paint"
    channel: Channel | None = None
    value: float = Field(default=0.0, ge=-20.0, le=20.0)
    mask: LatentMask


LatentEdit = Annotated[ScaleChannel | SwapChannels | AddNoise | BlurLatents | PaintLatents, Field(discriminator="kind")]
LatentEdits = Annotated[tuple[LatentEdit, ...], Field(max_length=MOST_EDITS)]
