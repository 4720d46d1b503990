"""Loads a checkpoint that the catalogue found: weights as data only, part by part, with progress. Torch."""

import json
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from typing import Any, TypeVar

import torch
from safetensors import SafetensorError

from webui.diffusion.families.base import Family
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.loading.external_vae import with_vae
from webui.model_manager.loading.family_loaders import loader_for
from webui.model_manager.loading.folder_plan import plan_folder
from webui.model_manager.loading.loading_progress import LoadingProgress
from webui.model_manager.loading.model_plan import ModelPlan
from webui.model_manager.loading.part_loading import empty_part, fill
from webui.model_manager.loading.pipeline_loading import load_pipeline
from webui.model_manager.loading.single_file_plan import Neighbours, plan_single_file
from webui.model_manager.memory.freed_memory import give_back
from webui.model_manager.memory.out_of_memory import is_out_of_memory
from webui.model_manager.precision import Precision

Loaded = TypeVar("Loaded")
Where = Callable[[Mapping[str, int]], torch.device]
_SMALLEST_STEP = 0.01
"""Progress is told when it has grown by this much."""
NOBODY = Neighbours()


def load_family(
    entry: ModelEntry,
    *,
    device: torch.device,
    dtype: torch.dtype,
    channels_last: bool = False,
    vae: ModelEntry | None = None,
    neighbours: Neighbours = NOBODY,
    where: Where | None = None,
) -> Generator[LoadingProgress, None, Family]:
    """Yields its progress and returns the model on its device, ready to walk.

    Args:
        entry: the model.
        device: where it computes.
        dtype: what it is computed in.
        channels_last: see `Precision`.
        vae: a VAE in the place of the model's own.
        neighbours: the files that lend a checkpoint in one file what it lacks.
        where: is asked with the bytes of each part where the weights are to be; by default where it computes.

    Raises:
        ModelUnusable: a file is missing or damaged, or does not fit the model's own description.
    """
    try:
        if _is_general(entry):
            return (yield from load_pipeline(entry, device=device, dtype=dtype, where=where))
        plan = plan_model(entry, neighbours)
        plan = plan if vae is None else with_vae(plan, vae)
        parts = {name: empty_part(part.class_name, part.config) for name, part in plan.parts.items()}
        rest = device if where is None else where(_sizes(plan, parts, dtype))
        yield from _fill_parts(plan, parts, device=rest, precision=Precision(dtype, channels_last))
        family = _family(plan, parts, device=device, dtype=dtype)
        give_back()
        return family
    except ModelUnusable as error:
        raise _unusable(entry, error.message, error.hint, error.field) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RuntimeError, SafetensorError) as error:
        if is_out_of_memory(error):
            raise
        raise _unusable(entry, _reason(error)) from error


def plan_model(entry: ModelEntry, neighbours: Neighbours = NOBODY) -> ModelPlan:
    """What is to be loaded for a model of a family of our own; no weight is read.

    Raises:
        ModelUnusable: it is not one that can be loaded, or lacks something.
        OSError, ValueError, KeyError: a description is missing or damaged.
    """
    return plan_folder(entry.path) if entry.path.is_dir() else plan_single_file(entry, neighbours)


def _is_general(entry: ModelEntry) -> bool:
    """Whether a folder's pipeline is none that a family of our own stands for."""
    if not entry.path.is_dir():
        return False
    index = json.loads((entry.path / "model_index.json").read_text(encoding="utf-8"))
    return loader_for(index.get("_class_name")) is None


def network_config(entry: ModelEntry, neighbours: Neighbours = NOBODY) -> Mapping[str, Any]:
    """The configuration of what a model calls at every step, with its `_class_name`; no weight is read.

    Raises:
        ModelUnusable: the model's description is damaged.
    """
    try:
        plan = plan_model(entry, neighbours)
        network = plan.parts[plan.row.network]
    except ModelUnusable as error:
        raise _unusable(entry, error.message, error.hint) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise _unusable(entry, _reason(error)) from error
    return {**network.config, "_class_name": network.class_name}


def exhausted(loading: Generator[Any, None, Loaded]) -> Loaded:
    """What a loading returns, when nobody wants to know how it goes."""
    while True:
        try:
            next(loading)
        except StopIteration as end:
            return end.value


def _reason(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0][:300]


def _unusable(entry: ModelEntry, reason: str, hint: str = "", field: str | None = None) -> ModelUnusable:
    return ModelUnusable(
        f"The model '{entry.name}' could not be loaded: {reason}",
        hint=hint or f"Restore its files in {entry.path}, or choose another model.",
        field=field or "model",
    )


def _sizes(plan: ModelPlan, parts: Mapping[str, torch.nn.Module], dtype: torch.dtype) -> dict[str, int]:
    """How many bytes the weights of each part will take."""
    counts = {name: sum(each.numel() for each in part.parameters()) for name, part in parts.items()}
    return {
        name: part.size if part.whole is not None else counts[name] * dtype.itemsize
        for name, part in plan.parts.items()
    }


def _fill_parts(
    plan: ModelPlan, parts: dict[str, torch.nn.Module], *, device: torch.device, precision: Precision
) -> Iterator[LoadingProgress]:
    total, done = sum(part.size for part in plan.parts.values()) or 1, 0
    for name, part in plan.parts.items():
        told = name.replace("_", " ")
        yield LoadingProgress(done / total, told)
        if part.whole is not None:
            parts[name] = part.whole(device, precision.dtype)
            done += part.size
            continue
        own = _own_precision(parts[name], precision)
        read = fill(parts[name], part.weights(parts[name]), device=device, precision=own, name=name)
        for fraction in _told(read, part.size):
            yield LoadingProgress((done + fraction * part.size) / total, told)
        done += part.size
    yield LoadingProgress(1.0, "")


def _own_precision(part: Any, precision: Precision) -> Precision:
    """That of an autoencoder whose description says that float16 is too coarse for it is float32."""
    coarse = precision.dtype == torch.float16 and getattr(part.config, "force_upcast", False)
    return replace(precision, dtype=torch.float32) if coarse and hasattr(part, "decode") else precision


def _told(read: Iterator[int], size: int) -> Iterator[float]:
    """The fraction of a part that is read, whenever it has grown enough to be told."""
    done, told = 0, 0.0
    for count in read:
        done += count
        fraction = min(done / max(size, 1), 1.0)
        if fraction - told >= _SMALLEST_STEP:
            told = fraction
            yield fraction


def _family(
    plan: ModelPlan, parts: Mapping[str, torch.nn.Module], *, device: torch.device, dtype: torch.dtype
) -> Family:
    family = plan.row.family
    if isinstance(family, str):
        module, _, name = family.partition(":")
        family = getattr(import_module(f"webui.diffusion.families.{module}"), name)
    return family(
        parts, tokenizers=plan.tokenizers, scheduler_config=plan.scheduler_config, device=device, dtype=dtype,
        settings=plan.settings,
    )  # fmt: skip
