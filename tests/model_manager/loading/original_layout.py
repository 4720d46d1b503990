"""Names that authors of checkpoints gave to the tensors of diffusers' parts: the way back, for tests of such files.

Sources: the modules of CompVis' stable-diffusion (openaimodel.py, model.py) and of OpenAI's and LAION's CLIP.
"""

import re
from collections.abc import Mapping
from typing import Any

import torch

Tensors = dict[str, torch.Tensor]
_RESNET = {
    "norm1": "in_layers.0", "conv1": "in_layers.2", "time_emb_proj": "emb_layers.1", "norm2": "out_layers.0",
    "conv2": "out_layers.3", "conv_shortcut": "skip_connection",
}  # fmt: skip
_ENDS = {
    "time_embedding.linear_1": "time_embed.0", "time_embedding.linear_2": "time_embed.2",
    "add_embedding.linear_1": "label_emb.0.0", "add_embedding.linear_2": "label_emb.0.2",
    "conv_in": "input_blocks.0.0", "conv_norm_out": "out.0", "conv_out": "out.2",
}  # fmt: skip


def original_unet(tensors: Mapping[str, torch.Tensor], config: Any) -> Tensors:
    """A UNet's tensors as `model.diffusion_model.` has them."""
    layers = config["layers_per_block"]
    return {f"model.diffusion_model.{_unet_name(name, layers, config)}": each for name, each in tensors.items()}


def _unet_name(name: str, layers: int, config: Any) -> str:
    for ours, theirs in _ENDS.items():
        if name.startswith(f"{ours}."):
            return name.replace(ours, theirs, 1)
    if name.startswith("mid_block."):
        _, kind, number, rest = name.split(".", 3)
        place = 1 if kind == "attentions" else 2 * int(number)
        return f"middle_block.{place}.{_inside(kind, rest)}"
    direction, block, kind, number, rest = name.split(".", 4)
    first = int(block) * (layers + 1)
    if direction == "down_blocks":
        if kind == "downsamplers":
            return f"input_blocks.{first + layers + 1}.0.op.{rest.removeprefix('conv.')}"
        return f"input_blocks.{first + int(number) + 1}.{int(kind == 'attentions')}.{_inside(kind, rest)}"
    if kind == "upsamplers":
        behind = 2 if config["up_block_types"][int(block)].startswith("CrossAttn") else 1
        return f"output_blocks.{first + layers}.{behind}.{rest}"
    return f"output_blocks.{first + int(number)}.{int(kind == 'attentions')}.{_inside(kind, rest)}"


def _inside(kind: str, rest: str) -> str:
    if kind == "attentions":
        return rest
    layer, _, leaf = rest.partition(".")
    return f"{_RESNET[layer]}.{leaf}"


def original_vae(
    tensors: Mapping[str, torch.Tensor], *, prefix: str = "first_stage_model.", blocks: int = 4
) -> Tensors:
    """An autoencoder's tensors, those of its attention as convolutions of one pixel."""
    return {f"{prefix}{_vae_name(name)}": _as_convolution(name, each) for name, each in tensors.items()}


def _vae_name(name: str) -> str:
    name = name.replace("conv_norm_out", "norm_out")
    name = re.sub(r"mid_block\.resnets\.(\d)", lambda match: f"mid.block_{int(match[1]) + 1}", name)
    name = name.replace("mid_block.attentions.0.group_norm", "mid.attn_1.norm")
    for ours, theirs in (("to_q", "q"), ("to_k", "k"), ("to_v", "v"), ("to_out.0", "proj_out")):
        name = name.replace(f"mid_block.attentions.0.{ours}", f"mid.attn_1.{theirs}")
    name = re.sub(r"down_blocks\.(\d)\.resnets\.(\d)", r"down.\1.block.\2", name)
    name = re.sub(r"down_blocks\.(\d)\.downsamplers\.0", r"down.\1.downsample", name)
    name = re.sub(r"up_blocks\.(\d)\.resnets\.(\d)", lambda m: f"up.{3 - int(m[1])}.block.{m[2]}", name)
    name = re.sub(r"up_blocks\.(\d)\.upsamplers\.0", lambda m: f"up.{3 - int(m[1])}.upsample", name)
    return name.replace("conv_shortcut", "nin_shortcut")


def _as_convolution(name: str, tensor: torch.Tensor) -> torch.Tensor:
    return tensor[:, :, None, None] if "attentions" in name and tensor.dim() == 2 else tensor


def original_clip(tensors: Mapping[str, torch.Tensor], prefix: str = "cond_stage_model.transformer.") -> Tensors:
    """The text encoder of OpenAI's CLIP, as transformers had it when checkpoints were made."""
    return {
        f"{prefix}{name if name.startswith('text_') else f'text_model.{name}'}": each for name, each in tensors.items()
    }


_OPEN_CLIP = (
    ("encoder.layers.", "transformer.resblocks."), ("layer_norm1", "ln_1"), ("layer_norm2", "ln_2"),
    ("mlp.fc1", "mlp.c_fc"), ("mlp.fc2", "mlp.c_proj"), ("self_attn.out_proj", "attn.out_proj"),
    ("embeddings.position_embedding.weight", "positional_embedding"), ("embeddings.token_embedding", "token_embedding"),
    ("final_layer_norm", "ln_final"),
)  # fmt: skip


def original_open_clip(tensors: Mapping[str, torch.Tensor], prefix: str) -> Tensors:
    """A text encoder as open_clip has it: one tensor for query, key and value, and the projection turned."""
    made: Tensors = {}
    for key, each in tensors.items():
        name = key.removeprefix("text_model.")
        if name == "text_projection.weight":
            made[f"{prefix}text_projection"] = each.T.contiguous()
            continue
        match = re.match(r"encoder\.layers\.(\d+)\.self_attn\.q_proj\.(weight|bias)", name)
        if match:
            own = [tensors[_third(tensors, name, letter)] for letter in "qkv"]
            made[f"{prefix}transformer.resblocks.{match[1]}.attn.in_proj_{match[2]}"] = torch.cat(own)
        elif "k_proj" not in name and "v_proj" not in name:
            made[f"{prefix}{_replaced(name)}"] = each
    return made


def _replaced(name: str) -> str:
    for ours, theirs in _OPEN_CLIP:
        name = name.replace(ours, theirs)
    return name


def _third(tensors: Mapping[str, torch.Tensor], name: str, letter: str) -> str:
    name = name.replace("q_proj", f"{letter}_proj")
    return name if name in tensors else f"text_model.{name}"
