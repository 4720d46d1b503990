"""The loop that all trainers share: a budget of minutes or steps, a rate that decays over it, averages, and files.

A run stops at SIGINT or SIGTERM after the step under way, writes its state, and goes on from there when started again.
Every random choice is drawn from (seed, step), so a resumed run takes the very steps that an uninterrupted one takes.
"""

import copy
import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn

from bundled_model.learning.optimizers import MATRIX_RATE, Optimizers
from bundled_model.learning.parallel import average_gradients, rank, world
from bundled_model.learning.stopping import Stop

SAVE_EVERY_SECONDS = 120.0
LOG_EVERY_STEPS = 20


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a stage trains: `steps` where given, else `minutes` of training time over all its runs."""

    minutes: float
    steps: int | None = None

    def progress(self, step: int, seconds: float) -> float:
        """Share of the budget that is used up, 0 to 1 (or beyond)."""
        return step / self.steps if self.steps else seconds / (60 * self.minutes)

    def is_used_up(self, file: Path) -> bool:
        """Whether the state in `file` has used up the budget."""
        if not file.exists():
            return False
        state = torch.load(file, map_location="cpu", weights_only=True, mmap=True)
        return self.progress(state["step"], state["seconds"]) >= 1


def pick_device() -> torch.device:
    """The GPU if there is one, else the processor."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def to_fastest(model: nn.Module) -> None:
    """Move the model, in place, to the device, channels last: the layout that both kinds of device convolve fastest."""
    model._apply(lambda values: values.to(pick_device()))
    nn.utils.convert_conv2d_weight_memory_format(model, torch.channels_last)


def generator_for(seed: int, step: int) -> torch.Generator:
    """The source of all randomness of one step."""
    return torch.Generator().manual_seed((seed << 32) + step)


def share_at(progress: float, warm_up: float = 0.02, decay: float = 0.35, floor: float = 0.01) -> float:
    """Share of the peak rate at a share of the budget: a linear warm-up, then level, and down to `floor` at the end.

    Level for long, so that a run can be given a larger budget while it lasts: what it has learned still fits.
    """
    if progress < warm_up:
        return max(progress / warm_up, 0.01)
    return max(floor, min(1.0, (1 - progress) / decay))


class Trainer:
    """Trains one module to make `loss(step)` small; state lives in one file."""

    def __init__(
        self,
        model: nn.Module,
        loss: Callable[[int], Tensor],
        file: Path,
        *,
        peak_rate: float,
        matrix_rate: float = MATRIX_RATE,
        averaging: float = 0.999,
    ) -> None:
        """Start afresh, or from `file` where it exists; Muon moves at `matrix_rate`, the rest at `peak_rate`."""
        self.model = model
        self.loss = loss
        self.file = file
        self.averaging = averaging
        self.step = 0
        self.seconds = 0.0
        self.average = copy.deepcopy(model).requires_grad_(False).eval()
        self.optimizers = Optimizers(model, peak_rate, matrix_rate)
        if file.exists():
            self._load()

    def train(self, budget: Budget, stop: Stop) -> bool:
        """Take steps until the budget is used up (True) or a stop is asked for (False); writes the state at the end."""
        self.model.train()
        begun, saved = time.monotonic(), time.monotonic()
        before, shown = self.seconds, 0.0
        asked = False
        while (progress := budget.progress(self.step, self.seconds)) < 1 and not asked:
            notes = [float(stop.asked), before + time.monotonic() - begun]
            loss, asked_share, self.seconds = self._take_step(share_at(progress), notes)
            asked = asked_share > 0
            shown = 0.98 * (shown or loss) + 0.02 * loss
            if rank() == 0 and self.step % LOG_EVERY_STEPS == 0:
                self._log(shown, progress)
            if rank() == 0 and time.monotonic() - saved > SAVE_EVERY_SECONDS:
                self.save()
                saved = time.monotonic()
        if rank() == 0:
            self.save()
        return not asked

    def _take_step(self, share: float, notes: list[float]) -> list[float]:
        """One step at a share of the peak rate; returns the loss and the notes, averaged over the processes."""
        loss = self.loss(self.step * world() + rank())
        self.model.zero_grad(set_to_none=True)
        loss.backward()
        shared = average_gradients(self.model, [float(loss.detach()), *notes])
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizers.step(share)
        self.step += 1
        # Young averages would otherwise remember the random start.
        decay = min(self.averaging, (1 + self.step) / (10 + self.step))
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.model.parameters()), 1 - decay)
        return shared

    def _log(self, loss: float, progress: float) -> None:
        line = {"step": self.step, "loss": round(loss, 5), "minutes": round(self.seconds / 60, 2)}
        print(f"{self.file.stem}: {line} {100 * progress:.1f} %", flush=True)
        with self.file.with_suffix(".jsonl").open("a") as log:
            log.write(json.dumps(line) + "\n")

    def save(self) -> None:
        """Write the state; a crash while writing leaves the former file whole."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        state = {
            "step": self.step,
            "seconds": self.seconds,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": self.optimizers.state(),
        }
        part = self.file.with_suffix(".part")
        torch.save(state, part)
        os.replace(part, self.file)

    def _load(self) -> None:
        state = torch.load(self.file, map_location="cpu", weights_only=True)
        self.step, self.seconds = state["step"], state["seconds"]
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        self.optimizers.load(state["optimizers"])
