"""Adaptive projected guidance (Sadat et al. 2024, algorithm 1): high guidance scales without burnt colours.

The part of the guidance that is parallel to the prediction makes colours too strong, the part across it makes the
details; only the second is used. It is done on predictions of the clean picture, as in the paper.
"""

import torch
from torch.nn import functional

MOMENTUM = -0.5
"""The weight of the calls before; below zero, so that the walk is pushed away from where it was pushed already."""
THRESHOLD = 0.04
"""The longest guidance, as the root mean square of its values, so that it means the same at each picture size.

The paper's threshold is a length; this is 7.5 for latents of 4 x 96 x 96.
"""


class ProjectedGuidance:
    """The guidance of one walk; it remembers the calls before.

    Args:
        momentum: beta of the paper.
        threshold: r of the paper, divided by the square root of how many values a picture's latents have.
        parallel: eta of the paper, the share of the parallel part that is kept.

    `average` is what it remembers, (batch, channels, h, w) in float32; None before the first call.
    """

    def __init__(self, *, momentum: float = MOMENTUM, threshold: float = THRESHOLD, parallel: float = 0.0) -> None:
        self._momentum = momentum
        self._threshold = threshold
        self._parallel = parallel
        self.average: torch.Tensor | None = None

    def __call__(self, conditional: torch.Tensor, unconditional: torch.Tensor, scale: float) -> torch.Tensor:
        """The guided clean latents from those with and without the prompt, (batch, channels, h, w) each, float32."""
        difference = conditional - unconditional
        if self.average is not None:
            difference = difference + self._momentum * self.average
        self.average = difference
        length = difference.flatten(1).square().mean(1).sqrt().reshape(-1, 1, 1, 1)
        difference = difference * (self._threshold / length.clamp(min=self._threshold))
        along, across = _parts(difference, conditional)
        return conditional + (scale - 1) * (across + self._parallel * along)


def _parts(vectors: torch.Tensor, direction: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each picture's vector as the sum of what is along a direction and what is across it."""
    unit = functional.normalize(direction.flatten(1).double(), dim=1)
    flat = vectors.flatten(1).double()
    along = (flat * unit).sum(1, keepdim=True) * unit
    return along.to(vectors.dtype).reshape(vectors.shape), (flat - along).to(vectors.dtype).reshape(vectors.shape)
