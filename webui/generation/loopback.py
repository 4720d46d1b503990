"""Many pictures one after another through one request: the loopback, and the batch."""

import math
from collections.abc import Sequence
from enum import StrEnum

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.sweep import check_has_picture
from webui.generation.ways import FromPicture


class Curve(StrEnum):
    """How a loopback's strength goes to its last value. The values are A1111's labels."""

    LINEAR = "Linear"
    AGGRESSIVE = "Aggressive"
    """Fast at first: a quarter of a sine."""
    LAZY = "Lazy"
    """Slow at first."""


def loop_strength(first: float, last: float, *, loop: int, loops: int, curve: Curve) -> float:
    """The denoising strength of a loop, counted from 0, as A1111's loopback script has it."""
    if loops == 1:
        return first
    progress = loop / (loops - 1)
    if curve is Curve.AGGRESSIVE:
        progress = math.sin(progress * math.pi / 2)
    elif curve is Curve.LAZY:
        progress = 1 - math.cos(progress * math.pi / 2)
    return min(max(first + (last - first) * progress, 0.0), 1.0)


def loop_request(request: GenerationRequest, picture: str | None, *, loop: int, strength: float) -> GenerationRequest:
    """The request of a loop: the last result is its start (None: the request's own picture), the seed one higher.

    Raises:
        InvalidRequest: the request starts from no picture, or would extend it anew each time.
    """
    check_has_picture(request, "A loopback")
    assert isinstance(request.start, FromPicture)
    if request.start.margins:
        raise InvalidRequest(
            "A loopback cannot extend the picture.", hint="Set all margins to 0.", field="start.margins"
        )
    start = request.start.model_dump() | {"strength": strength, "picture": picture or request.start.picture}
    return request.with_changes(start=start, seed=request.seed + loop, batch_size=1, batch_count=1)


def plan_batch(request: GenerationRequest, pictures: Sequence[str]) -> tuple[GenerationRequest, ...]:
    """The same request from each of the pictures, with the same seed."""
    own = request.start.model_dump() if isinstance(request.start, FromPicture) else {"kind": "picture"}
    return tuple(request.with_changes(start=own | {"picture": picture}) for picture in pictures)
