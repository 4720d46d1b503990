"""What a folder of diffusers' format holds: its family, whether all of it is there, and that it brings no code."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from webui.errors import ModelUnusable
from webui.generation.families import FAMILIES
from webui.model_manager.catalogue.folder_safety import check_folder, read_json
from webui.model_manager.catalogue.folder_scan import PICKLES, Found
from webui.model_manager.catalogue.identify.experts import main_type, parameter_count
from webui.model_manager.catalogue.model_entry import CHECKPOINT, ModelEntry
from webui.model_manager.catalogue.model_folders import MODEL_INDEX
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader, read_header
from webui.model_manager.catalogue.sidecars import PICTURES
from webui.model_manager.loading.family_loaders import FamilyLoader, loader_of_pipeline
from webui.model_manager.loading.pipeline_classes import described_pipeline

_SD_BASES = {"sd1": "SD 1.x", "sd2": "SD 2.x"}
_BY_TEXT_WIDTH = {768: "sd1", 1024: "sd2"}
_DESCRIBED = {"scheduler": "scheduler_config.json"}
_VIDEO_AND_OTHERS = "pipeline"


def examined_folder(found: Found) -> ModelEntry:
    """A folder's entry, still without a name; what is wrong with it is its problem."""
    path = found.path
    entry = ModelEntry(
        name="", path=path, kind=CHECKPOINT, family=None, format="diffusers", size_bytes=found.size_bytes,
        default_width=512, default_height=512, changed_ns=found.changed_ns, form="diffusers",
        preview=next((path / name for name, _ in found.siblings if name.casefold().endswith(PICTURES)), None),
    )  # fmt: skip
    try:
        index = read_json(path / MODEL_INDEX)
        if not isinstance(index, dict):
            return replace(entry, problem="its description files are damaged (no object in model_index.json).")
        check_folder(path, index)
        row = loader_of_pipeline(index.get("_class_name"))
        return _of_pipeline(entry, index) if row is None else _of_family(entry, index, row)
    except ModelUnusable as error:
        return replace(entry, problem=error.message)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        return replace(entry, problem=f"its description files are damaged ({str(error)[:200]}).")


_FILM_WIDTH, _FILM_HEIGHT = 832, 480
"""In pixels: what most models of films were trained with; both are multiples of 32."""


def _of_pipeline(entry: ModelEntry, index: dict[str, Any]) -> ModelEntry:
    """A pipeline without a family of its own, which the general adapter runs."""
    class_name = index["_class_name"]
    described = described_pipeline(class_name)
    entry = replace(entry, base=class_name.removesuffix("Pipeline"), default_width=1024, default_height=1024)
    if described is None:
        return replace(entry, problem=f"its pipeline class {class_name[:80]} is none of diffusers' own.")
    if described.call.makes_films:
        entry = replace(entry, default_width=_FILM_WIDTH, default_height=_FILM_HEIGHT)
    can = tuple(sorted(capability.value for capability in described.call.capabilities))
    return replace(entry, family=_VIDEO_AND_OTHERS, problem=described.problem, capabilities=can)


def _of_family(entry: ModelEntry, index: dict[str, Any], row: FamilyLoader) -> ModelEntry:
    traits = next(each for each in FAMILIES if each.name == row.name)
    entry = replace(
        entry, family=row.name, architecture=next(iter(traits.architectures), None), base=traits.label,
        default_width=traits.width, default_height=traits.height, prediction="flow" if traits.flow else None,
        parts=tuple(part for part in row.parts if part in index),
    )  # fmt: skip
    try:
        _check_parts(entry.path, index, row)
        return _described(entry, index, row)
    except ModelUnusable as error:
        return replace(entry, problem=error.message)


def _check_parts(path: Path, index: dict[str, Any], row: FamilyLoader) -> None:
    """Looks for every part's description and weights, and reads the weights' headers.

    Raises:
        ModelUnusable: something is missing or truncated.
    """
    for part in row.parts:
        if part in row.optional and index.get(part, [None])[0] is None:
            continue
        if not (path / part / "config.json").is_file():
            raise ModelUnusable(f"the file {part}/config.json is missing.")
        weights_of(path / part)
    for part, name in _DESCRIBED.items():
        if part in index and not (path / part / name).is_file():
            raise ModelUnusable(f"the file {part}/{name} is missing.")
    for part in row.tokenizers:
        if index.get(part, [None])[0] is not None and not (path / part / "tokenizer_config.json").is_file():
            raise ModelUnusable(f"the file {part}/tokenizer_config.json is missing.")


