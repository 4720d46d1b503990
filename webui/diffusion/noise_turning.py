"""Noise that is turned towards that of other seeds, for journeys between seeds and for neighbours of a picture."""

from collections.abc import Callable, Sequence

import torch

from webui.generation.noise_turns import NoiseTurn

DrawnNoise = Callable[[NoiseTurn], torch.Tensor]
"""A turn to the noise of its seed, with its variation and before its own turns: (channels, height, width)."""

_NEARLY_PARALLEL = 1e-4
"""Of the sine of the angle: below it arcs are straight lines, and dividing by it would lose every digit."""


def turned(noise: torch.Tensor, turns: Sequence[NoiseTurn], draw: DrawnNoise) -> torch.Tensor:
    """Noise (channels, height, width) after its turns, one after the other, in its own dtype."""
    for turn in turns:
        noise = arc(noise, turned(draw(turn), turn.turns, draw), turn.share)
    return noise


def arc(start: torch.Tensor, end: torch.Tensor, share: float) -> torch.Tensor:
    """Moves noise by `share` of the angle between them towards other noise, there for 1, and beyond it above.

    It is one angle for the whole picture (Shoemake 1985), so that noise of unit spread keeps it on the way. Computed in
    float32. A share of 0 gives the very start, 1 the very end.
    """
    if share == 0:
        return start
    if share == 1:
        return end
    one, other = start.float(), end.float()
    angle = torch.atan2(*_sine_and_cosine(one, other))
    sine = torch.sin(angle)
    if float(sine) < _NEARLY_PARALLEL:
        return (one + share * (other - one)).to(start.dtype)
    along = torch.sin((1 - share) * angle) / sine, torch.sin(share * angle) / sine
    return (along[0].float() * one + along[1].float() * other).to(start.dtype)


def _sine_and_cosine(one: torch.Tensor, other: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of the angle between them, in float64, which sums over a whole picture need."""
    first, second = (each.flatten().double() / each.double().norm().clamp(min=1e-12) for each in (one, other))
    cosine = torch.dot(first, second)
    return (second - cosine * first).norm(), cosine
