"""What is to be loaded of a checkpoint in one file: its parts, and from files beside it those that it lacks. Torch."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import torch
from diffusers import ModelMixin

from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry
from webui.model_manager.catalogue.gguf_header import read_gguf_header
from webui.model_manager.catalogue.safetensors_header import read_header
from webui.model_manager.loading.family_loaders import SINGLE_FILES, loader_of_family
from webui.model_manager.loading.gguf_part import plan_gguf
from webui.model_manager.loading.model_plan import ModelPlan, PartPlan
from webui.model_manager.loading.promised_tensors import PromisedTensor
from webui.model_manager.loading.shipped_tokenizers import shipped_tokenizer
from webui.model_manager.loading.single_files import (
    SETTINGS,
    SINGLE_PARTS,
    TOKENIZERS,
    configuration,
    variant_of,
)
from webui.model_manager.loading.single_part import SinglePart
from webui.model_manager.loading.tokenizer_places import TokenizerPlaces
from webui.model_manager.loading.weight_files import Promises, promised

_NETWORKS = ("unet", "transformer")
_SCALES = (".scale_weight", ".weight_scale")
_BESIDE_WEIGHTS = (*_SCALES, ".scale_input", ".input_scale", ".comfy_quant")
_SCHEDULE_MARKS = {"v_pred": {"prediction_type": "v_prediction"}, "ztsnr": {"rescale_betas_zero_snr": True}}
"""Empty tensors by which checkpoints of SDXL tell how they were trained (as ComfyUI reads them)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The files that can lend a checkpoint what it lacks: text encoders, VAEs, and the folders of tokenizers."""

    text_encoders: tuple[Path, ...] = ()
    vaes: tuple[Path, ...] = ()
    tokenizers: TokenizerPlaces = field(default_factory=TokenizerPlaces)


def plan_single_file(entry: ModelEntry, neighbours: Neighbours) -> ModelPlan:
    """The plan for a checkpoint in one file.

    Raises:
        ModelUnusable: it is of an architecture that is not loaded from one file, or a part is in no file.
    """
    architecture = entry.architecture or ""
    row = loader_of_family(SINGLE_FILES.get(architecture, ""))
    if row is None or architecture not in SINGLE_PARTS:
        raise ModelUnusable("it is of an architecture that cannot be loaded from one file.")
    quantised = entry.format == "gguf"
    whole = {} if quantised else promised(entry.path)
    shapes = _shapes(entry, whole)
    variant = variant_of(architecture, shapes)
    parts: dict[str, PartPlan] = {}
    for name, part in SINGLE_PARTS[variant].items():
        if quantised and name in _NETWORKS:
            parts[name] = plan_gguf(part, entry.path)
            continue
        own = _own(whole, name, part)
        found = (own, entry.path) if own else _borrowed(part, neighbours)
        if found is not None:
            parts[name] = plan_of_promises(part, *found)
        elif name not in row.optional:
            raise _lacking(part)
    return ModelPlan(
        row=row,
        parts=parts,
        tokenizers=_tokenizers(variant, parts, neighbours),
        scheduler_config=_scheduler_config(architecture, shapes, entry.prediction),
        settings={**SETTINGS.get(variant, {}), **_told_by_name(variant, entry)},
    )


def _shapes(entry: ModelEntry, whole: Promises) -> Mapping[str, Sequence[int]]:
    if entry.format == "gguf":
        return {name: shape for name, (_, shape) in read_gguf_header(entry.path).tensors.items()}
    return {name: promise.shape for name, promise in whole.items()}


def _told_by_name(variant: str, entry: ModelEntry) -> dict[str, Any]:
    """What the weights do not tell: whether a FLUX.2 klein was distilled to a few steps (see `model_file`)."""
    return {"is_distilled": not entry.base.endswith(" base")} if "klein" in variant else {}


def plan_of_promises(part: SinglePart, promises: Promises, path: Path) -> PartPlan:
    """The plan for a part whose tensors have the names of a checkpoint, without its prefix.

    Raises:
        ModelUnusable: tensors are missing by which its configuration is known.
    """
    promises = unscaled(promises)
    try:
        adapted = part.reads_both or _is_original(promises)
        config = configuration(part.configuration) | (part.adapt(promises) if adapted else {})
    except KeyError as error:
        raise ModelUnusable(f"{path.name} lacks the tensor {error.args[0]}.") from error
    return PartPlan(
        class_name=part.class_name,
        config=config,
        weights=partial(converted, part, promises),
        size=sum(promise.nbytes for promise in promises.values()),
    )


def converted(part: SinglePart, promises: Promises, module: torch.nn.Module) -> Promises:
    """A part's promises by the names of its module; those of a file in diffusers' layout as they are.

    Raises:
        ModelUnusable: tensors are missing.
    """
    if isinstance(module, ModelMixin) and promises.keys() >= module.state_dict().keys():
        return promises
    try:
        return part.convert(promises, module)
    except (KeyError, IndexError) as error:
        raise ModelUnusable(f"the file lacks the tensor {error.args[0]}; it is not whole.") from error


def unscaled(promises: Promises) -> Promises:
    """Weights of eight bits, each tensor with a scale of its own (as ComfyUI writes them), as what they stand for."""
    plain: Promises = {}
    for name, promise in promises.items():
        if name.endswith(_BESIDE_WEIGHTS) or name == "scaled_fp8":
            continue
        stem = name.removesuffix(".weight")
        scale = next((promises[stem + each] for each in _SCALES if stem + each in promises), None)
        eight = stem != name and promise.is_floating_point()
        plain[name] = _scaled(promise, scale) if scale is not None and eight else promise
    return plain


def _scaled(promise: PromisedTensor, scale: PromisedTensor) -> PromisedTensor:
    empty = torch.empty(promise.shape, dtype=torch.bfloat16, device="meta")
    return PromisedTensor.of(empty, lambda: (promise.read().float() * scale.read().float()).to(torch.bfloat16))


def _own(whole: Promises, name: str, part: SinglePart) -> Promises:
    """A part's tensors in a checkpoint, without their prefix; of a file with a network alone, all."""
    return _below(whole, part.prefixes) or (dict(whole) if name in _NETWORKS else {})


