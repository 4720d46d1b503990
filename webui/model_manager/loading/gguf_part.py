"""Transformers whose weights are quantised as ggml's GGUF files have them, and stay so in memory. Torch.

diffusers reads them and computes with each layer's weights as they are needed (`diffusers.quantizers.gguf`).
"""

import json
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import diffusers
import torch

from webui.model_manager.catalogue.gguf_header import read_gguf_header
from webui.model_manager.loading.model_plan import PartPlan
from webui.model_manager.loading.single_files import configuration
from webui.model_manager.loading.single_part import SinglePart
from webui.model_manager.loading.weight_files import Promises


def plan_gguf(part: SinglePart, path: Path) -> PartPlan:
    """The plan for a network in a GGUF file.

    Raises:
        ModelUnusable: the file is damaged.
        KeyError: a tensor is missing by which the network's configuration is known.
    """
    tensors = read_gguf_header(path).tensors
    shapes = {
        name.removeprefix(part.prefixes[0]): torch.empty(shape, device="meta") for name, (_, shape) in tensors.items()
    }
    config = configuration(part.configuration) | part.adapt(shapes)
    return PartPlan(
        class_name=part.class_name,
        config=config,
        weights=_nothing,
        size=path.stat().st_size,
        whole=partial(_load, path, part.class_name, config),
    )


def _nothing(module: torch.nn.Module) -> Promises:
    return {}


def _load(
    path: Path, class_name: str, config: Mapping[str, Any], device: torch.device, dtype: torch.dtype
) -> torch.nn.Module:
    loadable: Any = getattr(diffusers, class_name)
    with TemporaryDirectory() as folder:  # diffusers reads configurations from folders alone
        (Path(folder) / "config.json").write_text(json.dumps(config), encoding="utf-8")
        part = loadable.from_single_file(
            str(path), config=folder, local_files_only=True, dtype=dtype,
            quantization_config=diffusers.GGUFQuantizationConfig(compute_dtype=dtype),
        )  # fmt: skip
    return part.to(device).eval().requires_grad_(False)
