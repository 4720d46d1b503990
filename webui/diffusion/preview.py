"""Cheap previews: a linear map from latents to colours, fitted to the loaded VAE.

A latent pixel of these VAEs is close to a linear function of the mean colour of the pixels it stands for, so least
squares on the VAE's own decodes gives a preview at a thousandth of a decode's cost.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from webui.diffusion.families.base import Family, Latents

_FIT_SEED = 0
_FIT_PICTURES = 8
_FIT_GRIDS = (2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class LatentPreview:
    """colour = latents @ weights + bias, with colours from 0 to 1.

    `weights` is (channels, 3) and `bias` (3,), float32 on the CPU.
    """

    weights: torch.Tensor
    bias: torch.Tensor

    def pixels(self, latents: Latents) -> np.ndarray:
        """Latents (batch, channels, h, w) to a small picture each, uint8 (batch, h, w, 3)."""
        moved = latents.float().cpu().movedim(1, -1)
        colours = torch.addmm(self.bias, moved.reshape(-1, moved.shape[-1]), self.weights)
        return (colours.clamp(0, 1) * 255).round().to(torch.uint8).reshape(*moved.shape[:-1], 3).numpy()


@torch.inference_mode()
def fit_preview(family: Family) -> LatentPreview:
    """Fits the map for a model: smooth random pictures are encoded and decoded, then least squares.

    Takes about as long as encoding and decoding eight pictures of 128 x 128.
    """
    side = 16 * family.info.latent_scale
    generator = torch.Generator("cpu").manual_seed(_FIT_SEED)
    grids = [torch.rand(_FIT_PICTURES // len(_FIT_GRIDS), 3, n, n, generator=generator) for n in _FIT_GRIDS]
    pictures = torch.cat([functional.interpolate(grid, (side, side), mode="bicubic") for grid in grids])
    latents = family.encode_pictures(pictures.clamp(0, 1) * 2 - 1)
    decoded = torch.from_numpy(family.decode(latents)).float().movedim(-1, 1) / 255
    colours = functional.avg_pool2d(decoded, family.info.latent_scale).movedim(1, -1).reshape(-1, 3)
    inputs = latents.float().cpu().movedim(1, -1).reshape(-1, family.info.latent_channels)
    with_bias = torch.cat([inputs, torch.ones(len(inputs), 1)], dim=1)
    solution = torch.linalg.lstsq(with_bias, colours).solution
    return LatentPreview(weights=solution[:-1].contiguous(), bias=solution[-1].contiguous())
