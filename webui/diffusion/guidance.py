"""Classifier-free guidance: how strictly the walk follows the prompt."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

Predict = Callable[[torch.Tensor, torch.Tensor, torch.Tensor], torch.Tensor]
"""(latents (batch, channels, h, w), timestep, embeddings (batch, tokens, width)) -> prediction like the latents."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditioning:
    """Encoded prompts, (batch, tokens, width) each."""

    prompt: torch.Tensor
    negative: torch.Tensor


class ClassifierFreeGuidance:
    """Predicts with and without the prompt in one call and goes further along the difference.

    Source: Ho & Salimans 2022, equation 6 (with the scale counted so that 1 means no guidance, as in Saharia et al.
    2022). At a scale of 1 or less the second prediction is not made, as diffusers' pipelines do.
    """

    def __init__(self, *, predict: Predict, conditioning: Conditioning, scale: float) -> None:
        self._predict = predict
        self._scale = scale
        self._guided = scale > 1.0
        parts = [conditioning.negative, conditioning.prompt] if self._guided else [conditioning.prompt]
        self._embeddings = torch.cat(parts)

    def __call__(self, latents: torch.Tensor, timestep: torch.Tensor, index: int) -> torch.Tensor:
        """The guided prediction for latents (batch, channels, h, w), of the same shape."""
        if not self._guided:
            return self._predict(latents, timestep, self._embeddings)
        unconditional, conditional = self._predict(torch.cat([latents] * 2), timestep, self._embeddings).chunk(2)
        return unconditional + self._scale * (conditional - unconditional)
