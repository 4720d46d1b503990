"""A predicted clean picture that was painted over, on its way back into the walk."""

import numpy as np
import torch
from PIL import Image
from torch.nn import functional

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.start import as_tensor

_ROUNDING = 3
"""Levels of 255 by which a picture that was shown and sent back may differ without having been painted on."""


def painted_over(family: Family, clean: Latents, painting: Image.Image) -> Latents:
    """Clean latents (batch, channels, h, w) with what a painting (RGB, of their decoded size) changed, in float32.

    Only the latents of which a pixel was changed come from the painting. The others stay as they are, so that what the
    autoencoder loses on its way to pixels and back is lost under the brush alone.
    """
    shown = family.decode(clean.to(family.dtype)).astype(np.int16)
    strokes = np.abs(shown - np.asarray(painting, np.int16)).max(-1) > _ROUNDING
    touched = functional.max_pool2d(torch.from_numpy(strokes)[:, None].float(), family.info.latent_scale)
    encoded = family.encode_pictures(as_tensor([painting])).float()
    return torch.where(touched.to(clean.device) > 0, encoded, clean.float())
