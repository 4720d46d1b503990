"""A LoRA file fitted to a loaded model: which of its tensors change which layers, or why it does not fit. Torch."""

from collections.abc import Mapping
from dataclasses import dataclass

import torch

from webui.errors import ModelUnusable
from webui.model_manager.lora.file import LoraFile, peft_alphas
from webui.model_manager.lora.forms import Form
from webui.model_manager.lora.layer_names import DENOISERS, LayerNames, Target
from webui.model_manager.lora.making import DoesNotFit, make_forms
from webui.model_manager.lora.other_names import renamed


@dataclass(frozen=True, slots=True)
class Adapter:
    """What a file changes in one layer."""

    target: Target
    forms: tuple[Form, ...]

    @property
    def in_text_encoder(self) -> bool:
        """Whether the layer is one of a text encoder."""
        return self.target.part not in DENOISERS


@dataclass(frozen=True, slots=True)
class FittedLora:
    """A file's adapters for a model, and how many of its tensors they are made of."""

    adapters: tuple[Adapter, ...]
    matched: int
    keys: int


def fit(file: LoraFile, names: LayerNames, *, name: str, model: str, hint: str, dyn: int | None = None) -> FittedLora:
    """The adapters that a file has for a model.

    Args:
        file: what was read.
        names: the model's layers.
        name: what the prompt calls the LoRA.
        model: what the model is, as it ends a sentence.
        hint: what is known of what the LoRA was made for, a sentence.
        dyn: how many of its ranks are used.

    Raises:
        ModelUnusable: none of its tensors belongs to a layer of the model, or one is of another shape.
    """
    layers, keys = file.layers, file.keys
    if not any(names.find(layer) for layer in layers):
        layers = renamed(file, names)
        keys = keys if layers is file.layers else sum(map(len, layers.values()))
    alphas = peft_alphas(file.metadata)
    adapters: list[Adapter] = []
    matched = 0
    for layer, fields in layers.items():
        targets = names.find(layer)
        try:
            forms = [
                make_forms(fields, target.layer, rows=target.rows, dyn=dyn, alpha=_alpha(layer, fields, alphas))
                for target in targets
            ]
        except DoesNotFit as problem:
            raise ModelUnusable(
                f"The LoRA '{name}' does not fit {model}: at its layer {layer[:100]}, {problem}.",
                hint=hint or "Choose a LoRA that was made for this kind of model.", field="prompt",
            ) from problem  # fmt: skip
        adapters += [Adapter(target, tuple(made)) for target, made in zip(targets, forms, strict=True)]
        matched += len(fields) if targets else 0
    if not adapters:
        raise ModelUnusable(
            f"The LoRA '{name}' does not fit {model}: none of its {file.keys:,} keys belongs to one of its layers.",
            hint=hint or "Choose a LoRA that was made for this kind of model.", field="prompt",
        )  # fmt: skip
    return FittedLora(tuple(adapters), matched, keys)


def _alpha(layer: str, fields: Mapping[str, torch.Tensor], alphas: Mapping[str, float]) -> float | None:
    """What peft's configuration says of a layer: its own alpha, or that of its part."""
    if not alphas or "alpha" in fields:
        return None
    return alphas.get(layer, next((alpha for part, alpha in alphas.items() if layer.startswith(f"{part}.")), None))
