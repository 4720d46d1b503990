"""A small Stable Diffusion 3.5 with random weights in diffusers' folder format."""

from pathlib import Path

import torch
from diffusers import SD3Transformer2DModel

from tests.tiny_flow_parts import LATENT_CHANNELS, write_flow_scheduler, write_model_index, write_tiny_vae
from tests.tiny_text import write_tiny_clip, write_tiny_t5

PARTS = {
    "scheduler": "FlowMatchEulerDiscreteScheduler",
    "text_encoder": "CLIPTextModelWithProjection",
    "text_encoder_2": "CLIPTextModelWithProjection",
    "text_encoder_3": "T5EncoderModel",
    "tokenizer": "CLIPTokenizer",
    "tokenizer_2": "CLIPTokenizer",
    "tokenizer_3": "T5TokenizerFast",
    "transformer": "SD3Transformer2DModel",
    "vae": "AutoencoderKL",
}


def build_tiny_stable_diffusion_3(folder: Path, *, t5: bool = True, dynamic: bool = False, seed: int = 10) -> Path:
    """A folder of some 500 kB; `t5` False leaves the third text encoder out, `dynamic` shifts by the picture's size."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True)
    write_tiny_clip(folder / "text_encoder", folder / "tokenizer", width=16, projected=True)
    write_tiny_clip(folder / "text_encoder_2", folder / "tokenizer_2", width=8, projected=True)
    if t5:
        write_tiny_t5(folder / "text_encoder_3", folder / "tokenizer_3", width=32)
    SD3Transformer2DModel(
        sample_size=8, patch_size=2, in_channels=LATENT_CHANNELS, out_channels=LATENT_CHANNELS, num_layers=2,
        attention_head_dim=8, num_attention_heads=4, joint_attention_dim=32, caption_projection_dim=32,
        pooled_projection_dim=24, pos_embed_max_size=16, dual_attention_layers=(0,), qk_norm="rms_norm",
    ).save_pretrained(folder / "transformer")  # fmt: skip
    write_tiny_vae(folder / "vae")
    write_flow_scheduler(folder / "scheduler", shift=3.0, dynamic=dynamic)
    left_out = {} if t5 else {"text_encoder_3": [None, None], "tokenizer_3": [None, None]}
    write_model_index(folder, "StableDiffusion3Pipeline", PARTS, **left_out)
    return folder
