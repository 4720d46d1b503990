"""From A1111's fields to those of a `GenerationRequest`, and the names of fields back where one cannot be used. Pure.

What A1111 would do with a value that means nothing here is done here too: nothing. Where the picture would be another
one than asked for, a note says so; notes come back in `info`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from webui.errors import InvalidRequest
from webui.generation.foreign_names import sampler_and_schedule, schedule_named, upscaler_named
from webui.generation.limits import SIZE_MULTIPLE
from webui.generation.networks import take_networks
from webui.generation.samplers import Schedule, every_sampler, every_schedule, find_sampler
from webui.generation.ways import InpaintArea, MaskedContent, ResizeMode, every_upscaler
from webui.server.sdapi.errors import Refused
from webui.server.sdapi.generation_bodies import Generation, ImageToImage, TextToImage
from webui.settings import A1111Options

Values = dict[str, Any]
RESIZE_MODES = tuple(ResizeMode)
MASKED_CONTENTS = tuple(MaskedContent)
_LARGEST_BATCH = 8
_SMALLEST_SIDE, _LARGEST_SIDE = 64, 2048

THEIR_NAMES: Mapping[str, str] = {
    "sampler": "sampler_name", "schedule": "scheduler", "batch_count": "n_iter", "variation_seed": "subseed",
    "variation_strength": "subseed_strength", "seed_resize_width": "seed_resize_from_w",
    "seed_resize_height": "seed_resize_from_h", "distilled_guidance": "distilled_cfg_scale",
    "start": "init_images", "start.picture": "init_images", "start.strength": "denoising_strength",
    "start.resize": "resize_mode", "start.colour_correction": "override_settings.img2img_color_correction",
    "mask": "mask", "mask.picture": "mask", "mask.blur": "mask_blur", "mask.padding": "inpaint_full_res_padding",
    "hires": "enable_hr", "hires.scale": "hr_scale", "hires.width": "hr_resize_x", "hires.height": "hr_resize_y",
    "hires.upscaler": "hr_upscaler", "hires.steps": "hr_second_pass_steps", "hires.strength": "denoising_strength",
    "hires.sampler": "hr_sampler_name", "hires.schedule": "hr_scheduler", "hires.prompt": "hr_prompt",
    "hires.negative_prompt": "hr_negative_prompt", "hires.cfg_scale": "hr_cfg",
    "model": "override_settings.sd_model_checkpoint", "vae": "override_settings.sd_vae",
    "clip_skip": "override_settings.CLIP_stop_at_last_layers", "refiner.model": "refiner_checkpoint",
    "refiner.switch_at": "refiner_switch_at", "x": "script_args", "y": "script_args", "z": "script_args",
}  # fmt: skip
"""A1111's names of our fields, where they are others."""


def in_their_words(error: InvalidRequest) -> InvalidRequest:
    """The error with the field's name as A1111's clients know it."""
    told = error.field or ""
    theirs = THEIR_NAMES.get(told, told)
    message = error.message
    if told and message.startswith(f"{told}:"):
        message = theirs + message.removeprefix(told)
    return InvalidRequest(message, hint=error.hint, field=theirs or None)


