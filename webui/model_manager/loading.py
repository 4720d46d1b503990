"""Loads a checkpoint that the catalogue found: weights as data only, part by part, with progress. Torch."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, TypeVar

import torch
from diffusers import UNet2DConditionModel
from safetensors import SafetensorError

from webui.diffusion.families.base import Family
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.folder_plan import plan_folder
from webui.model_manager.freed_memory import give_back
from webui.model_manager.model_plan import ModelPlan, PartPlan
from webui.model_manager.out_of_memory import is_out_of_memory
from webui.model_manager.part_loading import empty_part, fill
from webui.model_manager.precision import Precision


@dataclass(frozen=True, slots=True)
class LoadingProgress:
    """The fraction of the bytes that are read, from 0 to 1, and what is read next."""

    fraction: float
    detail: str


Loaded = TypeVar("Loaded")
_SMALLEST_STEP = 0.01
"""Progress is told when it has grown by this much."""


def load_family(
    entry: ModelEntry, *, device: torch.device, dtype: torch.dtype, channels_last: bool = False
) -> Generator[LoadingProgress, None, Family]:
    """Yields its progress and returns the model on its device, ready to walk.

    Args:
        entry: the model.
        device: where it computes.
        dtype: what it is computed in.
        channels_last: see `Precision`.

    Raises:
        ModelUnusable: a file is missing or damaged, or does not fit the model's own description.
    """
    try:
        plan = plan_folder(entry.path)
        parts = yield from _load_parts(plan, device=device, precision=Precision(dtype, channels_last))
        family = _family(plan, parts, device=device, dtype=dtype)
        give_back()
        return family
    except ModelUnusable as error:
        raise _unusable(entry, error.message, error.hint) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, SafetensorError) as error:
        if is_out_of_memory(error):
            raise
        raise _unusable(entry, (str(error).strip() or type(error).__name__).splitlines()[0][:300]) from error


def network_config(entry: ModelEntry) -> Mapping[str, Any]:
    """The configuration of what a model calls at every step, with its `_class_name`; no weight is read.

    Raises:
        ModelUnusable: the model's description is damaged.
    """
    try:
        plan = plan_folder(entry.path)
        network = plan.parts[plan.row.network]
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unusable(entry, (str(error).strip() or type(error).__name__).splitlines()[0][:300]) from error
    return {**network.config, "_class_name": network.class_name}


def exhausted(loading: Generator[Any, None, Loaded]) -> Loaded:
    """What a loading returns, when nobody wants to know how it goes."""
    while True:
        try:
            next(loading)
        except StopIteration as end:
            return end.value


def _unusable(entry: ModelEntry, reason: str, hint: str = "") -> ModelUnusable:
    return ModelUnusable(
        f"The model '{entry.name}' could not be loaded: {reason}",
        hint=hint or f"Restore its files in {entry.path}, or choose another model.",
        field="model",
    )


def _load_parts(
    plan: ModelPlan, *, device: torch.device, precision: Precision
) -> Generator[LoadingProgress, None, dict[str, torch.nn.Module]]:
    total, done = sum(part.size for part in plan.parts.values()) or 1, 0
    parts: dict[str, torch.nn.Module] = {}
    for name, part in plan.parts.items():
        told = name.replace("_", " ")
        yield LoadingProgress(done / total, told)
        parts[name] = empty_part(part.class_name, part.config)
        for fraction in _told(_filled(parts[name], part, device=device, precision=precision, name=name), part.size):
            yield LoadingProgress((done + fraction * part.size) / total, told)
        done += part.size
    yield LoadingProgress(1.0, "")
    return parts


def _filled(
    module: torch.nn.Module, plan: PartPlan, *, device: torch.device, precision: Precision, name: str
) -> Iterator[int]:
    return fill(module, plan.weights(module), device=device, precision=precision, name=name)


def _told(read: Iterator[int], size: int) -> Iterator[float]:
    """The fraction of a part that is read, whenever it has grown enough to be told."""
    done, told = 0, 0.0
    for count in read:
        done += count
        fraction = min(done / max(size, 1), 1.0)
        if fraction - told >= _SMALLEST_STEP:
            told = fraction
            yield fraction


def _family(plan: ModelPlan, parts: dict[str, torch.nn.Module], *, device: torch.device, dtype: torch.dtype) -> Family:
    module, _, name = plan.row.family.partition(":")
    family = getattr(import_module(f"webui.diffusion.families.{module}"), name)
    network: Any = parts[plan.row.network]
    if device.type == "cuda":
        _use_xformers(network)
    return family(
        parts, tokenizers=plan.tokenizers, scheduler_config=plan.scheduler_config, device=device, dtype=dtype,
        settings=plan.settings,
    )  # fmt: skip


def _use_xformers(unet: UNet2DConditionModel) -> None:
    """Memory-efficient attention, if the optional package is there; everything works without it."""
    try:
        import xformers  # noqa: F401  # pyright: ignore[reportMissingImports]
    except ImportError:
        return
    unet.enable_xformers_memory_efficient_attention()
