"""All that a model's files tell without their weights: for `models inspect` and the page. No torch."""

from collections import Counter
from dataclasses import replace
from math import prod
from pathlib import Path
from typing import Any

from webui.errors import ModelNotFound, ModelUnusable
from webui.model_manager.catalogue.diffusers_folder import examined_folder, weights_of
from webui.model_manager.catalogue.folder_safety import read_json
from webui.model_manager.catalogue.folder_scan import GGUF, found_at
from webui.model_manager.catalogue.gguf_header import read_gguf_header
from webui.model_manager.catalogue.model_entry import ModelEntry
from webui.model_manager.catalogue.model_file import examined_file
from webui.model_manager.catalogue.model_folders import MODEL_INDEX
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader, read_header
from webui.model_manager.catalogue.told_metadata import MAX_SHOWN, shown, training_tags

_MAX_TENSORS_TOLD = 20


def identify_file(path: Path, kind: str = "") -> ModelEntry:
    """What a file or diffusers folder is, wherever it lies.

    Args:
        path: the file.
        kind: what it is taken for when it does not say so itself; "" for nothing.

    Raises:
        ModelNotFound: there is no such file.
    """
    found = found_at(path, kind)
    if found is None:
        raise ModelNotFound(f"There is no file {path}.", hint="Give the path of a model's file or folder.")
    entry = examined_folder(found) if found.folder else examined_file(found)
    return replace(entry, name=path.name if found.folder else path.stem)


def inspected(entry: ModelEntry) -> dict[str, Any]:
    """An entry with its metadata, training tags, types and parts, as JSON values. Long texts are cut."""
    told = entry.to_json() | {"metadata": {}, "tags": {}, "tensors": 0, "types": {}, "parts_told": {}}
    try:
        if entry.format == "diffusers":
            return told | _folder(entry.path)
        if entry.format == "pickle":
            return told
        return told | _header(_read(entry.path))
    except (ModelUnusable, OSError, ValueError, AttributeError):
        return told  # its problem says why


def _read(path: Path) -> SafetensorsHeader:
    return read_gguf_header(path) if path.suffix.casefold() == GGUF else read_header(path)


def _header(header: SafetensorsHeader) -> dict[str, Any]:
    return {
        "metadata": shown(header.metadata),
        "tags": training_tags(header.metadata),
        "tensors": len(header.tensors),
        "types": _types(header),
        "first_tensors": {
            name[:200]: [dtype, list(shape)]
            for name, (dtype, shape) in sorted(header.tensors.items())[:_MAX_TENSORS_TOLD]
        },
    }


def _types(header: SafetensorsHeader) -> dict[str, int]:
    """How many numbers there are of each type, the commonest first."""
    numbers: Counter[str] = Counter()
    for dtype, shape in header.tensors.values():
        numbers[dtype] += prod(shape)
    return dict(numbers.most_common())


def _folder(path: Path) -> dict[str, Any]:
    index = read_json(path / MODEL_INDEX)
    parts: dict[str, Any] = {}
    types: Counter[str] = Counter()
    tensors = 0
    for part, classes in index.items():
        if part.startswith("_") or not isinstance(classes, list) or len(classes) != 2 or classes[1] is None:
            continue
        parts[part] = {"class": str(classes[1])[:MAX_SHOWN], "library": str(classes[0])[:MAX_SHOWN]}
        if any((path / part).glob("*.safetensors")):
            headers = weights_of(path / part)
            for header in headers:
                types.update(_types(header))
            tensors += sum(len(header.tensors) for header in headers)
            parts[part]["size_bytes"] = sum(file.stat().st_size for file in (path / part).glob("*.safetensors"))
    return {
        "parts_told": parts, "types": dict(types.most_common()), "tensors": tensors,
        "metadata": {"pipeline": str(index.get("_class_name")), "diffusers": str(index.get("_diffusers_version"))},
    }  # fmt: skip
