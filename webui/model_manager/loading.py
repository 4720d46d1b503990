"""Loads a checkpoint that the catalogue found: weights as data only, part by part, with progress."""

import json
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import torch
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from safetensors import SafetensorError
from transformers import CLIPTextModel, CLIPTokenizer

from webui.diffusion.families.stable_diffusion import StableDiffusion
from webui.errors import ModelUnusable
from webui.model_manager.catalogue import ModelEntry


@dataclass(frozen=True, slots=True)
class LoadingProgress:
    """The fraction of the bytes that are read, from 0 to 1, and what is read next."""

    fraction: float
    detail: str


_CLASSES: dict[str, Any] = {
    loadable.__name__: loadable for loadable in (AutoencoderKL, AutoencoderTiny, CLIPTextModel, UNet2DConditionModel)
}
"""Only these are ever constructed, whatever a model's description names: no code comes with a model."""
Loaded = TypeVar("Loaded")
_PARTS = ("text_encoder", "vae", "unet")


def load_family(
    entry: ModelEntry, *, device: torch.device, dtype: torch.dtype
) -> Generator[LoadingProgress, None, StableDiffusion]:
    """Yields its progress and returns the model on its device, ready to walk.

    Raises:
        ModelUnusable: a file is missing or damaged, or does not fit the model's own description.
    """
    try:
        return (yield from _load_folder(entry.path, device=device, dtype=dtype))
    except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as error:
        reason = str(error).strip().splitlines()[0][:300]
        raise ModelUnusable(
            f"The model '{entry.name}' could not be loaded: {reason}",
            hint=f"Restore its files in {entry.path}, or choose another model.",
            field="model",
        ) from error


def exhausted(loading: Generator[Any, None, Loaded]) -> Loaded:
    """What a loading returns, when nobody wants to know how it goes."""
    while True:
        try:
            next(loading)
        except StopIteration as end:
            return end.value


def _load_folder(
    path: Path, *, device: torch.device, dtype: torch.dtype
) -> Generator[LoadingProgress, None, StableDiffusion]:
    index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
    sizes = {part: sum(file.stat().st_size for file in (path / part).glob("*.safetensors")) for part in _PARTS}
    total, done = sum(sizes.values()), 0
    parts: dict[str, Any] = {}
    for part in _PARTS:
        yield LoadingProgress(done / total, part.replace("_", " "))
        parts[part] = _load_part(path / part, index[part][1], dtype).to(device).eval()
        done += sizes[part]
    yield LoadingProgress(1.0, "")
    tokenizer = CLIPTokenizer.from_pretrained(path / "tokenizer", local_files_only=True)
    scheduler_config = json.loads((path / "scheduler" / "scheduler_config.json").read_text(encoding="utf-8"))
    if device.type == "cuda":
        _use_xformers(parts["unet"])
    elif dtype == torch.float32:
        # Faster, and within rounding of the plain layout; in bf16 the other order of sums would show in the picture.
        parts["unet"].to(memory_format=torch.channels_last)
        parts["vae"].to(memory_format=torch.channels_last)
    return StableDiffusion(tokenizer=tokenizer, scheduler_config=scheduler_config, **parts)


def _load_part(folder: Path, class_name: str, dtype: torch.dtype) -> torch.nn.Module:
    loadable = _CLASSES.get(class_name)
    if loadable is None:
        raise ValueError(f"the class {class_name} in {folder.name} is not one that this program loads.")
    only_half = not any(".fp16." not in file.name for file in folder.glob("*.safetensors"))
    return loadable.from_pretrained(
        folder, dtype=dtype, use_safetensors=True, local_files_only=True, variant="fp16" if only_half else None
    )


def _use_xformers(unet: UNet2DConditionModel) -> None:
    """Memory-efficient attention, if the optional package is there; everything works without it."""
    try:
        import xformers  # noqa: F401  # pyright: ignore[reportMissingImports]
    except ImportError:
        return
    unet.enable_xformers_memory_efficient_attention()