def weights_of(part: Path) -> list[SafetensorsHeader]:
    """The headers of a part's weights, all shards of them.

    Raises:
        ModelUnusable: there are none, one is missing, or one is damaged; the sentence begins with the part's name.
    """
    files = sorted(part.glob("*.safetensors"))
    if not files:
        pickled = any(file.suffix.casefold() in PICKLES for file in part.iterdir())
        why = "are pickled files, which can run code: convert them first." if pickled else "are missing."
        raise ModelUnusable(f"the weights of {part.name} (a .safetensors file in {part.name}/) {why}")
    for index in part.glob("*.safetensors.index.json"):
        _check_shards(part, read_json(index), {file.name for file in files})
    try:
        return [read_header(file) for file in files]
    except ModelUnusable as error:
        raise ModelUnusable(f"{part.name}/{error.message}") from error


def _check_shards(part: Path, index: Any, there: set[str]) -> None:
    """Every file that an index of shards names is one of the folder's; a path is none."""
    named = index.get("weight_map", {}) if isinstance(index, dict) else {}
    for name in sorted({str(name) for name in named.values()} - there):
        raise ModelUnusable(f"the file {part.name}/{name[:120]} is missing.")


def _described(entry: ModelEntry, index: dict[str, Any], row: FamilyLoader) -> ModelEntry:
    """What the parts' descriptions say of the size of pictures, the architecture and the prediction."""
    network = read_json(entry.path / row.network / "config.json")
    scheduler = _maybe(entry.path / "scheduler" / "scheduler_config.json")
    headers = weights_of(entry.path / row.network)
    entry = replace(
        entry, dtype=main_type(headers[0]), parameters=sum(parameter_count(header) for header in headers),
        prediction=_prediction(scheduler) or entry.prediction, inpainting=_is_inpainting(index, network),
        latent_channels=_latent_channels(_maybe(entry.path / "vae" / "config.json")),
    )  # fmt: skip
    side = _side(entry.path, network)
    entry = entry if side is None else replace(entry, default_width=side, default_height=side)
    if row.name == "stable-diffusion":
        width = network.get("cross_attention_dim", 0)
        architecture = _BY_TEXT_WIDTH.get(width, f"sd-{width}") if isinstance(width, int) else "sd1"
        return replace(entry, architecture=architecture, base=_SD_BASES.get(architecture, "Stable Diffusion"))
    if row.name == "flux":
        return replace(entry, base=_flux_base(entry, network))
    if row.name == "stable-diffusion-xl" and index.get("requires_aesthetics_score"):
        return replace(entry, architecture="sdxl-refiner", base="SDXL refiner")
    return entry


def _flux_base(entry: ModelEntry, network: Mapping[str, Any]) -> str:
    if entry.inpainting:
        return "FLUX.1 Fill"
    return "FLUX.1 dev" if network.get("guidance_embeds") else "FLUX.1 schnell"


def _prediction(scheduler: Mapping[str, Any]) -> str | None:
    if "FlowMatch" in str(scheduler.get("_class_name", "")):
        return "flow"
    told = scheduler.get("prediction_type")
    return told if isinstance(told, str) else None


def _is_inpainting(index: Mapping[str, Any], network: Mapping[str, Any]) -> bool:
    """A UNet of an inpainting model reads more channels than it writes; FLUX.1 Fill has a pipeline of its own."""
    if index.get("_class_name") == "FluxFillPipeline":
        return True
    channels = network.get("in_channels", 0)
    return "cross_attention_dim" in network and channels > network.get("out_channels", 4)


def _side(path: Path, network: Mapping[str, Any]) -> int | None:
    """The side in pixels that the network was made for; None where it does not say."""
    size = network.get("sample_size")
    vae = _maybe(path / "vae" / "config.json")
    blocks = vae.get("block_out_channels") or vae.get("decoder_block_out_channels")
    if not isinstance(size, int) or not isinstance(blocks, list):
        return None
    return size * 2 ** (len(blocks) - 1)


def _latent_channels(vae: Mapping[str, Any]) -> int:
    told = vae.get("latent_channels") or vae.get("z_dim")  # VAEs for films say it in another word
    return told if isinstance(told, int) else 0


def _maybe(path: Path) -> dict[str, Any]:
    """The object in a description; empty where there is none."""
    content = read_json(path) if path.is_file() else {}
    return content if isinstance(content, dict) else {}
