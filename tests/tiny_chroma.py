"""A small Chroma with random weights in diffusers' folder format."""

from pathlib import Path

import torch
from diffusers import ChromaTransformer2DModel

from tests.tiny_flow_parts import LATENT_CHANNELS, write_flow_scheduler, write_model_index, write_tiny_vae
from tests.tiny_text import write_tiny_t5

PARTS = {
    "scheduler": "FlowMatchEulerDiscreteScheduler",
    "text_encoder": "T5EncoderModel",
    "tokenizer": "T5TokenizerFast",
    "transformer": "ChromaTransformer2DModel",
    "vae": "AutoencoderKL",
}


def build_tiny_chroma(folder: Path, *, seed: int = 30) -> Path:
    """A folder of some 500 kB."""
    torch.manual_seed(seed)
    folder.mkdir(parents=True)
    write_tiny_t5(folder / "text_encoder", folder / "tokenizer", width=32)
    ChromaTransformer2DModel(
        in_channels=4 * LATENT_CHANNELS, num_layers=1, num_single_layers=1, attention_head_dim=16,
        num_attention_heads=2, joint_attention_dim=32, axes_dims_rope=(4, 6, 6), approximator_num_channels=64,
        approximator_hidden_dim=32, approximator_layers=1,
    ).save_pretrained(folder / "transformer")  # fmt: skip
    write_tiny_vae(folder / "vae")
    write_flow_scheduler(folder / "scheduler", shift=3.0, dynamic=True)
    write_model_index(folder, "ChromaPipeline", PARTS)
    return folder
