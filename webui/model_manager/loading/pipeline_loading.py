"""Loads a folder of a pipeline that no family of ours stands for: each part as data, by a class of the libraries' own.

`DiffusionPipeline.from_pretrained` imports whatever module a model's description names. Here a class is taken from
diffusers or transformers themselves, it has to be of a kind that holds data, and nothing else is ever constructed.
"""

import importlib
import inspect
import json
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from diffusers import ModelMixin, SchedulerMixin
from transformers import FeatureExtractionMixin, PreTrainedModel, PreTrainedTokenizerBase, ProcessorMixin
from transformers.image_processing_base import ImageProcessingMixin

from webui.diffusion.families.pipeline import PipelineModel
from webui.errors import ModelUnusable
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.loading.loading_progress import LoadingProgress
from webui.model_manager.loading.pipeline_classes import described_pipeline

_WITH_WEIGHTS = (ModelMixin, PreTrainedModel)
_WITHOUT = (SchedulerMixin, PreTrainedTokenizerBase, ProcessorMixin, FeatureExtractionMixin, ImageProcessingMixin)
_NOT_LOADED = ("safety_checker", "watermarker")
"""Parts that pipelines work without."""


def load_pipeline(
    entry: ModelEntry,
    *,
    device: torch.device,
    dtype: torch.dtype,
    where: Callable[[Mapping[str, int]], torch.device] | None = None,
) -> Generator[LoadingProgress, None, PipelineModel]:
    """Yields its progress and returns the pipeline.

    Args:
        entry: the folder.
        device: where it computes.
        dtype: what it computes in.
        where: the parts' sizes in bytes to where their weights go at first; None is the device.

    Raises:
        ModelUnusable: the pipeline or a part is of a class that is not loaded here, or its files are damaged.
        OSError, ValueError, RuntimeError: a file is missing or does not fit its description.
    """
    index = json.loads((entry.path / "model_index.json").read_text(encoding="utf-8"))
    known = described_pipeline(index.get("_class_name"))
    if known is None:
        raise ModelUnusable(f"its pipeline class {index.get('_class_name')} is none of diffusers' own.")
    if known.problem is not None:
        raise ModelUnusable(known.problem)
    named = _classes(entry.path, index)
    sizes = {part: sum(file.stat().st_size for file in (entry.path / part).glob("*.safetensors")) for part in named}
    total, done = max(sum(sizes.values()), 1), 0
    place = where({part: size for part, size in sizes.items() if size}) if where else device
    components: dict[str, Any] = {}
    for part, loadable in named.items():
        yield LoadingProgress(done / total, part.replace("_", " "))
        components[part] = _loaded(entry.path / part, loadable, device=place, dtype=dtype)
        done += sizes[part]
    yield LoadingProgress(1.0, "")
    pipeline = _joined(getattr(diffusers, known.name), components, index)
    return PipelineModel(pipeline, known.call, device=device, dtype=dtype)


def _classes(folder: Path, index: Mapping[str, Any]) -> dict[str, type]:
    """The class of each part that there is.

    Raises:
        ModelUnusable: one is not of diffusers or transformers, or of a kind that does not hold data.
    """
    found: dict[str, type] = {}
    for part, named in index.items():
        if part.startswith("_") or not isinstance(named, list) or len(named) != 2 or part in _NOT_LOADED:
            continue
        if named[1] is None or not (folder / part).is_dir():
            continue
        library, class_name = str(named[0]), str(named[1])
        loadable = _class_called(library, class_name)
        if loadable is None:
            raise ModelUnusable(f"the class {library}.{class_name} of its {part} is not one that this program loads.")
        found[part] = loadable
    return found


def _class_called(library: str, class_name: str) -> type | None:
    """A class of the libraries that holds data, by the names of a model's description; None for everything else."""
    if library in ("diffusers", "transformers"):
        owner: Any = diffusers if library == "diffusers" else transformers
    elif library.isidentifier() and library in dir(diffusers.pipelines):
        owner = importlib.import_module(f"diffusers.pipelines.{library}")  # some have parts of their own
    else:
        return None
    found = getattr(owner, class_name, None)
    if not inspect.isclass(found) or not issubclass(found, _WITH_WEIGHTS + _WITHOUT):
        return None
    return found if found.__module__.split(".")[0] in ("diffusers", "transformers") else None


def _loaded(folder: Path, loadable: Any, *, device: torch.device, dtype: torch.dtype) -> Any:
    if not issubclass(loadable, _WITH_WEIGHTS):
        return loadable.from_pretrained(folder, local_files_only=True)
    only_half = not any(".fp16." not in file.name for file in folder.glob("*.safetensors"))
    part: Any = loadable.from_pretrained(
        folder, dtype=dtype, use_safetensors=True, local_files_only=True, variant="fp16" if only_half else None
    )
    return part.to(device).eval().requires_grad_(False)


def _joined(pipeline_class: Any, components: Mapping[str, Any], index: Mapping[str, Any]) -> Any:
    """The pipeline of the parts and of the plain values that its description gives it.

    Raises:
        ModelUnusable: a part is missing.
    """
    told = {name: value for name, value in index.items() if not name.startswith("_") and not isinstance(value, list)}
    given: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(pipeline_class.__init__).parameters.items())[1:]:
        if name in components or name in told:
            given[name] = components.get(name, told.get(name))
        elif parameter.default is inspect.Parameter.empty:
            if name not in (*pipeline_class._optional_components, *_NOT_LOADED, "feature_extractor"):
                raise ModelUnusable(f"its part {name} is missing.")
            given[name] = None
    if "requires_safety_checker" in inspect.signature(pipeline_class.__init__).parameters:
        given["requires_safety_checker"] = False
    return pipeline_class(**given)
