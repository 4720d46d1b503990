"""Names in LoRA files that only diffusers' own converters know: those of FLUX by XLabs, of fal, of musubi. Torch."""

from collections.abc import Callable, Mapping
from typing import Any

import torch
from diffusers import loaders
from safetensors.torch import load_file

from webui.model_manager.lora.file import LoraFile
from webui.model_manager.lora.keys import split_key
from webui.model_manager.lora.layer_names import LayerNames

_CONVERTERS = (
    "FluxLoraLoaderMixin", "SD3LoraLoaderMixin", "StableDiffusionXLLoraLoaderMixin", "QwenImageLoraLoaderMixin",
    "ZImageLoraLoaderMixin", "Flux2LoraLoaderMixin",
)  # fmt: skip
Layers = Mapping[str, Mapping[str, torch.Tensor]]


def renamed(file: LoraFile, names: LayerNames) -> Layers:
    """The file's layers by diffusers' names, out of the first of diffusers' converters that gives any of the model's.

    Where none does, the layers as they are.
    """
    tensors = load_file(file.path)
    for converter in _CONVERTERS:
        convert = getattr(getattr(loaders, converter, None), "lora_state_dict", None)
        layers = {} if convert is None else _converted(dict(tensors), convert)
        if any(names.find(layer) for layer in layers):
            return layers
    return file.layers


def _converted(tensors: dict[str, torch.Tensor], convert: Callable[..., Any]) -> Layers:
    try:
        state = convert(tensors)
    except Exception:
        # Not this family's names: each converter fails in its own way.
        return {}
    layers: dict[str, dict[str, torch.Tensor]] = {}
    for key, tensor in (state[0] if isinstance(state, tuple) else state).items():
        split = split_key(key)
        if split is not None:
            layers.setdefault(split[0], {})[split[1]] = tensor
    return layers
