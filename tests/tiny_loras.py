"""LoRA files with random weights for the layers of a model, in the forms that people have."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn

RANK = 2
Tensors = dict[str, torch.Tensor]
PREFIXES = {
    "unet": "lora_unet_",
    "transformer": "transformer.",
    "text_encoder": "lora_te_",
    "text_encoder_2": "lora_te2_",
}
"""kohya's; for transformers diffusers', as the original code calls their layers otherwise."""


def changeable(network: nn.Module) -> Iterator[tuple[str, nn.Module]]:
    """Its linear layers and convolutions."""
    for name, layer in network.named_modules():
        if isinstance(layer, nn.Linear | nn.Conv2d):
            yield name, layer


def kohya_names(parts: Mapping[str, nn.Module]) -> Iterator[tuple[str, torch.Size]]:
    """The names that kohya's trainer gives to layers, and the shapes of their weights."""
    for part, network in parts.items():
        prefix = "lora_te1_" if part == "text_encoder" and "text_encoder_2" in parts else PREFIXES.get(part, "")
        inside = "text_model." if part.startswith("text_encoder") else ""
        for name, layer in changeable(network) if prefix else ():
            dotted = inside + name.removeprefix("text_model.")
            yield prefix + (dotted if prefix.endswith(".") else dotted.replace(".", "_")), layer.weight.shape


def save_lora(path: Path, tensors: Tensors, **metadata: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, path, metadata=metadata or None)
    return path


def made(
    parts: Mapping[str, nn.Module], form: Callable[[str, torch.Size], Tensors], *, seed: int = 0, only: str = ""
) -> Tensors:
    """The tensors of a form for all layers of a model, or those with `only` in their name."""
    torch.manual_seed(seed)
    tensors: Tensors = {}
    for name, shape in kohya_names(parts):
        if only in name:
            tensors |= form(name, shape)
    return tensors


def small(*shape: int) -> torch.Tensor:
    return torch.randn(*shape) * 0.3


def lora(name: str, shape: torch.Size) -> Tensors:
    ones = [1] * (len(shape) - 2)
    return {
        f"{name}.lora_down.weight": small(RANK, *shape[1:]),
        f"{name}.lora_up.weight": small(shape[0], RANK, *ones),
        f"{name}.alpha": torch.tensor(1.0),
    }


def tucker_lora(name: str, shape: torch.Size) -> Tensors:
    if len(shape) == 2:
        return lora(name, shape)
    return {
        f"{name}.lora_down.weight": small(RANK, shape[1], 1, 1),
        f"{name}.lora_mid.weight": small(RANK, RANK, *shape[2:]),
        f"{name}.lora_up.weight": small(shape[0], RANK, 1, 1),
        f"{name}.alpha": torch.tensor(1.0),
    }


def loha(name: str, shape: torch.Size) -> Tensors:
    inputs = shape[1:].numel()
    halves = {f"{name}.hada_w{i}_a": small(shape[0], RANK) for i in (1, 2)}
    halves |= {f"{name}.hada_w{i}_b": small(RANK, inputs) for i in (1, 2)}
    return {**halves, f"{name}.alpha": torch.tensor(1.0)}


def tucker_loha(name: str, shape: torch.Size) -> Tensors:
    if len(shape) == 2:
        return loha(name, shape)
    tensors = {f"{name}.alpha": torch.tensor(1.0)}
    for i in (1, 2):
        tensors[f"{name}.hada_t{i}"] = small(RANK, RANK, *shape[2:])
        tensors[f"{name}.hada_w{i}_a"] = small(RANK, shape[0])
        tensors[f"{name}.hada_w{i}_b"] = small(RANK, shape[1])
    return tensors


def lokr(name: str, shape: torch.Size) -> Tensors:
    return {
        f"{name}.lokr_w1": small(2, 2),
        f"{name}.lokr_w2_a": small(shape[0] // 2, RANK),
        f"{name}.lokr_w2_b": small(RANK, shape[1:].numel() // 2),
        f"{name}.alpha": torch.tensor(1.0),
    }


def full(name: str, shape: torch.Size) -> Tensors:
    return {f"{name}.diff": small(*shape) * 0.2, f"{name}.diff_b": small(shape[0]) * 0.2}


def ia3(name: str, shape: torch.Size) -> Tensors:
    on_input = "ff" in name
    share = small(1, shape[1]) if on_input else small(shape[0], 1)
    return {f"{name}.weight": share, f"{name}.on_input": torch.tensor(on_input)}


def dora(name: str, shape: torch.Size) -> Tensors:
    ones = [1] * (len(shape) - 1)
    return {**lora(name, shape), f"{name}.dora_scale": 1 + small(shape[0], *ones).abs()}


def dora_on_inputs(name: str, shape: torch.Size) -> Tensors:
    ones = [1] * (len(shape) - 2)
    return {**lora(name, shape), f"{name}.dora_scale": 1 + small(1, shape[1], *ones).abs()}


FORMS = {each.__name__: each for each in (lora, tucker_lora, loha, tucker_loha, lokr, full, ia3, dora, dora_on_inputs)}
