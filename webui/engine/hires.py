"""The second pass at a higher size: how large, along which schedule, and from what. Torch."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import torch
from PIL import Image

from webui.diffusion.families.base import Family, Latents
from webui.diffusion.samplers import walked_steps
from webui.diffusion.start import as_tensor
from webui.diffusion.upscaling import is_latent, resized_latents
from webui.extensions.faults import ExtensionFailed
from webui.generation.offered import offered_upscalers
from webui.generation.request import GenerationRequest
from webui.generation.samplers import Schedule, find_sampler
from webui.generation.ways import Hires, HiresUpscaler

_MAX_SCHEDULE = 500
"""Steps of the whole schedule of a second pass: noise levels of half of the thousand that models learn."""


@dataclass(frozen=True, slots=True)
class HiresSize:
    """In pixels: what the first result is enlarged to, and the middle of it that is kept, (width, height) each."""

    enlarged: tuple[int, int]
    kept: tuple[int, int]


def hires_size(request: GenerationRequest, hires: Hires, *, multiple: int) -> HiresSize:
    """How large the second pass is; sides are multiples of `multiple`.

    One given side takes the other one with it; two of them cut the first result where the proportions differ.
    """
    first, given = (request.width, request.height), (hires.width, hires.height)
    ratios = [target / side for target, side in zip(given, first, strict=True) if target]
    factor = max(ratios) if ratios else hires.scale
    # Never below what is kept: rounding must not leave a bar.
    enlarged = tuple(
        max(_rounded(side * factor, multiple), _rounded(target, multiple))
        for side, target in zip(first, given, strict=True)
    )
    kept = tuple(_rounded(target, multiple) if target else side for target, side in zip(given, enlarged, strict=True))
    return HiresSize(enlarged=(enlarged[0], enlarged[1]), kept=(kept[0], kept[1]))


def hires_schedule_steps(steps: int, strength: float, *, flow: bool = False) -> int:
    """The steps of a whole schedule of which the share `strength` has exactly `steps`, as A1111 counts them here.

    At low strengths it stops growing, and fewer are walked.
    """
    if strength <= 0:
        return steps
    whole = int(steps / strength)
    while walked_steps(whole, strength, flow=flow) < steps:
        whole += 1
    return min(whole, max(steps, _MAX_SCHEDULE))


def second_request(request: GenerationRequest, hires: Hires) -> GenerationRequest:
    """The request as the second pass walks it: with what this one has of its own in the place of the first one's.

    Raises:
        InvalidRequest: there is no such sampler, or it cannot follow the schedule type.
    """
    own = {name: getattr(hires, name) for name in ("prompt", "negative_prompt", "cfg_scale", "sampler")}
    changes: dict[str, Any] = {name: value for name, value in own.items() if value not in (None, "")}
    if hires.prompt:
        changes["blend"] = None  # a prompt of its own is in the place of the ideas too
    if hires.sampler is not None:
        sampler = find_sampler(hires.sampler)
        if sampler is not None and request.schedule not in sampler.followed:
            changes["schedule"] = Schedule.AUTOMATIC.value
    if hires.schedule is not None:
        changes["schedule"] = hires.schedule
    return request.with_changes(**changes) if changes else request


def enlarged_latents(
    family: Family, latents: Latents, size: HiresSize, upscaler: str, generators: list[torch.Generator]
) -> Latents:
    """The first pass's latents (batch, channels, h, w) at the second one's size.

    Other upscalers than latent ones enlarge the decoded pictures, which are encoded again with the generators.
    """
    if is_latent(upscaler):
        width, height = (side // family.info.latent_scale for side in size.enlarged)
        kept_width, kept_height = (side // family.info.latent_scale for side in size.kept)
        top, left = (height - kept_height) // 2, (width - kept_width) // 2
        enlarged = resized_latents(latents, height, width, upscaler)
        return enlarged[..., top : top + kept_height, left : left + kept_width].contiguous()
    (width, height), (kept_width, kept_height) = size.enlarged, size.kept
    left, top = (width - kept_width) // 2, (height - kept_height) // 2
    box = (left, top, left + kept_width, top + kept_height)
    decoded = (Image.fromarray(pixels) for pixels in family.decode(latents))
    pictures = [_enlarged(picture, size.enlarged, upscaler).crop(box) for picture in decoded]
    return family.encode_pictures(as_tensor(pictures), generators)


def _enlarged(picture: Image.Image, size: tuple[int, int], upscaler: str) -> Image.Image:
    """A picture (RGB) at a size; where an extension's upscaler fails, which is told elsewhere, by Lanczos."""
    theirs = next((each.upscale for each in offered_upscalers() if each.name == upscaler), None)
    if theirs is not None:
        with suppress(ExtensionFailed):
            return theirs(picture, *size)
    nearest = upscaler == HiresUpscaler.NEAREST
    return picture.resize(size, Image.Resampling.NEAREST if nearest else Image.Resampling.LANCZOS)


def _rounded(side: float, multiple: int) -> int:
    return max(multiple, round(side / multiple) * multiple)
