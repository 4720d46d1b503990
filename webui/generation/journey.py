"""What a journey is asked to be: stops, and how the frames between them are spaced.

The frames themselves are planned in `webui.exploring.journey`.
"""

from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from webui.errors import InvalidRequest
from webui.generation.blend import BlendWay
from webui.generation.limits import Share
from webui.generation.points import MAX_POINTS, Point
from webui.generation.ways import PictureId

MAX_STOPS = 24
MAX_FRAMES = 1_000
"""Of one journey."""


class Easing(StrEnum):
    """How the way from one stop to the next is gone."""

    LINEAR = "linear"
    SMOOTH = "smooth"
    """Slow at both ends."""
    IN = "in"
    """Slow at first."""
    OUT = "out"
    """Slow at last."""

    def at(self, time: float) -> float:
        """The share of the way at a share of the time, both 0 to 1."""
        match self:
            case Easing.LINEAR:
                return time
            case Easing.SMOOTH:
                return time * time * (3 - 2 * time)
            case Easing.IN:
                return time * time
            case Easing.OUT:
                return time * (2 - time)


class Spacing(StrEnum):
    """What the way is measured in."""

    EVEN = "even"
    """In shares of the blend."""
    PERCEPTUAL = "perceptual"
    """In how much the pictures change, as quick ones show that are made first."""


class Stop(Point):
    """A place that a journey goes through, and how many `frames` there are from it up to the next, itself counted.

    `picture` is what its own picture starts from (img2img); None is noise.
    """

    picture: PictureId | None = None
    frames: int = Field(default=12, ge=1, le=240)


class Journey(BaseModel):
    """Stops and the way between them; what all frames share is in the request beside it.

    With `loop` the last stop leads back to the first, whose frame is not there twice. `way` is how the prompts of two
    stops are blended. `strength` is how much of a stop's picture is made anew. Up to `batch_size` frames walk together.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)
    kind: ClassVar[str] = "journey"
    title: ClassVar[str] = "Journey"

    stops: Annotated[tuple[Stop, ...], Field(min_length=2, max_length=MAX_STOPS)]
    easing: Easing = Easing.LINEAR
    spacing: Spacing = Spacing.EVEN
    loop: bool = False
    way: BlendWay = BlendWay.SPHERICAL
    strength: Share = 0.6
    fps: float = Field(default=12.0, ge=0.5, le=60.0)
    batch_size: int = Field(default=MAX_POINTS, ge=1, le=MAX_POINTS)

    @model_validator(mode="after")
    def _not_too_long(self) -> Self:
        if self.frame_count > MAX_FRAMES:
            raise InvalidRequest(
                f"The journey has {self.frame_count:,} frames, and at most {MAX_FRAMES:,} are made.",
                hint="Give the stops fewer frames.", field="stops",
            )  # fmt: skip
        return self

    @property
    def stretches(self) -> int:
        """How many ways from one stop to the next there are."""
        return len(self.stops) if self.loop else len(self.stops) - 1

    @property
    def frame_count(self) -> int:
        """How many frames there are."""
        return sum(stop.frames for stop in self.stops[: self.stretches]) + (0 if self.loop else 1)
