"""Which fields of the form need something that not every model can do. Pure.

The page hides them where the chosen model lacks it, and what is hidden is sent as if it had never been touched.
"""

from collections.abc import Collection, Mapping

from webui.generation.families import Capability

WALKED = "walked"
"""The program's own loop makes the steps: sampler, noise levels and guidance can be chosen."""
FLOW = "flow"
"""Trained by flow matching."""
REFINED = "refined"
"""Another model may take over after some steps."""
FAST = "fast"
"""There are presets that skip steps (`webui.generation.fast`)."""

_ADAPTER = "pipeline"
_REFINED_FAMILIES = ("stable-diffusion", "stable-diffusion-xl")
_FAST_FAMILIES = ("flux", "chroma", "flux-2", "qwen-image")
_FIELDS: Mapping[str, tuple[str, ...]] = {
    Capability.NEGATIVE_PROMPT: ("negative_prompt",),
    Capability.CLIP_SKIP: ("clip_skip",),
    Capability.EMPHASIS: ("emphasis",),
    Capability.PAG: ("pag_scale",),
    Capability.TILING: ("tiling",),
    Capability.HIRES: (
        "hires_on", "hires_scale", "hires_strength", "hires_upscaler", "hires_steps", "hires_width", "hires_height",
        "hires_cfg_scale", "hires_sampler", "hires_schedule", "hires_prompt", "hires_negative_prompt",
    ),
    Capability.DISTILLED_GUIDANCE: ("distilled_guidance",),
    Capability.VIDEO: ("video_frames", "video_fps"),
    Capability.SIZE_CONDITIONING: (
        "size_conditioning_original_width", "size_conditioning_original_height", "size_conditioning_crop_left",
        "size_conditioning_crop_top", "size_conditioning_aesthetic_score",
        "size_conditioning_negative_aesthetic_score",
    ),
    Capability.BLEND: ("blend", "blend_way", "noise_turns", "sliders"),
    FLOW: ("flow_shift",),
    REFINED: ("refiner_model", "refiner_switch_at"),
    FAST: ("fast",),
    WALKED: (
        "sampler", "schedule", "guidance", "cfg_rescale", "guidance_start", "guidance_end", "eta", "s_churn", "s_noise",
        "s_tmin", "s_tmax", "variation_seed", "variation_strength", "seed_resize_width", "seed_resize_height",
        "noise_source", "vae",
    ),
}  # fmt: skip
NEEDS: Mapping[str, str] = {field: str(ability) for ability, fields in _FIELDS.items() for field in fields}
"""The ability that each field needs, by the field's flat name; fields that are not named need none."""


def abilities_of(capabilities: Collection[str], *, family: str | None, prediction: str | None) -> frozenset[str]:
    """Everything that fields may need and a model has.

    Args:
        capabilities: by name, as the catalogue has them.
        family: the model's.
        prediction: what its network says: "flow", "epsilon"...
    """
    further = {
        WALKED: family != _ADAPTER,
        FLOW: prediction == "flow",
        REFINED: family in _REFINED_FAMILIES,
        FAST: family in _FAST_FAMILIES,
    }
    return frozenset(str(name) for name in capabilities) | {name for name, there in further.items() if there}


def hidden_fields(abilities: Collection[str]) -> frozenset[str]:
    """The fields that a model with these abilities does not listen to."""
    return frozenset(field for field, needed in NEEDS.items() if needed not in abilities)
