"""Diffusion transformers: SD 3, FLUX, Chroma, Z-Image, Qwen-Image, in their authors' names and in diffusers'."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, columns, rows
from webui.model_manager.catalogue.model_entry import CHECKPOINT

_SIDE = 1024
_FLUX_CHANNELS, _FILL_CHANNELS, _CONTROL_CHANNELS = 64, 384, 128
_CHROMA_SIGNS = ("distilled_guidance_layer.in_proj.weight", "distilled_guidance_layer.in_proj.bias")
_FLUX2_SIGNS = (
    "double_stream_modulation_img.lin.weight", "single_stream_modulation.lin.weight",
    "double_stream_modulation_img.linear.weight", "single_stream_modulation.linear.weight",
)  # fmt: skip
_Z_IMAGE_WIDTH = 3840


def sd3(shapes: Shapes) -> Identity | None:
    """Stable Diffusion 3 and 3.5 (Esser et al. 2024): blocks of two streams alone."""
    if "joint_blocks.0.context_block.attn.qkv.weight" in shapes:
        blocks, form = _count(shapes, "joint_blocks."), "sd3"
        dual = "joint_blocks.0.x_block.attn2.qkv.weight" in shapes
    elif "pos_embed.proj.weight" in shapes and "transformer_blocks.0.attn.add_k_proj.weight" in shapes:
        blocks, form = _count(shapes, "transformer_blocks."), "diffusers"
        dual = "transformer_blocks.0.attn2.to_q.weight" in shapes
    else:
        return None
    base = "SD 3.5 large" if blocks >= 38 else "SD 3.5 medium" if dual else "SD 3 medium"
    return _transformer("sd3", base, form)


def flux(shapes: Shapes) -> Identity | None:
    """FLUX.1 and its kin; Chroma has an approximator in place of the modulation, FLUX.2 one for all blocks."""
    if any(name.startswith("txt_in.individual_token_refiner") for name in shapes):
        return None  # HunyuanVideo has the same blocks
    if any(name in shapes for name in _FLUX2_SIGNS):
        return _flux_2(shapes)
    if any(name.startswith(("double_blocks.0.img_attn.", "double_blocks.0.img_mlp.")) for name in shapes):
        form, reads, guided = "flux", "img_in.weight", "guidance_in.in_layer.weight"
    elif any(name.startswith("single_transformer_blocks.0.") for name in shapes) and "x_embedder.weight" in shapes:
        form, reads, guided = "diffusers", "x_embedder.weight", "time_text_embed.guidance_embedder.linear_1.weight"
    else:
        return None
    if any(name in shapes for name in _CHROMA_SIGNS):
        radiance = any(name.startswith("nerf_") for name in shapes)
        return _transformer(
            "chroma", "Chroma Radiance" if radiance else "Chroma", form,
            problem="it draws pixels without a VAE, which no supported family does." if radiance else None,
        )  # fmt: skip
    return _flux_1(columns(shapes, reads), form, guided=guided in shapes)


def _flux_1(channels: int, form: str, *, guided: bool) -> Identity:
    if channels == _FILL_CHANNELS:
        return _transformer("flux", "FLUX.1 Fill", form, inpainting=True)
    base = "FLUX.1 dev" if guided else "FLUX.1 schnell"
    if channels == _CONTROL_CHANNELS:
        return _transformer("flux", "FLUX.1 Canny or Depth", form, problem="it wants a second picture, as a guide.")
    return _transformer("flux", base, form)


_FLUX2_BASES = {6144: "FLUX.2 dev", 4096: "FLUX.2 klein 9B", 3072: "FLUX.2 klein 4B"}


def _flux_2(shapes: Shapes) -> Identity:
    own = "img_in.weight" in shapes
    width = rows(shapes, "img_in.weight" if own else "x_embedder.weight")
    return _transformer("flux-2", _FLUX2_BASES.get(width, "FLUX.2"), "flux" if own else "diffusers")


def z_image(shapes: Shapes) -> Identity | None:
    """Z-Image: one stream, with refiners before it; Lumina 2, from which it comes, is narrower."""
    own = "x_embedder.weight" in shapes and "cap_embedder.1.weight" in shapes
    theirs = "all_x_embedder.2-1.weight" in shapes and "cap_embedder.1.weight" in shapes
    if not own and not theirs:
        return None
    if rows(shapes, "cap_embedder.1.weight") != _Z_IMAGE_WIDTH:
        return None
    return _transformer("z-image", "Z-Image", "diffusers" if theirs else "z-image")


def qwen_image(shapes: Shapes) -> Identity | None:
    """Qwen-Image: two streams whose text comes from Qwen2.5-VL. Its authors use diffusers' names."""
    signs = ("txt_norm.weight", "img_in.weight", "transformer_blocks.0.attn.add_q_proj.weight")
    if not all(name in shapes for name in signs):
        return None
    return _transformer("qwen-image", "Qwen-Image", "diffusers")


