"""A small Qwen-Image model with random weights in diffusers' folder format."""

from pathlib import Path

import torch
from diffusers import AutoencoderKLQwenImage, QwenImageTransformer2DModel

from tests.tiny_flow_parts import write_flow_scheduler, write_model_index
from tests.tiny_language import write_tiny_qwen_tokenizer, write_tiny_qwen_vl


def build_tiny_qwen_image(folder: Path, *, seed: int = 0) -> Path:
    """A Qwen-Image folder for pictures whose sides are multiples of 16."""
    torch.manual_seed(seed)
    tokens = write_tiny_qwen_tokenizer(folder / "tokenizer")
    write_tiny_qwen_vl(folder / "text_encoder", tokens=tokens, width=16)
    AutoencoderKLQwenImage(
        base_dim=8, z_dim=4, dim_mult=[1, 1, 1, 1], num_res_blocks=1, temperal_downsample=[False, True, True],
        latents_mean=[0.1, -0.2, 0.0, 0.3], latents_std=[1.0, 2.0, 1.5, 0.5],
    ).save_pretrained(folder / "vae")  # fmt: skip
    QwenImageTransformer2DModel(
        patch_size=2, in_channels=16, out_channels=4, num_layers=2, attention_head_dim=16, num_attention_heads=2,
        joint_attention_dim=16, axes_dims_rope=(4, 6, 6),
    ).save_pretrained(folder / "transformer")  # fmt: skip
    write_flow_scheduler(folder / "scheduler", dynamic=True)
    parts = {
        "scheduler": "FlowMatchEulerDiscreteScheduler", "text_encoder": "Qwen2_5_VLForConditionalGeneration",
        "tokenizer": "Qwen2Tokenizer", "transformer": "QwenImageTransformer2DModel", "vae": "AutoencoderKLQwenImage",
    }  # fmt: skip
    write_model_index(folder, "QwenImagePipeline", parts)
    return folder
