"""What small flow-matching models of diffusers' folder format have in common: autoencoder, scheduler, description."""

import json
from pathlib import Path
from typing import Any

import diffusers
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler

LATENT_CHANNELS = 16


def write_tiny_vae(folder: Path) -> None:
    """An autoencoder of 16 latent channels, 8 pixels each, scaled and shifted as those of SD 3 and FLUX.1 are."""
    AutoencoderKL(
        block_out_channels=(8, 8, 16, 16), down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4, latent_channels=LATENT_CHANNELS, norm_num_groups=4,
        layers_per_block=1, scaling_factor=1.5305, shift_factor=0.0609, use_quant_conv=False, use_post_quant_conv=False,
    ).save_pretrained(folder)  # fmt: skip


def write_flow_scheduler(folder: Path, *, shift: float = 1.0, dynamic: bool = False) -> None:
    """Euler's method for flows, with a shift of its own or one that grows with the picture."""
    FlowMatchEulerDiscreteScheduler(shift=shift, use_dynamic_shifting=dynamic).save_pretrained(folder)


def write_model_index(folder: Path, pipeline: str, parts: dict[str, str], **settings: Any) -> None:
    """The description of a pipeline: its parts and their classes in diffusers or transformers."""
    described = {name: [_library(kind), kind] for name, kind in parts.items()}
    index = {"_class_name": pipeline, "_diffusers_version": diffusers.__version__, **described, **settings}
    (folder / "model_index.json").write_text(json.dumps(index))


def _library(kind: str) -> str:
    return "diffusers" if hasattr(diffusers, kind) else "transformers"
