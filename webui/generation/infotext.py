"""The infotext: a picture's parameters in the text form that A1111 began and its peers read.

Order, names and conditions are those of A1111 1.10 (`modules/processing.py` there); what has no name there has one of
SD.Next's or Forge's, or one of ours. docs/infotext.md lists them all.
"""

import json
from collections.abc import Mapping

from webui import __version__
from webui.generation.infotext_form import EXTENSION, NEGATIVE, quoted, split_layout
from webui.generation.infotext_points import point_pairs
from webui.generation.model_options import SizeConditioning
from webui.generation.request import Emphasis, GenerationRequest, GuidanceMethod
from webui.generation.ways import FromPicture, FromStep, Hires, InpaintArea, Mask, MaskedContent, ResizeMode

_DISTILLED = GenerationRequest().distilled_guidance

_NEVER = frozenset({"version", "exact prompt", "exact negative prompt"})
"""Keys that only the writer itself writes."""

Pairs = dict[str, str | None]
"""Keys and their values; None: not written."""


def write_infotext(
    request: GenerationRequest, extra: Mapping[str, str] | None = None, more: Mapping[str, str] | None = None
) -> str:
    """The infotext of a request for one picture, with its seed fixed and its model named.

    Args:
        request: what the picture was made with.
        extra: more pairs, such as `Wildcard prompt`. One that is named like an earlier key takes its place (so a
            `Model hash` comes before the model), others stand before the version.
        more: pairs that are left out where a key of that name, in whatever case, says something already.
    """
    pairs = {
        **_picture(request), **point_pairs(request), **_start(request), **_hires(request), **_advanced(request),
        **_model(request), **_extensions(request), **(extra or {}),
    }  # fmt: skip
    said = {key.casefold() for key, value in pairs.items() if value is not None} | _NEVER
    pairs |= {key: value for key, value in (more or {}).items() if key.casefold() not in said}
    texts = _joined(request, pairs)
    read = split_layout(texts)
    if (read.prompt, read.negative_prompt) != (request.prompt, request.negative_prompt):
        # A prompt with a line like `Negative prompt:`, or spaces at its ends: the form cannot hold it as it is.
        exact = {"Exact prompt": request.prompt, "Exact negative prompt": request.negative_prompt}
        texts = _joined(request, {**pairs, **exact})
    return texts


def _joined(request: GenerationRequest, pairs: Mapping[str, str | None]) -> str:
    lines = [request.prompt]
    if request.negative_prompt:
        lines.append(f"{NEGATIVE} {request.negative_prompt}")
    written = {**pairs, "Version": f"Darkroom {__version__}"}
    lines.append(", ".join(f"{key}: {_value(key, value)}" for key, value in written.items() if value is not None))
    return "\n".join(lines).strip()


def _value(key: str, value: str) -> str:
    return json.dumps(value, ensure_ascii=False) if key.startswith("Exact ") else quoted(value)


def _picture(request: GenerationRequest) -> Pairs:
    """What A1111 writes of every picture, up to `Tiling`. `Size` is that of the first pass."""
    varied = request.variation_strength > 0
    resized_seed = request.seed_resize_width > 0 and request.seed_resize_height > 0
    return {
        "Steps": str(request.steps),
        "Sampler": request.sampler,
        "Schedule type": request.schedule,
        "CFG scale": _number(request.cfg_scale),
        "Distilled CFG Scale": _number(request.distilled_guidance)
        if request.distilled_guidance != _DISTILLED
        else None,
        "Seed": str(request.seed),
        "Size": f"{request.width}x{request.height}",
        "Model hash": None,
        "Model": request.model,
        "VAE": request.vae,
        "Variation seed": str(request.variation_seed) if varied else None,
        "Variation seed strength": _number(request.variation_strength) if varied else None,
        "Seed resize from": f"{request.seed_resize_width}x{request.seed_resize_height}" if resized_seed else None,
        "Denoising strength": _denoising_strength(request),
        "Clip skip": str(request.clip_skip) if request.clip_skip > 1 else None,
        "RNG": request.noise_source.value,
        "Tiling": _flag(request.tiling),
    }


def _denoising_strength(request: GenerationRequest) -> str | None:
    if isinstance(request.start, FromPicture):
        return _number(request.start.strength)
    return _number(request.hires.strength) if request.hires else None


def _start(request: GenerationRequest) -> Pairs:
    start, mask = request.start, request.mask
    if isinstance(start, FromStep):
        return _step(start, mask)
    if not isinstance(start, FromPicture):
        return {}
    sides = (start.margins.left, start.margins.top, start.margins.right, start.margins.bottom)
    return {
        "Soft inpainting enabled": _flag(mask is not None and mask.soft),
        **(_mask(mask) if mask else {}),
        "Resize mode": None if start.resize is ResizeMode.STRETCH else start.resize.value,
        "Outpainting margins": " ".join(map(str, sides)) if start.margins else None,
        "Color correction": _flag(start.colour_correction),
        "Start picture": start.picture,
        "Start toward": start.toward,
        "Start share": _number(start.share) if start.toward else None,
        "Mask picture": mask.picture if mask else None,
    }