def _below(whole: Promises, prefixes: Iterable[str]) -> Promises:
    """The tensors with the first of the prefixes that there is, without it."""
    for prefix in prefixes:
        own = {key.removeprefix(prefix): promise for key, promise in whole.items() if key.startswith(prefix)}
        if own:
            return own
    return {}


def _is_original(promises: Mapping[str, Any]) -> bool:
    """Whether tensors have the names of their authors rather than those of diffusers."""
    return not any(re.match(r"(single_)?transformer_blocks\.|down_blocks\.", name) for name in promises)


def _borrowed(part: SinglePart, neighbours: Neighbours) -> tuple[Promises, Path] | None:
    """The part from a file of its own, if there is one; that whose name speaks most for it."""
    files = neighbours.vaes if part.class_name.startswith("Autoencoder") else neighbours.text_encoders
    fitting = [path for path in files if fits(path, part)]
    if not fitting:
        return None
    path = min(fitting, key=lambda path: (not _named_for(path, part), _named_for_another(path, part), path.name))
    promises = promised(path)
    return _below(promises, (*part.prefixes, *part.alone)) or promises, path


def fits(path: Path, part: SinglePart) -> bool:
    """Whether a file has the part, told from its header."""
    try:
        tensors = read_header(path).tensors
    except ModelUnusable:
        return False
    for name, shape in (part.known_by or {}).items():
        names = (name, *(prefix + name for prefix in (*part.prefixes, *part.alone)))
        found = next((tensors[each][1] for each in names if each in tensors), ())
        if len(found) != len(shape) or any(b not in (-1, a) for a, b in zip(found, shape, strict=True)):
            return False
    return bool(part.known_by)


_NAMES = {"autoencoders/flux": r"(^|[^a-z])(ae|flux)", "autoencoders/sd3": r"sd3", "autoencoders/sdxl": r"xl"}
_NAMES |= {"autoencoders/qwen_image": r"qwen", "text_encoders/qwen_2_5_vl_7b": r"vl"}
"""Of VAEs of one shape only the name tells which model they are for. What reads in Qwen2.5-VL is shaped as Qwen2.5."""


def _named_for(path: Path, part: SinglePart) -> bool:
    pattern = _NAMES.get(part.configuration)
    return pattern is not None and re.search(pattern, path.name.casefold()) is not None


def _named_for_another(path: Path, part: SinglePart) -> bool:
    others = (pattern for name, pattern in _NAMES.items() if name != part.configuration)
    return any(re.search(pattern, path.name.casefold()) for pattern in others)


def _lacking(part: SinglePart) -> ModelUnusable:
    folder = "models/vae/" if part.class_name.startswith("Autoencoder") else "models/text_encoders/"
    if part.known_by is None:
        return ModelUnusable(f"the file holds no {part.called.removeprefix('its ')}; it is not a whole checkpoint.")
    hint = f"Put it into {folder}, and choose the model again."
    return ModelUnusable(f"the file does not hold {part.called}.", hint=hint)


def _tokenizers(variant: str, parts: Iterable[str], neighbours: Neighbours) -> dict[str, Any]:
    """The tokenizers of the text encoders that are there."""
    return {
        name: shipped_tokenizer(kind, neighbours.tokenizers)
        for name, kind in TOKENIZERS[variant]
        if name.replace("tokenizer", "text_encoder") in parts
    }


def _scheduler_config(architecture: str, whole: Collection[str], prediction: str | None) -> dict[str, Any]:
    config = configuration(f"{architecture}/scheduler")
    if "prediction_type" in config:
        if prediction in ("epsilon", "v_prediction", "sample"):
            config["prediction_type"] = prediction
        for mark, changes in _SCHEDULE_MARKS.items():
            config |= changes if mark in whole else {}
    elif architecture == "flux" and not any(name.endswith("guidance_in.in_layer.weight") for name in whole):
        config |= {"use_dynamic_shifting": False, "shift": 1.0}  # schnell
    return config
