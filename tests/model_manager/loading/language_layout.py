"""The names and joined tensors that their authors gave what diffusers has in FLUX.2, Z-Image and Qwen-Image's VAE.

Sources: the modules of black-forest-labs' flux2, Tongyi-MAI's Z-Image and Wan-Video's Wan2.1.
"""

import re
from collections.abc import Mapping

import torch

from tests.model_manager.loading.original_layout import original_vae

Tensors = dict[str, torch.Tensor]
_FLUX_2 = (
    (r"^time_guidance_embed\.timestep_embedder\.linear_1", "time_in.in_layer"),
    (r"^time_guidance_embed\.timestep_embedder\.linear_2", "time_in.out_layer"),
    (r"^time_guidance_embed\.guidance_embedder\.linear_1", "guidance_in.in_layer"),
    (r"^time_guidance_embed\.guidance_embedder\.linear_2", "guidance_in.out_layer"),
    (r"^(double_stream_modulation_img|double_stream_modulation_txt|single_stream_modulation)\.linear", r"\1.lin"),
    (r"^x_embedder", "img_in"), (r"^context_embedder", "txt_in"), (r"^proj_out", "final_layer.linear"),
    (r"^norm_out\.linear", "final_layer.adaLN_modulation.1"),
    (r"^single_transformer_blocks\.", "single_blocks."), (r"^transformer_blocks\.", "double_blocks."),
    (r"attn\.to_qkv_mlp_proj", "linear1"), (r"(single_blocks\.\d+)\.attn\.to_out", r"\1.linear2"),
    (r"(single_blocks\.\d+)\.attn\.norm_q\.weight", r"\1.norm.query_norm.scale"),
    (r"(single_blocks\.\d+)\.attn\.norm_k\.weight", r"\1.norm.key_norm.scale"),
    (r"attn\.norm_added_q\.weight", "txt_attn.norm.query_norm.scale"),
    (r"attn\.norm_added_k\.weight", "txt_attn.norm.key_norm.scale"),
    (r"\.attn\.norm_q\.weight", ".img_attn.norm.query_norm.scale"),
    (r"\.attn\.norm_k\.weight", ".img_attn.norm.key_norm.scale"),
    (r"attn\.to_add_out", "txt_attn.proj"), (r"\.attn\.to_out\.0", ".img_attn.proj"),
    (r"\.attn\.to_q\.", ".img_attn.qkv."), (r"\.attn\.add_q_proj\.", ".txt_attn.qkv."),
    (r"ff_context\.linear_in", "txt_mlp.0"), (r"ff_context\.linear_out", "txt_mlp.2"),
    (r"ff\.linear_in", "img_mlp.0"), (r"ff\.linear_out", "img_mlp.2"),
)  # fmt: skip
_Z_IMAGE = (
    (r"^all_x_embedder\.2-1\.", "x_embedder."), (r"^all_final_layer\.2-1\.", "final_layer."),
    (r"attention\.to_q\.", "attention.qkv."), (r"attention\.to_out\.0\.", "attention.out."),
    (r"attention\.norm_q", "attention.q_norm"), (r"attention\.norm_k", "attention.k_norm"),
)  # fmt: skip
_RESIDUAL = {"norm1": "residual.0", "conv1": "residual.2", "norm2": "residual.3", "conv2": "residual.6"}
_FILM = (
    (r"^quant_conv", "conv1"), (r"^post_quant_conv", "conv2"),
    (r"coder\.conv_in", "coder.conv1"), (r"coder\.conv_out", "coder.head.2"), (r"coder\.norm_out", "coder.head.0"),
    (r"mid_block\.attentions\.0", "middle.1"), (r"mid_block\.resnets\.0", "middle.0"),
    (r"mid_block\.resnets\.1", "middle.2"), (r"conv_shortcut", "shortcut"),
    (r"^encoder\.down_blocks", "encoder.downsamples"),
)  # fmt: skip


def original_flux_2(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """A transformer's tensors as its authors' files have them."""
    made: Tensors = {}
    for name, tensor in _with_joined(tensors).items():
        if name.startswith("norm_out."):
            tensor = torch.cat(tensor.chunk(2)[::-1])  # noqa: PLW2901
        made[_renamed(name, _FLUX_2)] = tensor
    return made


def original_z_image(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """A transformer's tensors as ComfyUI's files have them."""
    return {_renamed(name, _Z_IMAGE): tensor for name, tensor in _with_joined(tensors).items()}


def original_flux_2_vae(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """An autoencoder's tensors, with the first and last convolutions of the latents where its authors have them."""
    made: Tensors = {}
    for name, tensor in original_vae(tensors, prefix="").items():
        nested = name.replace("post_quant_conv", "decoder.post_quant_conv")
        made[nested if nested != name else name.replace("quant_conv", "encoder.quant_conv")] = tensor
    return made


def original_film_vae(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """The tensors of the autoencoder for films; in its decoder three blocks and what enlarges them are in one row."""
    return {_film_name(name): tensor for name, tensor in tensors.items()}


def _film_name(name: str) -> str:
    name = re.sub(
        r"decoder\.up_blocks\.(\d)\.resnets\.(\d)",
        lambda match: f"decoder.upsamples.{4 * int(match[1]) + int(match[2])}",
        name,
    )
    name = re.sub(
        r"decoder\.up_blocks\.(\d)\.upsamplers\.0", lambda match: f"decoder.upsamples.{4 * int(match[1]) + 3}", name
    )
    name = re.sub(r"\.(norm1|norm2|conv1|conv2)\.", lambda match: f".{_RESIDUAL[match[1]]}.", name)
    return _renamed(name, _FILM)


def _renamed(name: str, rules: tuple[tuple[str, str], ...]) -> str:
    for theirs, ours in rules:
        name = re.sub(theirs, ours, name)
    return name


def _with_joined(tensors: Mapping[str, torch.Tensor]) -> Tensors:
    """Queries, keys and values of an attention in one tensor, by the name of the first."""
    made: Tensors = {}
    for name, tensor in tensors.items():
        first = re.search(r"\.(to_q|add_q_proj)\.", name)
        if first:
            each = [tensors[name.replace(first[1], first[1].replace("q", letter))] for letter in "qkv"]
            made[name] = torch.cat(each)
        elif not re.search(r"\.(to_[kv]|add_[kv]_proj)\.", name):
            made[name] = tensor
    return made
