"""Names and shapes of the tensors of diffusers' own classes, made without memory for any weights."""

from collections.abc import Mapping
from functools import cache
from typing import Any

import diffusers
import torch

_CLIP_XL: Mapping[str, Any] = {
    "cross_attention_dim": 2048, "addition_embed_type": "text_time", "addition_time_embed_dim": 256,
    "projection_class_embeddings_input_dim": 2816, "transformer_layers_per_block": (1, 2, 10),
    "down_block_types": ("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
    "up_block_types": ("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
    "block_out_channels": (320, 640, 1280), "attention_head_dim": (5, 10, 20), "use_linear_projection": True,
}  # fmt: skip
CONFIGURATIONS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "SD 1": ("UNet2DConditionModel", {"cross_attention_dim": 768}),
    "SD 1 inpainting": ("UNet2DConditionModel", {"cross_attention_dim": 768, "in_channels": 9}),
    "SD 2": ("UNet2DConditionModel", {"cross_attention_dim": 1024, "use_linear_projection": True}),
    "SDXL": ("UNet2DConditionModel", _CLIP_XL),
    "SD 3": ("SD3Transformer2DModel", {"num_layers": 2}),
    "SD 3.5 medium": ("SD3Transformer2DModel", {"num_layers": 2, "dual_attention_layers": (0,)}),
    "SD 3.5 large": ("SD3Transformer2DModel", {"num_layers": 38, "attention_head_dim": 8, "num_attention_heads": 2}),
    "FLUX.1 dev": ("FluxTransformer2DModel", {"num_layers": 1, "num_single_layers": 1, "guidance_embeds": True}),
    "FLUX.1 schnell": ("FluxTransformer2DModel", {"num_layers": 1, "num_single_layers": 1}),
    "FLUX.1 Fill": (
        "FluxTransformer2DModel",
        {"num_layers": 1, "num_single_layers": 1, "guidance_embeds": True, "in_channels": 384, "out_channels": 64},
    ),
    "Chroma": ("ChromaTransformer2DModel", {"num_layers": 1, "num_single_layers": 1}),
    "FLUX.2": ("Flux2Transformer2DModel", {"num_layers": 1, "num_single_layers": 1}),
    "Z-Image": ("ZImageTransformer2DModel", {"n_layers": 1, "n_refiner_layers": 1}),
    "Qwen-Image": ("QwenImageTransformer2DModel", {"num_layers": 1}),
    "VAE": ("AutoencoderKL", {}),
    "VAE of 16 channels": ("AutoencoderKL", {"latent_channels": 16}),
    "tiny VAE": ("AutoencoderTiny", {}),
    "VAE of Qwen-Image": ("AutoencoderKLQwenImage", {}),
    "ControlNet": ("ControlNetModel", {"cross_attention_dim": 768}),
    "ControlNet of FLUX": ("FluxControlNetModel", {"num_layers": 1, "num_single_layers": 1}),
    "ControlNet of SD 3": ("SD3ControlNetModel", {"num_layers": 1}),
    "T2I-adapter": ("T2IAdapter", {"adapter_type": "full_adapter"}),
    "T2I-adapter of SDXL": ("T2IAdapter", {"adapter_type": "full_adapter_xl", "downscale_factor": 16}),
    "PixArt": ("PixArtTransformer2DModel", {"num_layers": 1}),
    "Sana": ("SanaTransformer2DModel", {"num_layers": 1}),
    "Wan": ("WanTransformer3DModel", {"num_layers": 1}),
}  # fmt: skip
"""Diffusers' class and configuration of each; fewer layers where their number says nothing."""


@cache
def shapes(name: str) -> dict[str, tuple[int, ...]]:
    """The tensors of one of `CONFIGURATIONS`."""
    class_name, configuration = CONFIGURATIONS[name]
    with torch.device("meta"):
        network = getattr(diffusers, class_name)(**configuration)
    return {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
