"""Several processes on one model: each takes its own part of every step, then gradients are averaged.

On a shared processor this beats threads: threads meet at every operation and wait for the slowest each time, processes
meet once a step.
"""

import os
import signal
import tempfile
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, multiprocessing, nn

Result = TypeVar("Result")
MEETING_LIMIT = timedelta(minutes=20)


def rank() -> int:
    """Number of this process, 0 for the one that writes files."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def run_together(work: Callable[[], Result], processes: int) -> Result:
    """Call `work` (a picklable function) in this process and in `processes - 1` others; returns this one's result."""
    if processes <= 1:
        return work()
    with tempfile.TemporaryDirectory() as folder:
        meeting = f"file://{Path(folder) / 'meeting'}"
        context = multiprocessing.get_context("spawn")
        others = [
            context.Process(target=_follow, args=(work, meeting, number, processes), daemon=True)
            for number in range(1, processes)
        ]
        for other in others:
            other.start()
        try:
            return _join(work, meeting, 0, processes)
        finally:
            for other in others:
                other.join(timeout=30)


def _follow(work: Callable[[], object], meeting: str, number: int, processes: int) -> None:
    # Process 0 hears the signals and tells the others, so that all stop after the same step.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    _join(work, meeting, number, processes)


def _join(work: Callable[[], Result], meeting: str, number: int, processes: int) -> Result:
    torch.set_num_threads(max(1, (os.cpu_count() or 1) // processes))
    dist.init_process_group("gloo", init_method=meeting, rank=number, world_size=processes, timeout=MEETING_LIMIT)
    try:
        return work()
    finally:
        dist.destroy_process_group()


def average_gradients(model: nn.Module, notes: Sequence[float]) -> list[float]:
    """Average gradients in place over all processes, and a few numbers (returned) with them."""
    if world() == 1:
        return list(notes)
    gradients: list[Tensor] = [p.grad for p in model.parameters() if p.grad is not None]
    device = gradients[0].device
    flat = torch.cat([g.reshape(-1).float().cpu() for g in gradients] + [torch.tensor(list(notes))])
    dist.all_reduce(flat)
    flat /= world()
    place = 0
    for gradient in gradients:
        gradient.copy_(flat[place : place + gradient.numel()].view_as(gradient).to(device))
        place += gradient.numel()
    return flat[place:].tolist()
