"""Which architecture a LoRA fits: told by the layers that it changes and how wide they are, then by its metadata."""

import re
from collections.abc import Mapping

from webui.model_manager.catalogue.identify.identity import Shapes

_NAMES = {
    "sd1": "SD 1.x", "sd2": "SD 2.x", "sdxl": "SDXL", "sd3": "SD 3", "flux": "FLUX.1", "flux-2": "FLUX.2",
    "chroma": "Chroma", "wan": "Wan", "z-image": "Z-Image", "qwen-image": "Qwen-Image",
}  # fmt: skip
_TEXT_WIDTHS = {768: "sd1", 1024: "sd2", 2048: "sdxl"}
_READS = (
    ".lora_down.weight", ".lora_A.weight", ".lora.down.weight", ".lora_A.default.weight", "_lora.down.weight",
    ".hada_w1_b", ".hada_w2_b",
)  # fmt: skip
"""Tensors whose last dimension is what the layer reads."""
_WRITES = (".lora_up.weight", ".lora_B.weight", ".lora.up.weight", ".lora_B.default.weight", ".hada_w1_a")
_TEXT_LAYER = re.compile(r"attn2[._]to_[kv]|attn2[._]processor[._]to_[kv]")
_LAYERS = (
    (re.compile(r"single_transformer_blocks[._]|(?<![a-z])double_blocks[._]|(?<![a-z])single_blocks[._]"), "flux"),
    (re.compile(r"joint_blocks[._]"), "sd3"),
    (re.compile(r"(noise_refiner|context_refiner)[._]|(?<![a-z_])layers[._]\d+[._](attention|feed_forward|adaLN)"),
     "z-image"),
    (re.compile(r"transformer_blocks[._]\d+[._](img_mlp|txt_mlp|img_mod|txt_mod)"), "qwen-image"),
    (re.compile(r"blocks[._]\d+[._](cross_attn|self_attn|ffn)[._]"), "wan"),
    (re.compile(r"lora_te2_|text_encoder_2\.|input_blocks_[478]_1_transformer_blocks_[1-9]|_transformer_blocks_9_"),
     "sdxl"),
)  # fmt: skip
"""Names of layers that one architecture alone has. Sources: the published networks of each."""
_UNET_TEXT_LAYER = re.compile(r"unet[._](down_blocks|mid_block|up_blocks)[._].*attn2[._](processor[._])?to_[kv]")
_TRANSFORMER_TEXT = re.compile(r"transformer_blocks[._]\d+[._]attn[._]add_[kqv]_proj")
_QWEN_WIDTH = 3072
_FLUX_2_WIDTHS = {6144, 4096}
_FLUX_2_GATED = {18432, 27648}
"""What FLUX.2 klein 4B writes in its gated MLPs; FLUX.1, which is as wide, writes 12288 and 21504 there."""


def fits(shapes: Shapes, metadata: Mapping[str, str]) -> tuple[str | None, str]:
    """The architecture and its name for people; (None, "") where nothing tells."""
    architecture = _by_layers(shapes) or _by_metadata(metadata) or _by_own_width(shapes)
    if architecture == "flux":
        architecture = _which_flux(shapes, metadata)
    return architecture, _NAMES.get(architecture or "", "")


def _by_layers(shapes: Shapes) -> str | None:
    widths = {
        shape[-1]
        for name, shape in shapes.items()
        if shape and "attn2" in name and name.endswith(_READS) and _TEXT_LAYER.search(name)
    }
    for width in widths:
        if width in _TEXT_WIDTHS:
            return _TEXT_WIDTHS[width]
    for pattern, architecture in _LAYERS:
        if any(pattern.search(name) for name in shapes):
            return architecture
    for name, shape in shapes.items():
        if _TRANSFORMER_TEXT.search(name) and name.endswith(_READS) and shape:
            return "qwen-image" if shape[-1] == _QWEN_WIDTH else "sd3"
    return None


def _by_own_width(shapes: Shapes) -> str | None:
    """A UNet of somebody's own making is told, as such checkpoints are, by how wide the text is that it attends to."""
    found = (
        shape[-1] for name, shape in shapes.items() if shape and name.endswith(_READS) and _UNET_TEXT_LAYER.search(name)
    )
    width = next(found, None)
    return None if width is None else f"sd-{width}"


def _which_flux(shapes: Shapes, metadata: Mapping[str, str]) -> str:
    if _by_metadata(metadata) in ("chroma", "flux-2"):
        return _by_metadata(metadata) or "flux"
    if any("distilled_guidance_layer" in name for name in shapes):
        return "chroma"
    inside = [
        (name, shape) for name, shape in shapes.items() if "img_in" not in name and "txt_in" not in name and shape
    ]
    reads = {shape[-1] for name, shape in inside if name.endswith(_READS)}
    writes = {shape[0] for name, shape in inside if name.endswith(_WRITES)}
    return "flux-2" if reads & _FLUX_2_WIDTHS or writes & _FLUX_2_GATED else "flux"


_TOLD = (
    (("chroma",), "chroma"),
    (("flux-2", "flux2", "flux_2", "flux.2"), "flux-2"),
    (("flux",), "flux"),
    (("z-image", "zimage", "z_image", "lumina2"), "z-image"),
    (("qwen",), "qwen-image"),
    (("sd3", "stable-diffusion-3", "stable-diffusion-v3"), "sd3"),
    (("sdxl", "stable-diffusion-xl", "stable_diffusion_xl"), "sdxl"),
    (("sd_v2", "stable-diffusion-v2", "sd2"), "sd2"),
    (("sd_v1", "stable-diffusion-v1", "sd1", "sd_1.5"), "sd1"),
)
"""What trainers write: kohya's `ss_base_model_version`, `modelspec.architecture`, ai-toolkit's. First match wins."""


def _by_metadata(metadata: Mapping[str, str]) -> str | None:
    keys = ("modelspec.architecture", "ss_base_model_version", "base_model", "ss_network_module")
    for key in keys:
        text = metadata.get(key, "").casefold()
        for signs, architecture in _TOLD if text else ():
            if any(sign in text for sign in signs):
                return architecture
    return None
