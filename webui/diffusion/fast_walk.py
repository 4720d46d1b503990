"""Walks along which not every prediction is computed in full, by diffusers' caches. See `webui.generation.fast`."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from diffusers import TaylorSeerCacheConfig
from diffusers.hooks.hooks import CacheContext, HookRegistry, StateManager, _set_cache_context

from webui.diffusion.families.base import Family
from webui.diffusion.first_block_cache import enable_first_block_cache
from webui.errors import InvalidRequest
from webui.generation.fast import EXACT

_THRESHOLD = 0.1
_TAYLOR = TaylorSeerCacheConfig(
    cache_interval=5, disable_cache_before_step=3, max_order=1, taylor_factors_dtype=torch.float32, use_lite_mode=True,
)  # fmt: skip


@dataclass(slots=True)
class Computed:
    """How many of the network's calls there were, and how many of them were computed in full."""

    calls: int = 0
    in_full: int = 0

    @property
    def note(self) -> str:
        """What there is to tell of it, in a sentence; nothing where nothing was called."""
        if not self.calls:
            return ""
        return f"The Fast preset computed {self.in_full} of {self.calls} predictions in full."


@contextmanager
def fast_walk(family: Family, preset: str) -> Iterator[Computed]:
    """While it is entered, the family's predictions are those of one walk with a preset; "" is exact.

    Calls whose prompts have the same shape follow each other: each shape has a memory of its own. Nothing of it is left
    when the walk ends, or is broken off.

    Raises:
        InvalidRequest: the family has no such preset.
    """
    computed = Computed()
    if preset == EXACT:
        yield computed
        return
    network: Any = family.parts.get("transformer")
    if not hasattr(network, "enable_cache"):
        raise InvalidRequest(
            f"fast: there is no preset '{preset}' for {family.info.traits.label}.",
            hint="FLUX.1, Chroma, FLUX.2 and Qwen-Image have Fast presets; leave it off for other models.",
            field="fast",
        )
    if preset == "fast":
        enable_first_block_cache(network, _THRESHOLD)
    else:
        network.enable_cache(_TAYLOR)

    def begin(_module: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> None:
        _set_cache_context(network, CacheContext(_name(args, kwargs)))

    def end(*_: Any) -> None:
        computed.calls += 1
        computed.in_full += _was_computed(network)
        _set_cache_context(network, None)

    hooks = (network.register_forward_pre_hook(begin, with_kwargs=True), network.register_forward_hook(end))
    try:
        yield computed
    finally:
        for hook in hooks:
            hook.remove()
        network.disable_cache()


def _name(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str:
    """What tells calls with one kind of prompts from those with another: the shapes of what the network is given."""
    given = [*args, *kwargs.values()]
    return ", ".join(str(tuple(each.shape)) for each in given if isinstance(each, torch.Tensor))


def _was_computed(network: torch.nn.Module) -> bool:
    """Whether the last call was computed in full, as the states of the caches have it."""
    for module in network.modules():
        registry = getattr(module, "_diffusers_hook", None)
        hooks = registry.hooks.values() if isinstance(registry, HookRegistry) else ()
        for hook in hooks:
            manager = getattr(hook, "state_manager", None)
            if not isinstance(manager, StateManager):
                continue
            state: Any = manager.get_state()
            if hasattr(state, "should_compute"):
                return bool(state.should_compute)
            return state.last_update_step == state.current_step
    return True