def _step(start: FromStep, mask: Mask | None) -> Pairs:
    return {
        "Soft inpainting enabled": _flag(mask is not None and mask.soft),
        **(_mask(mask) if mask else {}),
        "Start trajectory": start.trajectory,
        "Start step": str(start.step),
        "Start row": str(start.picture) if start.picture else None,
        "Start painting": start.painting,
        "Mask picture": mask.picture if mask else None,
    }


def _mask(mask: Mask) -> Pairs:
    masked_area = mask.area is InpaintArea.MASKED
    return {
        "Mask mode": "Inpaint not masked" if mask.inverted else None,
        "Mask blur": str(mask.blur) if mask.blur else None,
        "Inpaint area": mask.area.value if masked_area else None,
        "Masked area padding": str(mask.padding) if masked_area else None,
        "Masked content": None if mask.content is MaskedContent.ORIGINAL else mask.content.value,
    }


def _hires(request: GenerationRequest) -> Pairs:
    hires = request.hires
    if hires is None:
        return {}
    prompt, negative = hires.prompt, hires.negative_prompt
    both = isinstance(request.start, FromPicture)
    return {
        "Hires denoising strength": _number(hires.strength) if both else None,
        "Hires sampler": hires.sampler if hires.sampler != request.sampler else None,
        "Hires prompt": prompt if prompt not in ("", request.prompt) else None,
        "Hires negative prompt": negative if negative not in ("", request.negative_prompt) else None,
        "Hires schedule type": hires.schedule if hires.schedule != request.schedule else None,
        **_hires_size(hires),
        "Hires steps": str(hires.steps) if hires.steps else None,
        "Hires upscaler": hires.upscaler,
        "Hires CFG Scale": _number(hires.cfg_scale),
    }


def _hires_size(hires: Hires) -> Pairs:
    if hires.width or hires.height:
        return {"Hires resize": f"{hires.width}x{hires.height}"}
    return {"Hires upscale": _number(hires.scale)}


def _advanced(request: GenerationRequest) -> Pairs:
    weighs = any(bracket in prompt for prompt in request.prompts for bracket in "([")
    emphasis = request.emphasis.value if weighs and request.emphasis is not Emphasis.ORIGINAL else None
    return {
        "Emphasis": emphasis,
        "Eta DDIM" if request.sampler == "DDIM" else "Eta": _number(request.eta),
        "Sigma churn": _number(request.s_churn or None),
        "Sigma tmin": _number(request.s_tmin or None),
        "Sigma tmax": _number(request.s_tmax or None),
        "Sigma noise": _number(request.s_noise) if request.s_noise != 1 else None,
        "Skip Early CFG": _number(request.guidance_start or None),
        "CFG end": _number(request.guidance_end) if request.guidance_end != 1 else None,
        "CFG rescale": _number(request.cfg_rescale or None),
        "Guidance method": request.guidance.value if request.guidance is not GuidanceMethod.CFG else None,
        "PAG scale": _number(request.pag_scale or None),
    }


def _model(request: GenerationRequest) -> Pairs:
    """What only some models listen to."""
    refiner = request.refiner
    return {
        "Refiner": refiner.model if refiner else None,
        "Refiner switch at": _number(refiner.switch_at) if refiner else None,
        "Shift": _number(request.flow_shift),
        **(_size_conditioning(request.size_conditioning) if request.size_conditioning else {}),
        "Fast": request.fast or None,
        "Frames": str(request.video.frames) if request.video else None,
        "FPS": _number(request.video.fps) if request.video else None,
    }


def _extensions(request: GenerationRequest) -> Pairs:
    """The values of each extension's controls as a JSON object, which brings back exactly what they were."""
    return {
        f"{EXTENSION} {name}": json.dumps(dict(values), ensure_ascii=False) for name, values in request.extras.items()
    }


def _size_conditioning(told: SizeConditioning) -> Pairs:
    usual = SizeConditioning()
    high, low = told.aesthetic_score, told.negative_aesthetic_score
    return {
        "Original size": f"{told.original_width}x{told.original_height}",
        "Crop corner": f"{told.crop_left}x{told.crop_top}" if told.crop_left or told.crop_top else None,
        "Aesthetic score": _number(high) if high != usual.aesthetic_score else None,
        "Negative aesthetic score": _number(low) if low != usual.negative_aesthetic_score else None,
    }


def _flag(value: bool) -> str | None:
    return "True" if value else None


def _number(value: float | None) -> str | None:
    """The shortest text that reads back as the same number; whole ones without decimals."""
    if value is None:
        return None
    return str(int(value)) if value == int(value) else repr(float(value))