_OTHERS = (
    ("double_layers.0.attn.w1q.weight", "AuraFlow"),
    ("cond_seq_linear.weight", "AuraFlow"),
    ("txt_in.individual_token_refiner.blocks.0.adaLN_modulation.1.bias", "HunyuanVideo"),
    ("patchify_proj.weight", "LTX-Video"),
    ("head.modulation", "Wan"),
    ("condition_embedder.time_embedder.linear_1.weight", "Wan"),
    ("caption_norm.weight", "Sana"),
    ("blocks.0.attn.qkv_x.weight", "Mochi"),
    ("double_stream_blocks.0.block.adaLN_modulation.1.bias", "HiDream"),
    ("caption_projection.0.linear.weight", "HiDream"),
    ("clip_txt_mapper.weight", "Stable Cascade"),
    ("down_blocks.1.0.channelwise.0.weight", "Stable Cascade"),
    ("blocks.0.cross_attn.q_linear.weight", "Sana or PixArt"),
    ("caption_projection.y_proj.weight", "PixArt"),
    ("adaln_single.linear.weight", "PixArt"),
    ("cap_embedder.0.weight", "Lumina 2"),
    ("net.blocks.0.self_attn.q_proj.weight", "Cosmos"),
    ("net.blocks.block1.blocks.0.block.attn.to_q.0.weight", "Cosmos"),
    ("txtfusion.projector.weight", "Krea 2"),
    ("txt_in.text_norm.weight", "Qwen-Image 2.1"),
    ("early_stream_modulations.image.lin.weight", "FLUX.3"),
    ("mlp_t5.0.weight", "HunyuanDiT"),
    ("token_refiner.blocks.0.attn.qkv_proj.weight", "MiniMax"),
)
"""A name that a family's network has and no earlier one's. Sources: diffusers' `loaders/single_file_utils.py`; the
published weights."""


def other(shapes: Shapes) -> Identity | None:
    """A network of a family that is only loaded from a diffusers folder, through its own pipeline."""
    for name, base in _OTHERS:
        if name in shapes:
            return Identity(
                kind=CHECKPOINT, base=base, side=_SIDE, parts=("transformer",),
                problem=f"{base} is loaded from a diffusers folder alone: download that form of it.",
            )  # fmt: skip
    return None


def _transformer(
    architecture: str, base: str, form: str, *, inpainting: bool = False, problem: str | None = None
) -> Identity:
    return Identity(
        kind=CHECKPOINT, architecture=architecture, base=base, prediction="flow", inpainting=inpainting, side=_SIDE,
        form=form, parts=("transformer",), problem=problem,
    )  # fmt: skip


def _count(shapes: Shapes, prefix: str) -> int:
    """How many blocks are numbered below a prefix."""
    return len({name[len(prefix) :].split(".", 1)[0] for name in shapes if name.startswith(prefix)})
