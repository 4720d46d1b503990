"""Where a walk starts: from noise, from pictures, or from a picture of which a part may change.

The order in which the pictures' generators are drawn from is that of diffusers' pipelines (encoder, noise, encoder of
the masked picture), so that the same seeds give the same pictures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from webui.diffusion.families.base import Family, Latents, MaskView
from webui.diffusion.masking import KeptPart, hard_latent_mask, masked_pictures, sharp, soft_latent_mask
from webui.diffusion.samplers import NoiseSchedule
from webui.generation.ways import MaskedContent

Draw = Callable[[int, int], Latents]
"""(height, width) in latents -> the walk's noise (batch, channels, height, width) on the family's device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkStart:
    """The latents that a walk starts with, what is put back after each move, and what an inpainting model also sees.

    `seen` is (batch, input channels - latent channels, h, w); None for other models.
    """

    latents: Latents
    kept: KeptPart | None = None
    seen: torch.Tensor | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MaskedPicture:
    """A picture and the part of it that may change.

    `picture` is (1, 3, height, width) from -1 to 1 and `mask` (1, 1, height, width) from 0 to 1, white where it may
    change; `soft` reads its grey as times (see `webui.diffusion.masking`).
    """

    picture: torch.Tensor
    mask: torch.Tensor
    content: MaskedContent = MaskedContent.ORIGINAL
    blurred: bool = False
    soft: bool = False


def as_tensor(pictures: Sequence[Image.Image]) -> torch.Tensor:
    """RGB pictures of one size to (batch, 3, height, width) from -1 to 1, in float32.

    The colours of a pixel stay side by side in memory, as in diffusers' image processor: the layout decides the order
    of sums in the encoder.
    """
    levels = np.stack([np.asarray(picture, np.float32) for picture in pictures]) / 255.0
    return 2.0 * torch.from_numpy(levels).movedim(-1, 1) - 1.0


def as_mask(mask: Image.Image) -> torch.Tensor:
    """A grey picture to (1, 1, height, width) from 0 to 1, in float32."""
    return torch.from_numpy(np.asarray(mask, np.float32) / 255.0)[None, None]


def start_from_noise(
    family: Family,
    schedule: NoiseSchedule,
    *,
    width: int,
    height: int,
    generators: Sequence[torch.Generator],
    draw: Draw,
) -> WalkStart:
    """Pure noise, for pictures of a size in pixels."""
    scale = family.info.latent_scale
    latents = schedule.start_from_noise(draw(height // scale, width // scale))
    return WalkStart(latents=latents, seen=nothing_kept(family, latents, generators))


def start_from_latents(
    family: Family, schedule: NoiseSchedule, clean: Latents, *, generators: Sequence[torch.Generator], draw: Draw
) -> WalkStart:
    """Pictures' latents, noised to the schedule's first level (Meng et al. 2022, SDEdit)."""
    latents = schedule.noised(clean, draw(*clean.shape[-2:]))
    return WalkStart(latents=latents, seen=nothing_kept(family, latents, generators))


def start_from_masked(
    family: Family,
    schedule: NoiseSchedule,
    masked: MaskedPicture,
    *,
    strength: float,
    clean: Callable[[], Latents],
    generators: Sequence[torch.Generator],
    draw: Draw,
) -> WalkStart:
    """A picture's latents with something else under the mask, noised; what the mask keeps is put back after each move.

    An inpainting model is shown what is kept instead. At full strength a hard mask starts from pure noise, and nothing
    of the picture is left under it.

    Args:
        clean: encodes the picture for the whole batch; called only if its latents are needed.
    """
    scale = family.info.latent_scale
    height, width = (side // scale for side in masked.mask.shape[-2:])
    hard = hard_latent_mask(masked.mask, scale=scale, blurred=masked.blurred).to(family.device, family.dtype)
    from_pure_noise = strength >= 1.0 and not masked.soft
    puts_back = masked.soft or not family.info.inpainting
    # FLUX.1 Fill's pipeline encodes the picture even where only noise is left of it, which moves the generators on.
    is_encoded = puts_back or not from_pure_noise or family.info.mask_view is MaskView.PIXELS
    # Laid out plainly, as the pipeline's copies are: in bf16 another order of sums in the convolutions would show.
    latents = clean().contiguous() if is_encoded else None
    noise = draw(height, width)
    kept = None
    if latents is not None:
        latents = _with_content(latents, noise, hard, masked.content)
        if puts_back:
            mask = soft_latent_mask(masked.mask, scale=scale).to(hard) if masked.soft else hard
            kept = KeptPart(clean=latents, noise=noise, mask=mask, soft=masked.soft)
    start = schedule.start_from_noise(noise) if latents is None or from_pure_noise else schedule.noised(latents, noise)
    return WalkStart(latents=start, kept=kept, seen=kept_part(family, masked, hard, generators))


def _with_content(latents: Latents, noise: Latents, mask: torch.Tensor, content: MaskedContent) -> Latents:
    """The latents with what the user wants under the mask; 'fill' was done to the picture before it was encoded."""
    match content:
        case MaskedContent.LATENT_NOISE:
            return latents * (1 - mask) + noise * mask
        case MaskedContent.LATENT_NOTHING:
            return latents * (1 - mask)
        case _:
            return latents


def kept_part(
    family: Family, masked: MaskedPicture, mask: torch.Tensor, generators: Sequence[torch.Generator] | None
) -> torch.Tensor | None:
    """What an inpainting model sees: the mask, and the latents of what it keeps; None for other models.

    `mask` is that of the latents, (1, 1, h, w). Without generators the mean of the encoder's distribution is taken.
    """
    view = family.info.mask_view
    if view is None:
        return None
    kept = family.encode_pictures(masked_pictures(masked.picture, masked.mask), generators)
    if view is MaskView.LATENTS:
        return torch.cat([mask.expand(len(kept), -1, -1, -1), kept], dim=1)
    pixels = functional.pixel_unshuffle(sharp(masked.mask).to(kept), family.info.latent_scale)
    return torch.cat([kept, pixels.expand(len(kept), -1, -1, -1)], dim=1)


def nothing_kept(family: Family, latents: Latents, generators: Sequence[torch.Generator] | None) -> torch.Tensor | None:
    """What an inpainting model sees where no mask is given: everything may change."""
    if not family.info.inpainting:
        return None
    height, width = (side * family.info.latent_scale for side in latents.shape[-2:])
    grey = torch.zeros(1, height, width, 3).movedim(-1, 1)
    whole = MaskedPicture(picture=grey, mask=torch.ones(1, 1, height, width))
    seen = kept_part(family, whole, torch.ones_like(latents[:1, :1]), generators)
    return None if seen is None else seen.expand(len(latents), -1, -1, -1)
