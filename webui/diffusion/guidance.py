"""Guidance: how the predictions with and without the prompt become the one that the walk follows."""

from collections.abc import Callable

import torch

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.request import GenerationRequest

EmbeddingLookup = Callable[[str], torch.Tensor | None]
"""The vectors (n, width) of the textual inversion of that name, or None."""


class Guide:
    """The guided model of one walk.

    Predicts with and without the prompt in one call and goes further along the difference. Source: Ho & Salimans 2022,
    equation 6 (with the scale counted so that 1 means no guidance, as in Saharia et al. 2022). At a scale of 1 or less
    the second prediction is not made, as in diffusers' pipelines.

    `extra_channels` is what an inpainting network sees beside the latents: (batch, channels, height / 8, width / 8).
    """

    def __init__(self, family: Family, *, negative: torch.Tensor, positive: torch.Tensor, scale: float) -> None:
        self._family = family
        self._scale = scale
        self._rows = torch.cat([negative, positive]) if scale > 1.0 else positive
        self.extra_channels: torch.Tensor | None = None
        self.notes: tuple[str, ...] = ()

    def __call__(self, latents: Latents, timestep: torch.Tensor, index: int) -> torch.Tensor:
        """The guided prediction for the latents that the network sees at call `index`, of the latents' shape."""
        seen = latents
        if self.extra_channels is not None:
            seen = torch.cat([latents, self.extra_channels.to(latents)], dim=1)
        if self._scale <= 1.0:
            return self._family.predict(seen, timestep, self._rows)
        unconditional, conditional = self._family.predict(torch.cat([seen] * 2), timestep, self._rows).chunk(2)
        return unconditional + self._scale * (conditional - unconditional)


def make_guide(
    family: Family,
    *,
    prompt: str,
    negative_prompt: str,
    count: int,
    schedule: NoiseSchedule,
    request: GenerationRequest,
    embeddings: EmbeddingLookup,
    second_pass: bool = False,
) -> Guide:
    """The guide of a walk of `count` pictures along `schedule`, for prompts whose names are resolved already."""
    encoded = family.encode_prompt([negative_prompt, prompt])
    scale = request.cfg_scale
    if second_pass and request.hires is not None and request.hires.cfg_scale is not None:
        scale = request.hires.cfg_scale
    negative, positive = (part.repeat(count, 1, 1) for part in encoded.split(1))
    return Guide(family, negative=negative, positive=positive, scale=scale)
