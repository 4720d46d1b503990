"""The threshold sweep: one picture at rising denoising strengths, and where it tips over into another."""

from collections.abc import Sequence
from dataclasses import dataclass

from webui.errors import InvalidRequest
from webui.generation.request import GenerationRequest
from webui.generation.ways import FromPicture

HARDLY_MOVED = 0.02
"""A distance below which two pictures look the same."""


@dataclass(frozen=True, slots=True)
class Jump:
    """The largest step between two neighbours of a sweep; `before` and `after` are their strengths."""

    before: float
    after: float
    distance: float


def sweep_strengths(first: float, last: float, count: int) -> tuple[float, ...]:
    """`count` strengths evenly spaced from the first to the last, rounded to a ten-thousandth."""
    return tuple(round(first + (last - first) * index / (count - 1), 4) for index in range(count))


def plan_sweep(request: GenerationRequest, strengths: Sequence[float]) -> tuple[GenerationRequest, ...]:
    """One picture for each strength, with one seed for all.

    Raises:
        InvalidRequest: the request starts from no picture.
    """
    check_has_picture(request, "A threshold sweep")
    return tuple(with_strength(request, strength) for strength in strengths)


def with_strength(request: GenerationRequest, strength: float) -> GenerationRequest:
    """The request for one picture at this denoising strength."""
    start = request.start.model_dump() | {"strength": strength}
    return request.with_changes(start=start, batch_size=1, batch_count=1)


def check_has_picture(request: GenerationRequest, what: str) -> None:
    """Raise `InvalidRequest` when the request starts from no picture."""
    if not isinstance(request.start, FromPicture):
        raise InvalidRequest(
            f"{what} needs a picture to start from.", hint="Choose one on the tab img2img or inpaint.", field="start"
        )


def largest_jump(strengths: Sequence[float], distances: Sequence[float | None]) -> Jump | None:
    """Where neighbours differ most; None when no two neighbours were made.

    Args:
        strengths: of each result.
        distances: from each result to the next, one less than there are results; None where one is missing.
    """
    known = [(distance, index) for index, distance in enumerate(distances) if distance is not None]
    if not known:
        return None
    distance, index = max(known, key=lambda pair: (pair[0], -pair[1]))
    return Jump(strengths[index], strengths[index + 1], distance)


def tipping_sentence(strengths: Sequence[float], jump: Jump | None) -> str:
    """What the sweep found, in a sentence."""
    if jump is None:
        return "No two neighbouring pictures of the sweep were made."
    if jump.distance < HARDLY_MOVED:
        return f"The picture hardly changes between {strengths[0]:.2f} and {strengths[-1]:.2f}."
    digits = 2 if round(jump.before, 2) == jump.before and round(jump.after, 2) == jump.after else 4
    return f"The picture tips over between {jump.before:.{digits}f} and {jump.after:.{digits}f}."
