"""The component of each field of the form, with its words: short, and plain."""

from collections.abc import Callable, Mapping, Sequence

import gradio as gr
from gradio.components import Component

from webui.generation.blend import BlendWay
from webui.generation.fast import EXACT, PRESETS
from webui.generation.request import Emphasis, GuidanceMethod, NoiseSource
from webui.generation.samplers import SAMPLERS, every_schedule
from webui.generation.ways import InpaintArea, MaskedContent, ResizeMode, every_upscaler
from webui.ui.choices import sampler_choices
from webui.ui.concept_sliders import concept_sliders
from webui.ui.extension_controls import extension_controls
from webui.ui.form import SAME_AS_FIRST, element_id
from webui.ui.widgets import choice, number, number_or_none, slider, switch, words

NONE_OF = {"vae": ("The model's own", SAME_AS_FIRST), "refiner_model": ("None", SAME_AS_FIRST)}
"""What the fields that may name another model offer for none."""
_AS_FIRST = ("As in the first pass", SAME_AS_FIRST)


def prompts() -> dict[str, Component]:
    """What the picture should show, and what not."""
    return {
        "prompt": words("prompt", "Prompt", hint="What should the picture show?", lines=3, most_lines=8),
        "negative_prompt": words("negative_prompt", "Negative prompt", hint="What should it not show?"),
    }


def styles(names: Callable[[], Sequence[str]]) -> dict[str, Component]:
    """Kept prompts that are put into this one."""
    known = list(names())
    field = gr.Dropdown(
        known,
        value=[],
        visible=bool(known),
        multiselect=True,
        label="Styles",
        elem_id=element_id("styles"),
        interactive=True,
        render=False,
    )
    return {"styles": field}


def settings() -> dict[str, Component]:
    """What nearly every picture is made with."""
    return {
        "width": number("width", "Width"),
        "height": number("height", "Height"),
        "steps": slider("steps", "Steps", info="More steps: finer, and slower."),
        "cfg_scale": slider("cfg_scale", "CFG scale", step=0.5, info="How strictly to follow the prompt."),
        "sampler": choice("sampler", "Sampler", sampler_choices(), info=SAMPLERS[0].note),
        "schedule": choice(
            "schedule",
            "Schedule type",
            [str(name) for name in every_schedule()],
            info="How the noise levels are spaced.",
        ),
        "seed": number("seed", "Seed (-1: random)"),
        "batch_size": number("batch_size", "Batch size"),
        "batch_count": number("batch_count", "Batch count"),
    }


def start() -> dict[str, Component]:
    """How a picture is taken up."""
    return {
        "start_strength": slider(
            "start_strength", "Denoising strength", step=0.01, info="0 keeps the picture, 1 leaves nothing of it."
        ),
        "start_resize": choice(
            "start_resize", "Resize mode", list(ResizeMode), info="How the picture comes to the size above."
        ),
        "start_colour_correction": switch(
            "start_colour_correction", "Keep the picture's colours", info="Shifts the result's colours back to them."
        ),
    }


def mask() -> dict[str, Component]:
    """What happens in the masked part and at its edge."""
    return {
        "mask_blur": slider("mask_blur", "Mask blur", info="Softens the mask's edge, in pixels."),
        "mask_padding": slider("mask_padding", "Padding", info="Around the mask, for Only masked, in pixels."),
        "mask_content": choice(
            "mask_content", "Masked content", list(MaskedContent), info="What is under the mask at the start."
        ),
        "mask_area": choice(
            "mask_area", "Area", list(InpaintArea), info="Only masked works on the masked part at full size."
        ),
        "mask_soft": switch("mask_soft", "Soft inpainting", info="Grey parts of the mask change less."),
        "mask_inverted": switch("mask_inverted", "Change what is not masked"),
    }


def hires() -> dict[str, Component]:
    """The second pass; what is left as it is follows the first one."""
    schedules = [_AS_FIRST, *((str(name), str(name)) for name in every_schedule())]
    samplers = [_AS_FIRST, *((name, name) for name in sampler_choices())]
    return {
        "hires_on": switch("hires_on", "Second pass at a higher size"),
        "hires_scale": slider("hires_scale", "Scale", step=0.05, info="Times width and height."),
        "hires_strength": slider("hires_strength", "Denoising strength", step=0.01, info="Low keeps the first pass."),
        "hires_upscaler": choice("hires_upscaler", "Upscaler", [str(name) for name in every_upscaler()]),
        "hires_steps": number("hires_steps", "Steps (0: the same)"),
        "hires_width": number("hires_width", "Width (0: by scale)"),
        "hires_height": number("hires_height", "Height (0: by scale)"),
        "hires_cfg_scale": number_or_none("hires_cfg_scale", "CFG scale", hint="the same"),
        "hires_sampler": choice("hires_sampler", "Sampler", samplers),
        "hires_schedule": choice("hires_schedule", "Schedule type", schedules),
        "hires_prompt": words("hires_prompt", "Prompt", hint="As in the first pass"),
        "hires_negative_prompt": words("hires_negative_prompt", "Negative prompt", hint="As in the first pass"),
    }


