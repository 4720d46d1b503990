"""Where a walk starts: latents and the random state that belongs to them."""

from collections.abc import Sequence

import torch

from webui.diffusion.families.base import Family, Latents


def picture_generators(seeds: Sequence[int]) -> list[torch.Generator]:
    """A generator of its own for each picture, on the CPU, so that seeds agree between devices."""
    return [torch.Generator("cpu").manual_seed(seed) for seed in seeds]


def pure_noise(
    family: Family, *, width: int, height: int, generators: Sequence[torch.Generator], init_noise_sigma: float
) -> Latents:
    """Latents of pure noise (batch, channels, height / scale, width / scale), drawn picture by picture.

    Drawn in the family's own dtype and then moved, as diffusers' `randn_tensor` does: the same seed in the same dtype
    gives the same noise as a plain pipeline.
    """
    info = family.info
    shape = (1, info.latent_channels, height // info.latent_scale, width // info.latent_scale)
    noise = [torch.randn(shape, generator=generator, dtype=family.dtype) for generator in generators]
    return torch.cat(noise).to(family.device) * init_noise_sigma
