"""LoRA files in the format of kohya's trainer, which this program, diffusers, A1111, Forge and ComfyUI read."""

import json
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from bundled_model.learning.lora.adapter import tensors_of
from bundled_model.learning.lora.looks import LOOKS
from bundled_model.learning.lora.settings import LoraSettings
from bundled_model.learning.lora.store import look_scene
from bundled_model.scenes.scene import Subject

LARGEST = 2_000_000
"""Bytes of the largest file that ships."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a LoRA came to be, as its file tells: `base` is the model's name, `digest` the SHA-256 of its U-Net."""

    base: str
    digest: str
    steps: int
    pictures: int
    settings: LoraSettings


def write_lora(file: Path, look: str, adapter: dict[str, Tensor], training: Training) -> int:
    """Write an adapter's state in half precision; a crash leaves the former file whole. Returns the size in bytes."""
    rank = training.settings.rank
    tensors = {name: values.detach().cpu().half().contiguous() for name, values in tensors_of(adapter).items()}
    alpha = torch.tensor(float(rank), dtype=torch.float16)
    tensors |= {f"{name.partition('.')[0]}.alpha": alpha.clone() for name in tensors}
    file.parent.mkdir(parents=True, exist_ok=True)
    part = file.with_name(file.name + ".part")
    save_file(tensors, part, metadata=metadata_of(look, training))
    os.replace(part, file)
    return file.stat().st_size


def metadata_of(look: str, training: Training) -> dict[str, str]:
    """What the file says of itself: the names are kohya's (`ss_*`) and those of the model metadata standard.

    Source: Stability AI, ModelSpec 1.0.1.
    """
    about, settings = LOOKS[look], training.settings
    rank = str(settings.rank)
    return {
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.implementation": "diffusers",
        "modelspec.title": about.title,
        "modelspec.description": f"{about.description} For the model {training.base}; any weight from 0 to 1.5.",
        "modelspec.trigger_phrase": about.trigger,
        "modelspec.license": "Apache-2.0",
        "modelspec.resolution": "256x256",
        "modelspec.prediction_type": "v",
        "modelspec.usage_hint": f"Put '{about.trigger}' into the prompt. Mixes with other LoRAs at about 0.5 each.",
        "ss_output_name": look,
        "ss_sd_model_name": training.base,
        "ss_new_sd_model_hash": training.digest,
        "ss_v2": "False",
        "ss_network_module": "networks.lora",
        "ss_network_dim": rank,
        "ss_network_alpha": rank,
        "ss_network_args": json.dumps({"conv_dim": rank, "conv_alpha": rank}),
        "ss_learning_rate": str(settings.peak_rate),
        "ss_optimizer": "AdamW",
        "ss_lr_scheduler": "cosine",
        "ss_steps": str(training.steps),
        "ss_total_batch_size": str(settings.batch),
        "ss_num_train_images": str(training.pictures),
        "ss_seed": str(settings.seed),
        "ss_mixed_precision": "bf16",
        "ss_tag_frequency": json.dumps({about.trigger: _tags(training.pictures)}),
    }


def _tags(pictures: int) -> dict[str, int]:
    """How many of the drawings show what."""
    counts: Counter[str] = Counter()
    for index in range(pictures):
        scene, _ = look_scene(index)
        shown = [scene.terrain, *([] if scene.subject is Subject.NONE else [scene.subject])]
        counts.update(str(name).replace("_", " ") for name in shown)
    return dict(counts.most_common())
