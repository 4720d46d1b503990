"""UNets of Stable Diffusion 1, 2 and XL, in the names of their authors (ldm) and in diffusers' names."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, columns, rows
from webui.model_manager.catalogue.model_entry import CHECKPOINT

_INPAINTING_CHANNELS = 9
_KNOWN_CHANNELS = (4, _INPAINTING_CHANNELS)
_BY_TEXT_WIDTH = {
    768: ("sd1", "SD 1.x", "epsilon", 512),
    1024: ("sd2", "SD 2.x", "v_prediction", 768),
    2048: ("sdxl", "SDXL 1.0", "epsilon", 1024),
    1280: ("sdxl-refiner", "SDXL 1.0 refiner", "epsilon", 1024),
}
"""By the width of what cross-attention reads: Rombach et al. 2022; Stability AI 2022; Podell et al. 2023, table 1.

Of SD 2 there are models of both kinds; those of 768 pixels, which say the velocity, are the commoner.
"""


def ldm_unet(shapes: Shapes) -> Identity | None:
    """A UNet in the names that came with Stable Diffusion, without the prefix that checkpoints give it."""
    if "input_blocks.0.0.weight" not in shapes or "out.2.weight" not in shapes:  # a ControlNet has no way out
        return None
    width = next((columns(shapes, name) for name in shapes if name.endswith("attn2.to_k.weight")), 0)
    return _unet(width, columns(shapes, "input_blocks.0.0.weight"), shapes, "ldm")


def diffusers_unet(shapes: Shapes) -> Identity | None:
    """A UNet in diffusers' names, as its own file `unet/diffusion_pytorch_model.safetensors` has them."""
    if not all(name in shapes for name in ("conv_in.weight", "conv_out.weight", "time_embedding.linear_1.weight")):
        return None
    width = next((columns(shapes, name) for name in shapes if name.endswith("attn2.to_k.weight")), 0)
    return _unet(width, columns(shapes, "conv_in.weight"), shapes, "diffusers") if width else None


def _unet(width: int, channels: int, shapes: Shapes, form: str) -> Identity:
    architecture, base, prediction, side = _BY_TEXT_WIDTH.get(width, (f"sd-{width}", f"SD ({width})", "epsilon", 512))
    problem = None
    if channels not in _KNOWN_CHANNELS:
        problem = f"its UNet reads {channels} channels (a model for depth maps, edits or upscaling)."
    elif width not in _BY_TEXT_WIDTH:
        problem = f"its text is {width} wide, which is of no known family."
    if "edm_mean" in shapes or "edm_vpred.sigma_max" in shapes:
        base, prediction = "Playground 2.5", "edm"
        problem = "it follows the noise levels of EDM, which single files of no supported family do."
    elif architecture == "sdxl" and _is_smaller(shapes, form):
        base = "SDXL, distilled (SSD, Vega or Segmind)"
        problem = "it is a smaller SDXL whose configuration a single file does not have: use its diffusers folder."
    inpainting = channels == _INPAINTING_CHANNELS
    return Identity(
        kind=CHECKPOINT, architecture=architecture, base=f"{base} inpainting" if inpainting else base,
        prediction=prediction, inpainting=inpainting, side=side, form=form, parts=("unet",), problem=problem,
    )  # fmt: skip


def _is_smaller(shapes: Shapes, form: str) -> bool:
    """SDXL has ten transformer blocks at its deepest level."""
    deepest = "middle_block.1.transformer_blocks.9" if form == "ldm" else "mid_block.attentions.0.transformer_blocks.9"
    return rows(shapes, f"{deepest}.attn1.to_q.weight") == 0
