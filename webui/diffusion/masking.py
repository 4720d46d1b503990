"""Inpainting on the side of the latents: which of them may change, what is put back, what an inpainting model sees.

Masks are pixels from 0 (kept) to 1 (may change), (1, 1, height, width).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch.nn import functional

from webui.diffusion.families.base import Latents
from webui.diffusion.samplers import NoiseSchedule

_HALF = 0.5


def hard_latent_mask(mask: torch.Tensor, *, scale: int, blurred: bool) -> torch.Tensor:
    """Which latents may change, 0 or 1, (1, 1, height / scale, width / scale).

    A sharp mask goes to the latents as diffusers' inpainting pipeline takes it there: each latent has the value of the
    first of its pixels. A blurred one is scaled down and rounded, as in A1111. Where nothing would be left of a small
    mask, every latent that it touches may change.
    """
    size = (mask.shape[-2] // scale, mask.shape[-1] // scale)
    if blurred:
        scaled = functional.interpolate(mask, size, mode="bicubic", antialias=True)
        latent_mask = (scaled > _HALF).to(mask)
    else:
        latent_mask = functional.interpolate(sharp(mask), size)
    if not latent_mask.any():
        touched = functional.max_pool2d(mask, scale)
        latent_mask = (touched >= _HALF * touched.max()).to(mask)
    return latent_mask


def sharp(mask: torch.Tensor) -> torch.Tensor:
    """A mask of 0 and 1 alone."""
    return (mask >= _HALF).to(mask)


def soft_latent_mask(mask: torch.Tensor, *, scale: int) -> torch.Tensor:
    """The grey level of each latent: the mean of its pixels, (1, 1, height / scale, width / scale)."""
    return functional.avg_pool2d(mask, scale)


def masked_pictures(pictures: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Pictures (batch, 3, height, width) from -1 to 1, grey where they may change, as inpainting models are shown."""
    return pictures * (1 - sharp(mask))


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptPart:
    """What a mask keeps of a picture, for a walk.

    Args:
        clean: the picture's latents (batch, channels, h, w).
        noise: what they are noised with, of the same shape: the walk's own.
        mask: (1, 1, h, w), 1 where a latent may change.
        soft: whether grey levels are times.
        first: the call of the pass from which these times are counted; below 0 where a pass before it began them.
    """

    clean: Latents
    noise: Latents
    mask: torch.Tensor
    soft: bool = False
    first: float = 0.0

    def taken(self, rows: Sequence[int], *, device: torch.device, dtype: torch.dtype | None = None) -> Self:
        """That of some of the pictures, in that order, on a device and in a dtype (None: as it is)."""
        return replace(
            self,
            clean=self.clean[list(rows)].to(device, dtype),
            noise=self.noise[list(rows)].to(device, dtype),
            mask=self.mask.to(device, dtype),
        )


class PutBack:
    """Puts back, after each move of a walk, what the mask keeps: the picture's latents, noised to the level reached.

    A soft mask's grey levels say at which share of the walk a latent is freed: white at once, half grey halfway, black
    never (differential diffusion: Levin & Fried 2023, algorithm 1).
    """

    def __init__(self, schedule: NoiseSchedule, kept: KeptPart) -> None:
        self._schedule = schedule
        self._kept = kept

    def __call__(self, latents: Latents, index: int) -> Latents:
        """The latents after move `index`, with what is not free yet put back."""
        free = self._free_after(index).to(latents)
        kept = self._schedule.noised(self._kept.clean, self._kept.noise, index + 1).to(latents)
        return (1 - free) * kept + free * latents

    def _free_after(self, index: int) -> torch.Tensor:
        mask, first = self._kept.mask, self._kept.first
        if not self._kept.soft:
            return mask
        walked = (index + 1 - first) / (len(self._schedule.timesteps) - first)
        return (mask > 0) & (mask >= 1 - walked)
