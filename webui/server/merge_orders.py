"""What the page asks for when models are merged, read into a recipe, and kept as JSON while it waits."""

import math
import re
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from webui.errors import InvalidRequest
from webui.model_manager.catalogue import Catalogue
from webui.model_manager.catalogue.model_entry import CHECKPOINT, LORA, VAE
from webui.model_manager.catalogue.model_folders import OWN_FOLDERS
from webui.model_manager.merge_process import DTYPES, METHODS, MergeRecipe
from webui.server.bodies import check_names, text_of

FIELDS = ("method", "models", "weight", "loras", "dtype", "vae", "name")
_TAKEN = {"weighted_sum": (1, 2), "add_difference": (3,)}
"""How many checkpoints each method takes; one alone gets LoRAs, a VAE or another precision."""
_NAME = re.compile(r"\w[\w .()+-]{0,99}")


def merge_order(wanted: Mapping[str, Any], catalogue: Catalogue, models_dir: Path) -> tuple[str, dict[str, Any]]:
    """The name of the new model, and what is to be done, as JSON.

    Args:
        wanted: `method`, `models` (names), `weight`, `loras` ({name, weight}), `dtype`, `vae`, `name`.
        catalogue: knows the models.
        models_dir: where the new one goes.

    Raises:
        InvalidRequest: a value cannot be used.
        ModelNotFound: there is no such model.
        ModelUnusable: one of them is damaged.
    """
    check_names(wanted, FIELDS)
    recipe, name = _recipe(wanted, catalogue), text_of(wanted, "name").strip()
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise InvalidRequest(
            "The new model needs a name.", hint="Use letters, digits, spaces and . - _ + ( ).", field="name"
        )
    file = name if recipe.a.is_dir() else f"{name}.safetensors"
    target = models_dir / OWN_FOLDERS[CHECKPOINT] / file
    if target.exists():
        raise InvalidRequest(f"There is a model '{name}' already.", hint="Choose another name.", field="name")
    return name, {"recipe": _as_json(recipe), "target": str(target)}


def recipe_of(told: Mapping[str, Any]) -> MergeRecipe:
    """The recipe that was kept."""
    paths = {name: None if told[name] is None else Path(told[name]) for name in ("a", "b", "c", "vae")}
    loras = tuple((Path(path), float(weight)) for path, weight in told["loras"])
    return MergeRecipe(**{**told, **paths, "loras": loras})


def _as_json(recipe: MergeRecipe) -> dict[str, Any]:
    told = asdict(recipe)
    for name in ("a", "b", "c", "vae"):
        told[name] = None if told[name] is None else str(told[name])
    return told | {"loras": [[str(path), weight] for path, weight in recipe.loras]}


def _recipe(wanted: Mapping[str, Any], catalogue: Catalogue) -> MergeRecipe:
    method = text_of(wanted, "method") or METHODS[0]
    if method not in METHODS:
        raise InvalidRequest(f"method: it must be one of {', '.join(METHODS)}.", field="method")
    names = wanted.get("models")
    if not isinstance(names, list) or not all(isinstance(name, str) and name for name in names):
        raise InvalidRequest("models: they must be a list of names.", field="models")
    if len(names) not in _TAKEN[method]:
        most = _TAKEN[method][-1]
        raise InvalidRequest(f"models: this way of merging takes {most} of them.", field="models")
    dtype = text_of(wanted, "dtype") or DTYPES[0]
    if dtype not in DTYPES:
        raise InvalidRequest(f"dtype: it must be one of {', '.join(DTYPES)}.", field="dtype")
    vae = text_of(wanted, "vae")
    paths = [catalogue.find(name).path for name in names]
    return MergeRecipe(
        method=method,
        a=paths[0],
        b=paths[1] if len(paths) > 1 else None,
        c=paths[2] if len(paths) > 2 else None,
        weight=_number(wanted.get("weight", 0.5), "weight", 2),
        loras=_loras(wanted.get("loras", []), catalogue),
        dtype=dtype,
        vae=catalogue.find(vae, VAE).path if vae else None,
    )


def _loras(wanted: object, catalogue: Catalogue) -> tuple[tuple[Path, float], ...]:
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise InvalidRequest("loras: they must be a list of {name, weight}.", field="loras")
    return tuple(
        (catalogue.find(text_of(one, "name"), LORA).path, _number(one.get("weight", 1.0), "loras", 10))
        for one in wanted
    )


def _number(value: object, field: str, most: float) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not (math.isfinite(value) and abs(value) <= most)
    ):
        raise InvalidRequest(f"{field}: a weight must be a number from -{most} to {most}.", field=field)
    return float(value)
