"""The closed accordions of the bench: which fields each holds, in which rows, and on which tabs it is."""

from dataclasses import dataclass

import gradio as gr

from webui.ui.controls import Controls
from webui.ui.form import Way


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """An accordion. A row holds one field or two side by side.

    Args:
        name: `section-<name>` is its id on the page.
        title: what it says.
        rows: the flat names of its fields.
        ways: the tabs that show it.
    """

    name: str
    title: str
    rows: tuple[tuple[str, ...], ...]
    ways: tuple[Way, ...] = tuple(Way)

    @property
    def fields(self) -> tuple[str, ...]:
        """All its fields."""
        return tuple(field for row in self.rows for field in row)


_PICTURE = (Way.IMG2IMG, Way.INPAINT)

SECTIONS = (
    Section(
        name="hires",
        title="Hires fix",
        rows=(
            ("hires_on",),
            ("hires_scale", "hires_strength"),
            ("hires_upscaler",),
            ("hires_width", "hires_height"),
            ("hires_sampler", "hires_schedule"),
            ("hires_steps", "hires_cfg_scale"),
            ("hires_prompt",),
            ("hires_negative_prompt",),
        ),
        ways=(Way.TXT2IMG,),
    ),
    Section(
        name="resize",
        title="Resize and colours",
        rows=(("start_resize",), ("start_colour_correction",)),
        ways=_PICTURE,
    ),
    Section(
        name="mask",
        title="Mask",
        rows=(("mask_content", "mask_area"), ("mask_blur", "mask_padding"), ("mask_soft", "mask_inverted")),
        ways=(Way.INPAINT,),
    ),
    Section(name="blend", title="Blend", rows=(("blend",), ("blend_way",), ("noise_turns",))),
    Section(name="sliders", title="Concept sliders", rows=(("sliders",),)),
    Section(
        name="variations",
        title="Variations",
        rows=(
            ("variation_strength", "variation_seed"),
            ("seed_resize_width", "seed_resize_height"),
            ("noise_source",),
            ("same_seed", "tiling"),
        ),
    ),
    Section(
        name="model",
        title="VAE, refiner and more",
        rows=(
            ("vae", "fast"),
            ("refiner_model", "refiner_switch_at"),
            ("distilled_guidance", "flow_shift"),
            ("video_frames", "video_fps"),
            ("size_conditioning_original_width", "size_conditioning_original_height"),
            ("size_conditioning_crop_left", "size_conditioning_crop_top"),
            ("size_conditioning_aesthetic_score", "size_conditioning_negative_aesthetic_score"),
        ),
    ),
    Section(
        name="advanced",
        title="Guidance and advanced",
        rows=(
            ("clip_skip", "emphasis"),
            ("guidance", "cfg_rescale"),
            ("guidance_start", "guidance_end"),
            ("pag_scale", "eta"),
            ("s_churn", "s_noise"),
            ("s_tmin", "s_tmax"),
        ),
    ),
)


def lay_out(section: Section, controls: Controls) -> None:
    """An accordion with its rows, where the layout is now; of one with nothing to show, only the fields."""
    if not any(controls.by_field[field].visible for field in section.fields):
        controls.place(*section.fields)
        return
    hidden = [f"not-{way}" for way in Way if way not in section.ways]
    with gr.Accordion(section.title, open=False, elem_id=f"section-{section.name}", elem_classes=["section", *hidden]):
        for row in section.rows:
            with gr.Row(elem_classes=["fields", "two"] if len(row) == 2 else ["fields", "one"]):
                controls.place(*row)
