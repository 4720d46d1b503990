"""Which dtype a device computes in: measured once for a machine and a model, then remembered.

The choice is kept on disk because it is part of what makes a picture: the same request must give the same bytes after
a restart, even if the second measurement would have come out the other way.
"""

import os
import platform
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import torch

from webui.model_manager.kept_json import keep, read_kept

_REPEATS = 5
_WORTH_IT = 0.9
"""bf16 must take less than this part of fp32's time: near a tie the finer arithmetic is the better choice."""


def candidate_dtypes(device: torch.device) -> tuple[torch.dtype, ...]:
    """What is worth trying: fp16 on a GPU; on a CPU fp32, and bf16 where it has instructions for it."""
    if device.type == "cuda":
        return (torch.float16,)
    flags = _cpu_flags()
    if "avx512_bf16" in flags or "amx_bf16" in flags:
        return (torch.float32, torch.bfloat16)
    return (torch.float32,)


def remembered_dtype(device: torch.device, *, key: str, memory: Path) -> torch.dtype | None:
    """The dtype that was chosen before, or the only candidate; None when it has to be measured.

    Args:
        device: where the model runs.
        key: names what is measured, for example the model.
        memory: the JSON file that remembers.
    """
    candidates = candidate_dtypes(device)
    if len(candidates) == 1:
        return candidates[0]
    chosen = read_kept(memory).get(_machine_key(key), {}).get("dtype")
    return next((dtype for dtype in candidates if _name(dtype) == chosen), None)


def choose_dtype(seconds: Mapping[torch.dtype, float], *, key: str, memory: Path) -> torch.dtype:
    """Chooses by measured seconds, the finest dtype coming first, and remembers the choice."""
    finest = next(iter(seconds))
    fastest = min(seconds, key=lambda dtype: seconds[dtype])
    chosen = fastest if seconds[fastest] < _WORTH_IT * seconds[finest] else finest
    times = {_name(dtype): round(time_taken, 6) for dtype, time_taken in seconds.items()}
    with suppress(OSError):
        memory.parent.mkdir(parents=True, exist_ok=True)
    keep(memory, read_kept(memory) | {_machine_key(key): {"dtype": _name(chosen), "seconds": times}})
    return chosen


def best_time(run: Callable[[], object]) -> float:
    """The least seconds that a call takes, after one to warm up, over at most five tries or about a second."""
    run()
    times: list[float] = []
    while len(times) < _REPEATS and sum(times) < 1.0:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)


def _machine_key(key: str) -> str:
    return f"{key} | {platform.machine()}, {os.cpu_count()} cores | torch {torch.__version__}"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _cpu_flags() -> set[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            line = next((line for line in file if line.startswith("flags")), "")
    except OSError:
        return set()
    return set(line.split())
