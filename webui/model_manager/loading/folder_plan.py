"""What is to be loaded of a diffusers folder: its parts by the table, with no class from anywhere else. Torch."""

import json
from pathlib import Path
from typing import Any

import transformers

from webui.errors import ModelUnusable
from webui.model_manager.loading.family_loaders import FamilyLoader, loader_for
from webui.model_manager.loading.model_plan import ModelPlan, PartPlan
from webui.model_manager.loading.part_loading import read_config
from webui.model_manager.loading.weight_files import promised_folder, weight_files


def plan_folder(path: Path) -> ModelPlan:
    """The plan for a folder with a model_index.json.

    Raises:
        ModelUnusable: its pipeline, or a part's class, is not one that this program loads, or weights are missing.
        OSError, ValueError, KeyError: a description is missing or damaged.
    """
    index = json.loads((path / "model_index.json").read_text(encoding="utf-8"))
    row = loader_for(index.get("_class_name"))
    if row is None:
        raise ModelUnusable(f"its pipeline class {index.get('_class_name')} is not one that this program loads.")
    parts: dict[str, PartPlan] = {}
    for name, allowed in row.parts.items():
        class_name = _class_of(index, name, allowed, row)
        if class_name is not None:
            parts[name] = plan_part(path / name, class_name)
    tokenizers: dict[str, Any] = {}
    for name, allowed in row.tokenizers.items():
        class_name = _class_of(index, name, allowed, row)
        if class_name is not None:
            tokenizers[name] = read_tokenizer(path / name, class_name)
    return ModelPlan(
        row=row,
        parts=parts,
        tokenizers=tokenizers,
        scheduler_config=json.loads((path / "scheduler" / "scheduler_config.json").read_text(encoding="utf-8")),
        settings={
            name: value for name, value in index.items() if name[0] != "_" and not isinstance(value, list | dict)
        },
    )


def plan_part(folder: Path, class_name: str) -> PartPlan:
    """The plan for a part's folder; the caller has looked up the class.

    Raises:
        ModelUnusable: its weights are missing.
        OSError, ValueError: its configuration is missing or damaged.
    """
    size = sum(file.stat().st_size for file in weight_files(folder))
    return PartPlan(
        class_name=class_name, config=read_config(folder), weights=lambda _: promised_folder(folder), size=size
    )


def read_tokenizer(folder: Path, class_name: str) -> Any:
    """A tokenizer from its folder; the caller has looked up the class.

    Raises:
        OSError, ValueError: a file is missing or damaged.
    """
    # Of what cuts texts and pictures, only the first is read: the other needs more packages, and no prompt needs it.
    read = "PreTrainedTokenizerFast" if class_name.endswith("Processor") else class_name
    return getattr(transformers, read).from_pretrained(folder, local_files_only=True)


def _class_of(index: dict[str, Any], name: str, allowed: tuple[str, ...], row: FamilyLoader) -> str | None:
    """The class that a model names for a part, None where it has no such part and needs none.

    Raises:
        ModelUnusable: the part is missing, or is of a class that is not in the table.
    """
    named = index.get(name) or (None, None)
    class_name = named[1] if isinstance(named, list | tuple) and len(named) == 2 else str(named)
    if class_name is None:
        if name in row.optional:
            return None
        raise ModelUnusable(f"its description names no {name}.")
    if class_name not in allowed:
        raise ModelUnusable(f"the class {class_name} of its {name} is not one that this program loads.")
    return str(class_name)
