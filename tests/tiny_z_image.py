"""A small Z-Image model with random weights in diffusers' folder format."""

from pathlib import Path

import torch
from diffusers import ZImageTransformer2DModel

from tests.tiny_flow_parts import write_flow_scheduler, write_model_index, write_tiny_vae
from tests.tiny_language import write_tiny_qwen3, write_tiny_qwen_tokenizer


def build_tiny_z_image(folder: Path, *, seed: int = 0) -> Path:
    """A Z-Image folder for pictures whose sides are multiples of 16."""
    torch.manual_seed(seed)
    tokens = write_tiny_qwen_tokenizer(folder / "tokenizer")
    write_tiny_qwen3(folder / "text_encoder", tokens=tokens, width=16)
    write_tiny_vae(folder / "vae")
    transformer = ZImageTransformer2DModel(
        all_patch_size=(2,), all_f_patch_size=(1,), in_channels=16, dim=32, n_layers=1, n_refiner_layers=1, n_heads=2,
        n_kv_heads=2, norm_eps=1e-5, qk_norm=True, cap_feat_dim=16, rope_theta=256.0, t_scale=1000.0,
        axes_dims=[8, 4, 4], axes_lens=[1024, 32, 32],
    )  # fmt: skip
    with torch.no_grad():
        # The tokens that fill up a batch are made, but not filled, by the constructor.
        for name, weight in transformer.named_parameters():
            if "pad_token" in name:
                weight.normal_(std=0.02)
    transformer.save_pretrained(folder / "transformer")
    write_flow_scheduler(folder / "scheduler", shift=3.0)
    parts = {
        "scheduler": "FlowMatchEulerDiscreteScheduler", "text_encoder": "Qwen3Model", "tokenizer": "Qwen2Tokenizer",
        "transformer": "ZImageTransformer2DModel", "vae": "AutoencoderKL",
    }  # fmt: skip
    write_model_index(folder, "ZImagePipeline", parts)
    return folder
