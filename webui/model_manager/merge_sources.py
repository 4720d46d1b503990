"""The tensors of the models that are merged, by the same names for files and folders, and their autoencoders. Torch."""

from dataclasses import dataclass
from pathlib import Path

import torch

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.inspecting import identify_file
from webui.model_manager.catalogue.model_entry import CHECKPOINT
from webui.model_manager.loading.promised_tensors import PromisedTensor
from webui.model_manager.loading.weight_files import Promises, promised, promised_folder

_LEFT_OUT = ("model_ema.",)
"""A trainer's running mean of the weights, which nobody loads."""
_VAE_PLACES = ("first_stage_model.", "vae.", "vae/", "")


@dataclass(frozen=True, slots=True)
class Source:
    """A model's tensors. Of a folder each name begins with its part's: `unet/conv_in.weight`."""

    path: Path
    tensors: Promises

    @property
    def is_folder(self) -> bool:
        """Whether it is a diffusers folder."""
        return self.path.is_dir()


def open_source(path: Path) -> Source:
    """A model's tensors; only headers are read.

    Raises:
        ModelUnusable: it is no model in safetensors files, or one is damaged.
    """
    if not path.is_dir():
        if path.suffix != ".safetensors":
            raise ModelUnusable(f"{path.name} is no .safetensors file.", hint="Convert it first.")
        tensors = {name: each for name, each in promised(path).items() if not name.startswith(_LEFT_OUT)}
        return Source(path, tensors)
    found: Promises = {}
    for folder in sorted(path.iterdir()):
        if folder.is_dir() and any(folder.glob("*.safetensors")):
            found |= {f"{folder.name}/{name}": each for name, each in promised_folder(folder).items()}
    if not found:
        raise ModelUnusable(f"{path.name} is no diffusers folder: there are no weights in it.")
    return Source(path, found)


def check_alike(first: Source, other: Source) -> None:
    """Raises `ModelUnusable` where two models have so little in common that nothing would come of merging them.

    Models of two architectures can have most of their tensors in common: an autoencoder, a text encoder.
    """
    one, two = (identify_file(each.path, CHECKPOINT) for each in (first, other))
    if one.architecture and two.architecture and one.architecture != two.architecture:
        raise ModelUnusable(
            f"{first.path.name} and {other.path.name} cannot be merged: one is {one.base or one.architecture}, the "
            f"other {two.base or two.architecture}.",
            hint="Choose models of the same kind.",
        )
    numbers = [name for name, each in first.tensors.items() if each.dtype.is_floating_point]
    common = sum(name in other.tensors and _fit(first.tensors[name], other.tensors[name]) for name in numbers)
    if common * 2 < len(numbers):
        raise ModelUnusable(
            f"{first.path.name} and {other.path.name} cannot be merged: only {common:,} of {len(numbers):,} tensors "
            "have the same names and sizes.",
            hint="Choose models of the same kind, both as single files or both as diffusers folders.",
        )


def counterpart(source: Source | None, name: str, first: PromisedTensor) -> torch.Tensor | None:
    """Another model's tensor (float32) of a name, of the first one's shape; None where it has none that fits.

    An inpainting network sees more channels than others at its first convolution; those that others lack are zero.
    """
    other = None if source is None else source.tensors.get(name)
    if other is None or not _fit(first, other):
        return None
    found = other.read().float()
    if other.shape == first.shape:
        return found
    wider = torch.zeros(first.shape)
    wider[:, : found.shape[1]] = found
    return wider


def narrower(source: Source | None, name: str, first: PromisedTensor) -> int | None:
    """How many input channels another model's tensor has, where that are fewer than the first one's."""
    other = None if source is None else source.tensors.get(name)
    return other.shape[1] if other is not None and other.shape != first.shape and _fit(first, other) else None


def autoencoder(first: Source, vae: Path) -> Promises:
    """The tensors of another autoencoder by the names that they have in a model.

    Raises:
        ModelUnusable: it is none, or one of another form.
    """
    place = next((each for each in _VAE_PLACES[:-1] if any(name.startswith(each) for name in first.tensors)), None)
    if place is None:
        raise ModelUnusable(f"{first.path.name} has no VAE that another could take the place of.", field="vae")
    given = promised_folder(vae) if vae.is_dir() else promised(vae)
    for beginning in _VAE_PLACES:
        named = {place + name.removeprefix(beginning): each for name, each in given.items()}
        fitting = {
            name: each for name, each in named.items() if name in first.tensors and _fit(first.tensors[name], each)
        }
        if len(fitting) * 2 > sum(name.startswith(place) for name in first.tensors):
            return fitting
    raise ModelUnusable(
        f"{vae.name} does not fit the VAE of {first.path.name}.",
        hint="Choose a VAE of the same kind, in the same form (a single file, or diffusers').", field="vae",
    )  # fmt: skip


def _fit(first: PromisedTensor, other: PromisedTensor) -> bool:
    if first.shape == other.shape:
        return True
    inputs = first.dim() == other.dim() == 4 and first.shape[0] == other.shape[0] and first.shape[2:] == other.shape[2:]
    return inputs and first.shape[1] in (8, 9) and other.shape[1] == 4
