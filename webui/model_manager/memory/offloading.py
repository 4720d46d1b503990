"""Puts a model's parts where a plan wants them, with diffusers' hooks that fetch layers when they compute. Torch.

On a GPU groups of layers are fetched on a stream of their own, the next one while this one computes.
"""

from collections.abc import Mapping
from typing import Any

import torch
from diffusers.hooks import HookRegistry, apply_group_offloading

from webui.model_manager.memory.memory_policy import MemoryPlan, Placement

_HOOKS = ("group_offloading", "layer_execution_tracker", "lazy_prefetch_group_offloading")
"""What diffusers calls the hooks of fetched layers (`diffusers.hooks.group_offloading`)."""


def place(parts: Mapping[str, torch.nn.Module], plan: MemoryPlan, device: torch.device) -> None:
    """Move weights and hooks as the plan says; what is fetched rests in the CPU's memory.

    Raises:
        torch.OutOfMemoryError: the device has no room for what is to stay there.
    """
    for name, part in parts.items():
        _without_hooks(part)
        if name in plan.fetched:
            _moved(part, torch.device("cpu"))
    for name, part in parts.items():
        if name in plan.fetched:
            _fetched(part, plan.placement, device)
        else:
            _moved(part, device)


def put_away(parts: Mapping[str, torch.nn.Module]) -> None:
    """Move all weights to the CPU's memory, and take the hooks off."""
    for part in parts.values():
        _without_hooks(part)
        _moved(part, torch.device("cpu"))


def _moved(part: Any, device: torch.device) -> None:
    first = next((weight for weight in part.parameters()), None)
    if first is not None and first.device != device:
        part.to(device)


def _fetched(part: torch.nn.Module, placement: Placement, device: torch.device) -> None:
    streamed = device.type == "cuda" and placement is Placement.GROUP
    by_layer = placement is Placement.SEQUENTIAL or not hasattr(part, "_no_split_modules") or _is_autoencoder(part)
    apply_group_offloading(
        part,
        onload_device=device,
        offload_device=torch.device("cpu"),
        offload_type="leaf_level" if by_layer else "block_level",
        num_blocks_per_group=None if by_layer else 1,
        use_stream=streamed,
        record_stream=streamed,
        low_cpu_mem_usage=True,  # memory that is pinned for all weights at once is memory that others lack
    )


def _is_autoencoder(part: torch.nn.Module) -> bool:
    """Whether a part is entered by other ways than its own call, so that only its layers can have hooks."""
    return hasattr(part, "decode")


def _without_hooks(part: torch.nn.Module) -> None:
    if any(hasattr(module, "_diffusers_hook") for module in part.modules()):
        registry = HookRegistry.check_if_exists_or_initialize(part)
        for hook in _HOOKS:
            registry.remove_hook(hook, recurse=True)
