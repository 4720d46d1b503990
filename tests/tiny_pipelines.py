"""Small pipelines of diffusers that no family of ours stands for.

PixArt makes pictures, InstructPix2Pix changes them, and Wan makes films.
"""

import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKLWan,
    DDIMScheduler,
    FlowMatchEulerDiscreteScheduler,
    PixArtTransformer2DModel,
    UNet2DConditionModel,
    WanTransformer3DModel,
)
from transformers import UMT5Config, UMT5EncoderModel

from tests.tiny_flow_parts import write_model_index, write_tiny_vae
from tests.tiny_text import write_tiny_t5
from webui.testing.tiny_model import build_tiny_stable_diffusion


def build_tiny_pixart(folder: Path, *, seed: int = 0) -> Path:
    """A PixArt-Alpha folder for pictures whose sides are multiples of 16."""
    torch.manual_seed(seed)
    write_tiny_t5(folder / "text_encoder", folder / "tokenizer", width=16)
    write_tiny_vae(folder / "vae")
    PixArtTransformer2DModel(
        num_attention_heads=2, attention_head_dim=8, in_channels=16, out_channels=32, num_layers=2, patch_size=2,
        sample_size=8, cross_attention_dim=16, caption_channels=16, norm_num_groups=4, use_additional_conditions=False,
    ).save_pretrained(folder / "transformer")  # fmt: skip
    DDIMScheduler().save_pretrained(folder / "scheduler")
    parts = {
        "scheduler": "DDIMScheduler", "text_encoder": "T5EncoderModel", "tokenizer": "T5TokenizerFast",
        "transformer": "PixArtTransformer2DModel", "vae": "AutoencoderKL",
    }  # fmt: skip
    write_model_index(folder, "PixArtAlphaPipeline", parts)
    return folder


def build_tiny_wan(folder: Path, *, seed: int = 0) -> Path:
    """A Wan folder for films of 4n + 1 frames whose sides are multiples of 16."""
    torch.manual_seed(seed)
    write_tiny_t5(folder / "text_encoder", folder / "tokenizer", width=16)
    config = UMT5Config(
        vocab_size=64, d_model=16, d_kv=8, d_ff=32, num_layers=1, num_heads=2, feed_forward_proj="gated-gelu",
        is_encoder_decoder=False, pad_token_id=0, eos_token_id=1,
    )  # fmt: skip
    UMT5EncoderModel(config).save_pretrained(folder / "text_encoder")
    AutoencoderKLWan(
        base_dim=4, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True],
        latents_mean=[0.0] * 4, latents_std=[1.0] * 4,
    ).save_pretrained(folder / "vae")  # fmt: skip
    WanTransformer3DModel(
        patch_size=(1, 2, 2), num_attention_heads=2, attention_head_dim=12, in_channels=4, out_channels=4,
        text_dim=16, freq_dim=16, ffn_dim=32, num_layers=1, cross_attn_norm=True, qk_norm="rms_norm_across_heads",
        rope_max_seq_len=32,
    ).save_pretrained(folder / "transformer")  # fmt: skip
    FlowMatchEulerDiscreteScheduler(shift=3.0).save_pretrained(folder / "scheduler")
    parts = {
        "scheduler": "FlowMatchEulerDiscreteScheduler", "text_encoder": "UMT5EncoderModel",
        "tokenizer": "T5TokenizerFast", "transformer": "WanTransformer3DModel", "vae": "AutoencoderKLWan",
    }  # fmt: skip
    write_model_index(folder, "WanPipeline", parts)
    return folder


def build_tiny_pix2pix(folder: Path) -> Path:
    """An InstructPix2Pix folder: Stable Diffusion whose network sees the picture that is to be changed."""
    build_tiny_stable_diffusion(folder)
    config: Any = UNet2DConditionModel.load_config(folder / "unet")
    unet: Any = UNet2DConditionModel.from_config({**config, "in_channels": 8})
    unet.save_pretrained(folder / "unet")
    index = json.loads((folder / "model_index.json").read_text())
    index["_class_name"] = "StableDiffusionInstructPix2PixPipeline"
    (folder / "model_index.json").write_text(json.dumps(index))
    return folder
