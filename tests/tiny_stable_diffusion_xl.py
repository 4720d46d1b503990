"""Small models of SDXL's kind with random weights, in diffusers' folder format."""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, EulerDiscreteScheduler, UNet2DConditionModel

from tests.tiny_flow_parts import write_model_index
from tests.tiny_text import write_tiny_clip

_FIRST, _SECOND, _NUMBER = 32, 64, 8
"""Widths: of the two text encoders, and of what the UNet makes of each number that it is told."""


def build_tiny_stable_diffusion_xl(
    folder: Path, *, inpainting: bool = False, refiner: bool = False, seed: int = 0
) -> Path:
    """An SDXL folder of two megabytes for pictures of 64 x 64; 4 latent channels, 8 pixels each."""
    torch.manual_seed(seed)
    if not refiner:
        write_tiny_clip(folder / "text_encoder", folder / "tokenizer", width=_FIRST, projected=False)
    write_tiny_clip(folder / "text_encoder_2", folder / "tokenizer_2", width=_SECOND, projected=True)
    _fill_with_token_zero(folder / "tokenizer_2")
    numbers = 5 if refiner else 6
    UNet2DConditionModel(
        sample_size=8, in_channels=9 if inpainting else 4, out_channels=4, layers_per_block=1,
        block_out_channels=(16, 32), norm_num_groups=8, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), use_linear_projection=True,
        attention_head_dim=(2, 4), transformer_layers_per_block=(1, 2),
        cross_attention_dim=_SECOND if refiner else _FIRST + _SECOND, addition_embed_type="text_time",
        addition_time_embed_dim=_NUMBER, projection_class_embeddings_input_dim=numbers * _NUMBER + _SECOND,
    ).save_pretrained(folder / "unet")  # fmt: skip
    AutoencoderKL(
        block_out_channels=(8, 8, 16, 16), down_block_types=("DownEncoderBlock2D",) * 4, layers_per_block=1,
        up_block_types=("UpDecoderBlock2D",) * 4, latent_channels=4, norm_num_groups=4, scaling_factor=0.13025,
    ).save_pretrained(folder / "vae")  # fmt: skip
    EulerDiscreteScheduler(
        beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", timestep_spacing="leading", steps_offset=1,
    ).save_pretrained(folder / "scheduler")  # fmt: skip
    pipeline = "Img2Img" if refiner else "Inpaint" if inpainting else ""
    first = {} if refiner else {"text_encoder": "CLIPTextModel", "tokenizer": "CLIPTokenizer"}
    parts = {
        "unet": "UNet2DConditionModel", "vae": "AutoencoderKL", "scheduler": "EulerDiscreteScheduler", **first,
        "text_encoder_2": "CLIPTextModelWithProjection", "tokenizer_2": "CLIPTokenizer",
    }  # fmt: skip
    left_out = {"text_encoder": [None, None], "tokenizer": [None, None]} if refiner else {}
    write_model_index(
        folder, f"StableDiffusionXL{pipeline}Pipeline", parts, force_zeros_for_empty_prompt=not refiner,
        **({"requires_aesthetics_score": True} if refiner else {}), **left_out,
    )  # fmt: skip
    return folder


def _fill_with_token_zero(tokenizer: Path) -> None:
    """As SDXL's second tokenizer, which fills prompts up with `!` where the first one does it with their end."""
    for name in ("tokenizer_config.json", "special_tokens_map.json"):
        told = json.loads((tokenizer / name).read_text())
        (tokenizer / name).write_text(json.dumps(told | {"pad_token": "a"}))
