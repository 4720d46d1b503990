"""A recording of a walk with its tensors. To replay it is the denoise loop with a network that answers from memory.

So the state at any step is computed again, exactly, with the history of multi-step solvers and the random state: none
of it is written down but where each pass starts, the generators there, and what the network said at each call.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, Self

import torch

from webui.diffusion.denoise import Step
from webui.diffusion.families.base import Latents
from webui.diffusion.passes import Pass, Turn
from webui.diffusion.samplers import NoiseSchedule, SolverOptions
from webui.generation.trajectory import RecordedPass, TrajectoryHeader, TrajectorySummary

_CPU = torch.device("cpu")


@dataclass(slots=True, kw_only=True)
class PassRecord:
    """The recording of one pass.

    `turns` say what holds from which call on; the first one is at call 0. `predictions` has for each call what the
    walk followed, (batch, channels, h, w) in the dtype of computation. Where adaptive projected guidance was used,
    `momentum` has what it remembered after each call (float32, the same shape). `parts` are the predictions with and
    without the prompt, where they were asked for. `movement` is how far each call moved the latents (root mean square).
    """

    plan: RecordedPass
    start: Latents
    turns: list[Turn]
    predictions: list[torch.Tensor] = field(default_factory=list)
    momentum: list[torch.Tensor] = field(default_factory=list)
    parts: list[tuple[torch.Tensor, torch.Tensor]] = field(default_factory=list)
    movement: list[float] = field(default_factory=list)

    @property
    def calls(self) -> int:
        """How many calls of the network were recorded."""
        return len(self.predictions)

    def stretches(self) -> Iterator[tuple[Turn, int]]:
        """Each turn with the call at which the next one, or the end of the recording, comes."""
        ends = [turn.call for turn in self.turns[1:]] + [self.calls]
        return zip(self.turns, ends, strict=True)

    def predict(self, latents: Latents, timestep: torch.Tensor, index: int) -> torch.Tensor:
        """What the network said at call `index`, for the denoise loop."""
        return self.predictions[index]

    def until(self, call: int) -> Self:
        """The recording of the calls before `call`, with what then holds."""
        return replace(
            self,
            turns=[turn for turn in self.turns if turn.call <= call],
            predictions=self.predictions[:call],
            momentum=self.momentum[:call],
            parts=self.parts[:call],
            movement=self.movement[:call],
        )

    def taken(self, rows: Sequence[int], *, device: torch.device, dtype: torch.dtype | None = None) -> Self:
        """Some pictures of it, in that order, on a device and in a dtype (None: as it is); momentum stays float32."""

        def rows_of(tensor: torch.Tensor) -> torch.Tensor:
            return take_rows(tensor, rows).to(device, dtype)

        return replace(
            self,
            start=rows_of(self.start),
            turns=[turn.taken(rows, device=device, dtype=dtype) for turn in self.turns],
            predictions=[rows_of(tensor) for tensor in self.predictions],
            momentum=[take_rows(tensor, rows).to(device) for tensor in self.momentum],
            parts=[(rows_of(conditional), rows_of(negative)) for conditional, negative in self.parts],
        )


@dataclass(slots=True, kw_only=True)
class Trajectory:
    """A recording of a walk: what it says of itself, and its passes, at least one."""

    header: TrajectoryHeader
    passes: list[PassRecord]

    @property
    def positions(self) -> int:
        """The last position: how many calls were recorded."""
        return sum(each.calls for each in self.passes)

    def summary(self, *, complete: bool) -> TrajectorySummary:
        """Everything but the tensors."""
        return TrajectorySummary(
            header=self.header,
            passes=tuple(each.plan for each in self.passes),
            calls=tuple(each.calls for each in self.passes),
            movement=tuple(moved for each in self.passes for moved in each.movement),
            complete=complete,
        )

    def place_of(self, position: int) -> tuple[int, int]:
        """The pass and the call within it that come next at a position, as `TrajectorySummary.place_of` has them."""
        before = 0
        for number, each in enumerate(self.passes[:-1]):
            if position < before + each.calls:
                return number, position - before
            before += each.calls
        return len(self.passes) - 1, position - before

    def size_at(self, position: int) -> tuple[int, int]:
        """The width and the height of the pictures at a position, in pixels."""
        height, width = self.passes[self.place_of(position)[0]].start.shape[-2:]
        scale = self.header.model.latent_scale
        return width * scale, height * scale


def schedule_of(
    plan: RecordedPass, config: Mapping[str, Any], device: torch.device, architecture: str
) -> NoiseSchedule:
    """A fresh schedule as a pass was planned, for the configuration of the recording's model and its architecture."""
    return NoiseSchedule(
        sampler=plan.sampler,
        schedule=plan.schedule,
        steps=plan.steps,
        config=config if plan.scheduler_config is None else plan.scheduler_config,
        device=device,
        options=SolverOptions(
            eta=plan.eta, s_churn=plan.s_churn, s_tmin=plan.s_tmin, s_tmax=plan.s_tmax, s_noise=plan.s_noise
        ),
        begin=plan.begin,
        shift=plan.shift,
        architecture=architecture,
    )


def replay(trajectory: Trajectory, *, device: torch.device = _CPU, rows: Sequence[int] | None = None) -> Iterator[Step]:
    """Every recorded step of every pass again, without the network; bit-identical on the device of the walk.

    Args:
        trajectory: the recording.
        device: where it is computed.
        rows: which of its pictures; None is all of them.
    """
    for record in trajectory.passes:
        yield from replayed_pass(trajectory, record, device=device, rows=rows)


def replayed_pass(
    trajectory: Trajectory, record: PassRecord, *, device: torch.device = _CPU, rows: Sequence[int] | None = None
) -> Iterator[Step]:
    """The recorded steps of one pass."""
    taken = record.taken(range(len(record.start)) if rows is None else rows, device=device)
    model = trajectory.header.model
    schedule = schedule_of(taken.plan, model.scheduler_config, device, model.family)
    walk = Pass(schedule, taken.start)
    for turn, end in taken.stretches():
        walk.turn(turn)
        yield from walk.walked(taken.predict, end)


def latents_at(
    trajectory: Trajectory, position: int, *, device: torch.device = _CPU, rows: Sequence[int] | None = None
) -> Latents:
    """The latents at a position, (batch, channels, h, w): where the next call sees them, or the end of the walk.

    Only the pass in which the position lies is replayed.

    Raises:
        ValueError: the recording has no such position.
    """
    if not 0 <= position <= trajectory.positions:
        raise ValueError(f"the recording has positions 0 to {trajectory.positions}, not {position}")
    number, call = trajectory.place_of(position)
    record = trajectory.passes[number]
    steps = replayed_pass(trajectory, record.until(call), device=device, rows=rows)
    last = next(islice(steps, call - 1, None)) if call else None
    if last is not None:
        return last.latents
    return take_rows(record.start, range(len(record.start)) if rows is None else rows).to(device)


def take_rows(tensor: torch.Tensor, rows: Sequence[int]) -> torch.Tensor:
    """Some rows of (batch, ...), in that order; without a copy where they are all of them."""
    return tensor if list(rows) == list(range(len(tensor))) else tensor[list(rows)]
