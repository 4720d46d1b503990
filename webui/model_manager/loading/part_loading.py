"""A part of a model (network, autoencoder, text encoder) from its configuration and promises of its weights. Torch.

The module is made on `meta`, where it takes no memory; then each weight is read, brought to its dtype and device, and
put in its place, a few of them ahead of the others. What is in memory is what is in place already and those few.
"""

import json
import re
from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import diffusers
import torch
import transformers
from accelerate import init_empty_weights
from transformers.conversion_mapping import get_model_conversion_mapping
from transformers.core_model_loading import WeightRenaming, rename_source_key

from webui.errors import ModelUnusable
from webui.model_manager.loading.promised_tensors import PromisedTensor
from webui.model_manager.loading.weight_files import Promises
from webui.model_manager.precision import Precision

_READERS = 4
_AHEAD = 8
_NEVER_FROM_A_FILE = ("auto_map", "attn_implementation", "_attn_implementation", "_attn_implementation_internal")
"""What a configuration could name code with."""


def empty_part(class_name: str, config: Mapping[str, Any]) -> torch.nn.Module:
    """A module of a class of diffusers or transformers, with its weights on `meta`.

    The caller has looked the class up in `webui.model_manager.loading.family_loaders`.

    Raises:
        ModelUnusable: the weights are quantised in a form that is not read.
        ValueError, TypeError, KeyError: the configuration does not fit the class.
    """
    config = {name: value for name, value in config.items() if name not in _NEVER_FROM_A_FILE}
    if config.get("quantization_config"):
        raise ModelUnusable("its weights are quantised in a form that cannot be loaded.")
    loadable: Any = getattr(diffusers, class_name, None)
    with init_empty_weights():
        if loadable is not None:
            return loadable.from_config(config)
        loadable = getattr(transformers, class_name)
        return loadable._from_config(loadable.config_class.from_dict(config), dtype=torch.float32)


def read_config(folder: Path) -> dict[str, Any]:
    """A part's configuration.

    Raises:
        OSError, ValueError: it is missing or is no JSON object.
    """
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    if not isinstance(config, dict):
        raise ValueError(f"{folder.name}/config.json is not a JSON object")
    return config


def fill(
    part: torch.nn.Module, promises: Promises, *, device: torch.device, precision: Precision, name: str
) -> Iterator[int]:
    """Put a part's weights in their places; yields how many bytes were read, after each.

    The weights of a UNet's and an autoencoder's convolutions get the memory format in the copy that is made anyway.

    Raises:
        ModelUnusable: weights are missing or have other shapes than the configuration says.
        OSError: a file cannot be read, or has become shorter.
    """
    promises = _with_names_of_today(part, promises)
    places = part.state_dict(keep_vars=True)
    tied = _tied(part)
    _check(places, promises, tied, name)
    finer = _kept_in_fp32(part, precision.dtype)
    turned = precision.channels_last and isinstance(part, diffusers.ModelMixin)

    def read(place: str) -> torch.Tensor:
        wanted = torch.float32 if finer is not None and finer.search(place) else precision.dtype
        four = turned and promises[place].dim() == 4
        laid_out = precision.memory_format if four else torch.preserve_format
        return promises[place].read_as(device, wanted, laid_out)

    waiting = deque(place for place in places if place in promises and place not in tied)
    with ThreadPoolExecutor(_READERS) as readers:
        reading: deque[tuple[str, Any]] = deque()
        try:
            while waiting or reading:
                while waiting and len(reading) < _AHEAD:
                    place = waiting.popleft()
                    reading.append((place, readers.submit(read, place)))
                place, future = reading.popleft()
                put(part, place, future.result())
                yield promises[place].nbytes
        finally:
            readers.shutdown(cancel_futures=True)
    _finish(part, device, precision.dtype)


def put(part: torch.nn.Module, place: str, tensor: torch.Tensor) -> None:
    """Make a tensor the weight of that name."""
    owner, _, leaf = place.rpartition(".")
    module = part.get_submodule(owner)
    if leaf in module._parameters:
        module._parameters[leaf] = torch.nn.Parameter(tensor, requires_grad=False)
    else:
        module._buffers[leaf] = tensor


def _finish(part: Any, device: torch.device, dtype: torch.dtype) -> None:
    if hasattr(part, "tie_weights"):
        part.tie_weights()
    for module in part.modules():
        for name in module._non_persistent_buffers_set:  # computed, not read: tables of positions and frequencies
            module._buffers[name] = module._buffers[name].to(device)
    part.requires_grad_(False).eval()
    if isinstance(part, transformers.PreTrainedModel):
        part.config.dtype = dtype


def _with_names_of_today(part: Any, promises: Promises) -> Promises:
    """The promises by the names that this version of the library has for them."""
    if not isinstance(part, transformers.PreTrainedModel):
        promises = dict(promises)
        part._fix_state_dict_keys_on_load(promises)
        return promises
    places = part.state_dict()
    rules = [rule for rule in get_model_conversion_mapping(part) if isinstance(rule, WeightRenaming)]
    renamed: Promises = {}
    for name, promise in promises.items():
        new, _ = rename_source_key(name, rules, [], part.base_model_prefix, places)
        if new not in places:
            plain, _ = rename_source_key(name, [], [], part.base_model_prefix, places)
            new = plain if plain in places else new
        renamed[new] = promise
    for place, source in _tied(part).items():  # files have either of them
        if source not in renamed and place in renamed:
            renamed[source] = renamed[place]
    return renamed


def check_places(part: torch.nn.Module, promises: Promises, name: str) -> None:
    """Whether there is a weight of the right shape for every place of a part.

    Raises:
        ModelUnusable: there is not; the sentence names the first that is missing or has another shape.
    """
    _check(part.state_dict(keep_vars=True), _with_names_of_today(part, promises), _tied(part), name)


def _check(
    places: Mapping[str, torch.Tensor], promises: Mapping[str, PromisedTensor], tied: Mapping[str, str], name: str
) -> None:
    told = name.replace("_", " ")
    missing = [place for place in places if place not in promises and place not in tied]
    if missing:
        raise ModelUnusable(
            f"the {told} lacks {len(missing):,} of {len(places):,} weights, such as {missing[0]}; "
            "the file is not what its description says."
        )
    for place, empty in places.items():
        if place in promises and promises[place].shape != empty.shape:
            raise ModelUnusable(
                f"the {told} does not fit its description: {place} is {tuple(promises[place].shape)} where "
                f"{tuple(empty.shape)} is expected."
            )


def _tied(part: torch.nn.Module) -> Mapping[str, str]:
    """The places that share the weights of another one, and that one."""
    return getattr(part, "all_tied_weights_keys", None) or {}


def _kept_in_fp32(part: Any, dtype: torch.dtype) -> re.Pattern[str] | None:
    """The weights that the libraries keep in float32, as half precision has too small a range for them."""
    if isinstance(part, transformers.PreTrainedModel):
        names = list(part._get_dtype_plan(dtype))
    else:
        names = list(part._keep_in_fp32_modules or []) if dtype == torch.float16 else []
    return re.compile("|".join(rf"(^|\.){re.escape(each)}(\.|$)" for each in names)) if names else None
