"""Small FLUX.1 models with random weights in diffusers' folder format: dev, schnell and Fill."""

from pathlib import Path
from typing import Literal

import torch
from diffusers import FluxTransformer2DModel

from tests.tiny_flow_parts import LATENT_CHANNELS, write_flow_scheduler, write_model_index, write_tiny_vae
from tests.tiny_text import write_tiny_clip, write_tiny_t5

PARTS = {
    "scheduler": "FlowMatchEulerDiscreteScheduler",
    "text_encoder": "CLIPTextModel",
    "text_encoder_2": "T5EncoderModel",
    "tokenizer": "CLIPTokenizer",
    "tokenizer_2": "T5TokenizerFast",
    "transformer": "FluxTransformer2DModel",
    "vae": "AutoencoderKL",
}
PACKED = 4 * LATENT_CHANNELS


def build_tiny_flux(folder: Path, *, kind: Literal["dev", "schnell", "fill"] = "dev", seed: int = 20) -> Path:
    """A folder of some 500 kB. Fill's network also takes the masked picture's latents and the mask's 64 pixels each."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True)
    write_tiny_clip(folder / "text_encoder", folder / "tokenizer", width=16, projected=False)
    write_tiny_t5(folder / "text_encoder_2", folder / "tokenizer_2", width=32)
    FluxTransformer2DModel(
        in_channels=2 * PACKED + 4 * 64 if kind == "fill" else PACKED, out_channels=PACKED, num_layers=1,
        num_single_layers=1, attention_head_dim=16, num_attention_heads=2, joint_attention_dim=32,
        pooled_projection_dim=16, guidance_embeds=kind != "schnell", axes_dims_rope=(4, 6, 6),
    ).save_pretrained(folder / "transformer")  # fmt: skip
    write_tiny_vae(folder / "vae")
    write_flow_scheduler(folder / "scheduler", shift=1.0 if kind == "schnell" else 3.0, dynamic=kind != "schnell")
    write_model_index(folder, "FluxFillPipeline" if kind == "fill" else "FluxPipeline", PARTS)
    return folder
