"""What LoRAs change in the tensors of a model that is merged, whichever names both of them use. Torch."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import torch

from webui.errors import ModelUnusable
from webui.model_manager.baking import Baked, Place
from webui.model_manager.catalogue.inspecting import identify_file
from webui.model_manager.loading.folder_plan import plan_folder
from webui.model_manager.loading.part_loading import empty_part
from webui.model_manager.loading.promised_tensors import PromisedTensor
from webui.model_manager.loading.single_file_plan import converted, plan_of_promises
from webui.model_manager.loading.single_files import SINGLE_PARTS, variant_of
from webui.model_manager.lora.file import read_lora
from webui.model_manager.lora.fitting import fit
from webui.model_manager.lora.forms import Shift
from webui.model_manager.lora.layer_names import LayerNames
from webui.model_manager.merge_sources import Source


def baked_loras(source: Source, loras: Sequence[tuple[Path, float]]) -> dict[str, list[Baked]]:
    """For each tensor's name what LoRAs change in it.

    Raises:
        ModelUnusable: a LoRA does not fit the model, or the model is of a kind whose layers are not known.
    """
    if not loras:
        return {}
    modules, places = _folder(source) if source.is_folder else _single_file(source)
    names = LayerNames(modules)
    found: dict[str, list[Baked]] = {}
    for path, weight in loras:
        fitted = fit(read_lora(path), names, name=path.stem, model=f"the model '{source.path.stem}'", hint="")
        for adapter in fitted.adapters:
            for form in adapter.forms:
                kind = "bias" if isinstance(form, Shift) else "weight"
                place = places.get(_module_name(f"{adapter.target.part}/{adapter.target.name}.{kind}"))
                if place is not None:
                    found.setdefault(place.name, []).append(Baked(place, form, weight))
    return found


Known = tuple[Mapping[str, torch.nn.Module], Mapping[str, Place]]
"""A model's parts without weights, and where the weights of each of their layers are."""


def _folder(source: Source) -> Known:
    plan = plan_folder(source.path)
    modules = {name: empty_part(part.class_name, part.config) for name, part in plan.parts.items() if name != "vae"}
    places = {_module_name(name): Place(name, 0, _rows(each)) for name, each in source.tensors.items()}
    return modules, places


def _single_file(source: Source) -> Known:
    architecture = identify_file(source.path).architecture or ""
    if architecture not in SINGLE_PARTS:
        raise ModelUnusable(
            f"{source.path.name} is of a kind into which no LoRA can be baked.",
            hint="Leave the LoRAs out.",
            field="loras",
        )
    originals = sorted((_start(each), name) for name, each in source.tensors.items())
    modules: dict[str, torch.nn.Module] = {}
    places: dict[str, Place] = {}
    variant = variant_of(architecture, {name: each.shape for name, each in source.tensors.items()})
    for part_name, part in SINGLE_PARTS[variant].items():
        own = {
            name.removeprefix(prefix): each
            for prefix in part.prefixes
            for name, each in source.tensors.items()
            if name.startswith(prefix)
        }
        if part_name == "vae" or not own:
            continue
        plan = plan_of_promises(part, own, source.path)
        modules[part_name] = empty_part(plan.class_name, plan.config)
        for name, promise in converted(part, own, modules[part_name]).items():
            place = _place(promise, originals, source)
            if place is not None:
                places[_module_name(f"{part_name}/{name}")] = place
    return modules, places


def _place(promise: PromisedTensor, originals: Sequence[tuple[int, str]], source: Source) -> Place | None:
    """Where a converted tensor lies in the file; None for what was computed of several."""
    if promise.stretch is None:
        return None
    begin, name = originals[bisect_right(originals, (_start(promise), "\U0010ffff")) - 1]
    whole = source.tensors[name]
    row = whole.dtype.itemsize * (whole.numel() // max(_rows(whole), 1))
    start = (_start(promise) - begin) // max(row, 1)
    return Place(name, start, start + _rows(promise))


def _start(promise: PromisedTensor) -> int:
    """Where a tensor lies in its file, in bytes."""
    stretch: Any = promise.stretch
    return stretch.start


def _rows(tensor: torch.Tensor) -> int:
    return tensor.shape[0] if tensor.dim() else 1


def _module_name(name: str) -> str:
    """Without the `text_model` that files have around the layers of CLIP, and some modules, too."""
    return name.replace("/text_model.", "/")
