"""Which layers of a loaded model a name in a LoRA file means. Torch."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from torch import nn

from webui.model_manager.lora.blocks import block_of
from webui.model_manager.lora.forms import Rows
from webui.model_manager.lora.keys import flat_name
from webui.model_manager.lora.transformer_names import original_layers
from webui.model_manager.lora.unet_names import original_name

DENOISERS = ("unet", "transformer", "transformer_2")
_DENOISER_BEGINNINGS = (
    "lora_unet_", "lora_transformer_", "lycoris_", "base_model_model_", "diffusion_model_", "model_diffusion_model_",
    "unet_", "transformer_", "",
)  # fmt: skip
_BEGINNINGS = {
    "text_encoder": ("lora_te_", "lora_te1_", "text_encoder_", "text_encoders_clip_l_transformer_", "lycoris_te_"),
    "text_encoder_2": ("lora_te2_", "text_encoder_2_", "text_encoders_clip_g_transformer_"),
    "text_encoder_3": ("lora_te3_", "text_encoder_3_", "text_encoders_t5xxl_transformer_"),
}
_T5_SECOND = ("lora_te2_", "lora_te3_", "text_encoder_2_", "text_encoders_t5xxl_transformer_")
"""In FLUX the second text encoder is T5, which kohya's trainer calls the third."""


@dataclass(frozen=True, slots=True)
class Target:
    """A layer of a model.

    `block` is the block of the denoiser that it is in, as `blocks.block_of` names it. `rows` are those of the file's
    layer that are its outputs, none: all of them.
    """

    part: str
    name: str
    layer: nn.Module
    block: str = ""
    rows: Rows = ()


class LayerNames:
    """The layers of a model's parts, by every name that trainers give them.

    Args:
        parts: by diffusers' names; those that LoRAs do not change are left out.
    """

    def __init__(self, parts: Mapping[str, nn.Module]) -> None:
        self._tables: list[tuple[str, dict[str, list[Target]]]] = []
        for part, network in parts.items():
            if part in DENOISERS:
                beginnings = _DENOISER_BEGINNINGS
            elif part == "text_encoder_2" and not hasattr(network, "text_projection"):
                beginnings = _T5_SECOND
            else:
                beginnings = _BEGINNINGS.get(part, ())
            table = _targets(part, network) if beginnings else {}
            self._tables += [(beginning, table) for beginning in beginnings]
        self._tables.sort(key=lambda each: -len(each[0]))

    def find(self, name: str) -> list[Target]:
        """The layers that a layer of a file is here; none where the model has no such layer."""
        flat = flat_name(name)
        for beginning, table in self._tables:
            if flat.startswith(beginning):
                rest = flat.removeprefix(beginning).removeprefix("text_model_")
                found = table.get(rest) or table.get(f"{rest}_0")
                if found:
                    return found
        return []


def _targets(part: str, network: Any) -> dict[str, list[Target]]:
    layers = {name: layer for name, layer in network.named_modules() if name and not list(layer.children())}
    if part not in DENOISERS:
        table = {flat_name(name): [Target(part, name, layer, "BASE")] for name, layer in layers.items()}
        return {name.removeprefix("text_model_"): found for name, found in table.items()}
    originals = _original_names(network, layers) if hasattr(network, "up_blocks") else {}
    targets = {name: Target(part, name, layer, block_of(name, originals.get(name))) for name, layer in layers.items()}
    table = {flat_name(name): [target] for name, target in targets.items()}
    for name, original in originals.items():
        table.setdefault(flat_name(original), [targets[name]])
    for original, ours in original_layers(layers).items():
        table.setdefault(flat_name(original), _consecutive([targets[name] for name in ours]))
    return table


def _original_names(unet: Any, layers: Iterable[str]) -> dict[str, str]:
    depth = unet.config.layers_per_block
    depths = [depth] * len(unet.down_blocks) if isinstance(depth, int) else list(depth)
    with_attention = frozenset(i for i, block in enumerate(unet.up_blocks) if hasattr(block, "attentions"))
    found = {
        name: original_name(name, layers_per_block=depths, attention_in_up_block=with_attention) for name in layers
    }
    return {name: original for name, original in found.items() if original is not None}


def _consecutive(targets: list[Target]) -> list[Target]:
    """Several layers whose outputs are one after the other those of a file's layer."""
    if len(targets) == 1:
        return targets
    placed, start = [], 0
    for target in targets:
        end = start + int(getattr(target.layer, "out_features", 0))
        placed.append(replace(target, rows=((start, end),)))
        start = end
    return placed