@dataclass(slots=True)
class Notes:
    """Sentences on what is done otherwise than asked, each once."""

    said: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Say something, once."""
        if sentence not in self.said:
            self.said.append(sentence)


def common_values(wanted: Generation, options: A1111Options, notes: Notes) -> Values:
    """The fields that txt2img and img2img share; `options` are those that hold for this request.

    Raises:
        Refused: there is no such sampler (400).
        InvalidRequest: there is no such schedule type, or a side is too small or too large.
    """
    sampler, schedule = _sampling(wanted.sampler_name or wanted.sampler_index, wanted.scheduler, notes)
    _note_unheard(wanted, notes)
    prompts = {"prompt": wanted.prompt, "negative_prompt": wanted.negative_prompt}
    if wanted.disable_extra_networks:
        prompts = {name: take_networks(text)[0] for name, text in prompts.items()}
    values: Values = {
        **prompts,
        "styles": wanted.styles,
        "seed": wanted.seed,
        "steps": wanted.steps,
        "sampler": sampler,
        "schedule": schedule,
        "cfg_scale": wanted.cfg_scale,
        "width": _side(wanted, "width"),
        "height": _side(wanted, "height"),
        **_batches(wanted.batch_size, wanted.n_iter),
        "tiling": wanted.tiling,
        "model": options.model,
        "vae": options.vae,
        "clip_skip": options.clip_skip,
        "noise_source": options.noise_source,
        "emphasis": options.emphasis,
        **_solver_values(wanted, sampler),
    }
    if wanted.subseed_strength:
        values |= {"variation_seed": wanted.subseed, "variation_strength": wanted.subseed_strength}
    if wanted.seed_resize_from_w > 0 and wanted.seed_resize_from_h > 0:
        values["seed_resize_width"] = whole_side(wanted.seed_resize_from_w)
        values["seed_resize_height"] = whole_side(wanted.seed_resize_from_h)
    if wanted.distilled_cfg_scale is not None:
        values["distilled_guidance"] = wanted.distilled_cfg_scale
    return values


def hires_values(wanted: TextToImage, values: Values, notes: Notes) -> Values:
    """The second pass, and the size of the first one where older clients tell that.

    Raises:
        Refused: there is no such sampler (400).
        InvalidRequest: there is no such upscaler or schedule type.
    """
    if not wanted.enable_hr:
        return {}
    resized = (whole_side(wanted.hr_resize_x), whole_side(wanted.hr_resize_y))
    first: Values = {}
    if wanted.firstphase_width or wanted.firstphase_height:
        resized = (values["width"], values["height"])
        first = {"width": _side(wanted, "firstphase_width"), "height": _side(wanted, "firstphase_height")}
    sampler, schedule = _second_sampling(wanted, values, notes)
    hires = {
        "scale": wanted.hr_scale,
        "width": resized[0],
        "height": resized[1],
        "upscaler": _upscaler(wanted.hr_upscaler),
        "steps": wanted.hr_second_pass_steps,
        "strength": wanted.denoising_strength,
        "sampler": sampler,
        "schedule": schedule,
        "cfg_scale": wanted.hr_cfg,
        "prompt": wanted.hr_prompt,
        "negative_prompt": wanted.hr_negative_prompt,
    }
    return {**first, "hires": hires}


def picture_values(wanted: ImageToImage, picture: str, options: A1111Options) -> Values:
    """What a walk from a picture of this id begins with."""
    return {
        "start": {
            "kind": "picture",
            "picture": picture,
            "strength": wanted.denoising_strength,
            "resize": RESIZE_MODES[wanted.resize_mode],
            "colour_correction": options.colour_correction,
        }
    }


def mask_values(wanted: ImageToImage, mask: str, *, soft: bool) -> Values:
    """Inpainting through the mask of this id."""
    blur = max(wanted.mask_blur_x, wanted.mask_blur_y) if wanted.mask_blur is None else wanted.mask_blur
    return {
        "mask": {
            "picture": mask,
            "blur": blur,
            "inverted": bool(wanted.inpainting_mask_invert),
            "content": MASKED_CONTENTS[wanted.inpainting_fill],
            "area": InpaintArea.MASKED if wanted.inpaint_full_res else InpaintArea.WHOLE,
            "padding": wanted.inpaint_full_res_padding,
            "soft": soft,
        }
    }


def whole_side(side: int) -> int:
    """A side in pixels as A1111 has it, which computes with eighths of pixels and drops what is left over."""
    return side - side % SIZE_MULTIPLE


def _side(wanted: Generation, field: str) -> int:
    """The same of a picture, refused in the client's own number."""
    told, side = getattr(wanted, field), whole_side(getattr(wanted, field))
    if not _SMALLEST_SIDE <= side <= _LARGEST_SIDE:
        raise InvalidRequest(
            f"{field}: {told} cannot be used: it must be from {_SMALLEST_SIDE} to {_LARGEST_SIDE}.", field=field
        )
    return side


