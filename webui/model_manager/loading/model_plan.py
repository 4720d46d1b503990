"""What is to be loaded for a model, wherever it comes from: parts, tokenizers and settings; nothing is read. Torch."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch

from webui.model_manager.loading.family_loaders import FamilyLoader
from webui.model_manager.loading.weight_files import Promises


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPlan:
    """A part: its class in diffusers or transformers, its configuration, and promises of its weights.

    `weights` is called when the part's turn has come, with the part as it is on `meta`; `size` is how many bytes will
    be read, which progress is told by. `whole` loads a part that is not filled weight by weight, onto a device, to be
    computed in a dtype.
    """

    class_name: str
    config: Mapping[str, Any]
    weights: Callable[[torch.nn.Module], Promises]
    size: int
    whole: Callable[[torch.device, torch.dtype], torch.nn.Module] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelPlan:
    """A model: what its family is constructed from. `settings` are the pipeline's own entries of model_index.json."""

    row: FamilyLoader
    parts: Mapping[str, PartPlan]
    tokenizers: Mapping[str, Any]
    scheduler_config: Mapping[str, Any]
    settings: Mapping[str, Any]
