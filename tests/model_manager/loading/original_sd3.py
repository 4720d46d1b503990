"""The names and joined tensors that Stability AI's sd3.5 gave what diffusers has in a transformer of that family."""

import re
from collections.abc import Mapping

import torch

Tensors = dict[str, torch.Tensor]
_ENDS = {
    "time_text_embed.timestep_embedder.linear_1": "t_embedder.mlp.0",
    "time_text_embed.timestep_embedder.linear_2": "t_embedder.mlp.2",
    "time_text_embed.text_embedder.linear_1": "y_embedder.mlp.0",
    "time_text_embed.text_embedder.linear_2": "y_embedder.mlp.2",
    "pos_embed.proj": "x_embedder.proj", "pos_embed.pos_embed": "pos_embed", "proj_out": "final_layer.linear",
    "norm_out.linear": "final_layer.adaLN_modulation.1", "context_embedder": "context_embedder",
}  # fmt: skip
_INSIDE = {
    "attn.to_out.0": "x_block.attn.proj", "attn.to_add_out": "context_block.attn.proj",
    "attn2.to_out.0": "x_block.attn2.proj", "attn.norm_q": "x_block.attn.ln_q", "attn.norm_k": "x_block.attn.ln_k",
    "attn2.norm_q": "x_block.attn2.ln_q", "attn2.norm_k": "x_block.attn2.ln_k",
    "attn.norm_added_q": "context_block.attn.ln_q", "attn.norm_added_k": "context_block.attn.ln_k",
    "norm1.linear": "x_block.adaLN_modulation.1", "norm1_context.linear": "context_block.adaLN_modulation.1",
    "ff.net.0.proj": "x_block.mlp.fc1", "ff.net.2": "x_block.mlp.fc2",
    "ff_context.net.0.proj": "context_block.mlp.fc1", "ff_context.net.2": "context_block.mlp.fc2",
    "attn.to_q": "x_block.attn.qkv", "attn.add_q_proj": "context_block.attn.qkv", "attn2.to_q": "x_block.attn2.qkv",
}  # fmt: skip
_THIRDS = {
    "attn.to_q": ("attn.to_q", "attn.to_k", "attn.to_v"), "attn2.to_q": ("attn2.to_q", "attn2.to_k", "attn2.to_v"),
    "attn.add_q_proj": ("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"),
}  # fmt: skip


def original_sd3(tensors: Mapping[str, torch.Tensor], *, prefix: str = "model.diffusion_model.") -> Tensors:
    """A transformer's tensors as its authors' files have them."""
    last = max(int(name.split(".")[1]) for name in tensors if name.startswith("transformer_blocks."))
    made: Tensors = {}
    for name, tensor in tensors.items():
        if re.search(r"\.(to_[kv]|add_[kv]_proj)\.", name):
            continue
        swapped = name.startswith("norm_out.") or f"transformer_blocks.{last}.norm1_context" in name
        made[prefix + _name(name)] = torch.cat(tensor.chunk(2)[::-1]) if swapped else _joined(tensors, name)
    return made


def _name(name: str) -> str:
    block = re.match(r"transformer_blocks\.(\d+)\.(.+?)(\.weight|\.bias)$", name)
    if block:
        return f"joint_blocks.{block[1]}.{_INSIDE[block[2]]}{block[3]}"
    stem = next(stem for stem in _ENDS if name == stem or name.startswith(f"{stem}."))
    return name.replace(stem, _ENDS[stem], 1)


def _joined(tensors: Mapping[str, torch.Tensor], name: str) -> torch.Tensor:
    for first, thirds in _THIRDS.items():
        if f".{first}." in name:
            return torch.cat([tensors[name.replace(f".{first}.", f".{third}.")] for third in thirds])
    return tensors[name]
