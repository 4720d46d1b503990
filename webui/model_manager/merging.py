"""Merges models: weighted sum, added difference, with LoRAs and another VAE baked in, tensor by tensor. Torch.

No more than one tensor of each model is in memory, in float32, so that the largest models merge on small machines.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from pathlib import Path

import torch

from webui.errors import InvalidRequest
from webui.model_manager.baking import Baked
from webui.model_manager.catalogue.safetensors_header import read_header
from webui.model_manager.loading.weight_files import Promises
from webui.model_manager.merge_process import DTYPES, METHODS, MergeRecipe
from webui.model_manager.merge_sources import Source, autoencoder, check_alike, counterpart, narrower, open_source
from webui.model_manager.tensor_writer import TensorWriter

_COPIED = (".json", ".txt", ".model")
"""What of a folder is copied: descriptions and vocabularies, never code."""
Tell = Callable[[float, str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Merge:
    """What a merge is made of; `tensors` are the first model's, with another VAE's in their place."""

    recipe: MergeRecipe
    tensors: Promises
    b: Source | None
    c: Source | None
    baked: Mapping[str, list[Baked]]
    own: frozenset[str]
    """Names of tensors that are taken as they are."""

    def tensor(self, name: str) -> torch.Tensor:
        """A tensor of the result, in its dtype."""
        promise = self.tensors[name]
        if not promise.dtype.is_floating_point:
            return promise.read()
        value = promise.read().float()
        if name not in self.own:
            value = self._mixed(name, value)
        for change in self.baked.get(name, ()):
            change.onto(value)
        return value.to(getattr(torch, self.recipe.dtype))

    def dtype(self, name: str) -> torch.dtype:
        """What a tensor of the result is stored in."""
        dtype = self.tensors[name].dtype
        return getattr(torch, self.recipe.dtype) if dtype.is_floating_point else dtype

    def _mixed(self, name: str, value: torch.Tensor) -> torch.Tensor:
        promise, weight = self.tensors[name], self.recipe.weight
        b = counterpart(self.b, name, promise)
        if b is None:
            return value
        if self.recipe.method == "weighted_sum":
            channels = narrower(self.b, name, promise)
            if channels is not None:
                b[:, channels:] = value[:, channels:]
            return value + weight * (b - value)
        c = counterpart(self.c, name, promise)
        return value if c is None else value + weight * (b - c)


def merge_models(recipe: MergeRecipe, target: Path, *, tell: Tell) -> None:
    """Writes the model that a recipe makes.

    Raises:
        InvalidRequest: the recipe is not whole.
        ModelUnusable: a model, LoRA or VAE is damaged or does not fit the first model.
        OSError: a file cannot be read or written.
    """
    _check(recipe)
    tell(0.0, "looking at the models")
    a = open_source(recipe.a)
    b, c = (None if path is None else open_source(path) for path in (recipe.b, recipe.c))
    for other in (b, c):
        if other is not None:
            check_alike(a, other)
    vae = {} if recipe.vae is None else autoencoder(a, recipe.vae)
    merge = _Merge(recipe=recipe, tensors=a.tensors | vae, b=b, c=c, baked=_baked(a, recipe), own=frozenset(vae))
    if a.is_folder:
        _write_folder(merge, a, target, tell)
    else:
        _write_file(merge, list(merge.tensors), target, metadata=_metadata(a, recipe), told=_told(merge, tell))
    tell(1.0, "")


def _baked(a: Source, recipe: MergeRecipe) -> Mapping[str, list[Baked]]:
    if not recipe.loras:
        return {}
    # The models' classes, whose layers have names, take seconds to import.
    from webui.model_manager.merge_loras import baked_loras

    return baked_loras(a, recipe.loras)


def _check(recipe: MergeRecipe) -> None:
    if recipe.method not in METHODS or recipe.dtype not in DTYPES:
        raise InvalidRequest(f"'{recipe.method}' in {recipe.dtype} is no way to merge.", field="method")
    if not isfinite(recipe.weight) or not all(isfinite(weight) for _, weight in recipe.loras):
        raise InvalidRequest("The weight must be a number.", field="weight")
    if recipe.method == "add_difference" and recipe.b is not None and recipe.c is None:
        raise InvalidRequest(
            "There is no third model.", hint="Add difference takes three: a + (b - c) * weight.", field="c"
        )


def _write_folder(merge: _Merge, a: Source, target: Path, tell: Tell) -> None:
    told = _told(merge, tell)
    for path in sorted(a.path.rglob("*")):
        inside = path.relative_to(a.path)
        if path.suffix in _COPIED and path.is_file() and not path.name.endswith(".index.json"):
            (target / inside).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target / inside)
    for part in sorted({name.partition("/")[0] for name in merge.tensors}):
        names = [name for name in merge.tensors if name.startswith(f"{part}/")]
        (target / part).mkdir(parents=True, exist_ok=True)
        stem = "model" if part.startswith("text_encoder") else "diffusion_pytorch_model"
        path = target / part / f"{stem}.safetensors"
        _write_file(merge, names, path, metadata=_metadata(a, merge.recipe), told=told, part=f"{part}/")


def _write_file(
    merge: _Merge, names: list[str], path: Path, *, metadata: Mapping[str, str], told: "_Told", part: str = ""
) -> None:
    with path.open("wb") as file:
        described = [(name.removeprefix(part), tuple(merge.tensors[name].shape), merge.dtype(name)) for name in names]
        writer = TensorWriter(file, described, metadata)
        for name, _, _ in writer.order:
            told(part + name)
            writer.write(merge.tensor(part + name))


_Told = Callable[[str], None]


def _told(merge: _Merge, tell: Tell) -> _Told:
    """Tells of each tensor how much of the work lies before it."""
    total = max(sum(each.numel() for each in merge.tensors.values()), 1)

    done = 0

    def told(name: str) -> None:
        nonlocal done
        tell(done / total, name)
        done += merge.tensors[name].numel()

    return told


def _metadata(a: Source, recipe: MergeRecipe) -> dict[str, str]:
    """What the file says of itself: what the first model said, and how this one was made of it."""
    kept = {} if a.is_folder else read_header(a.path).metadata
    said = {
        name: value.stem if isinstance(value, Path) else value
        for name, value in asdict(recipe).items()
        if value is not None and name != "loras"
    }
    said["loras"] = {path.stem: weight for path, weight in recipe.loras}
    recipe_text = json.dumps(said, ensure_ascii=False)
    plain = {str(name): str(value) for name, value in kept.items() if not str(name).startswith("modelspec.hash")}
    return {**plain, "format": "pt", "merge_recipe": recipe_text}
