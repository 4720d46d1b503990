"""What a recording of a walk says of itself: everything but its tensors. Pure data, readable without torch.

A recording (trajectory) holds what the network said at each call, so that any state of the walk can be computed again
without it. Positions count calls of the network over all passes: position 0 is where the walk started, position k is
what call k left, and the last one is what was decoded into the picture.
"""

from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from webui.generation.limits import MAX_SEED
from webui.generation.request import GenerationRequest
from webui.generation.ways import TrajectoryId

FORMAT = "darkroom-trajectory"
VERSION = 1
MAX_CALLS = 2_000
"""A pass has at most 500 steps of two calls, and a walk that was branched several times some passes more."""

_Seed = Annotated[int, Field(ge=0, le=MAX_SEED)]
_Name = Annotated[str, Field(max_length=500)]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class RecordedPass(_Value):
    """One pass along a schedule, as it was planned.

    `begin` is how many of the schedule's `steps` were left out at its start. `timesteps` has one entry for each call
    that was planned, `sigmas` (noise over signal) one before each call and one after the last. `second` marks the
    pass of the hires fix. A pass may have been left before its end, where a branch went on along another schedule.
    `shift` is that of a flow-matching model's noise levels, None the configuration's own.
    `scheduler_config` is that of the model that walked it, where it was another one than the recording names.
    """

    sampler: _Name
    schedule: _Name
    steps: int = Field(ge=1, le=1000)
    begin: int = Field(default=0, ge=0, le=1000)
    second: bool = False
    timesteps: tuple[float, ...] = Field(max_length=MAX_CALLS)
    sigmas: tuple[float, ...] = Field(max_length=MAX_CALLS + 1)
    eta: float | None = None
    s_churn: float = 0.0
    s_tmin: float = 0.0
    s_tmax: float = 0.0
    s_noise: float = 1.0
    shift: float | None = Field(default=None, gt=0, le=1000)
    scheduler_config: dict[str, Any] | None = None


class RecordedModel(_Value):
    """The model that walked. `fingerprint` is that of its weights (see `webui.model_manager.fingerprint`)."""

    name: _Name
    fingerprint: Annotated[str, Field(max_length=64)]
    family: _Name
    latent_channels: int = Field(ge=1, le=256)
    latent_scale: int = Field(ge=1, le=64)
    scheduler_config: dict[str, Any]
    preview_weights: tuple[tuple[float, float, float], ...]
    """(latent_channels, 3): the linear map from latents to colours from 0 to 1, so that frames need no model."""
    preview_bias: tuple[float, float, float]


class Origin(_Value):
    """Where a branch left another recording: after `step` calls, as its picture number `picture`."""

    trajectory: TrajectoryId
    step: int = Field(ge=0, le=MAX_CALLS)
    picture: int = Field(default=0, ge=0, le=7)


class TrajectoryHeader(_Value):
    """What is known when a walk begins.

    `request` is that of the group of pictures that walked together, with its wildcards resolved; picture i of the
    recording has `seeds[i]` and `variation_seeds[i]`, and was number `places[i]` of the job. `device` and `dtype` are
    those of the walk ("cpu", "float32"). `guidance` tells whether the predictions with and without the prompt were
    recorded too.
    """

    id: TrajectoryId
    job: Annotated[str, Field(max_length=100)]
    batch: int = Field(default=0, ge=0)
    created: float
    program: _Name
    request: GenerationRequest
    seeds: tuple[_Seed, ...] = Field(min_length=1, max_length=8)
    variation_seeds: tuple[int, ...] = Field(min_length=1, max_length=8)
    places: tuple[int, ...] = Field(min_length=1, max_length=8)
    model: RecordedModel
    device: Annotated[str, Field(max_length=20)]
    dtype: Annotated[str, Field(max_length=20)]
    guidance: bool = False
    origin: Origin | None = None

    def request_of(self, picture: int) -> GenerationRequest:
        """The request with what the point of a picture says, where there are points; otherwise seeds are beside it."""
        return self.request.for_picture(picture) if self.request.points else self.request


class TrajectorySummary(_Value):
    """A recording as a whole: its header, its passes, and how far it got.

    `calls` has the number of recorded calls of each pass, `movement` for each recorded call how far the latents moved
    (root mean square over the values of all pictures). `complete` is false for a walk that was interrupted.
    """

    header: TrajectoryHeader
    passes: tuple[RecordedPass, ...] = Field(max_length=100)
    calls: tuple[int, ...] = Field(max_length=100)
    movement: tuple[float, ...] = Field(max_length=MAX_CALLS)
    complete: bool

    @cached_property
    def positions(self) -> int:
        """The last position: how many calls were recorded."""
        return sum(self.calls)

    @cached_property
    def sigmas(self) -> tuple[float, ...]:
        """Noise over signal at each position, 0 to `positions`."""
        last = len(self.passes) - 1
        return tuple(
            sigma
            for number, (each, calls) in enumerate(zip(self.passes, self.calls, strict=True))
            for sigma in each.sigmas[: calls + (number == last)]
        )

    @cached_property
    def timesteps(self) -> tuple[float, ...]:
        """The timestep of each recorded call."""
        return tuple(t for each, calls in zip(self.passes, self.calls, strict=True) for t in each.timesteps[:calls])

    def place_of(self, position: int) -> tuple[int, int]:
        """The pass and the call within it that come next at a position; at the end, one call after the last pass's."""
        for number, calls in enumerate(self.calls):
            if position < calls or number == len(self.calls) - 1:
                return number, position
            position -= calls
        raise ValueError("a recording has at least one pass")