def variations() -> dict[str, Component]:
    """Pictures near the one that the seed gives, and where its noise comes from."""
    return {
        "variation_seed": number("variation_seed", "Variation seed (-1: random)"),
        "variation_strength": slider(
            "variation_strength", "Variation strength", step=0.01, info="0 is the seed, 1 the variation seed."
        ),
        "seed_resize_width": number("seed_resize_width", "Seed from width (0: off)"),
        "seed_resize_height": number("seed_resize_height", "Seed from height (0: off)"),
        "noise_source": choice("noise_source", "Noise source", list(NoiseSource), info="NV: as a GPU draws it."),
        "same_seed": switch("same_seed", "One seed for all", info="Every picture of a batch has the same seed."),
        "tiling": switch("tiling", "Tiling", info="Edges that meet, for patterns."),
    }


def model(named: Mapping[str, Sequence[str]]) -> dict[str, Component]:
    """What stands beside the model, and what only some models listen to.

    Args:
        named: the models that `vae` and `refiner_model` may name.
    """
    vaes, refiners = ([NONE_OF[field], *((name, name) for name in names)] for field, names in named.items())
    conditioning = "size_conditioning_"
    return {
        "vae": choice("vae", "VAE", vaes, info="Turns latents into pictures."),
        "refiner_model": choice("refiner_model", "Refiner", refiners),
        "refiner_switch_at": slider("refiner_switch_at", "Switch at", step=0.01, info="Share of the steps."),
        "distilled_guidance": slider(
            "distilled_guidance", "Distilled guidance", step=0.1, info="What FLUX is told to be guided by."
        ),
        "flow_shift": number_or_none("flow_shift", "Shift", hint="as the model has it"),
        "fast": choice("fast", "Fast", _fast_choices(), info="Trades exactness for speed."),
        f"{conditioning}original_width": number(f"{conditioning}original_width", "Original width (0: the same)"),
        f"{conditioning}original_height": number(f"{conditioning}original_height", "Original height (0: the same)"),
        f"{conditioning}crop_left": number(f"{conditioning}crop_left", "Crop from the left"),
        f"{conditioning}crop_top": number(f"{conditioning}crop_top", "Crop from the top"),
        f"{conditioning}aesthetic_score": slider(f"{conditioning}aesthetic_score", "Aesthetic score", step=0.5),
        f"{conditioning}negative_aesthetic_score": slider(
            f"{conditioning}negative_aesthetic_score", "Negative aesthetic score", step=0.5
        ),
        "video_frames": number_or_none("video_frames", "Frames", hint="the model's own"),
        "video_fps": number("video_fps", "Frames a second"),
    }


def _fast_choices() -> list[tuple[str, str]]:
    return [("Off: exact", EXACT), *((preset.label, name) for name, preset in PRESETS.items())]


def extensions() -> dict[str, Component]:
    """The values of extensions' controls."""
    return {"extras": extension_controls(element_id("extras"))}


def no_extensions() -> dict[str, Component]:
    """The same field on a page without controls of extensions: it holds nothing, and asks the server nothing."""
    return {"extras": gr.JSON({}, visible=False, elem_id=element_id("extras"), render=False)}


def blends() -> dict[str, Component]:
    """What is blended into the place of the prompt, and where the noise is turned to."""
    return {
        "blend": words("blend", "Ideas", hint='"a cat" + 0.8 * ("night" - "day")'),
        "blend_way": choice("blend_way", "Blend", [str(way) for way in BlendWay], info="Spherical: by shares."),
        "noise_turns": words("noise_turns", "Noise turns", hint="0.3 to 77: three tenths of the way to seed 77"),
    }


def sliders(*, usable: bool) -> dict[str, Component]:
    """Concepts that are turned up or down; on a page without them the field holds what a picture was made with."""
    if not usable:
        return {"sliders": gr.JSON([], visible=False, elem_id=element_id("sliders"), render=False)}
    return {"sliders": concept_sliders(element_id("sliders"))}


def advanced() -> dict[str, Component]:
    """How the prompt is read and followed, and what samplers can be told."""
    return {
        "clip_skip": slider("clip_skip", "Clip skip", info="1 reads the text encoder's last layer."),
        "emphasis": choice("emphasis", "Emphasis", list(Emphasis), info="What (word:1.3) does."),
        "guidance": choice("guidance", "Guidance", list(GuidanceMethod), info="APG burns no colours at high CFG."),
        "cfg_rescale": slider("cfg_rescale", "CFG rescale", step=0.05, info="Against grey or burnt pictures."),
        "guidance_start": slider("guidance_start", "Guidance from", step=0.01, info="Share of the steps."),
        "guidance_end": slider("guidance_end", "Guidance until", step=0.01, info="Share of the steps."),
        "pag_scale": slider("pag_scale", "PAG scale", step=0.1, info="Perturbed attention; 0 is off."),
        "eta": number_or_none("eta", "Eta", hint="the sampler's own"),
        "s_churn": number("s_churn", "Churn", step=0.1),
        "s_noise": number("s_noise", "Churn noise", step=0.001),
        "s_tmin": number("s_tmin", "Churn from sigma", step=0.1),
        "s_tmax": number("s_tmax", "Churn to (0: all)", step=0.1),
    }
