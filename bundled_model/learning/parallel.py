"""Several processes at once: on one model, whose gradients they average, or each on its own share of a pile of work.

On a shared processor this beats threads: threads meet at every operation and wait for the slowest each time, processes
meet once a step, or never.
"""

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TypeAlias, TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, multiprocessing, nn

from bundled_model.learning.stopping import Stop

Result = TypeVar("Result")
MEETING_LIMIT = timedelta(minutes=20)
_STOPPED = 75
"""Exit status of a process that was stopped before its share was done (the system's EX_TEMPFAIL)."""


@dataclass(frozen=True, slots=True)
class Share:
    """Which part of a pile of work a process does: every `of`-th piece, from piece `number` on."""

    number: int = 0
    of: int = 1

    def pick(self, pieces: int) -> Iterator[int]:
        """The numbers of this share's pieces, of so many."""
        return iter(range(self.number, pieces, self.of))


Work: TypeAlias = Callable[[Share, Stop], bool]
"""Does a share of something; False where it was stopped before the end."""


def rank() -> int:
    """Number of this process, 0 for the one that writes files."""
    return dist.get_rank() if dist.is_initialized() else 0


def world() -> int:
    """How many processes train together."""
    return dist.get_world_size() if dist.is_initialized() else 1


def spread(work: Work, processes: int, stop: Stop) -> bool:
    """Have this process and `processes - 1` others do their shares of a picklable `work`; whether all was done.

    A stop of this process, or an error in it, stops the others too.

    Raises:
        RuntimeError: Another process failed (its traceback is on standard error) or was killed.
    """
    if processes <= 1:
        return work(Share(), stop)
    context = multiprocessing.get_context("spawn")
    threads = max(1, (os.cpu_count() or 1) // processes)
    others = [
        context.Process(target=_do_share, args=(work, Share(number, processes), threads), daemon=True)
        for number in range(1, processes)
    ]
    for other in others:
        other.start()
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    finished = False
    try:
        finished = work(Share(0, processes), stop)
        while finished and not stop.asked and any(other.is_alive() for other in others):
            for other in others:
                other.join(timeout=0.2)
    finally:
        torch.set_num_threads(before)
        for other in others:
            if not finished or stop.asked:
                other.terminate()
            other.join()
    statuses = {other.exitcode for other in others}
    if finished and not stop.asked and statuses - {0, _STOPPED}:
        raise RuntimeError(f"a process that shared the work ended with status {statuses - {0, _STOPPED}}")
    return finished and statuses == {0}


def _do_share(work: Work, share: Share, threads: int) -> None:
    torch.set_num_threads(threads)
    stop = Stop()
    stop.listen()
    sys.exit(0 if work(share, stop) else _STOPPED)


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
