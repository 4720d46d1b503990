"""The latents of the picture that a walk starts from, or of a place between two pictures. Torch."""

from collections.abc import Sequence

import torch
from PIL import Image

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.noise import picture_generators
from webui.diffusion.noise_turning import arc
from webui.diffusion.start import as_tensor
from webui.diffusion.upscaling import resized_latents
from webui.engine.source_picture import SourcePicture
from webui.generation.request import GenerationRequest
from webui.generation.ways import ResizeMode


def source_latents(
    family: Family,
    request: GenerationRequest,
    source: SourcePicture,
    generators: list[torch.Generator],
    *,
    seeds: Sequence[int],
) -> Latents:
    """One for each generator, at the request's size; between two pictures along an arc through all of the latents.

    Args:
        family: encodes.
        request: with the size.
        source: the picture, or both.
        generators: of the walk, which go on from here.
        seeds: what these began with.
    """
    share, toward = source.start.share, source.toward
    if toward is None or share == 0:
        return _encoded(family, request, source.picture, source.start.resize, generators)
    if share == 1:
        return _encoded(family, request, toward, source.start.resize, generators)
    first = _encoded(family, request, source.picture, source.start.resize, generators)
    # From generators of its own, so that what is drawn afterwards is what a walk from one picture draws.
    second = _encoded(family, request, toward, source.start.resize, picture_generators(seeds))
    return torch.stack([arc(one, other, share) for one, other in zip(first, second, strict=True)])


def _encoded(
    family: Family,
    request: GenerationRequest,
    picture: Image.Image,
    resize: ResizeMode,
    generators: list[torch.Generator],
) -> Latents:
    latents = family.encode_pictures(as_tensor([picture]), generators)
    scale = family.info.latent_scale
    height, width = request.height // scale, request.width // scale
    if resize is ResizeMode.LATENT and latents.shape[-2:] != (height, width):
        latents = resized_latents(latents, height, width)
    return latents
