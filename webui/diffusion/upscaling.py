"""Latents of one size to another one, for the second pass and for the resize mode that happens after encoding."""

from torch.nn import functional

from webui.diffusion.families.base import Latents
from webui.generation.ways import HiresUpscaler

_MODES: dict[str, str] = {
    HiresUpscaler.LATENT: "bilinear",
    HiresUpscaler.LATENT_BICUBIC: "bicubic",
    HiresUpscaler.LATENT_NEAREST: "nearest",
    HiresUpscaler.LATENT_NEAREST_EXACT: "nearest-exact",
}


def is_latent(upscaler: str) -> bool:
    """Whether it enlarges latents, not pictures."""
    return upscaler in _MODES


def resized_latents(latents: Latents, height: int, width: int, upscaler: str = HiresUpscaler.LATENT) -> Latents:
    """Latents (batch, channels, h, w) at another size; computed in float32, returned in their own dtype."""
    return functional.interpolate(latents.float(), (height, width), mode=_MODES[upscaler]).to(latents)
