"""ControlNets (Zhang et al. 2023) and T2I-adapters (Mou et al. 2023), which guide a model by a second picture."""

from webui.model_manager.catalogue.identify.identity import Identity, Shapes, columns, shapes_of, without_prefix
from webui.model_manager.catalogue.model_entry import CONTROLNET, T2I_ADAPTER
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader

_BY_TEXT_WIDTH = {768: ("sd1", "SD 1.x"), 1024: ("sd2", "SD 2.x"), 2048: ("sdxl", "SDXL")}
_SIGNS = (
    "input_hint_block.0.weight", "controlnet_cond_embedding.conv_in.weight", "controlnet_down_blocks.0.weight",
    "controlnet_blocks.0.weight", "controlnet_x_embedder.weight", "controlnet_mode_embedder.weight", "lora_controlnet",
    "zero_convs.0.0.weight", "control_all_x_embedder.2-1.weight", "control_layers.0.adaLN_modulation.0.weight",
)  # fmt: skip


def looks_like_controlnet(header: SafetensorsHeader) -> Identity | None:
    """A ControlNet in its authors' names or in diffusers', or a control LoRA."""
    shapes = shapes_of(header)
    below = without_prefix(shapes, "control_model.") or shapes
    if not any(name in below for name in _SIGNS):
        return None
    architecture, base = _fits(below)
    form = "LoRA" if "lora_controlnet" in below else "ldm" if "input_blocks.0.0.weight" in below else "diffusers"
    return Identity(kind=CONTROLNET, architecture=architecture, base=base, form=form)


def looks_like_t2i_adapter(header: SafetensorsHeader) -> Identity | None:
    """A T2I-adapter in its authors' names or in diffusers'."""
    shapes = shapes_of(header)
    below = without_prefix(shapes, "adapter.") or shapes
    if "body.0.block1.weight" not in below and "body.0.resnets.0.block1.weight" not in below:
        return None
    # It reads the guide folded by 8 pixels (SD 1) or by 16 (SDXL): 64 or 256 numbers a channel.
    sdxl = columns(below, "conv_in.weight") in (256, 768)
    architecture, base = ("sdxl", "SDXL") if sdxl else ("sd1", "SD 1.x")
    return Identity(kind=T2I_ADAPTER, architecture=architecture, base=base)


def _fits(shapes: Shapes) -> tuple[str | None, str]:
    width = next((columns(shapes, name) for name in shapes if name.endswith("attn2.to_k.weight")), 0)
    if width in _BY_TEXT_WIDTH:
        return _BY_TEXT_WIDTH[width]
    if any(name.startswith("control_all_x_embedder") or name.startswith("control_layers.") for name in shapes):
        return "z-image", "Z-Image"
    if any(name.startswith(("double_blocks.", "single_transformer_blocks.")) for name in shapes):
        return "flux", "FLUX.1"
    if "txt_norm.weight" in shapes:
        return "qwen-image", "Qwen-Image"
    if "pos_embed.proj.weight" in shapes or any(name.startswith("joint_blocks.") for name in shapes):
        return "sd3", "SD 3"
    return None, ""
