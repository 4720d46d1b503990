"""LoRA files: their tensors, grouped by the layers that they name, after their sizes were found plausible. Torch."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from webui.errors import ModelUnusable
from webui.model_manager.catalogue.safetensors_header import SafetensorsHeader, read_header
from webui.model_manager.lora.keys import split_key

_MOST_KEYS = 50_000
"""The largest networks have some thousand layers, and a form at most nine tensors for each."""
_MOST_RANK = 8_192
_KEPT_BYTES = 2 * 1024**3
_RANK_AXIS = {"down": 0, "up": 1, "hada w1_b": 0, "hada w2_b": 0, "lokr w1_b": 0, "lokr w2_b": 0}


@dataclass(frozen=True, slots=True, kw_only=True)
class LoraFile:
    """A file's tensors on the CPU, as they are stored: for each layer's name in the file, its fields.

    `state` is when it was changed last, and its size.


    `others` are the names of tensors that are part of no adapter.
    """

    path: Path
    state: tuple[int, int]
    layers: Mapping[str, Mapping[str, torch.Tensor]]
    others: tuple[str, ...]
    metadata: Mapping[str, str]

    @property
    def keys(self) -> int:
        """How many tensors there are."""
        return len(self.others) + sum(map(len, self.layers.values()))


class LoraFiles:
    """Reads LoRA files and keeps those that were used last, up to some gigabytes."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, tuple[tuple[int, int], int, LoraFile]] = OrderedDict()

    def read(self, path: Path) -> LoraFile:
        """The file as it is now.

        Raises:
            ModelUnusable: it is damaged, holds no LoRA, or is of sizes that none has.
        """
        state = file_state(path)
        kept = self._kept.pop(path, None)
        if kept is None or kept[0] != state:
            kept = (state, state[1], read_lora(path))
        self._kept[path] = kept
        while len(self._kept) > 1 and sum(size for _, size, _ in self._kept.values()) > _KEPT_BYTES:
            self._kept.popitem(last=False)
        return kept[2]


def read_lora(path: Path) -> LoraFile:
    """A file's tensors.

    Raises:
        ModelUnusable: it is damaged, holds no LoRA, or is of sizes that none has.
    """
    state = file_state(path)
    header = read_header(path)
    _check_sizes(path, header)
    layers: dict[str, dict[str, torch.Tensor]] = {}
    others: list[str] = []
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            for key in header.tensors:
                split = split_key(key)
                if split is None:
                    others.append(key)
                else:
                    layers.setdefault(split[0], {})[split[1]] = file.get_tensor(key)
    except (OSError, SafetensorError) as error:
        raise ModelUnusable(f"{path.name} cannot be read: {error}.", hint="Download it again.") from error
    metadata = {str(name): str(value) for name, value in header.metadata.items()}
    return LoraFile(path=path, state=state, layers=layers, others=tuple(others), metadata=metadata)


def peft_alphas(metadata: Mapping[str, str]) -> dict[str, float]:
    """The alphas that diffusers writes beside peft's tensors: of parts (`unet`) and of layers (`unet.conv_in`)."""
    try:
        config = json.loads(metadata.get("lora_adapter_metadata", "{}"))
    except ValueError:
        return {}
    found: dict[str, float] = {}
    for name, value in config.items() if isinstance(config, dict) else ():
        part, _, entry = str(name).rpartition(".")
        if entry == "lora_alpha" and isinstance(value, int | float):
            found[part] = float(value)
        elif entry == "alpha_pattern" and isinstance(value, dict):
            found |= {f"{part}.{layer}": float(alpha) for layer, alpha in value.items()}
    return found


def _check_sizes(path: Path, header: SafetensorsHeader) -> None:
    if len(header.tensors) > _MOST_KEYS:
        raise ModelUnusable(
            f"{path.name} has {len(header.tensors):,} tensors; a LoRA has at most {_MOST_KEYS:,}.",
            hint="Take it out of the folder loras, or of the prompt.", field="prompt",
        )  # fmt: skip
    for key, (_, shape) in header.tensors.items():
        split = split_key(key)
        axis = _RANK_AXIS.get(split[1]) if split else None
        if axis is not None and len(shape) > axis and shape[axis] > _MOST_RANK:
            raise ModelUnusable(
                f"{path.name} has a rank of {shape[axis]:,} at '{key[:80]}'; ranks are at most {_MOST_RANK:,}.",
                hint="Take it out of the folder loras, or of the prompt.", field="prompt",
            )  # fmt: skip
    if not any(split_key(key) for key in header.tensors):
        raise ModelUnusable(
            f"{path.name} holds no LoRA: none of its {len(header.tensors):,} tensors is part of one.",
            hint="Take it out of the folder loras, or of the prompt.", field="prompt",
        )  # fmt: skip


def file_state(path: Path) -> tuple[int, int]:
    """When a file was changed last, and its size.

    Raises:
        ModelUnusable: it is gone.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise ModelUnusable(f"{path.name} cannot be read: {error.strerror}.", field="prompt") from error
    return status.st_mtime_ns, status.st_size
