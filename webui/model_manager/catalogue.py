"""What models there are, learnt without loading any: names, kinds, sizes, and what is wrong with them. No torch."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.safetensors_header import read_header

DEFAULT_MODEL = "postcard"
_CHECKPOINT_FOLDERS = ("", "checkpoints")
_MAX_FOLDERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelEntry:
    """What the catalogue knows of a checkpoint. `problem` says why it cannot be used, or is None.

    `format` is "diffusers" (a folder) or "single file"; sizes are in bytes and pixels. `inpainting` models see the mask
    and what is around it.
    """

    name: str
    path: Path
    kind: str
    family: str | None
    format: str
    size_bytes: int
    default_width: int
    default_height: int
    inpainting: bool = False
    problem: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The entry as JSON values."""
        return asdict(self) | {"path": str(self.path)}


class Catalogue:
    """The checkpoints in some folders. A later folder's model of the same name is hidden by an earlier one's."""

    def __init__(self, models_dirs: tuple[Path, ...]) -> None:
        self._models_dirs = models_dirs

    def entries(self) -> list[ModelEntry]:
        """All checkpoints, the default one first, then by name. Looks at the disk each time."""
        found: dict[str, ModelEntry] = {}
        for models_dir in self._models_dirs:
            for folder in _CHECKPOINT_FOLDERS:
                for path in _children(models_dir / folder):
                    entry = _identify(path)
                    if entry is not None:
                        found.setdefault(entry.name, entry)
        return sorted(found.values(), key=lambda entry: (entry.name != DEFAULT_MODEL, entry.name.casefold()))

    def find(self, name: str | None) -> ModelEntry:
        """The model of that name; None means the default one: the bundled model, else the first that can be used.

        Inpainting models are the default only where there are no others.

        Raises:
            ModelNotFound: there is no such model, or none at all.
            ModelUnusable: its files are missing, truncated or of a kind that cannot be loaded.
        """
        entries = self.entries()
        if not entries:
            folders = ", ".join(str(folder) for folder in self._models_dirs)
            raise ModelNotFound(
                f"There are no models yet in {folders}.",
                hint="Put a diffusers folder or a .safetensors file into models/checkpoints/.",
                field="model",
            )
        if name is None:
            entry = min(entries, key=lambda entry: (entry.problem is not None, entry.inpainting))
        else:
            entry = next((entry for entry in entries if entry.name == name), None)
            if entry is None:
                known = ", ".join(entry.name for entry in entries[:8])
                raise ModelNotFound(f"There is no model '{name}'.", hint=f"There are: {known}.", field="model")
        if entry.problem is not None:
            raise ModelUnusable(
                f"The model '{entry.name}' cannot be used: {entry.problem}",
                hint=f"Restore its files in {entry.path}, or choose another model.",
                field="model",
            )
        return entry


def _children(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())[:_MAX_FOLDERS]
    except OSError:
        return []


def _identify(path: Path) -> ModelEntry | None:
    if path.is_dir() and (path / "model_index.json").is_file():
        return _diffusers_folder(path)
    if path.suffix == ".safetensors" and path.is_file():
        return _single_file(path)
    return None


def _diffusers_folder(path: Path) -> ModelEntry:
    problem, family, side, inpainting = None, None, 512, False
    try:
        index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
        family = _FAMILIES.get(index.get("_class_name"))
        if family is None:
            problem = f"its pipeline class {index.get('_class_name')} is not supported yet."
        else:
            _check_components(path, index)
            side, inpainting = _described(path)
    except ModelUnusable as error:
        problem = error.message
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        problem = f"its description files are damaged ({error})."
    return ModelEntry(
        name=path.name, path=path, kind="checkpoint", family=family, format="diffusers",
        size_bytes=sum(file.stat().st_size for file in path.glob("*/*.safetensors")),
        default_width=side, default_height=side, inpainting=inpainting, problem=problem,
    )  # fmt: skip


_FAMILIES = {
    "StableDiffusionPipeline": "stable-diffusion",
    "StableDiffusionInpaintPipeline": "stable-diffusion",
}
_WITH_WEIGHTS = ("unet", "vae", "text_encoder")
_DESCRIBED = {"tokenizer": "tokenizer_config.json", "scheduler": "scheduler_config.json"}


def _check_components(path: Path, index: dict[str, Any]) -> None:
    """Reads every component's header.

    Raises:
        ModelUnusable: a component's file is missing or truncated.
    """
    for part in _WITH_WEIGHTS:
        if not (path / part / "config.json").is_file():
            raise ModelUnusable(f"the file {part}/config.json is missing.")
        weights = sorted((path / part).glob("*.safetensors"))
        if not weights:
            raise ModelUnusable(f"the weights of {part} (a .safetensors file in {part}/) are missing.")
        for file in weights:
            try:
                read_header(file)
            except ModelUnusable as error:
                raise ModelUnusable(f"{part}/{error.message}") from error
    for part, name in _DESCRIBED.items():
        if part in index and not (path / part / name).is_file():
            raise ModelUnusable(f"the file {part}/{name} is missing.")


def _described(path: Path) -> tuple[int, bool]:
    """The side in pixels that the model was made for, and whether it is an inpainting model."""
    unet = json.loads((path / "unet" / "config.json").read_text(encoding="utf-8"))
    vae = json.loads((path / "vae" / "config.json").read_text(encoding="utf-8"))
    blocks = vae.get("block_out_channels") or vae["decoder_block_out_channels"]
    side = int(unet["sample_size"]) * 2 ** (len(blocks) - 1)
    return side, unet.get("in_channels", 0) > unet.get("out_channels", 4)


def _single_file(path: Path) -> ModelEntry:
    problem, family = None, None
    try:
        header = read_header(path)
        if any(name.startswith("model.diffusion_model.") for name in header.tensors):
            family = "stable-diffusion"
            problem = "single files cannot be loaded yet; convert it to a diffusers folder."
        else:
            problem = "it holds no checkpoint of a supported family."
    except ModelUnusable as error:
        problem = error.message
    return ModelEntry(
        name=path.stem, path=path, kind="checkpoint", family=family, format="single file",
        size_bytes=path.stat().st_size, default_width=512, default_height=512, problem=problem,
    )  # fmt: skip