def _batches(size: int, count: int) -> Values:
    """A1111 has no largest batch; the same pictures, with the same seeds, come of more and smaller ones."""
    if size > _LARGEST_BATCH and count > 0:
        pictures = size * count
        size = next(each for each in range(_LARGEST_BATCH, 0, -1) if pictures % each == 0)
        count = pictures // size
    return {"batch_size": size, "batch_count": count}


def _solver_values(wanted: Generation, sampler: str) -> Values:
    """What the sampler listens to; clients send the rest all the same."""
    row = find_sampler(sampler)
    takes = row.takes if row is not None else ()
    told = {name: getattr(wanted, name) for name in ("eta", "s_churn", "s_tmin", "s_tmax", "s_noise")}
    return {name: value for name, value in told.items() if name in takes}


def _sampling(told: str, scheduler: str | None, notes: Notes) -> tuple[str, str]:
    """The sampler and the schedule type; a type in the sampler's name counts where none is told beside it."""
    name, carried = sampler_and_schedule(told)
    if name is None:
        known = ", ".join(each.name for each in every_sampler())
        raise Refused(400, f"Sampler not found: '{told[:60]}'.", hint=f"There are {known}.")
    spacing = _spacing(scheduler, "scheduler")
    if spacing in (None, Schedule.AUTOMATIC.value):
        spacing = carried or Schedule.AUTOMATIC.value
    return name, _followed(name, spacing, notes)


def _second_sampling(wanted: TextToImage, values: Values, notes: Notes) -> tuple[str | None, str | None]:
    sampler, scheduler = wanted.hr_sampler_name, wanted.hr_scheduler
    sampler = None if not sampler or sampler.lower().startswith("use same") else sampler
    scheduler = None if not scheduler or scheduler.lower().startswith("use same") else scheduler
    if sampler is None and scheduler is None:
        return None, None
    name, schedule = _sampling(sampler or values["sampler"], scheduler or values["schedule"], notes)
    return (name if sampler else None), schedule


def _spacing(told: str | None, place: str) -> str | None:
    if not told:
        return None
    found = schedule_named(told)
    if found is None:
        known = ", ".join(every_schedule())
        raise InvalidRequest(
            f"{place}: there is no schedule type '{told[:60]}'.", hint=f"There are {known}.", field=place
        )
    return found


def _followed(sampler: str, schedule: str, notes: Notes) -> str:
    """As A1111 does, a sampler that cannot follow a schedule type goes its own way."""
    row = find_sampler(sampler)
    if row is None or schedule in row.followed:
        return schedule
    notes.add(f"{sampler} cannot follow the schedule type {schedule}; it followed its own.")
    return Schedule.AUTOMATIC.value


def _upscaler(told: str | None) -> str:
    found = upscaler_named(told or "Latent")
    if found is None:
        known = ", ".join(every_upscaler())
        raise InvalidRequest(
            f"hr_upscaler: there is no upscaler '{(told or '')[:60]}'.", hint=f"There are {known}.", field="hr_upscaler"
        )
    return found


def _note_unheard(wanted: Generation, notes: Notes) -> None:
    """Say which values would have changed the picture in A1111 and do nothing here."""
    if wanted.restore_faces:
        notes.add("There is nothing here that restores faces; restore_faces was not used.")
    if wanted.s_min_uncond:
        notes.add("s_min_uncond was not used: the negative prompt is heeded at every step.")
    if isinstance(wanted, ImageToImage) and wanted.initial_noise_multiplier not in (None, 1.0):
        notes.add("initial_noise_multiplier was not used: noise is added as it is.")
