"""Which dtype and which memory format a model is computed in: measured once for a machine and a model, then remembered.

The choice is kept on disk because it is part of what makes a picture: the same request must give the same bytes after
a restart, even if the second measurement would have come out the other way.
"""

import os
import platform
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch

from webui.model_manager.kept_json import keep, read_kept

_COARSER_IS_WORTH_IT = 0.9
"""A coarser dtype must take less than this part of the finer one's time: near a tie the finer is the better choice."""
_LAYOUT_IS_WORTH_IT = 1.0
"""Another memory format in the same dtype needs only to be no slower in the network: the autoencoder, which is not
measured, gains a sixth by channels-last, and pictures are as close to float32 in one order of sums as in the other."""


@dataclass(frozen=True, slots=True)
class Precision:
    """What a model is computed in.

    With `channels_last`, pictures and the weights of convolutions lie in memory with their channels side by side, in
    the UNet and the autoencoder; what they compute is the same, up to the order of sums. With `chunked_attention` large
    attention goes as `webui.diffusion.chunked_attention` does it.
    """

    dtype: torch.dtype
    channels_last: bool = False
    chunked_attention: bool = False

    @property
    def memory_format(self) -> torch.memory_format:
        """What torch calls it, for tensors of four dimensions."""
        return torch.channels_last if self.channels_last else torch.contiguous_format


def candidates(device: torch.device, network: str, wanted: str = "auto") -> tuple[Precision, ...]:
    """What is worth trying, the finest and plainest first.

    On a CPU float32, and bfloat16 where it has instructions for it. On a GPU 16 bits: float16 for UNets, bfloat16 for
    transformers, whose activations overflow float16.

    Args:
        device: where the model runs.
        network: the class of what is called at every step; those with convolutions are tried in both memory formats.
        wanted: "auto", or the dtype that the user chose.
    """
    convolutions = network.startswith("UNet")
    if wanted != "auto":
        dtypes: tuple[torch.dtype, ...] = (getattr(torch, wanted),)
    elif device.type == "cuda":
        dtypes = (torch.float16 if convolutions or not torch.cuda.is_bf16_supported() else torch.bfloat16,)
    elif device.type == "cpu" and _cpu_flags() & {"avx512_bf16", "amx_bf16"}:
        dtypes = (torch.float32, torch.bfloat16)
    else:
        dtypes = (torch.float32,)
    if not convolutions:
        return tuple(Precision(dtype) for dtype in dtypes)
    # float32 on a CPU is always faster in channels-last, and within rounding of the plain layout.
    always = {torch.float32} if device.type == "cpu" else set()
    layouts = [(dtype, last) for dtype in dtypes for last in ((True,) if dtype in always else (False, True))]
    return tuple(Precision(dtype, channels_last) for dtype, channels_last in layouts)


def known_precision(
    device: torch.device, *, network: str, key: str, memory: Path, wanted: str = "auto"
) -> Precision | None:
    """What was chosen before, or the only candidate; None when it has to be measured.

    Args:
        device: where the model runs.
        network: the class of what is called at every step.
        key: names the model.
        memory: the JSON file that remembers.
        wanted: "auto", or the dtype that the user chose.
    """
    possible = candidates(device, network, wanted)
    if len(possible) == 1:
        return possible[0]
    kept = read_kept(memory).get(_place(key, wanted), {})
    for dtype in dict.fromkeys(each.dtype for each in possible):
        if kept.get("dtype") == _name(dtype):
            # Choices that are older than the layout's: only float32 was channels-last then.
            last, chunked = kept.get("channels_last", dtype == torch.float32), kept.get("chunked_attention", False)
            return Precision(dtype, bool(last), bool(chunked))
    return None


def choose_precision(seconds: Mapping[Precision, float]) -> Precision:
    """Chooses by measured seconds, the finest and plainest coming first."""
    chosen = next(iter(seconds))
    for other, time_taken in seconds.items():
        worth_it = _LAYOUT_IS_WORTH_IT if other.dtype == chosen.dtype else _COARSER_IS_WORTH_IT
        if time_taken < worth_it * seconds[chosen]:
            chosen = other
    return chosen


def remember_precision(
    chosen: Precision, seconds: Mapping[Precision, float], *, key: str, memory: Path, wanted: str = "auto"
) -> None:
    """Writes a choice down, with what was measured; a folder that cannot be written means measuring again."""
    kept: dict[str, Any] = {
        "dtype": _name(chosen.dtype),
        "channels_last": chosen.channels_last,
        "chunked_attention": chosen.chunked_attention,
        "seconds": {_told(precision): round(time_taken, 6) for precision, time_taken in seconds.items()},
    }
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
    keep(memory, read_kept(memory) | {_place(key, wanted): kept})


def _place(key: str, wanted: str) -> str:
    """Under which name a choice is remembered: for this model, on this machine, with this torch."""
    named = key if wanted == "auto" else f"{key}, {wanted}"
    return f"{named} | {platform.machine()}, {os.cpu_count()} cores | torch {torch.__version__}"


def _told(precision: Precision) -> str:
    return f"{_name(precision.dtype)}{', channels last' if precision.channels_last else ''}"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _cpu_flags() -> set[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            line = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return set()
    return set(line.split())
